import pytest
from django.core.exceptions import PermissionDenied

from ksp.accounts.models import AuditEvent, Role
from ksp.lib.workflow import TransitionNotAllowed
from participants import services
from participants.models import Season
from participants.signals import season_changed
from participants.workflow import TRANSITIONS, SeasonState
from tests.factories.accounts import UserFactory
from tests.factories.participants import EnrolmentFactory, SeasonFactory
from tests.factories.questionnaires import season_with_battery

pytestmark = pytest.mark.django_db

MOVES = {
    "open": services.open_season,
    "pause": lambda key, by: services.pause_season(key, reason="Streik", by=by),
    "resume": services.resume_season,
    "close": services.close_season,
    "publish": services.publish_season,
}
# What each move leads to, by the state it starts from; what is not named here is refused.
TABLE = {
    ("preparing", "open"): "open",
    ("open", "pause"): "paused",
    ("open", "close"): "closed",
    ("paused", "resume"): "open",
    ("paused", "close"): "closed",
    ("closed", "publish"): "published",
}
STAMPS = {"open": "opened_at", "close": "closed_at", "publish": "published_at"}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("state", SeasonState)
def test_move_is_made_by_administrators_from_the_states_of_the_table(state, move, role):
    season = season_with_battery(state.value)
    by = UserFactory(role=role, organiser=season.organiser)
    events = AuditEvent.objects.filter(verb__startswith="season.").count()
    target = TABLE.get((state.value, move)) if role == Role.ADMINISTRATOR else None

    if target:
        MOVES[move](season.pk, by=by)
    else:
        with pytest.raises(PermissionDenied if role != Role.ADMINISTRATOR else TransitionNotAllowed):
            MOVES[move](season.pk, by=by)

    stored = Season.objects.get(pk=season.pk)
    assert stored.state == (target or state.value)
    assert AuditEvent.objects.filter(verb__startswith="season.").count() - events == bool(target)
    assert move not in STAMPS or not target or getattr(stored, STAMPS[move]) is not None


def test_table_has_a_row_for_every_transition():
    rows = {(source.value, name): move.target for name, move in TRANSITIONS.items() for source in move.sources}

    assert rows == TABLE
    assert set(MOVES) == set(TRANSITIONS)


def test_administrator_of_another_organiser_moves_nothing():
    season = season_with_battery("preparing")

    with pytest.raises(PermissionDenied):
        services.open_season(season.pk, by=UserFactory(administrator=True))

    season.refresh_from_db()
    assert season.state == "preparing"


def test_move_is_announced_within_its_transaction():
    season = SeasonFactory(open=True)
    heard = []

    def listen(season, transition, **_signal):
        heard.append((season.state, transition))

    season_changed.connect(listen)
    services.close_season(season.pk, by=UserFactory(administrator=True, organiser=season.organiser))
    season_changed.disconnect(listen)

    assert heard == [("closed", TRANSITIONS["close"])]


def test_pause_needs_a_reason_and_going_on_forgets_it():
    season = SeasonFactory(open=True)
    by = UserFactory(administrator=True, organiser=season.organiser)

    with pytest.raises(services.ReasonMissing):
        services.pause_season(season.pk, reason="  ", by=by)
    services.pause_season(season.pk, reason=" Streik ", by=by)
    season.refresh_from_db()
    reason = season.pause_reason
    services.resume_season(season.pk, by=by)
    season.refresh_from_db()

    assert (reason, season.pause_reason) == ("Streik", "")


@pytest.mark.parametrize(("choice", "opens"), [("warn", True), ("block", False)])
def test_season_decides_whether_uninformed_employees_keep_it_closed(choice, opens):
    season = season_with_battery("preparing", stored_settings={"employees_informed": choice})
    EnrolmentFactory(season=season)
    by = UserFactory(administrator=True, organiser=season.organiser)

    if opens:
        services.open_season(season.pk, by=by)
    else:
        with pytest.raises(services.SeasonNotReady):
            services.open_season(season.pk, by=by)

    season.refresh_from_db()
    assert (season.state == "open") is opens
