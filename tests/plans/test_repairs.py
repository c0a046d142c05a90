"""What must change when something happens, and that nothing else does."""

from collections import Counter
from datetime import datetime

import pytest

from assignments.batches import offer_planned
from assignments.letters.services import report_relation
from assignments.models import Assignment
from assignments.plans import selectors, services
from assignments.plans.models import PlanProposal
from assignments.services import accept_assignment, decline_assignment, expire_assignment, withdraw_assignment
from ksp.accounts.models import AuditEvent
from ksp.lib.calendar import OSLO
from observers.applications.services import leave_team
from observers.applications.signals import relations_reported
from observers.models import CustomerRelation, Observer, PriorContact
from participants.models import AwardClass, ContactChannel
from participants.services import close_channel, pause_class, pause_season, resume_season
from responses.services import start_contact
from tests.factories.accounts import UserFactory
from tests.plans.seasons import NOW, manager_of, on_the_team, planned, repaired, small_season

pytestmark = pytest.mark.django_db
SAID = ("pk", "state", "observer", "week", "weekday", "slot", "method", "role_play")


@pytest.fixture
def season():
    season = small_season()
    manager = manager_of(season)
    on_the_team(season, Observer.objects.filter(organiser=season.organiser), manager)
    planned(season, manager)
    return season


@pytest.fixture
def manager(season):
    return season.proposals.first().requested_by


def told():
    return {row[0]: row for row in Assignment.objects.values_list(*SAID)}


def needed(season, now=NOW):
    return {one.assignment.pk: one.reasons for one in selectors.season_repairs_needed(season, now=now)}


def apply(proposal, by, *, until=None, now=NOW):
    return services.apply_proposal(proposal.pk, by=by, offer_until=until, now=now)


def busiest(season):
    keys = season.assignments.exclude(observer=None).values_list("observer", flat=True)
    return Observer.objects.get(pk=Counter(keys).most_common(1)[0][0])


def test_plan_that_holds_needs_no_repair(season, manager):
    assert needed(season) == {}
    assert repaired(season, manager).contacts.count() == 0


def test_only_what_the_leaver_had_changes(season, manager):
    leaver = busiest(season)
    own = set(leaver.assignments.values_list("pk", flat=True))
    before = told()
    leave_team(season.pk, leaver.pk, reason="Har flyttet", now=NOW, by=manager)
    PlanProposal.objects.filter(kind="repair").delete()

    proposal = repaired(season, manager)
    applied = apply(proposal, manager)

    after = told()
    assert needed(season) == {}
    assert {key for key in before if before[key] != after[key]} == own
    assert (applied.changed, applied.withdrawn, proposal.figures["unassigned"]) == (len(own), 0, 0)
    assert not leaver.assignments.exists()
    assert AuditEvent.objects.filter(verb="assignment.replanned").count() == len(own)


def test_what_an_observer_knows_of_is_withdrawn_and_planned_anew(season, manager):
    leaver = busiest(season)
    keys = list(leaver.assignments.values_list("pk", flat=True))
    offer_planned(keys, now=NOW, by=manager)
    accept_assignment(keys[0], now=NOW, by=leaver.user)
    leave_team(season.pk, leaver.pk, reason="Har flyttet", now=NOW, by=manager)
    proposal = selectors.repairs_waiting(season)
    services.make_proposal(proposal.pk)

    listed = selectors.changes(PlanProposal.objects.get(pk=proposal.pk))
    applied = apply(proposal, manager, until="all")

    fresh = Assignment.objects.filter(replaces__in=keys)
    assert {one.contact.assignment_id for one in listed} == set(keys)
    assert all(one.is_withdrawn and one.changes_observer for one in listed)
    assert (applied.withdrawn, applied.offered) == (len(keys), len(keys))
    assert set(Assignment.objects.filter(pk__in=keys).values_list("state", flat=True)) == {"withdrawn"}
    assert set(fresh.values_list("state", flat=True)) == {"offered"}
    assert leaver.pk not in set(fresh.values_list("observer", flat=True))


def make_inactive(one):
    Observer.objects.filter(pk=one.observer_id).update(is_active=False)


def report_customer(one):
    CustomerRelation.objects.create(observer=one.observer, participant=one.participant)


def report_meeting(one):
    PriorContact.objects.create(observer=one.observer, participant=one.participant, project="Annet")


def drop_method(one):
    Observer.objects.filter(pk=one.observer_id).update(
        methods=[method for method in one.observer.methods if method != one.method]
    )


def leave_out_the_week(one):
    weeks = [f"2021-W{week}" for week in (49, 50, 51, 52)] + [f"2022-W0{week}" for week in (1, 2, 3)]
    Observer.objects.filter(pk=one.observer_id).update(weeks=[week for week in weeks if week != one.week])


def take_fewer(one):
    Observer.objects.filter(pk=one.observer_id).update(season_capacity=one.observer.assignments.count() - 1)


def take_none_in_a_week(one):
    Observer.objects.filter(pk=one.observer_id).update(weekly_capacity=0)


def lose_the_observer(one):
    Assignment.objects.filter(pk=one.pk).update(observer=None)


REASONS = {
    "active": make_inactive,
    "not_customer": report_customer,
    "never_met": report_meeting,
    "offers_method": drop_method,
    "available": leave_out_the_week,
    "season_capacity": take_fewer,
    "weekly_capacity": take_none_in_a_week,
    "unassigned": lose_the_observer,
}


@pytest.mark.parametrize("code", REASONS)
def test_each_reason_is_found_and_repaired(season, manager, code):
    first = season.assignments.select_related("observer", "participant").order_by("code").first()
    REASONS[code](first)

    found = needed(season)
    before = told()
    apply(repaired(season, manager), manager)

    assert set(found.values()) == {(code,)}
    assert first.pk in found or code == "season_capacity"
    after = told()
    assert needed(season) == {}
    assert {key for key in before if before[key] != after[key]} == found.keys()


def test_low_score_takes_nothing_away(season):
    Observer.objects.update(carried_score=10.0)

    assert needed(season) == {}


def test_contact_whose_week_is_over_moves_forward_unless_it_has_been_begun(season, manager):
    first, second = season.assignments.filter(week="2021-W49").order_by("code")[:2]
    offer_planned([first.pk, second.pk], now=NOW, by=manager)
    accept_assignment(first.pk, now=NOW, by=first.observer.user)
    start_contact(first.pk, by=first.observer.user)
    later = datetime(2021, 12, 15, 10, tzinfo=OSLO)

    found = needed(season, now=later)
    apply(repaired(season, manager, now=later), manager, now=later)

    overdue = set(season.assignments.filter(week="2021-W49", state="planned").values_list("pk", flat=True))
    assert (found[second.pk], first.pk in found, overdue) == (("overdue",), False, set())
    assert needed(season, now=later) == {}
    assert Assignment.objects.get(replaces=second).week >= "2021-W50"


def test_lost_method_goes_over_to_the_others_by_the_key(season, manager):
    enrolment = season.enrolments.order_by("pk").first()
    for method in ("chat", "messenger"):
        ContactChannel.objects.create(enrolment=enrolment, method=method, kind=method, address="x", planned_contacts=0)
    lost = enrolment.channels.get(method="phone")

    close_channel(lost.pk, reason="Har lagt ned telefonen", by=manager)
    found, before = needed(season), told()
    proposal = selectors.repairs_waiting(season)
    PlanProposal.objects.filter(pk=proposal.pk).update(figures={"now": NOW.isoformat()})
    made = services.make_proposal(proposal.pk)
    apply(made, manager)

    counts = Counter(enrolment.assignments.values_list("method", flat=True))
    after = told()
    assert set(found.values()) == {("channel",)}
    assert counts == {"email": 2, "chat": 2, "messenger": 1}
    assert {key for key in before if before[key] != after[key]} == found.keys()
    assert dict(enrolment.channels.values_list("method", "planned_contacts")) == counts
    assert made.occasion == "A participant lost a contact method"


def test_pause_moves_what_passed_forward_once_it_is_over(season, manager):
    award_class = AwardClass.objects.get(pk=season.enrolments.first().award_class_id)
    later = datetime(2021, 12, 15, 10, tzinfo=OSLO)
    pause_class(award_class.pk, reason="Streik", now=NOW, by=manager)

    during = needed(season, now=later)
    pause_class(award_class.pk, reason="", now=None, by=manager)
    after = needed(season, now=later)

    assert (during, set(after.values())) == ({}, {("overdue",)})
    assert selectors.repairs_waiting(season).occasion == "A pause is over"


def test_season_that_goes_on_asks_for_a_repair(season, manager):
    administrator = UserFactory(administrator=True, organiser=season.organiser)
    pause_season(season.pk, reason="Ferie", by=administrator)
    assert selectors.repairs_waiting(season) is None

    resume_season(season.pk, by=administrator)

    assert selectors.repairs_waiting(season).requested_by.is_system


@pytest.mark.parametrize("how", ["declined", "expired", "withdrawn"])
def test_offer_that_falls_away_asks_for_a_repair_once_and_nobody_is_asked_twice(season, manager, how):
    first, second = season.assignments.order_by("code")[:2]
    offer_planned([first.pk, second.pk], now=NOW, by=manager)
    for one in (first, second):
        if how == "declined":
            decline_assignment(one.pk, reason="Rekker det ikke", now=NOW, by=one.observer.user)
        elif how == "expired":
            expire_assignment(one.pk, by=manager)
        else:
            withdraw_assignment(one.pk, reason="Feil", by=manager)

    waiting = PlanProposal.objects.get(kind="repair")
    PlanProposal.objects.filter(pk=waiting.pk).update(figures={"now": NOW.isoformat()})
    made = services.make_proposal(waiting.pk)

    rows = {row.assignment.replaces_id: row.observer_id for row in made.contacts.select_related("assignment")}
    assert rows.keys() == {first.pk, second.pk}
    assert None not in rows.values()
    assert first.observer_id != rows[first.pk]
    assert second.observer_id != rows[second.pk]


def test_what_is_lost_after_a_repair_was_made_gets_one_of_its_own(season, manager):
    first, second = Observer.objects.filter(assignments__isnull=False).distinct().order_by("pk")[:2]
    leave_team(season.pk, first.pk, reason="Syk", by=manager, now=NOW)
    made = services.make_proposal(selectors.repairs_waiting(season).pk)
    leave_team(season.pk, second.pk, reason="Flyttet", by=manager, now=NOW)
    assert selectors.repairs_waiting(season) == made
    made.contacts.filter(observer=second).update(observer=None)

    apply(made, manager)

    waiting = selectors.repairs_waiting(season)
    assert (waiting.state, waiting.requested_by.is_system) == ("waiting", True)
    again = services.make_proposal(waiting.pk)
    assert set(again.contacts.values_list("assignment", flat=True)) >= set(
        season.assignments.filter(observer=second).values_list("pk", flat=True)
    )
    apply(again, manager)
    assert selectors.repairs_waiting(season) is None


def test_relation_that_is_reported_asks_for_a_repair(season, manager):
    first = season.assignments.order_by("code").first()
    relations_reported.send(sender=CustomerRelation, pairs=[(first.observer_id, first.participant_id)], by=manager)

    assert selectors.repairs_waiting(season).occasion == "An observer reported a customer relation"


def test_customer_found_before_anything_was_offered_asks_for_a_repair(season, manager):
    first = season.assignments.exclude(observer=None).order_by("code").first()

    report_relation(first.observer, first.participant, kind="customer", by=first.observer.user)

    assert selectors.repairs_waiting(season).occasion == "An observer reported a customer relation"
    assert list(needed(season)) == [first.pk]


def test_relation_to_somebody_else_asks_for_nothing(season, manager):
    relations_reported.send(sender=CustomerRelation, pairs=[(0, season.enrolments.first().participant_id)], by=manager)

    assert selectors.repairs_waiting(season) is None


def test_automatic_repair_with_nothing_to_do_puts_itself_away(season, manager):
    administrator = UserFactory(administrator=True, organiser=season.organiser)
    pause_season(season.pk, reason="Ferie", by=administrator)
    resume_season(season.pk, by=administrator)
    waiting = selectors.repairs_waiting(season)
    PlanProposal.objects.filter(pk=waiting.pk).update(figures={"now": NOW.isoformat()})

    assert services.make_proposal(waiting.pk).state == "discarded"
    assert selectors.repairs_waiting(season) is None


def test_repair_of_what_has_changed_meanwhile_is_refused(season, manager):
    first = season.assignments.order_by("code").first()
    make_inactive(first)
    proposal = repaired(season, manager)
    contact = proposal.contacts.get(assignment=first)
    Assignment.objects.filter(pk=first.pk).update(observer=contact.observer_id)
    before = told()

    with pytest.raises(services.PlanOutdated) as refusal:
        apply(proposal, manager)

    assert refusal.value.changed == ("Noen av kontaktene som endres, er endret i mellomtiden.",)
    assert told() == before


def test_repair_that_would_break_a_rule_by_now_is_refused_and_names_it(season, manager):
    first = season.assignments.order_by("code").first()
    make_inactive(first)
    proposal = repaired(season, manager)
    contact = proposal.contacts.get(assignment=first)
    CustomerRelation.objects.create(observer_id=contact.observer_id, participant_id=contact.participant_id)

    with pytest.raises(services.PlanOutdated) as refusal:
        apply(proposal, manager)

    assert refusal.value.changed == ("Observatøren er kunde hos deltakeren eller registrert der.",)


def test_repair_stands_although_other_contacts_were_made_meanwhile(season, manager):
    first, *others = season.assignments.order_by("code")
    make_inactive(first)
    proposal = repaired(season, manager)
    other = next(one for one in others if one.observer_id != first.observer_id)
    offer_planned([other.pk], now=NOW, by=manager)

    assert selectors.what_changed(proposal) == ()
    assert apply(proposal, manager).changed >= 1


def test_two_observers_may_change_places(season, manager):
    """The pairs are freed before they are made anew, so the database has nothing to object to."""
    first = season.assignments.order_by("code").first()
    second = season.assignments.filter(participant=first.participant).exclude(pk=first.pk).first()
    for one in (first, second):
        make_inactive(one)
    proposal = repaired(season, manager)
    rows = {row.assignment_id: row for row in proposal.contacts.all()}
    Observer.objects.update(is_active=True)
    one, other = rows[first.pk], rows[second.pk]
    proposal.contacts.filter(pk=one.pk).update(observer=None)
    proposal.contacts.filter(pk=other.pk).update(observer=first.observer_id)
    proposal.contacts.filter(pk=one.pk).update(observer=second.observer_id)

    apply(proposal, manager)

    assert Assignment.objects.get(pk=first.pk).observer_id == second.observer_id
    assert Assignment.objects.get(pk=second.pk).observer_id == first.observer_id


def test_contact_of_a_repair_is_moved_by_the_same_rules_and_not_into_the_past(season, manager):
    later = datetime(2021, 12, 15, 10, tzinfo=OSLO)
    one = season.assignments.filter(week="2022-W01").first()
    make_inactive(one)
    proposal = repaired(season, manager, now=later)
    contact = proposal.contacts.get(assignment=one)

    with pytest.raises(services.MoveRefused) as refusal:
        services.move_contact(contact.pk, week="2021-W49", by=manager)
    with pytest.raises(services.MoveRefused) as second:
        services.move_contact(contact.pk, observer_id=one.observer_id, by=manager)

    assert "week_is_over" in refusal.value.rules
    assert second.value.rules == ("active",)
