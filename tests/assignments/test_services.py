from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from assignments import services
from assignments.letters.models import Notice
from assignments.models import Assignment, ManualRead, RolePlay
from assignments.workflow import TRANSITIONS, AssignmentState
from ksp.accounts.models import AuditEvent, OwedMail, Role
from ksp.lib.workflow import TransitionNotAllowed
from tests.factories.accounts import UserFactory
from tests.factories.applications import TeamMemberFactory
from tests.factories.assignments import AssignmentFactory, RolePlayFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import AwardClassFactory, ContactChannelFactory, SeasonFactory
from tests.factories.responses import filled_response

pytestmark = pytest.mark.django_db

MOVES = {
    "offer": lambda assignment, by: services.offer_assignment(
        assignment.pk, observer_id=ObserverFactory(organiser=assignment.season.organiser).pk, by=by
    ),
    "accept": lambda assignment, by: services.accept_assignment(assignment.pk, by=by),
    "decline": lambda assignment, by: services.decline_assignment(assignment.pk, reason="Syk", by=by),
    "expire": lambda assignment, by: services.expire_assignment(assignment.pk, by=by),
    "withdraw": lambda assignment, by: services.withdraw_assignment(assignment.pk, reason="Feil uke", by=by),
    "cancel": lambda assignment, by: services.cancel_assignment(assignment.pk, by=by),
    "finish": lambda assignment, by: services.finish_assignment(assignment, by=by),
}
STAFF = {"administrator", "manager"}
# Which moves start from which state, and who may make them; what is not named here is refused.
TABLE = {
    ("planned", "offer"): STAFF,
    ("planned", "cancel"): STAFF,
    ("offered", "accept"): {"own observer"},
    ("offered", "decline"): {"own observer"},
    ("offered", "expire"): STAFF,
    ("offered", "withdraw"): STAFF,
    ("offered", "cancel"): STAFF,
    ("accepted", "decline"): {"own observer"},
    ("accepted", "withdraw"): STAFF,
    ("accepted", "cancel"): STAFF,
    ("accepted", "finish"): {"own observer"},
}
PEOPLE = ("administrator", "manager", "own observer", "observer", "participant", "other manager")
ALL = [(state.value, move, person) for state in AssignmentState for move in MOVES for person in PEOPLE]


def in_state(state):
    if state == "planned":
        return AssignmentFactory()
    assignment = AssignmentFactory(offered=True)
    Assignment.objects.filter(pk=assignment.pk).update(state=state)
    assignment.refresh_from_db()
    return assignment


def as_person(person, assignment):
    organiser = assignment.season.organiser
    if person == "own observer" and assignment.observer:
        return assignment.observer.user
    if person == "other manager":
        return UserFactory(manager=True)
    role = Role.OBSERVER if "observer" in person else person
    return UserFactory(role=role, organiser=organiser)


@pytest.mark.parametrize(("state", "move", "person"), ALL)
def test_move_is_made_by_whom_the_table_names_and_by_nobody_else(state, move, person):
    assignment = in_state(state)
    by = as_person(person, assignment)
    allowed = person in TABLE.get((state, move), set())

    if allowed:
        MOVES[move](assignment, by)
    else:
        with pytest.raises((PermissionDenied, TransitionNotAllowed)):
            MOVES[move](assignment, by)

    assignment.refresh_from_db()
    assert assignment.state == (TRANSITIONS[move].target if allowed else state)
    assert allowed or AuditEvent.objects.count() == 0


def test_table_has_a_row_for_every_transition():
    rows = {(state.value, move) for move, transition in TRANSITIONS.items() for state in transition.sources}

    assert set(TABLE) == rows
    assert set(MOVES) == set(TRANSITIONS)


def test_offer_is_news_in_the_observers_letter():
    assignment = AssignmentFactory()
    observer = ObserverFactory(organiser=assignment.season.organiser)
    manager = UserFactory(manager=True, organiser=assignment.season.organiser)

    services.offer_assignment(assignment.pk, observer_id=observer.pk, by=manager)

    notice = Notice.objects.get()
    assert (notice.assignment, notice.kind, notice.letter.observer) == (assignment, "offered", observer)
    assert OwedMail.objects.count() == 0


def test_offer_to_an_observer_without_an_account_is_told_to_nobody():
    assignment = AssignmentFactory()
    observer = ObserverFactory(organiser=assignment.season.organiser, user=None)
    manager = UserFactory(manager=True, organiser=assignment.season.organiser)

    services.offer_assignment(assignment.pk, observer_id=observer.pk, by=manager)

    assert (Notice.objects.count(), OwedMail.objects.count()) == (0, 0)


@pytest.mark.parametrize(("state", "count"), [("planned", 0), ("offered", 1), ("accepted", 1)])
def test_observer_is_told_of_a_cancelled_contact_only_if_they_knew_of_it(state, count):
    assignment = AssignmentFactory(with_observer=True, state=state)

    services.cancel_assignment(assignment.pk, by=UserFactory(manager=True, organiser=assignment.season.organiser))

    assert list(Notice.objects.values_list("kind", flat=True)) == ["withdrawn"] * count


# The manual


def test_offer_is_accepted_after_the_manual_is_read_and_not_before():
    assignment = AssignmentFactory(offered=True, season__manual="Slik gjør vi det.")
    user = assignment.observer.user

    with pytest.raises(services.ManualNotRead):
        services.accept_assignment(assignment.pk, by=user)
    for _twice in range(2):
        services.read_manual(assignment.season_id, now=timezone.now(), by=user)
    services.accept_assignment(assignment.pk, by=user)

    assert list(AuditEvent.objects.values_list("verb", flat=True)) == ["assignment.accepted", "manual.read"]


def test_manual_is_read_by_the_organisers_own_observers_only():
    season = SeasonFactory(open=True, manual="Slik gjør vi det.")

    for by in (ObserverFactory().user, UserFactory(manager=True, organiser=season.organiser)):
        with pytest.raises(PermissionDenied):
            services.read_manual(season.pk, now=timezone.now(), by=by)

    assert ManualRead.objects.count() == 0


def test_refused_offer_names_the_reason_and_writes_nothing():
    assignment = AssignmentFactory(method="chat")
    observer = ObserverFactory(organiser=assignment.season.organiser, methods=["phone"], first_name="Kari")
    manager = UserFactory(manager=True, organiser=assignment.season.organiser)

    with pytest.raises(services.ObserverNotEligible, match=r"Kari .* Bruker ikke denne kontaktmåten"):
        services.offer_assignment(assignment.pk, observer_id=observer.pk, by=manager)

    assignment.refresh_from_db()
    assert (assignment.state, assignment.observer, AuditEvent.objects.count(), OwedMail.objects.count()) == (
        "planned",
        None,
        0,
        0,
    )


@pytest.mark.parametrize("state", ["preparing", "paused", "closed", "published"])
def test_offer_waits_until_the_season_is_open(state):
    season = SeasonFactory(**({} if state == "preparing" else {state: True}))
    assignment = AssignmentFactory(season=season)
    observer = ObserverFactory(organiser=season.organiser)

    with pytest.raises(services.SeasonNotOpen):
        services.offer_assignment(
            assignment.pk, observer_id=observer.pk, by=UserFactory(manager=True, organiser=season.organiser)
        )

    assert Assignment.objects.get().observer is None


def test_offer_waits_until_the_class_goes_on():
    assignment = AssignmentFactory()
    award_class = assignment.enrolment.award_class
    award_class.paused_at = timezone.now()
    award_class.save()
    manager = UserFactory(manager=True, organiser=assignment.season.organiser)
    observer = ObserverFactory(organiser=assignment.season.organiser)

    with pytest.raises(services.ClassPaused):
        services.offer_assignment(assignment.pk, observer_id=observer.pk, by=manager)

    assert Assignment.objects.get().observer is None


def test_offer_to_another_organisers_observer_is_refused():
    assignment = AssignmentFactory()
    manager = UserFactory(manager=True, organiser=assignment.season.organiser)

    with pytest.raises(PermissionDenied):
        services.offer_assignment(assignment.pk, observer_id=ObserverFactory().pk, by=manager)

    assert Assignment.objects.get().observer is None


@pytest.mark.parametrize("move", ["decline", "withdraw"])
@pytest.mark.parametrize("reason", ["", "   "])
def test_reason_is_asked_for(move, reason):
    assignment = AssignmentFactory(accepted=True)
    service = getattr(services, f"{move}_assignment")

    with pytest.raises(services.ReasonMissing):
        service(assignment.pk, reason=reason, by=assignment.observer.user)

    assignment.refresh_from_db()
    assert assignment.state == "accepted"


@pytest.mark.parametrize("move", ["decline", "withdraw", "expire"])
def test_contact_that_falls_away_is_planned_anew_once_without_an_observer(move):
    assignment = AssignmentFactory(
        offered=True, code="K22-00042", week="2021-W50", method="email", weekday=2, slot="11"
    )
    by = (
        assignment.observer.user
        if move == "decline"
        else UserFactory(manager=True, organiser=assignment.season.organiser)
    )

    MOVES[move](assignment, by)
    assignment.refresh_from_db()
    services.plan_again(assignment, by=by)

    fresh = Assignment.objects.get(replaces=assignment)
    kept = ("season", "enrolment", "participant", "method", "week", "weekday", "slot", "role_play")
    assert [getattr(fresh, name) for name in kept] == [getattr(assignment, name) for name in kept]
    assert (fresh.code, fresh.state, fresh.observer) == ("K22-00042.2", "planned", None)
    assert Assignment.objects.count() == 2


def test_contact_that_falls_away_twice_is_numbered_on():
    assignment = AssignmentFactory(offered=True, code="K22-00042.2")

    services.expire_assignment(assignment.pk, by=UserFactory(manager=True, organiser=assignment.season.organiser))

    assert Assignment.objects.get(replaces=assignment).code == "K22-00042.3"


# Contacts by hand


@pytest.fixture
def enrolment():
    season = SeasonFactory(open=True, starts_on=date(2021, 11, 29), ends_on=date(2022, 3, 25))
    return ContactChannelFactory(enrolment__season=season, method="phone").enrolment


def manager_of(enrolment):
    return UserFactory(manager=True, organiser=enrolment.season.organiser)


def test_contact_is_planned_by_hand_with_its_class_role_play(enrolment):
    RolePlayFactory(season=enrolment.season)
    own = RolePlayFactory(season=enrolment.season, award_class=enrolment.award_class)
    by = manager_of(enrolment)

    made = [services.create_assignment(enrolment.pk, method="phone", week="2021-W48", by=by) for _number in range(2)]

    assert [(one.code, one.state, one.role_play) for one in made] == [
        ("M-0001", "planned", own),
        ("M-0002", "planned", own),
    ]
    assert made[0].participant == enrolment.participant
    assert list(AuditEvent.objects.values_list("verb", flat=True)) == ["assignment.created"] * 2


def test_contact_by_hand_takes_the_chosen_role_play(enrolment):
    RolePlayFactory(season=enrolment.season, award_class=enrolment.award_class, code="a")
    chosen = RolePlayFactory(season=enrolment.season, award_class=enrolment.award_class, code="b")

    made = services.create_assignment(
        enrolment.pk, method="phone", week="2021-W48", role_play_id=chosen.pk, by=manager_of(enrolment)
    )

    assert made.role_play == chosen


def test_number_by_hand_is_not_taken_by_a_contact_planned_anew(enrolment):
    by = manager_of(enrolment)
    first = services.create_assignment(enrolment.pk, method="phone", week="2021-W48", by=by)
    services.plan_again(first, by=by)

    assert services.create_assignment(enrolment.pk, method="phone", week="2021-W48", by=by).code == "M-0002"


@pytest.mark.parametrize(
    "fields",
    [{"method": "chat"}, {"week": "2021-W47"}, {"week": "2022-W13"}, {"role_play_id": 0}],
)
def test_contact_that_does_not_fit_is_refused(enrolment, fields):
    wrong = RolePlayFactory(season=enrolment.season)
    wanted = {"method": "phone", "week": "2021-W48"} | fields
    if "role_play_id" in fields:
        wanted["role_play_id"] = wrong.pk

    with pytest.raises(services.ContactImpossible):
        services.create_assignment(enrolment.pk, by=manager_of(enrolment), **wanted)

    assert Assignment.objects.count() == 0


@pytest.mark.parametrize("state", ["closed", "published"])
def test_no_contact_is_planned_in_a_season_that_is_over(state):
    enrolment = ContactChannelFactory(enrolment__season=SeasonFactory(**{state: True})).enrolment

    with pytest.raises(services.SeasonNotOpen):
        services.create_assignment(enrolment.pk, method="phone", week="2021-W48", by=manager_of(enrolment))


def test_only_the_own_managers_plan_contacts(enrolment):
    for by in (UserFactory(manager=True), UserFactory(organiser=enrolment.season.organiser)):
        with pytest.raises(PermissionDenied):
            services.create_assignment(enrolment.pk, method="phone", week="2021-W48", by=by)

    assert Assignment.objects.count() == 0


# Role-plays

WORDS = {"code": "strom-1", "title": "Ny i byen", "story": "Du har flyttet.", "choosing": ""}


def test_role_play_is_written_and_changed():
    award_class = AwardClassFactory()
    by = UserFactory(manager=True, organiser=award_class.season.organiser)

    made = services.save_role_play(award_class.season_id, role_play_id=None, by=by, award_class=award_class, **WORDS)
    services.save_role_play(
        award_class.season_id, role_play_id=made.pk, by=by, award_class=award_class, **WORDS | {"title": "Ny kunde"}
    )

    assert RolePlay.objects.get().title == "Ny kunde"
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True)) == [
        "role_play.created",
        "role_play.changed",
    ]


def test_code_of_a_role_play_is_taken_once_in_a_season():
    role_play = RolePlayFactory(code="Strom-1")
    by = UserFactory(manager=True, organiser=role_play.season.organiser)

    with pytest.raises(services.CodeTaken):
        services.save_role_play(
            role_play.season_id, role_play_id=None, by=by, award_class=role_play.award_class, **WORDS
        )

    assert RolePlay.objects.count() == 1


def test_role_play_of_another_organiser_is_not_written():
    award_class = AwardClassFactory()

    with pytest.raises(PermissionDenied):
        services.save_role_play(
            award_class.season_id, role_play_id=None, by=UserFactory(manager=True), award_class=award_class, **WORDS
        )

    assert RolePlay.objects.count() == 0


def test_who_has_left_the_team_accepts_nothing():
    assignment = AssignmentFactory(offered=True)
    TeamMemberFactory(season=assignment.season, observer=assignment.observer, left_at=timezone.now())

    with pytest.raises(services.ObserverNotEligible):
        services.accept_assignment(assignment.pk, by=assignment.observer.user)

    assignment.refresh_from_db()
    assert assignment.state == "offered"


def test_contact_that_is_begun_is_not_declined():
    response = filled_response()

    with pytest.raises(services.ContactBegun):
        services.decline_assignment(response.assignment_id, reason="Syk", by=response.observer.user)

    assert Assignment.objects.get(pk=response.assignment_id).state == "accepted"
