import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from scoring.models import ScoreCheck, ScoreSummary
from scoring.services import settle_owed_recomputes
from tests.factories.accounts import SystemUserFactory
from tests.scoring.seasons import approve, report, small_season

pytestmark = pytest.mark.django_db


@pytest.fixture
def season():
    season, (first, *_) = small_season()
    SystemUserFactory(organiser=season.organiser)
    approve(report(first))
    settle_owed_recomputes()
    return season


def test_command_says_how_much_is_right(season, capsys):
    call_command("check_scores", season=season.code)
    call_command("check_scores", season=season.code, json=True)

    words, figures = capsys.readouterr().out.splitlines()
    assert words == f"1 rapport og 6 sammendrag stemmer i {season.code}."
    assert json.loads(figures) == {"season": season.code, "reports": 1, "summaries": 6, "owed": 0, "differences": 0}
    assert ScoreCheck.objects.count() == 2


def test_command_refuses_scores_that_differ_and_names_them(season, capsys):
    ScoreSummary.objects.filter(season=season, scope="season", method="").update(contacts=2)

    with pytest.raises(
        CommandError, match="Sesongen, alle kontakter: kontakter er lagret som 2, men regnes ut til 1"
    ) as refused:
        call_command("check_scores", season=season.code, json=True)

    found = json.loads(capsys.readouterr().out)
    assert refused.value.returncode == 1
    assert (found["refused"], found["differences"], found["reports"]) == ("scores_differ", 1, 1)
    (detail,) = found["details"]
    assert (detail["scope"], detail["field"], detail["stored"], detail["computed"]) == ("season", "contacts", "2", "1")
    assert ScoreCheck.objects.get().differences == 1


def test_command_refuses_a_season_that_is_not_there(season, capsys):
    with pytest.raises(CommandError):
        call_command("check_scores", season="KSP99", json=True)

    assert json.loads(capsys.readouterr().out)["refused"] == "season_unknown"
