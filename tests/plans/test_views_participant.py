from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from assignments import rule_words
from assignments.plans.models import ProposedContact
from observers.models import CustomerRelation
from tests.factories.plans import PlanProposalFactory
from tests.plans.seasons import manager_of, proposed, small_season

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}


@pytest.fixture
def season():
    return small_season()


@pytest.fixture
def manager(season):
    return manager_of(season)


@pytest.fixture
def desk(manager, browser_of):
    return browser_of(manager)


@pytest.fixture
def proposal(season, manager):
    return proposed(season, manager)


@pytest.fixture
def contact(proposal):
    return proposal.contacts.select_related("participant", "observer").first()


def page_of(contact, *, is_chosen=False):
    address = reverse("plans:participant", args=[contact.proposal.public_id, contact.participant.public_id])
    return f"{address}?contact={contact.number}" if is_chosen else address


def ask(contact, name):
    return reverse(f"plans:{name}", args=[contact.proposal.public_id, contact.number])


def place(contact):
    fresh = ProposedContact.objects.get(pk=contact.pk)
    return fresh.observer_id, fresh.week, fresh.weekday, fresh.slot


def choices(desk, contact):
    return desk.get(page_of(contact, is_chosen=True)).context["choices"]


def free_week(desk, contact):
    """Give a week that the contact may move to."""
    return next(one.week for one in choices(desk, contact).weeks if not one.rules and one.week != contact.week)


# The page


def test_contacts_stand_by_week_with_those_without_an_observer_first(desk, contact):
    ProposedContact.objects.filter(pk=contact.pk).update(
        observer=None, reasons={"refused": {"available": 3, "active": 5}}
    )

    sheet = desk.get(page_of(contact)).context["sheet"]

    assert [row.week for row in sheet.weeks] == [f"2021-W{week}" for week in (49, 50, 51, 52)] + [
        f"2022-W0{week}" for week in (1, 2, 3)
    ]
    assert sum(len(row.contacts) for row in sheet.weeks) == len(sheet.contacts) == 5
    assert [one.contacts for one in sheet.unassigned] == [[contact]]
    assert sheet.unassigned[0].words == [
        f"{rule_words.sentence('active')} (5)",
        f"{rule_words.sentence('available')} (3)",
    ]
    assert [(one.method, one.count) for one in sheet.methods] == [("phone", 3), ("email", 2)]


def test_chosen_contact_shows_who_may_and_who_may_not(desk, contact):
    CustomerRelation.objects.create(observer=contact.observer, participant=contact.participant)

    found = choices(desk, contact)

    able = {one.observer_id for one in [*found.first, *found.rest]}
    taken = {str(one.observer.public_id) for one in contact.enrolment.proposed_contacts.select_related("observer")}
    assert able.isdisjoint(taken)
    assert len(able) + len(found.refused) == 7
    assert all(one.sentences for one in found.refused)


def test_participants_mix_is_shown_beside_what_is_wished(desk, contact):
    gender = desk.get(page_of(contact)).context["traits"][0]

    assert sum(level.count for level in gender.levels) == 5
    assert sum(level.wished for level in gender.levels) == pytest.approx(5)


def test_the_page_leads_to_the_participants_before_and_after(desk, season, proposal):
    names = list(season.enrolments.order_by("participant__name").values_list("participant__public_id", flat=True))

    beside = desk.get(reverse("plans:participant", args=[proposal.public_id, names[1]])).context["beside"]

    assert [beside.previous.public_id, beside.next.public_id] == [names[0], names[2]]


@pytest.mark.parametrize("contacts", [1, 3])
def test_page_has_a_constant_number_of_queries(browser_of, contacts, count_queries):
    season = small_season(participants=1, key={"phone": contacts})
    manager = manager_of(season)
    contact = proposed(season, manager).contacts.select_related("participant").first()
    desk = browser_of(manager)

    with count_queries(15):
        page = desk.get(page_of(contact))

    assert len(page.context["sheet"].contacts) == contacts


def test_applied_proposal_is_only_read(desk, contact):
    contact.proposal.state = "applied"
    contact.proposal.save()

    page = desk.get(page_of(contact, is_chosen=True))
    refused = desk.post(ask(contact, "move"), {"week": contact.week}, headers=JSON)

    assert (page.context["may_move"], "choices" in page.context) == (False, False)
    assert "draggable" not in page.content.decode()
    assert refused.status_code == 409


# Choices for a script


def test_choices_say_for_each_week_why_not(desk, contact):
    answer = desk.get(ask(contact, "choices")).json()

    found = choices(desk, contact)
    assert answer["weeks"] == {one.week: list(one.sentences) for one in found.weeks}
    assert answer["weeks"][contact.week] == []
    assert 'id="choice-title"' in answer["panel"]


# Moves


def test_contact_moves_to_another_week_and_back(desk, contact):
    before, week = place(contact), free_week(desk, contact)

    moved = desk.post(ask(contact, "move"), {"week": week}, headers=JSON)

    assert (moved.status_code, place(contact)[:2]) == (200, (contact.observer_id, week))
    undo = desk.get(page_of(contact)).context["undo"]
    assert undo["text"] == moved.json()["detail"]
    desk.post(ask(contact, "move"), {**undo["fields"], "is_undo": "yes"})
    assert place(contact) == before
    assert desk.get(page_of(contact)).context["undo"] is None


def test_contact_goes_to_another_observer_by_a_plain_form(desk, contact):
    chosen = choices(desk, contact).first[0]

    answer = desk.post(ask(contact, "move"), {"observer": chosen.observer_id})

    contact.refresh_from_db()
    assert (str(contact.observer.public_id), contact.moved_by_hand) == (chosen.observer_id, True)
    assert answer.url == page_of(contact, is_chosen=True)


def test_contact_is_taken_from_its_observer_and_given_back(desk, contact):
    before = place(contact)

    desk.post(ask(contact, "move"), {"observer": "nobody"})
    assert place(contact)[0] is None
    undo = desk.get(page_of(contact)).context["undo"]
    desk.post(ask(contact, "move"), {**undo["fields"], "is_undo": "yes"})

    assert place(contact) == before


def test_refused_move_names_its_rules_and_changes_nothing(desk, contact):
    refused = next(one for one in choices(desk, contact).refused)
    before = place(contact)

    answer = desk.post(ask(contact, "move"), {"observer": refused.public_id}, headers=JSON)

    assert answer.status_code == 409
    assert answer.json() == {"code": "move_refused", "detail": " ".join(refused.sentences)}
    assert place(contact) == before


def test_refused_move_by_a_plain_form_says_why_on_the_page(desk, contact):
    refused = next(one for one in choices(desk, contact).refused)

    page = desk.post(ask(contact, "move"), {"observer": refused.public_id}, follow=True)

    assert [str(message) for message in page.context["messages"]] == [" ".join(refused.sentences)]


@pytest.mark.parametrize(
    "wrong", [{"observer": "x"}, {"week": "uke 48"}, {"weekday": "6"}, {"slot": "10"}, {"week": "2030-W01"}]
)
def test_what_is_not_in_the_lists_is_refused(desk, contact, wrong):
    before = place(contact)

    answer = desk.post(ask(contact, "move"), wrong, headers=JSON)

    assert (answer.status_code, place(contact)) == (409, before)
    assert answer.json()["detail"]


def test_advice_is_changed_alone(desk, contact):
    slot = "13" if contact.slot != "13" else "11"

    desk.post(ask(contact, "move"), {"slot": slot})

    observer, week, weekday, _slot = (contact.observer_id, contact.week, contact.weekday, contact.slot)
    assert place(contact) == (observer, week, weekday, slot)


def test_locked_contact_stays_until_it_is_unlocked(desk, contact):
    week = free_week(desk, contact)

    locked = desk.post(ask(contact, "lock"), {"is_locked": "yes"}, headers=JSON)
    refused = desk.post(ask(contact, "move"), {"week": week}, headers=JSON)
    desk.post(ask(contact, "lock"), {"is_locked": "no"})
    moved = desk.post(ask(contact, "move"), {"week": week}, headers=JSON)

    assert (locked.status_code, refused.status_code, moved.status_code) == (200, 409, 200)
    assert refused.json()["detail"] == rule_words.sentence("locked")


def test_move_is_taken_back_only_for_a_while_and_only_here(desk, contact, season):
    desk.post(ask(contact, "move"), {"week": free_week(desk, contact)})
    other = contact.proposal.contacts.exclude(enrolment=contact.enrolment).select_related("participant").first()

    assert desk.get(page_of(other)).context["undo"] is None
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        assert desk.get(page_of(contact)).context["undo"] is None


def test_nobody_reaches_another_organisers_contacts(desk):
    strange = proposed_elsewhere()

    assert desk.get(page_of(strange)).status_code == 404
    assert desk.get(ask(strange, "choices")).status_code == 404
    for name in ("move", "lock"):
        assert desk.post(ask(strange, name), {"is_locked": "yes", "observer": "nobody"}).status_code == 404
    strange.refresh_from_db()
    assert (strange.is_locked, strange.observer_id is None) == (False, False)


def proposed_elsewhere():
    season = small_season()
    return proposed(season, manager_of(season)).contacts.select_related("participant").first()


def test_participant_of_another_season_is_not_found(desk, season, contact):
    other = PlanProposalFactory(season=small_season(code="KSP23", organiser=season.organiser), ready=True)

    address = reverse("plans:participant", args=[other.public_id, contact.participant.public_id])
    assert desk.get(address).status_code == 404
