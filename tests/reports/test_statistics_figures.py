"""The managers' pages of statistics: what they show is what is stored, and what stands out is marked."""

import pytest

from ksp.lib import formatting
from observers.models import Observer
from reports.selectors.statistics_pages import TABLES
from scoring.models import EnrolmentStatistics
from scoring.season_statistics import enrolments_figures, known_statistics
from scoring.selectors import season_results
from scoring.services import refresh_owed_statistics
from tests.reports.statistics_scenes import ADDRESS, PAGES, changed, computed, managers, tables, values
from tests.scoring.test_season_statistics import two_seasons

pytestmark = pytest.mark.django_db


@pytest.fixture
def season():
    return computed()


@pytest.fixture
def read(season, browser_of):
    """Give what a manager finds on a page: its tables by their keys."""
    browser = managers(browser_of, season)
    return lambda page, **query: tables(browser, season, page, **query)


@pytest.fixture
def figures(season):
    return known_statistics(season).figures


def bounds(interval):
    return [None, None] if interval is None else list(interval)


def named(season):
    return {one.enrolment.pk: one for one in season_results(season).participants}


# What is shown is what is stored


def test_every_table_is_on_a_page():
    assert set().union(*PAGES.values()) == TABLES.keys()


def test_reliability_is_that_of_the_season_and_of_each_class(season, figures, read):
    found = values(read("reliability/")["reliability"])

    groups = {one.award_class.pk: one.award_class.name for one in season_results(season).classes}
    expected = [("Hele sesongen", figures.season.reliability)]
    expected += [(name, figures.classes[key].reliability) for key, name in groups.items()]
    assert found == [
        [
            name,
            one.participants,
            one.contacts,
            one.absolute,
            one.relative,
            one.standard_error,
            one.icc,
            one.needed_80,
            one.needed_90,
        ]
        for name, one in expected
    ]


def test_chance_of_the_winner_is_the_stored_one(season, read):
    stored = enrolments_figures(season)
    winners = {
        one.enrolment.participant.name: stored[key].standing.first_in_class
        for key, one in named(season).items()
        if one.results.rank_class == 1
    }

    table = read("reliability/")["chances"]

    assert {row[1]: row[2] for row in values(table)} == winners
    share = formatting.percent(100 * sum(winners.values()) / len(winners))
    assert table.summary == f"Av 2 klassevinnere er i snitt {share} også de egentlig beste. Hvem av dem kan ingen vite."


def test_two_participants_are_compared_in_the_chosen_class(season, figures, read):
    names = {key: one.enrolment.participant.name for key, one in named(season).items()}
    key = max(figures.classes)

    table = read("reliability/", **{"class": key})["pairs"]

    pairs = figures.classes[key].pairs
    assert [row[:5] for row in values(table)] == [
        [names[pair.first], names[pair.second], pair.difference.value, pair.difference.low, pair.difference.high]
        for pair in pairs
    ]
    certain = [pair.difference.low > 0 or pair.difference.high < 0 for pair in pairs]
    assert [row.is_marked for row in table.rows] == certain


def test_official_results_stand_beside_the_adjusted_ones(season, read):
    stored = enrolments_figures(season)
    expected = []
    for key, one in named(season).items():
        total, standing = stored[key].estimates["total"], stored[key].standing
        expected.append(
            [
                one.enrolment.participant.name,
                one.results.rank_overall,
                one.results.all_methods.total,
                standing.adjusted_rank_overall,
                total.adjusted,
                *bounds(total.interval),
                total.adjusted - one.results.all_methods.total,
                *standing.rank_overall,
            ]
        )

    assert values(read("fairness/")["places"]) == sorted(expected, key=lambda row: (row[1], row[0]))


def test_places_of_a_class_are_those_of_the_class(season, read):
    (key,) = {one.enrolment.award_class_id for one in named(season).values() if one.results.rank_overall == 1}
    own = [one for one in named(season).values() if one.enrolment.award_class_id == key]

    found = values(read("fairness/", **{"class": key})["places"])

    assert {(row[0], row[1]) for row in found} == {
        (one.enrolment.participant.name, one.results.rank_class) for one in own
    }


def test_observers_stand_with_their_effect_and_its_interval(figures, read):
    names = {one.pk: str(one) for one in Observer.objects.all()}

    assert values(read("fairness/")["severity"]) == [
        [
            names[one.observer],
            one.effect,
            one.effect - 1.96 * one.standard_deviation,
            one.effect + 1.96 * one.standard_deviation,
            one.reports,
            one.distance,
        ]
        for one in figures.severity
    ]


@pytest.mark.parametrize("page", ["drivers/", "class"])
def test_drivers_are_those_of_the_season_or_of_the_class(season, figures, read, page):
    key = min(figures.classes)
    drivers = figures.season.drivers if page == "drivers/" else figures.classes[key].drivers
    tables = read("drivers/", **({} if page == "drivers/" else {"class": key}))

    names = {area.code: area.name for area in season.areas.all()}
    found = values(tables["driving_areas"])
    outcomes = [code for code in ("nps", "csat", "ces") if code in drivers]
    assert found == [
        [names[area.code]]
        + [
            part
            for code in outcomes
            for one in drivers[code].areas.drivers
            if one.code == area.code
            for part in (one.share, one.low, one.high, one.correlation)
        ]
        for area in drivers[outcomes[0]].areas.drivers
    ]


def test_questions_weeks_and_methods_are_the_stored_ones(figures, read):
    tables = read("questions/")

    reread = {one.code: one for one in figures.reread}
    assert [row[1:-1] for row in values(tables["items"])] == [
        [
            one.code,
            one.n,
            one.difficulty,
            one.discrimination,
            one.discrimination_within,
            one.not_applicable,
            *((reread[one.code].agreement, reread[one.code].n) if one.code in reread else (None, None)),
        ]
        for one in figures.items
    ]
    weeks = [[f"{one.week // 100}-W{one.week % 100:02}", one.n, one.mean] for one in figures.weeks]
    assert [row[:3] for row in values(tables["weeks"])] == weeks
    assert [row[1:] for row in values(tables["methods"])] == [
        [one.n, one.effect, *bounds(one.interval)] for one in figures.methods
    ]


def test_change_since_the_season_before_names_its_questions(browser_of):
    old, new, *_ = two_seasons()
    refresh_owed_statistics()
    since = known_statistics(new).figures.season.since
    browser = managers(browser_of, new)

    context = browser.get(f"{ADDRESS}seasons/", {"season": new.code}).context

    change = since.change
    assert values(context["tables"]["changes"].table)[0] == [
        "Hele sesongen",
        *change.comparable,
        *change.battery,
        *change.total,
    ]
    texts = {one.title: list(one.texts) for one in context["earlier"].lists}
    assert (context["earlier"].season, texts["Endret"]) == (old, ["Var det lett?"])


# What stands out is marked


def test_only_an_observer_beyond_three_and_a_half_stands_out(season, read):
    def move(figures):
        for one, distance in zip(figures["severity"], (-3.6, -3.5), strict=False):
            one |= {"distance": distance, "effect": distance}

    changed(season, move)

    table = read("fairness/")["severity"]

    assert [row.is_marked for row in table.rows] == [True, *[False] * (len(table.rows) - 1)]
    assert table.rows[0].cells[0].chips == ("mye strengere",)
    assert "1 av dem skiller seg ut." in table.summary


def test_class_in_which_the_adjusted_order_has_another_winner_is_marked(season, read):
    for stored in EnrolmentStatistics.objects.filter(season=season):
        standing = stored.figures["standing"]
        standing["adjusted_rank_class"] = named(season)[stored.enrolment_id].results.rank_class
        stored.save()
    settled = read("fairness/")["winners"]
    own = [one for one in named(season).values() if one.enrolment.award_class_id == max(known_classes(season))]
    for one in own:
        stored = EnrolmentStatistics.objects.get(enrolment=one.enrolment)
        stored.figures["standing"]["adjusted_rank_class"] = {1: 2, 2: 1}.get(one.results.rank_class, 3)
        stored.save()

    tables = read("fairness/", **{"class": max(known_classes(season))})

    assert [row.is_marked for row in settled.rows] == [False, False]
    assert settled.summary == "Hadde alle observatører vært like strenge, ville hver klasse hatt den samme vinneren."
    assert sorted(row.is_marked for row in tables["winners"].rows) == [False, True]
    assert "ville 1 av 2 klasser hatt en annen vinner." in tables["winners"].summary
    chips = {row.cells[1].text: row.cells[0].chips for row in tables["places"].rows}
    assert chips == {"1": ("ville ikke vært først",), "2": ("ville vært først",), "3": ()}


def known_classes(season):
    return known_statistics(season).figures.classes


def test_flagged_questions_and_weeks_say_what_to_do(season, figures, read):
    place = next(place for place, one in enumerate(figures.items) if one.code == "welcome_easy")

    def flag(stored):
        stored["items"][place]["flags"] = ["too_easy", "weak"]
        stored["items"][0]["flags"] = ["weak"]
        stored["weeks"][0]["flagged"] = True

    changed(season, flag)

    tables = read("questions/")

    cell = tables["items"].rows[place].cells[-1]
    assert cell.chips == ("for lett", "svakt")
    assert cell.note.startswith("Nesten alle får full pott.")
    assert tables["items"].rows[0].cells[-1].note.startswith("Ventetid måles")
    assert tables["weeks"].rows[0].is_marked
    assert tables["weeks"].summary.startswith("Lenger fra de andre enn tilfeldigheter skulle tilsi: uke")


def test_driver_that_satisfaction_falls_with_is_marked_and_few_reports_are_said(season, browser_of):
    def turn(figures):
        figures["season"]["drivers"]["nps"]["areas"]["few"] = True
        figures["season"]["drivers"]["nps"]["areas"]["drivers"][0]["correlation"] = -0.2
        for code in ("csat", "ces"):
            figures["season"]["drivers"][code]["areas"]["few"] = False
            figures["season"]["drivers"][code]["areas"]["drivers"][0]["correlation"] = 0.2

    changed(season, turn)
    browser = managers(browser_of, season)

    context = browser.get(f"{ADDRESS}drivers/").context

    first = context["tables"]["driving_areas"].table.rows[0]
    assert [cell.chips for cell in first.cells[1:]] == [("faller når dette stiger",), (), ()]
    assert context["few_words"] == "Det er få rapporter bak NPS. Se på tallene bare som et hint."
