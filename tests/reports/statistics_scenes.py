"""A season with its statistics computed, and what a manager reads of them."""

from scoring.models import SeasonStatistics
from scoring.services import refresh_owed_statistics
from tests.factories.accounts import UserFactory
from tests.scoring.test_season_statistics import played

ADDRESS = "/control/statistics/"
PAGES = {
    "fairness/": {"winners", "places", "severity"},
    "reliability/": {"reliability", "chances", "pairs"},
    "drivers/": {"driving_areas", "driving_questions"},
    "questions/": {"items", "weeks", "methods"},
    "seasons/": {"changes"},
}


def computed(**size):
    """Give a small season whose statistics are stored."""
    season, _ = played(**size)
    refresh_owed_statistics()
    return season


def managers(browser_of, season):
    """Give a browser in which a manager of the season has signed in."""
    return browser_of(UserFactory(manager=True, organiser=season.organiser))


def tables(browser, season, page, **query):
    """Give the tables of a page by their keys."""
    answer = browser.get(f"{ADDRESS}{page}", {"season": season.code, **query})
    assert answer.status_code == 200
    return {key: shown.table for key, shown in answer.context["tables"].items()}


def values(table):
    """Give the rows of a table, unrounded."""
    return list(table.records)


def changed(season, change):
    """Change what is stored of the season."""
    stored = SeasonStatistics.objects.get(season=season)
    change(stored.figures)
    stored.save()
