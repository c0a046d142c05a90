"""A plan all the way, in a browser and by a worker: from an application to what is planned anew for a drop-out."""

import re
from email import message_from_string
from email.policy import default

import pytest
from django.test import Client
from icalendar import Calendar
from playwright.sync_api import expect

from assignments.letters.models import Letter
from assignments.models import Assignment
from assignments.plans.models import PlanProposal, ProposedContact
from assignments.workflow import AssignmentState
from observers.applications.models import Application, TeamMember
from observers.models import CustomerRelation, Observer
from participants.models import Participant
from tests.e2e.conftest import PHONE
from tests.e2e.planned_season import CLASSES, CONTACTS, EARLY, MANUAL, NAMES, season_to_plan
from tests.workers import SECONDS, within

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.worker,
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
]
PARTICIPANTS = sum(CLASSES.values(), ())
TEAM = len(NAMES) + 1
CUSTOMER_OF = "Sundbanken"
GONE = "Frode"


def test_plan_goes_from_an_application_to_a_repair(visit, start_worker, tmp_path):
    season_to_plan()
    start_worker()
    walker = visit(viewport=PHONE).sign_in("observer@ksp.example")
    manager = visit().sign_in("manager@ksp.example")

    apply(walker)
    accept_in_bulk(manager)
    propose(manager)
    move_by_hand(manager)
    approve(manager)
    send_letters(manager, tmp_path / "mail")
    answered = answer(walker)
    drop_out(manager)
    repair(manager, answered)
    see_control_room(manager)
    see_calendar(walker)

    assert [*walker.complaints, *manager.complaints, *walker.foreign, *manager.foreign] == []
    assert walker.width_beyond_the_window() == 0


def own():
    return Observer.objects.get(user__email="observer@ksp.example")


# The application, on a phone


def apply(walker):
    page = walker.open("/observer/")
    page.locator("main a[href*='/observer/application/']").first.click()
    page.locator("main a[href*='/observer/application/work/']").first.click()
    page.check("[name=methods][value=phone]")
    page.check("[name=methods][value=email]")
    page.get_by_role("button", name="Alle uker").click()
    page.fill("[name=weekly_capacity]", "3")
    page.select_option("[name=county]", "Oslo")
    page.locator("main form[data-autosave] button[type=submit]").last.click()
    tick(page, "Bank", CUSTOMER_OF)
    assert walker.width_beyond_the_window() == 0
    save_ties(page)
    # One class is not answered: the application is not sent, and the page leads there.
    page.locator("form[action$='/submit/'] button").click()
    expect(page.locator("main")).to_contain_text("Strøm")
    assert Application.objects.get(observer=own()).state == "draft"
    page.locator(".ds-error-summary a, main a[href*='#class-']").first.click()
    tick(page, "Strøm", "Ingen av disse")
    save_ties(page)
    page.locator("form[action$='/submit/'] button").click()
    expect(page.locator("body")).to_contain_text("sendt")
    assert Application.objects.get(observer=own()).state == "submitted"


def tick(page, award_class, name):
    card = page.locator(f"details[data-class='{award_class}']")
    if card.get_attribute("open") is None:
        card.locator("summary").click()
    card.get_by_role("checkbox", name=name, exact=True).check()


def save_ties(page):
    page.locator(".save-bar button[type=submit]").click()
    page.wait_for_url(re.compile(r"/observer/application/\?"))


# The manager's side


def accept_in_bulk(manager):
    page = manager.open("/applications/")
    expect(page.locator("main table tbody tr")).to_have_count(TEAM)
    page.check("[data-tick-all]")
    page.click("button[name=decision][value=accept]")
    expect(page.locator("body")).to_contain_text(str(TEAM))
    assert TeamMember.objects.current().count() == TEAM
    tied = CustomerRelation.objects.get()
    assert (tied.observer, tied.participant.name) == (own(), CUSTOMER_OF)


def propose(manager):
    progress = []
    page = manager.open("/plan/")
    page.on("response", lambda answer: progress.append(answer.status) if "/progress/" in answer.url else None)
    page.locator("form[action$='/plan/new/'] button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/plan/[0-9a-f-]{36}/"))
    expect(page.locator("table.map")).to_be_visible(timeout=60_000)
    assert set(progress) == {200}
    expect(page.locator("main")).to_contain_text(f"Alle {CONTACTS} kontakter har en observatør.")
    for name in PARTICIPANTS:
        expect(page.locator("table.map tbody tr", has_text=name)).to_have_count(1)
    proposal = PlanProposal.objects.get()
    assert (proposal.state, proposal.contacts.count()) == ("ready", CONTACTS)
    assert not proposal.contacts.filter(observer=own(), participant__name=CUSTOMER_OF).exists()
    assert not Assignment.objects.exists()


def move_by_hand(manager):
    """A week in which the observer is away refuses and says why; another one takes the contact, which is locked."""
    contact = ProposedContact.objects.filter(observer__first_name=EARLY).select_related("participant").first()
    page = manager.open(f"{contact.proposal.get_absolute_url()}participants/{contact.participant.public_id}/")
    card, said = page.locator(f"#contact-{contact.number}"), page.locator("#said")
    judged = take(card)
    weeks = list(judged)
    press(card, len(weeks) - 1 - weeks.index(contact.week))
    expect(said).to_have_attribute("data-tone", "bad")
    refusal = said.inner_text()
    assert "ikke" in refusal
    card.press("Enter")
    expect(said).to_have_text(refusal)
    assert ProposedContact.objects.get(pk=contact.pk).week == contact.week
    week = next(week for week in weeks if judged[week] == "yes" and week != contact.week)
    press(card, weeks.index(week) - (len(weeks) - 1))
    card.press("Enter")
    expect(page.locator("#moved")).not_to_be_empty()
    moved = ProposedContact.objects.get(pk=contact.pk)
    assert (moved.week, moved.moved_by_hand, moved.observer_id) == (week, True, contact.observer_id)
    assert manager.violations() == []
    lock(page, contact)


def take(card):
    """Take the contact up; give what the page says of each week."""
    card.click()
    expect(card.page.locator("[data-judged=no]").first).to_be_visible()
    card.focus()
    rows = card.page.locator("[data-week]").all()
    return {row.get_attribute("data-week"): row.get_attribute("data-judged") for row in rows}


def press(card, steps):
    """Go so many weeks on, or back."""
    for _step in range(abs(steps)):
        card.press("ArrowDown" if steps > 0 else "ArrowUp")


def lock(page, contact):
    page.locator("form[action$='/lock/'] button").click()
    expect(page.locator(f"#contact-{contact.number}.is-locked")).to_be_visible()
    assert ProposedContact.objects.get(pk=contact.pk).is_locked


def approve(manager):
    page = manager.open(PlanProposal.objects.get().get_absolute_url())
    page.click("button[data-opens=apply]")
    page.check("#apply [name=offer][value=all]")
    page.locator("#apply button[type=submit]").click()
    expect(page.locator("body")).to_contain_text("Godkjent")
    states = set(Assignment.objects.values_list("state", flat=True))
    assert (states, Assignment.objects.count()) == ({AssignmentState.OFFERED}, CONTACTS)


def send_letters(manager, folder):
    """Nothing is sent before the manager has looked at it and says so; then one mail to each."""
    page = manager.open("/outbox/")
    expect(page.locator("main table tbody tr")).to_have_count(TEAM)
    page.locator("main table a", has_text="Ingrid Solbakk").click()
    letter = page.locator("pre.letter-text").inner_text()
    assert "uke" in letter
    assert [name for name in PARTICIPANTS if name in letter] == []
    assert mails_with(folder, "/observer/offers/") == []
    page.goto(f"{manager.base}/outbox/")
    page.click("button[data-opens=send-held]")
    page.locator("#send-held button[type=submit]").click()
    expect(page.locator("body")).to_contain_text(f"{TEAM} brev")
    assert within(SECONDS, lambda: Letter.objects.filter(mail__sent_at__isnull=False).count() == TEAM)
    sent = mails_with(folder, "/observer/offers/")
    assert len({mail["To"] for mail in sent}) == len(sent) == TEAM
    assert [name for mail in sent for name in PARTICIPANTS if name in text_of(mail)] == []


def mails_with(folder, words):
    """Give the mails with these words that the worker has written down instead of sending them."""
    parts = [part for path in folder.glob("*.log") for part in path.read_text().split(f"{'-' * 79}\n")]
    mails = [message_from_string(part.lstrip(), policy=default) for part in parts if part.strip()]
    return [mail for mail in mails if words in text_of(mail)]


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


# The observer answers


def answer(walker):
    """Read the manual, take one on, say no to one, move one, and find to be a customer of another; give which."""
    page = walker.open("/observer/offers/")
    page.locator("main a[href*='/observer/manual/']").first.click()
    expect(page.locator("main")).to_contain_text(MANUAL)
    page.check("[name=has_read]")
    page.locator("form:has([name=has_read]) button[type=submit]").click()
    offers = list(Assignment.objects.filter(observer=own(), state="offered").order_by("week", "pk"))
    assert len(offers) >= 4
    page = walker.open("/observer/offers/")
    assert walker.width_beyond_the_window() == 0
    page.locator(f"form[action$='{offers[0].public_id}/accept/'] button").click()
    expect(page.locator("body")).to_contain_text("Oppdraget er ditt")
    decline(walker, offers[1])
    moved = ask_for_another_week(walker, offers[2:])
    tied = next(one for one in offers[2:] if one != moved)
    report_tie(walker, tied)
    assert Assignment.objects.get(pk=offers[0].pk).state == "accepted"
    return {"accepted": offers[0], "declined": offers[1], "moved": moved, "tied": tied}


def detail(walker, assignment):
    return walker.open(f"/observer/assignments/{assignment.public_id}/")


def decline(walker, assignment):
    page = detail(walker, assignment)
    page.locator("details:has(form[action$='/decline/']) summary").click()
    page.fill("form[action$='/decline/'] [name=reason]", "Jeg er bortreist den uken.")
    page.click("form[action$='/decline/'] button[type=submit]")
    expect(page.locator("body")).to_contain_text("takket nei")
    assert Assignment.objects.get(pk=assignment.pk).state == "declined"


def ask_for_another_week(walker, offers):
    """Move the first one that may be moved; give it."""
    for assignment in offers:
        page = detail(walker, assignment)
        page.locator("details:has(form[action$='/week/']) summary").click()
        choice = page.locator("form[action$='/week/'] [name=week]").first
        if not choice.count():
            continue
        choice.check()
        week = choice.get_attribute("value")
        page.fill("form[action$='/week/'] [name=reason]", "Det passer bedre.")
        page.click("form[action$='/week/'] button[type=submit]")
        expect(page.locator("body")).to_contain_text("flyttet")
        changed = Assignment.objects.get(pk=assignment.pk)
        assert (changed.week, changed.week == assignment.week) == (week, False)
        return assignment
    pytest.fail("No contact may be moved to another week.")
    return None


def report_tie(walker, assignment):
    page = detail(walker, assignment)
    page.locator("details:has(form[action$='/customer/']) summary").click()
    page.locator("form[action$='/customer/'] [name=tie]").first.check()
    page.click("form[action$='/customer/'] button[type=submit]")
    expect(page.locator("body")).to_contain_text("Takk")
    assert Assignment.objects.get(pk=assignment.pk).state == "withdrawn"
    assert CustomerRelation.objects.filter(observer=own(), participant=assignment.participant).exists()


# Somebody drops out


def drop_out(manager):
    application = Application.objects.get(observer__first_name=GONE)
    page = manager.open(application.get_absolute_url())
    page.fill("[name=reason]", "Har fått ny jobb.")
    page.click("button[name=move][value=leave]")
    expect(page.locator("body")).to_contain_text("Har fått ny jobb.")
    assert TeamMember.objects.current().count() == TEAM - 1
    # A worker sees by itself to what must change, and nothing of it holds yet.
    assert within(SECONDS, lambda: PlanProposal.objects.filter(kind="repair", state="ready").exists())


def repair(manager, answered):
    lost = {item.pk for item in Assignment.objects.filter(observer__first_name=GONE, state="offered")}
    given_back = Assignment.objects.filter(state="planned", observer=None)
    assert {item.replaces for item in given_back} == {answered["declined"], answered["tied"]}
    orphaned = lost | {item.pk for item in given_back}
    untouched = standing(exclude=orphaned)
    page = manager.open("/plan/")
    if page.locator("form:has([name=kind][value=repair]) button").count():
        page.locator("form:has([name=kind][value=repair]) button").first.click()
        page.wait_for_url(re.compile(r"/plan/[0-9a-f-]{36}/"))
    expect(page.locator("button[data-opens=apply]")).to_be_visible(timeout=60_000)
    proposal = PlanProposal.objects.filter(kind="repair", state="ready").first()
    participants = {change.participant_id for change in proposal.contacts.all()}
    wanted = Participant.objects.filter(assignments__in=orphaned).distinct()
    assert proposal.contacts.count() == len(orphaned)
    assert participants == {participant.pk for participant in wanted}
    for participant in wanted:
        expect(page.locator("main")).to_contain_text(participant.name)
    expect(page.locator("main")).to_contain_text(f"{GONE} Solbakk")
    page.click("button[data-opens=apply]")
    page.check("#apply [name=offer][value=all]")
    page.locator("#apply button[type=submit]").click()
    expect(page.locator("body")).to_contain_text("Godkjent")
    assert standing(exclude=orphaned, only=untouched) == untouched
    # The repair that a worker made after the first answer is in this one, and waits no longer.
    assert not PlanProposal.objects.filter(kind="repair", state="ready").exists()
    assert Letter.objects.held().filter(observer__first_name=GONE).count() == 1
    assert manager.violations() == []
    held = Assignment.objects.filter(state__in=["offered", "accepted"])
    assert held.count() == CONTACTS
    assert not held.filter(observer__first_name=GONE).exists()
    assert not held.filter(observer=own(), participant=answered["tied"].participant).exists()


def standing(*, exclude, only=None):
    rows = Assignment.objects.exclude(pk__in=exclude)
    if only is not None:
        rows = rows.filter(pk__in=only)
    return {row.pk: (row.state, row.observer_id, row.week, row.weekday, row.slot) for row in rows}


def see_control_room(manager):
    page = manager.open("/control/")
    expect(page.locator("main")).to_contain_text(str(CONTACTS))
    expect(page.locator("main")).to_contain_text("Bank")


def see_calendar(walker):
    page = walker.open("/observer/calendar/")
    page.locator("form[action$='/address/'] button").first.click()
    address = page.input_value("#address")
    calendar = Calendar.from_ical(Client().get(f"/{address.partition('://')[2].partition('/')[2]}").content)
    held = Assignment.objects.filter(observer=own(), state__in=["offered", "accepted", "withdrawn"])
    statuses = {"offered": "TENTATIVE", "accepted": "CONFIRMED", "withdrawn": "CANCELLED"}
    assert {(str(event["UID"]).partition("@")[0], str(event["STATUS"])) for event in calendar.events} == {
        (str(item.public_id), statuses[item.state]) for item in held
    }
    assert "CONFIRMED" in {str(event["STATUS"]) for event in calendar.events}
    assert [name for name in PARTICIPANTS if name in calendar.to_ical().decode()] == []
