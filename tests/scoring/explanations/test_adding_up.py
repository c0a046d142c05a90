"""Every figure is the sum of what its contacts add, whatever was answered and whichever rules apply."""

import random

import pytest

from participants.models import Season
from responses.models import SurveyResponse
from responses.workflow import ReportState
from scoring.batteries import battery_of
from scoring.explanations import explain, explain_contact, explain_group, figures_of, value_of
from scoring.models import ResponseScore
from scoring.selectors import ALL_METHODS, season_results
from scoring.services import recompute_season
from tests.scoring.seasons import administrator, random_report, report, small_season

pytestmark = pytest.mark.django_db
NEAR = 1e-9
RULES = [
    {},
    {"mean": "pooled"},
    {"areas_over_all": ["welcome", "agent"]},
    {"mean": "pooled", "areas_over_all": ["waiting", "overall"], "ties": ["agent"]},
]


def random_season(seed, settings):
    """Give a scored season of random reports: N/A, unanswered contacts and every method among them."""
    rng = random.Random(seed)
    season, enrolments = small_season(settings={"least_contacts_ranked": 1, **settings})
    for enrolment in enrolments:
        for _ in range(rng.choice([0, 1, 4, 7])):
            random_report(enrolment, rng)
    report(enrolments[0], answered=False)
    # Nothing that gives points was applicable in this one.
    all_na = {
        item.code: "na"
        for item in season.questions.filter(kind__in=["scored"])
        if item.options.filter(code="na").exists()
    }
    report(enrolments[0], **all_na)
    SurveyResponse.objects.filter(season=season).update(
        state=ReportState.APPROVED, reviewed_at="2022-01-10T10:00Z", reviewed_by=administrator(season)
    )
    recompute_season(season.pk, by=administrator(season))
    return Season.objects.get(pk=season.pk), enrolments


@pytest.mark.parametrize("settings", RULES, ids=str)
@pytest.mark.parametrize("seed", [2])
def test_contacts_add_up_to_every_figure_that_is_stored(seed, settings):
    season, _ = random_season(seed, settings)
    checked = 0

    for item in season_results(season).participants:
        for figure in figures_of(battery_of(season)):
            if figure.is_place:
                continue
            for method in {ALL_METHODS, "phone"} if not figure.method else {figure.method}:
                found = explain(item.enrolment, figure.code, method="" if figure.method else method)
                summary = item.results.by_method.get(method)
                expected = None if summary is None else value_of(figure, summary)
                assert (found.value, found.stored) == (expected, expected)
                assert (expected is None) == (not found.counted)
                assert abs(sum(line.contribution for line in found.counted) - (expected or 0)) < NEAR
                assert abs(sum(line.weight for line in found.counted) - bool(found.counted)) < NEAR
                checked += expected is not None

    assert checked > 100


@pytest.mark.parametrize("settings", RULES, ids=str)
def test_every_contact_is_there_once_counted_or_with_a_reason(settings):
    season, enrolments = random_season(3, settings)

    for figure in figures_of(battery_of(season)):
        if not figure.is_place:
            found = explain(enrolments[0], figure.code)
            listed = [line.contact.key for line in found.counted]
            listed += [contact.key for group in found.left_out for contact in group.contacts]
            assert sorted(listed) == sorted(enrolments[0].responses.values_list("public_id", flat=True))


@pytest.mark.parametrize("settings", RULES[:2], ids=str)
def test_participants_add_up_to_every_mean(settings):
    season, _ = random_season(4, settings)
    results = season_results(season)
    groups = [(season, results.season_results), *((one.award_class, one.results) for one in results.classes)]
    checked = 0

    for group, stored in groups:
        for figure in figures_of(battery_of(season)):
            summary = stored.by_method.get(figure.method)
            if figure.is_place or summary is None:
                continue
            found = explain_group(group, figure.code, sees_all=True)
            assert found.value == value_of(figure, summary)
            assert abs(sum(line.contribution for line in found.lines) - (found.value or 0)) < NEAR
            checked += found.value is not None

    assert checked > 50


def test_questions_add_up_to_the_score_of_every_contact():
    season, _ = random_season(5, {})
    rows = SurveyResponse.objects.filter(season=season).select_related("season", "enrolment__season")
    stored = {row.response_id: (row.points, row.possible, row.score) for row in ResponseScore.objects.all()}

    for response in rows:
        found = explain_contact(response)
        lines = [line for area in found.areas for line in area.questions]
        assert (found.points, found.possible, found.score) == stored[response.pk]
        assert (sum(area.points for area in found.areas), sum(area.possible for area in found.areas)) == (
            found.points,
            found.possible,
        )
        assert abs(sum(line.weight or 0 for line in lines) - bool(found.possible)) < NEAR

    assert len(stored) > 10
