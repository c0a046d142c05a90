"""Places: what they were decided by, and who may know what of the others."""

import pytest

from participants.models import Season
from scoring.explanations import explain
from tests.factories.participants import AwardClassFactory, EnrolmentFactory
from tests.reports.scenes import approved, scored, season_that_ranks

pytestmark = pytest.mark.django_db
BAD_CALL = {"agent_needs": "no"}
BAD_WELCOME = {"welcome_felt_welcome": "none"}


@pytest.fixture
def tied():
    """A class of five: best; two equal in total of whom the agent's area decides; two equal in all; one without."""
    season = season_that_ranks()
    group = AwardClassFactory(season=season)
    names = ("Alfa", "Beta", "Gamma", "Delta", "Epsilon", "Uten")
    enrolments = [EnrolmentFactory(season=season, award_class=group, participant__name=name) for name in names]
    approved(enrolments[0])
    approved(enrolments[1], choose=BAD_WELCOME)
    approved(enrolments[2], choose=BAD_CALL)
    for enrolment in enrolments[3:5]:
        approved(enrolment, answered=False)
    approved(EnrolmentFactory(season=season))
    scored(season)
    return season, enrolments


def table(found):
    return [(line.place, line.name, line.decided_by, line.is_shared) for line in found.lines]


def test_staff_see_where_each_decision_fell(tied):
    _, enrolments = tied

    found = explain(enrolments[2], "rank_class", sees_all=True)

    assert table(found) == [
        (1, "Alfa", "", False),
        (2, "Beta", "Totalresultat", False),
        (3, "Gamma", "Kundebehandleren", False),
        (4, "Delta", "Totalresultat", True),
        (4, "Epsilon", "", True),
    ]
    assert [column.figure for column in found.columns] == ["total", "answered_score", "area.agent"]
    assert [list(line.values) for line in found.lines[1:4]] == [
        [95.0, 95.0, 100.0],
        [95.0, 95.0, 90.0],
        [0.0, None, None],
    ]
    assert (found.value, found.of, found.better, found.equal) == (3, 5, 2, 0)
    assert ([line.name for line in found.lines if line.is_own], found.own.is_own) == (["Gamma"], True)
    assert "Kundebehandleren" in found.rule


def test_shared_place_counts_the_others_who_have_it(tied):
    _, enrolments = tied

    found = explain(enrolments[3], "rank_class")

    assert (found.value, found.better, found.equal, found.own.is_shared) == (4, 3, 1, True)


def test_participant_sees_nothing_of_others_before_publication(tied):
    _, enrolments = tied

    found = explain(enrolments[2], "rank_class")

    assert (found.lines, found.better) == ([], 2)
    assert list(found.own.values) == [95.0, 95.0, 90.0]
    assert "Alfa" not in repr(found)
    assert "Beta" not in repr(found)


def test_participant_sees_what_is_published_and_no_decimal_more(tied):
    season, enrolments = tied
    for enrolment in enrolments[:2]:
        approved(enrolment, choose={"agent_additional": "na", **BAD_CALL})
    scored(season)
    Season.objects.filter(pk=season.pk).update(
        state="published", closed_at=season.opened_at, published_at="2022-04-01T10:00Z"
    )
    own = type(enrolments[2]).objects.select_related("season", "participant").get(pk=enrolments[2].pk)

    found, staffs = explain(own, "rank_overall"), explain(own, "rank_overall", sees_all=True)

    values = [value for line in found.lines if not line.is_own for value in line.values if value is not None]
    assert values
    assert [value for value in values if round(value, 1) != value] == []
    assert {line.contacts for line in found.lines if line.place and not line.is_own} == {None}
    exact = [value for line in staffs.lines for value in line.values if value is not None]
    assert [value for value in exact if round(value, 1) != value] != []


def test_participant_without_a_place_has_its_numbers_alone(tied):
    _, enrolments = tied

    found = explain(enrolments[5], "rank_class")

    assert (found.value, found.shown, found.better, found.of, list(found.own.values)) == (None, "–", 0, 5, [])


def test_place_in_all_counts_every_class(tied):
    _, enrolments = tied

    found = explain(enrolments[0], "rank_overall", sees_all=True)

    assert (found.of, found.value, found.equal, len(found.lines)) == (6, 1, 1, 6)


def test_decimals_are_as_many_as_tell_neighbours_apart():
    season = season_that_ranks()
    one, other = EnrolmentFactory(season=season), EnrolmentFactory(season=season)
    # Nine contacts, of which one lost 5 points of 100, against 5 of 95: 99.444… and 99.415….
    approved(one, weeks=["2021-W48"] * 8)
    approved(one, choose=BAD_CALL)
    approved(other, weeks=["2021-W48"] * 8)
    approved(other, choose={**BAD_CALL, "agent_additional": "na"})
    scored(season)

    found = explain(one, "rank_overall", sees_all=True)

    totals = [line.values[0] for line in found.lines]
    assert found.decimals == 2
    assert [f"{total:.2f}" for total in totals] == ["99.44", "99.42"]
    assert [f"{total:.1f}" for total in totals] == ["99.4", "99.4"]


def test_rule_of_a_place_is_said_in_words(tied):
    _, enrolments = tied

    found = explain(enrolments[0], "rank_class")

    assert found.rule == (
        "Plassen følger det uavrundede totalresultatet, det høyeste først. Ved likt totalresultat avgjør Score for "
        "Besvarte, deretter Kundebehandleren. Er begge like, deles plassen. En plass krever minst 1 godkjent kontakt."
    )
    assert [column.name for column in found.columns] == ["Totalresultat", "Score for Besvarte", "Kundebehandleren"]
    assert (found.least_contacts, found.formula, found.own.contacts, found.decimals) == (1, "", 1, 1)


def test_ties_are_those_of_the_rules(tied):
    season, enrolments = tied
    Season.objects.filter(pk=season.pk).update(stored_settings={**season.stored_settings, "ties": []})
    season.refresh_from_db()
    scored(season)
    own = type(enrolments[2]).objects.select_related("season", "participant").get(pk=enrolments[2].pk)

    found = explain(own, "rank_class", sees_all=True)

    assert [(line.place, line.name, line.decided_by) for line in found.lines[:3]] == [
        (1, "Alfa", ""),
        (2, "Beta", "Totalresultat"),
        (2, "Gamma", ""),
    ]
    assert [list(line.values) for line in found.lines[:1]] == [[100.0]]
