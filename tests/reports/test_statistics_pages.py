"""The managers' pages of statistics: sorted, as files, in every state, and for nobody else."""

import csv
import io

import pytest
from openpyxl import load_workbook

from ksp.accounts.models import Role
from observers.models import Observer
from reports.selectors.statistics_pages import TABLES
from scoring.models import ScoringState
from scoring.season_statistics import known_statistics
from scoring.services import refresh_owed_statistics, settle_owed_recomputes
from tests.factories.accounts import UserFactory
from tests.factories.questionnaires import season_with_battery
from tests.reports.statistics_scenes import ADDRESS, PAGES, changed, computed, managers, tables, values
from tests.scoring.seasons import approve, report
from tests.scoring.test_season_statistics import played

pytestmark = pytest.mark.django_db


@pytest.fixture
def season():
    return computed()


@pytest.fixture
def read(season, browser_of):
    """Give what a manager finds on a page: its tables by their keys."""
    browser = managers(browser_of, season)
    return lambda page, **query: tables(browser, season, page, **query)


# Sorted, and as files


def test_table_is_sorted_as_the_address_asks(read):
    default = read("fairness/")["severity"]
    fewest = read("fairness/", sort="severity.-effect")["severity"]
    other = read("fairness/", sort="places.-total")["severity"]
    unknown = read("fairness/", sort="severity.password")["severity"]

    effects = [row[1] for row in values(default)]
    assert [row[1] for row in values(fewest)] == sorted(effects, reverse=True)
    assert values(other) == values(unknown) == values(default)


def test_season_stays_on_top_and_the_unknown_at_the_bottom(season, read):
    def forget(figures):
        figures["classes"][min(figures["classes"])]["reliability"]["absolute"] = None

    changed(season, forget)

    for sort in ("absolute", "-absolute"):
        rows = values(read("reliability/", sort=f"reliability.{sort}")["reliability"])
        assert (rows[0][0], rows[-1][3]) == ("Hele sesongen", None)


def test_long_table_shows_its_first_rows_and_the_rest_when_asked(season, browser_of):
    def add(figures):
        figures["severity"] = [{**figures["severity"][0], "reports": count} for count in range(31)]

    changed(season, add)
    browser = managers(browser_of, season)

    short = browser.get(f"{ADDRESS}fairness/").context["tables"]["severity"]
    whole = browser.get(f"{ADDRESS}fairness/{short.all_url}").context["tables"]["severity"]

    assert (len(short.drawn), len(whole.drawn), whole.all_url) == (25, 31, "")


@pytest.mark.parametrize("key", TABLES)
def test_files_hold_the_figures_of_the_page(season, read, browser_of, key):
    page = next(page for page, keys in PAGES.items() if key in keys)
    table = read(page)[key]
    browser = managers(browser_of, season)

    text = browser.get(f"{ADDRESS}{season.code}/{key}.csv")
    book = browser.get(f"{ADDRESS}{season.code}/{key}.xlsx")

    rows = list(csv.reader(io.StringIO(text.content.decode("utf-8-sig")), delimiter=";"))
    sheet = [list(row) for row in load_workbook(io.BytesIO(book.content)).active.iter_rows(values_only=True)]
    assert (rows[0], len(rows)) == (table.headings, len(table.rows) + 1)
    assert (sheet[0], len(set(sheet[0]))) == (table.headings, len(sheet[0]))
    assert sheet[1:] == [pytest.approx(row) for row in values(table)]
    assert text["Content-Disposition"] == f'attachment; filename="{season.code}-{key.replace("_", "-")}.csv"'


def test_name_that_looks_like_a_formula_is_inert_in_a_file(season, browser_of):
    Observer.objects.update(first_name="=HYPERLINK(1)", last_name="")
    browser = managers(browser_of, season)

    text = browser.get(f"{ADDRESS}{season.code}/severity.csv").content.decode("utf-8-sig")

    assert {row.split(";")[0] for row in text.splitlines()[1:]} == {"'=HYPERLINK(1)"}


@pytest.mark.parametrize("name", ["passwords.csv", "items.pdf"])
def test_there_are_no_other_files(season, browser_of, name):
    browser = managers(browser_of, season)

    assert browser.get(f"{ADDRESS}{season.code}/{name}").status_code == 404


# Who, and when


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.PARTICIPANT])
@pytest.mark.parametrize("page", ["", *PAGES, "methods/", "KSP22/severity.csv"])
def test_observers_and_participants_see_none_of_it(season, browser_of, role, page):
    address = f"{ADDRESS}{page}".replace("KSP22", season.code)
    answer = browser_of(UserFactory(role=role, organiser=season.organiser)).get(address)

    assert answer.status_code == 403
    assert not any(str(observer) in answer.content.decode() for observer in Observer.objects.all())


def test_statistics_of_another_organiser_do_not_exist(season, browser_of):
    stranger = browser_of(UserFactory(administrator=True))

    assert stranger.get(f"{ADDRESS}{season.code}/severity.csv").status_code == 404
    assert stranger.post(f"{ADDRESS}{season.code}/compute/").status_code == 404
    assert stranger.get(ADDRESS, {"season": season.code}).context["season"] is None


@pytest.mark.parametrize("page", ["", *PAGES])
def test_without_statistics_the_page_says_when_they_come(browser_of, page):
    season, _ = played(contacts=1)
    manager = UserFactory(manager=True, organiser=season.organiser)
    administrator = UserFactory(administrator=True, organiser=season.organiser)

    shown = [browser_of(person).get(f"{ADDRESS}{page}").content.decode() for person in (manager, administrator)]

    assert ["Regnes ut innen to minutter etter at poeng er regnet ut." in text for text in shown] == [True, True]
    assert ["Regn ut nå" in text for text in shown] == [False, True]


def test_there_may_be_no_season(browser_of):
    text = browser_of(UserFactory(manager=True)).get(ADDRESS).content.decode()

    assert "Det finnes ingen sesong ennå" in text


@pytest.mark.parametrize("page", ["", *PAGES])
def test_one_contact_says_nothing_and_breaks_nothing(browser_of, page):
    season, (enrolment, *_) = played(contacts=0)
    approve(report(enrolment))
    settle_owed_recomputes()
    refresh_owed_statistics()

    answer = managers(browser_of, season).get(f"{ADDRESS}{page}")

    assert answer.status_code == 200
    assert "nan" not in answer.content.decode().casefold().split()
    assert known_statistics(season).figures.variances is None


def test_statistics_are_computed_when_an_administrator_asks(browser_of):
    season, _ = played()
    administrator = browser_of(UserFactory(administrator=True, organiser=season.organiser))
    manager = managers(browser_of, season)

    refused = manager.post(f"{ADDRESS}{season.code}/compute/")
    nothing = known_statistics(season)
    answer = administrator.post(f"{ADDRESS}{season.code}/compute/", follow=True)

    assert (refused.status_code, nothing) == (403, None)
    assert "Statistikken er regnet ut." in answer.content.decode()
    assert known_statistics(season).is_current


def test_nothing_is_computed_before_there_are_scores(browser_of):
    season = season_with_battery()
    administrator = browser_of(UserFactory(administrator=True, organiser=season.organiser))

    answer = administrator.post(f"{ADDRESS}{season.code}/compute/", follow=True)

    assert "Det finnes ingen poeng ennå." in answer.content.decode()
    assert known_statistics(season) is None


def test_page_says_when_scores_have_moved_since(season, browser_of):
    browser = managers(browser_of, season)
    current = browser.get(ADDRESS).content.decode()
    ScoringState.objects.filter(season=season).update(computed_at="2021-12-01T12:00Z")

    moved = browser.get(ADDRESS).content.decode()

    assert "Poengene er endret siden" not in current
    assert "Poengene er endret siden" in moved


# The same queries whatever the size: five for the person, the menu and the seasons, two for the statistics;
# then the results, the participants, the observers and the questions as far as the page needs them.
QUERIES = {"": 11, "fairness/": 12, "reliability/": 11, "drivers/": 11, "questions/": 7, "seasons/": 11}


@pytest.mark.parametrize("page", QUERIES)
@pytest.mark.parametrize("size", [1, 3])
def test_page_asks_the_same_whatever_the_size(browser_of, count_queries, page, size):
    season = computed(classes=size, participants=size, contacts=3)
    browser = managers(browser_of, season)
    browser.get(f"{ADDRESS}{page}")

    with count_queries(QUERIES[page]):
        browser.get(f"{ADDRESS}{page}")
