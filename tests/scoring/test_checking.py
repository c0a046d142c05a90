import math
from datetime import UTC, datetime

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied

from ksp.accounts.models import AuditEvent, OwedMail
from responses.models import SurveyResponse
from scoring.batteries import battery_of
from scoring.check_words import check_in_words, differences_in_words
from scoring.checking import check_every_season, check_stored_scores, recompute_and_check
from scoring.comparing import names_of_numbers
from scoring.engine.layout import STORED, Layout
from scoring.models import RecomputeOwed, ResponseScore, Scope, ScoreCheck, ScoreSummary, ScoringState
from scoring.services import settle_owed_recomputes
from scoring.tasks import check_scores_nightly
from tests.factories.accounts import SystemUserFactory, UserFactory
from tests.factories.participants import SeasonFactory
from tests.factories.scoring import RecomputeOwedFactory, ScoreSummaryFactory
from tests.scoring.seasons import administrator, approve, report, small_season, stored

pytestmark = pytest.mark.django_db

NIGHT = datetime(2021, 12, 22, 2, 20, tzinfo=UTC)


@pytest.fixture
def settled():
    """Give a season with scores of two participants in one class and one in another."""
    season, (first, second, _third, fourth, *_) = small_season()
    approve(report(first, welcome_easy="very_hard"))
    approve(report(second, answered=False))
    approve(report(fourth, method="email"))
    settle_owed_recomputes()
    return season, (first, second, fourth)


def check(season):
    return check_stored_scores(season.pk, now=NIGHT, by=administrator(season))


def summary(season, **which):
    return ScoreSummary.objects.get(season=season, method="", **which)


def found(season):
    """Give every difference as whose, report or method, field, stored, computed."""
    return [
        (one["whose"], one["report"] or one["method"], one["field"], one["stored"], one["computed"])
        for one in check(season).details
    ]


def test_stored_scores_that_follow_from_the_reports_are_right(settled):
    season, _ = settled
    before = (stored(season), ScoringState.objects.get().computed_at)
    events = AuditEvent.objects.count()

    checked = check(season)

    assert (checked.reports, checked.summaries, checked.owed, checked.differences, checked.details) == (3, 13, 0, 0, [])
    assert check_in_words(checked) == (
        "Kontrollert 22.\xa0desember kl.\xa003.20: 3 rapporter og 13 sammendrag stemmer."
    )
    assert (stored(season), ScoringState.objects.get().computed_at) == before
    assert (AuditEvent.objects.count(), OwedMail.objects.count()) == (events, 0)


@pytest.mark.parametrize(
    ("field", "tampered", "computed"),
    [("points", 91, "92"), ("possible", 99, "95"), ("score", math.nextafter(100 * 87 / 95, 0), None)],
)
def test_one_number_of_a_report_is_found(settled, field, tampered, computed):
    season, (first, *_) = settled
    row = ResponseScore.objects.get(response__enrolment=first)
    computed = computed or repr(getattr(row, field))
    ResponseScore.objects.filter(pk=row.pk).update(**{field: tampered})

    ((whose, code, name, was, should_be),) = found(season)

    assert (whose, code, name) == (first.participant.code, row.response.code, field)
    assert (was, should_be) == (repr(tampered), repr(getattr(row, field)))


def test_points_of_one_area_are_found(settled):
    season, (first, *_) = settled
    row = ResponseScore.objects.get(response__enrolment=first)
    areas = np.frombuffer(bytes(row.areas), "<i4").copy()
    areas[4] -= 1
    ResponseScore.objects.filter(pk=row.pk).update(areas=areas.tobytes())

    assert found(season) == [(first.participant.code, row.response.code, "area.agent", "49/50", "50/50")]


@pytest.mark.parametrize("scope", [Scope.PARTICIPANT, Scope.CLASS, Scope.SEASON])
def test_last_bit_of_one_figure_is_found(settled, scope):
    season, (first, *_) = settled
    owner = {"enrolment": first} if scope == Scope.PARTICIPANT else {}
    owner |= {"award_class": first.award_class} if scope == Scope.CLASS else {}
    row = summary(season, scope=scope, **owner)
    numbers = np.frombuffer(bytes(row.vector), STORED).copy()
    place = Layout.of(battery_of(season)).area_scores.start + 1
    right = float(numbers[place])
    numbers[place] = math.nextafter(right, 0)
    ScoreSummary.objects.filter(pk=row.pk).update(vector=numbers.tobytes())

    whose = {Scope.PARTICIPANT: first.participant.code, Scope.CLASS: first.award_class.name}.get(scope, "")
    assert found(season) == [(whose, "", "area.welcome", repr(math.nextafter(right, 0)), repr(right))]


@pytest.mark.parametrize(
    ("field", "tampered", "was", "should_be"),
    [
        ("total", 12.5, "12.5", "0.0"),
        ("answered_score", 12.5, "12.5", "None"),
        ("rank_class", None, "None", "2"),
        ("contacts", 7, "7", "1"),
        ("sums", b"", "", ""),
        ("vector", b"12345678", "8", None),
    ],
)
def test_one_column_of_a_summary_is_found(settled, field, tampered, was, should_be):
    season, (_first, second, _fourth) = settled
    row = summary(season, scope=Scope.PARTICIPANT, enrolment=second)
    should_be = str(len(row.vector)) if should_be is None else should_be
    ScoreSummary.objects.filter(pk=row.pk).update(**{field: tampered})

    assert found(season) == [(second.participant.code, "", field, was, should_be)]


def test_missing_and_extra_rows_are_found(settled):
    season, (first, second, fourth) = settled
    lost = ResponseScore.objects.get(response__enrolment=first).response
    ResponseScore.objects.filter(response=lost).delete()
    rejected = SurveyResponse.objects.get(enrolment=second)
    ScoreSummary.objects.filter(season=season, scope=Scope.CLASS, method="email").delete()
    ScoreSummaryFactory(season=season, scope=Scope.PARTICIPANT, enrolment=first, method="chat")
    SurveyResponse.objects.filter(pk=rejected.pk).update(state="rejected")

    differences = found(season)

    assert (first.participant.code, lost.code, "missing", "", "") in differences
    assert (second.participant.code, rejected.code, "extra", "", "") in differences
    assert (second.participant.code, "phone", "extra", "", "") in differences
    assert (first.participant.code, "chat", "extra", "", "") in differences
    assert (fourth.award_class.name, "email", "missing", "", "") in differences


def test_what_is_owed_is_passed_over_and_counted(settled):
    season, (first, second, fourth) = settled
    approve(report(first, overall_impression="very_bad"))
    RecomputeOwedFactory(enrolment=first)

    checked = check(season)

    assert (checked.owed, checked.differences) == (1, 0)
    # Not the participant's own, nor the season's; of classes only the other.
    assert (checked.reports, checked.summaries) == (2, 2 + 2 + 2)
    assert check_in_words(checked).endswith(" 1 deltaker venter på ny utregning og er ikke kontrollert.")
    ResponseScore.objects.filter(response__enrolment__in=[first, second]).update(points=1)
    assert {whose for whose, *_ in found(season)} == {second.participant.code}
    assert fourth.award_class.name != first.award_class.name


def test_difference_is_told_to_the_administrators(settled, caplog):
    season, (first, *_) = settled
    by = administrator(season)
    english = UserFactory(administrator=True, organiser=season.organiser, language="en", name="Ann Smith")
    others = [
        UserFactory(administrator=True, organiser=season.organiser, is_active=False),
        UserFactory(manager=True, organiser=season.organiser),
        SystemUserFactory(organiser=season.organiser),
        UserFactory(administrator=True),
    ]
    row = ResponseScore.objects.get(response__enrolment=first)
    ResponseScore.objects.filter(pk=row.pk).update(points=91)
    before = stored(season)

    check_stored_scores(season.pk, now=NIGHT, by=by)

    event = AuditEvent.objects.get(verb="scores.check_failed")
    assert (event.actor, event.target_key, event.detail) == (by, str(season.pk), {"differences": 1})
    mails = dict(OwedMail.objects.values_list("to", "subject"))
    assert mails[by.email] == f"Lagrede resultater i {season.name} stemmer ikke"
    assert mails[english.email] == f"Stored results of {season.name} are not right"
    assert not mails.keys() & {person.email for person in others}
    code = first.participant.code
    assert (
        f"- Deltaker {code}, rapport {row.response.code}: poeng er lagret som 91, men regnes ut til {row.points}.\n"
        in OwedMail.objects.get(to=by.email).body
    )
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert stored(season) == before


def test_only_the_first_twenty_differences_are_written_down(settled):
    season, _ = settled
    for row in ScoreSummary.objects.filter(season=season):
        ScoreSummary.objects.filter(pk=row.pk).update(contacts=99, answered=98)

    checked = check(season)

    assert (checked.differences, len(checked.details)) == (26, 20)
    assert differences_in_words(checked)[-1] == "Og 6 til."


def test_season_that_cannot_be_computed_is_a_finding(settled):
    season, (first, *_) = settled
    SurveyResponse.objects.filter(enrolment=first).update(packed=b"\1\0")

    checked = check(season)

    assert (checked.reports, checked.differences) == (0, 1)
    (sentence,) = differences_in_words(checked)
    assert sentence.startswith("Resultatene kunne ikke regnes ut: InvalidReportError('The packed answers belong to")
    before = stored(season)
    assert recompute_and_check(season.pk, by=administrator(season)).differences == 1
    assert stored(season) == before


def test_every_kind_of_difference_is_said_in_words(settled):
    season, _ = settled
    whose = {"scope": "participant", "whose": "910", "report": "", "method": "", "stored": "", "computed": ""}
    checked = ScoreCheck(
        season=season,
        checked_at=NIGHT,
        differences=5,
        details=[
            whose | {"field": "area.agent", "stored": "71.5", "computed": "nan"},
            whose | {"field": "missing", "method": "email"},
            whose | {"field": "extra", "scope": "class", "whose": "Strøm"},
            whose | {"field": "sums", "scope": "season", "method": "phone"},
            whose | {"field": "question.agent_needs.n", "stored": "4.0", "computed": "5.0"},
        ],
    )

    assert differences_in_words(checked) == [
        "Deltaker 910, alle kontakter: Kundebehandleren er lagret som 71,5, men regnes ut til –.",
        "Deltaker 910, e-post: mangler blant det som er lagret.",
        "Klassen Strøm, alle kontakter: er lagret, men skal ikke være der.",
        "Sesongen, telefon: de nøyaktige summene er lagret annerledes enn det regnes ut.",
        "Deltaker 910, alle kontakter: question.agent_needs.n er lagret som 4,0, men regnes ut til 5,0.",
    ]
    assert str(checked) == f"{season.pk} 2021-12-22 02:20: 5"


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("points", "poeng"),
        ("possible", "mulige poeng"),
        ("score", "score"),
        ("contacts", "kontakter"),
        ("answered", "besvarte kontakter"),
        ("total", "totalresultat"),
        ("answered_score", "score for besvarte"),
        ("rank_class", "plass i klassen"),
        ("rank_overall", "plass totalt"),
    ],
)
def test_each_column_has_its_own_words(settled, field, words):
    season, _ = settled
    detail = {"scope": "season", "whose": "", "report": "", "method": "", "stored": "1", "computed": "2"}
    checked = ScoreCheck(season=season, checked_at=NIGHT, differences=1, details=[detail | {"field": field}])

    (sentence,) = differences_in_words(checked)

    assert sentence.casefold() == f"sesongen, alle kontakter: {words} er lagret som 1, men regnes ut til 2."


def test_every_number_of_a_vector_has_a_name(settled):
    layout = Layout.of(battery_of(settled[0]))
    names = names_of_numbers(layout)

    assert len(names) == len(set(names)) == layout.length
    assert (names[layout.total], names[layout.waiting_all]) == ("total", "waiting_all")
    assert names[layout.area_scores] == [f"area.{code}" for code in layout.areas]
    assert names[layout.question_n] == [f"question.{code}.n" for code in layout.questions]
    assert names[layout.cx] == [f"cx.{scale.code}" for scale in layout.scales]


def test_computing_anew_makes_it_right(settled):
    season, _ = settled
    ResponseScore.objects.update(points=1)
    RecomputeOwed.objects.all().delete()
    by = administrator(season)
    check_stored_scores(season.pk, by=by)

    checked = recompute_and_check(season.pk, by=by)

    assert (checked.differences, checked.reports) == (0, 3)


def test_season_that_was_never_computed_can_be_checked():
    season = SeasonFactory()

    checked = check(season)

    assert (checked.reports, checked.summaries, checked.differences) == (0, 0, 0)


@pytest.mark.parametrize("role", ["manager", "observer", "participant", "administrator elsewhere"])
@pytest.mark.parametrize("service", [check_stored_scores, recompute_and_check])
def test_checking_is_for_the_organisers_administrator(settled, role, service):
    season, _ = settled
    elsewhere = {"role": "administrator"} if " " in role else {"role": role, "organiser": season.organiser}

    with pytest.raises(PermissionDenied):
        service(season.pk, by=UserFactory(**elsewhere))

    assert not ScoreCheck.objects.exists()


def test_every_season_that_has_begun_is_checked_each_night(settled):
    season, _ = settled
    SystemUserFactory(organiser=season.organiser)
    published = SeasonFactory(organiser=season.organiser, published=True)
    SeasonFactory(organiser=season.organiser)
    ScoreSummary.objects.filter(scope=Scope.SEASON).update(total=1)

    assert check_scores_nightly() == 3

    checks = dict(ScoreCheck.objects.values_list("season", "differences"))
    assert checks == {season.pk: 3, published.pk: 0}
    assert AuditEvent.objects.get(verb="scores.check_failed").actor.is_system


def test_season_that_cannot_be_checked_does_not_keep_the_others_from_it(settled, caplog):
    season, _ = settled
    orphan = SeasonFactory(open=True)
    SystemUserFactory(organiser=season.organiser)

    assert check_every_season() == 0

    assert list(ScoreCheck.objects.values_list("season", flat=True)) == [season.pk]
    assert [record.getMessage() for record in caplog.records] == [f"The scores of {orphan.code} could not be checked"]


@pytest.mark.parametrize("participants", [2, 5])
def test_checking_takes_the_same_queries_whatever_the_size(participants, count_queries):
    season, enrolments = small_season(participants=participants)
    for enrolment in enrolments:
        approve(report(enrolment))
    settle_owed_recomputes()
    by = administrator(season)

    with count_queries(9):
        check_stored_scores(season.pk, by=by)
