"""The plan of a rehearsed season: made and approved like any other, and repaired when somebody leaves."""

import pytest

from assignments.letters.models import Letter
from assignments.models import Assignment
from assignments.plans import selectors
from assignments.plans.models import PlanProposal
from observers.applications.models import TeamMember
from responses.questionnaires.selectors import forget_questionnaires
from tests.rehearsal.playing import play_small

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forgetful():
    """Let no test find the questionnaire of another one's season."""
    yield
    forget_questionnaires()


def test_season_that_is_not_played_is_planned_and_nothing_is_offered(tmp_path):
    played = play_small(tmp_path, progress=0.0)

    season = played.rehearsed.season
    (proposal,) = PlanProposal.objects.all()
    assert (proposal.kind, proposal.state, proposal.contacts.count()) == ("season", "applied", 96)
    assert set(season.assignments.values_list("state", flat=True)) == {"planned"}
    assert season.settings.closed_on[0] == "2021-12-24"
    assert TeamMember.objects.filter(season=season).current().count() == 30


def test_half_a_season_leaves_a_repair_that_waits_for_a_manager(tmp_path):
    played = play_small(tmp_path, progress=0.5)

    season = played.rehearsed.season
    repair = selectors.repairs_waiting(season)
    left = TeamMember.objects.get(season=season, left_at__isnull=False)
    reasons = {code for contact in repair.contacts.all() for code in contact.reasons["because"]}
    assert (repair.state, repair.occasion) == ("ready", "An observer has left the team")
    assert "has_left" in reasons
    assert Assignment.objects.filter(observer=left.observer, state="accepted").exists()
    assert selectors.rule_check(repair).is_kept
    # Of all who were offered something, only the one whom the demo shows has a letter to read.
    assert Letter.objects.values("observer").distinct().count() <= 1
