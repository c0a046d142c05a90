"""Means of a class and a season: who is behind them, and who may know that."""

import pytest

from participants.models import AwardClass
from scoring.explanations import UnknownFigure, explain_group
from tests.factories.participants import AwardClassFactory, EnrolmentFactory
from tests.reports.scenes import approved, scored, season_that_ranks

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    """A class of three with 100, 95 and an unanswered contact, and a participant of another class."""
    season = season_that_ranks()
    award_class = AwardClassFactory(season=season, name="Strøm")
    names = ("Alfa", "Beta", "Gamma")
    enrolments = [EnrolmentFactory(season=season, award_class=award_class, participant__name=name) for name in names]
    approved(enrolments[0], weeks=["2021-W48", "2021-W49"], choose={"nps": "10"})
    approved(enrolments[1], choose={"agent_needs": "no", "nps": "2"})
    approved(enrolments[2], answered=False)
    approved(EnrolmentFactory(season=season, participant__name="Annen klasse"))
    scored(season)
    return AwardClass.objects.select_related("season").get(pk=award_class.pk), enrolments


def test_class_mean_weighs_each_participant_the_same(group):
    award_class, _ = group

    found = explain_group(award_class, "total", sees_all=True)

    assert [(line.name, line.value, line.weight_words) for line in found.lines] == [
        ("Alfa", 100.0, "1/3"),
        ("Beta", 95.0, "1/3"),
        ("Gamma", 0.0, "1/3"),
    ]
    assert (found.name, found.count, found.without, found.formula) == ("Strøm", 3, 0, "195,0 / 3 = 65,0")
    assert found.basis.rules["mean"] == "contacts"


def test_participant_without_the_figure_is_counted_apart(group):
    award_class, _ = group

    found = explain_group(award_class, "area.agent", sees_all=True)

    assert ([line.name for line in found.lines], found.without) == (["Alfa", "Beta"], 1)


def test_nps_of_a_group_weighs_each_answer_the_same(group):
    award_class, _ = group

    found = explain_group(award_class, "cx.nps", sees_all=True)

    assert [(line.value, line.weight_words) for line in found.lines] == [(100.0, "2/3"), (-100.0, "1/3")]
    assert (found.formula, found.shown) == ("100 × (2 − 1) / 3 = +33,3", "+33,3")


def test_season_mean_has_everybody(group):
    award_class, _ = group

    found = explain_group(award_class.season, "method.phone", sees_all=True)

    assert (found.count, found.label, found.formula) == (4, "Totalresultat på telefon", "295,0 / 4 = 73,8")


def test_participant_sees_its_own_line_and_no_more_decimals_than_the_pages(group):
    award_class, enrolments = group

    found = explain_group(award_class.season, "area.welcome", own=[enrolments[1]])
    mean = explain_group(award_class.season, "total", own=[enrolments[1]])

    assert ([line.name for line in found.lines], found.count) == (["Beta"], 3)
    assert [word for word in ("Alfa", "Gamma", "Annen klasse") if word in repr(found)] == []
    assert (mean.value, mean.is_rounded) == (73.8, False)


@pytest.mark.parametrize("figure", ["rank_class", "rank_overall", "nothing", "area.none"])
def test_place_has_no_mean(group, figure):
    with pytest.raises(UnknownFigure):
        explain_group(group[0], figure)


def test_group_without_contacts_has_no_mean():
    award_class = AwardClassFactory(season=season_that_ranks())

    found = explain_group(award_class, "total", sees_all=True)

    assert (found.value, found.formula, found.lines, found.count) == (None, "", [], 0)


@pytest.mark.parametrize(
    ("figure", "rule", "formula"),
    [
        (
            "total",
            "Snittet av deltakernes egne tall. Hver deltaker veier likt, uansett hvor mange kontakter den har.",
            "Summen av deltakernes tall / antall deltakere",
        ),
        (
            "cx.csat",
            "Snittet av alle svarene hos deltakerne. Hvert svar veier likt.",
            "Summen av svarene / antall svar",
        ),
        (
            "cx.nps",
            "NPS for en gruppe er 100 × (ambassadører − kritikere) / svar, over alle svarene hos deltakerne.",
            "100 × (ambassadører − kritikere) / svar",
        ),
    ],
)
def test_rule_of_a_mean_is_said_in_words(group, figure, rule, formula):
    found = explain_group(group[0], figure, sees_all=True)

    assert (found.rule, found.formula_words) == (rule, formula)


def test_scale_of_a_group_adds_up_answers(group):
    found = explain_group(group[0], "cx.csat", sees_all=True)

    assert (found.formula, [line.weight_words for line in found.lines]) == ("3 / 3 = 1,0", ["2/3", "1/3"])
