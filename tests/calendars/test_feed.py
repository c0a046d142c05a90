import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from assignments import services as contacts
from assignments.calendars import services
from assignments.calendars.tokens import token_of
from assignments.models import Assignment
from assignments.workflow import AssignmentState
from ksp.accounts.models import Role, User
from ksp.lib.calendar import OSLO
from observers.models import Observer
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory, RolePlayFactory
from tests.factories.calendars import CalendarFeedFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import (
    AwardClassFactory,
    ContactChannelFactory,
    EnrolmentFactory,
    ParticipantFactory,
    SeasonFactory,
)

pytestmark = pytest.mark.django_db
# What must never be in a calendar whose owner has not chosen names.
SECRETS = {
    "name": "Brønnøy; Kraft, avdeling \\ sør, et langt navn som deles over flere linjer når det skrives",
    "class": "Strømleverandører",
    "address": "21490077",
    "website": "kraft.example",
    "code": "DELTAKER-4711",
    "role_play": "Flytter til Andøya",
    "story": "Du skal spørre om ladeboks",
    "contact_person": "Torunn Testperson",
}
PROMISED = {"PRODID", "VERSION", "CALSCALE", "NAME", "X-WR-CALNAME", "X-WR-TIMEZONE", "REFRESH-INTERVAL"}


@pytest.fixture(autouse=True)
def _in_the_first_week(time_machine):
    time_machine.move_to(datetime(2021, 11, 30, 12, tzinfo=UTC), tick=False)


@pytest.fixture
def feed():
    return CalendarFeedFactory()


@pytest.fixture
def season(feed):
    return SeasonFactory(organiser=feed.observer.organiser, open=True)


@pytest.fixture
def contact(feed, season):
    award_class = AwardClassFactory(season=season, name=SECRETS["class"])
    participant = ParticipantFactory(
        organiser=season.organiser, name=SECRETS["name"], code=SECRETS["code"], website=SECRETS["website"]
    )
    enrolment = EnrolmentFactory(
        season=season, award_class=award_class, participant=participant, contact_name=SECRETS["contact_person"]
    )
    ContactChannelFactory(enrolment=enrolment, address=SECRETS["address"])
    play = RolePlayFactory(season=season, award_class=award_class, title=SECRETS["role_play"], story=SECRETS["story"])
    return AssignmentFactory(
        season=season,
        enrolment=enrolment,
        role_play=play,
        accepted=True,
        observer=feed.observer,
        weekday=2,
        slot="09",
    )


def address(feed):
    return reverse("calendars:feed", args=[token_of(feed.public_id, feed.version)])


def read(feed):
    answer = Client().get(address(feed))
    assert answer.status_code == 200
    return Calendar.from_ical(answer.content)


def only_event(feed):
    (event,) = read(feed).events
    return event


def test_feed_is_a_whole_calendar(feed, contact):
    answer = Client().get(address(feed))

    calendar = Calendar.from_ical(answer.content)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["X-Robots-Tag"] == "noindex"
    assert not answer.cookies
    assert set(calendar) == PROMISED | {"X-PUBLISHED-TTL"}
    assert calendar["X-WR-CALNAME"] == "Kundeserviceprisen: mine kontakter"
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=1)
    assert [zone["TZID"] for zone in calendar.timezones] == ["Europe/Oslo"]
    assert len(calendar.events) == 1
    lines = answer.content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)


def test_event_without_names_tells_week_method_and_link_and_no_more(feed, contact):
    event = only_event(feed)

    assert (event["SUMMARY"], str(event["STATUS"])) == ("Kontakt (telefon), uke\xa048", "CONFIRMED")
    link = f"http://127.0.0.1:8000/observer/assignments/{contact.public_id}/"
    assert event["URL"] == link
    assert event["DESCRIPTION"] == f"Tatt imot. Rådet om dag og tid binder ikke, uken gjør.\n{link}"
    assert event["UID"] == f"{contact.public_id}@kundeserviceprisen"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (
        datetime(2021, 11, 30, 9, tzinfo=OSLO),
        datetime(2021, 11, 30, 11, tzinfo=OSLO),
    )
    assert event["DTSTART"].params["TZID"] == "Europe/Oslo"
    assert str(event["TRANSP"]) == "OPAQUE"


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize("weekday", [None, 2])
def test_nothing_of_the_participant_leaks(feed, contact, language, weekday):
    User.objects.update(language=language)
    Assignment.objects.update(weekday=weekday)
    answer = Client().get(address(feed))

    # As a program reads it: long lines put together again, escaped signs as they are.
    text = re.sub(r"\r\n[ \t]", "", answer.content.decode()).replace("\\", "").casefold()
    words = {word for secret in SECRETS.values() for word in re.findall(r"\w{4,}", secret.casefold())}
    everything = text + str(answer.headers).casefold()
    assert "uke" in text or "week" in text
    assert {word for word in words if word in everything} == set()
    assert str(contact.participant.public_id) not in everything
    assert contact.code.casefold() not in everything


def test_names_are_told_where_the_observer_chose_so(feed, contact):
    services.show_names(feed.observer_id, shows_names=True, by=feed.observer.user)

    event = only_event(feed)

    # Parsed back letter by letter, with its semicolon, comma, backslash and length.
    assert event["SUMMARY"] == f"{SECRETS['name']} (telefon), uke\xa048"
    body = Client().get(address(feed)).content.decode()
    assert [secret for key, secret in SECRETS.items() if key != "name" and secret in body] == []


def test_observer_is_not_told_points_nor_what_is_planned(feed, season):
    AssignmentFactory(season=season, with_observer=True, observer=feed.observer)
    AssignmentFactory(season=season, accepted=True)
    AssignmentFactory(season=season, accepted=True, observer=feed.observer, state=AssignmentState.CANCELLED)
    for gone in (AssignmentState.DECLINED, AssignmentState.EXPIRED):
        AssignmentFactory(season=season, offered=True, observer=feed.observer, state=gone)

    assert read(feed).events == []


STATUSES = [("offered", "TENTATIVE"), ("accepted", "CONFIRMED"), ("done", "CONFIRMED"), ("withdrawn", "CANCELLED")]


@pytest.mark.parametrize(("state", "status"), STATUSES)
def test_status_follows_the_state(feed, contact, state, status):
    Assignment.objects.update(state=state)

    assert str(only_event(feed)["STATUS"]) == status


def test_contact_without_advice_stands_over_its_working_days(feed, contact):
    Assignment.objects.update(weekday=None, slot="")

    event = only_event(feed)

    # The end of whole days is the day after the last one.
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2021, 11, 29), date(2021, 12, 4))
    assert str(event["TRANSP"]) == "TRANSPARENT"
    assert "Velg selv dag og tid mellom 9 og 15" in event["DESCRIPTION"]


def test_change_is_told_under_the_same_name_with_a_higher_number(feed, contact, time_machine):
    Assignment.objects.update(state=AssignmentState.OFFERED)
    before = only_event(feed)
    time_machine.shift(timedelta(hours=3))

    contacts.accept_assignment(contact.pk, by=feed.observer.user)

    after = only_event(feed)
    assert (before["UID"], before["SEQUENCE"]) == (after["UID"], 0)
    assert after["SEQUENCE"] == 1
    assert after["LAST-MODIFIED"].dt - before["LAST-MODIFIED"].dt == timedelta(hours=3)
    assert after["DTSTAMP"].dt == after["LAST-MODIFIED"].dt


CLOCKS = [("2026-W13", 5), ("2026-W14", 1), ("2026-W43", 5), ("2026-W44", 1), ("2026-W53", 3), ("2021-W48", 1)]


@pytest.mark.parametrize(("week", "weekday"), CLOCKS)
def test_calendar_by_its_own_rule_of_summer_time_says_nine(feed, contact, week, weekday):
    Assignment.objects.update(week=week, weekday=weekday, slot="09")
    calendar = read(feed)

    # By the VTIMEZONE that stands in the file, as a program without a list of zones reads it.
    zone = calendar.timezones[0].to_tz(lookup_tzid=False)
    local = calendar.events[0]["DTSTART"].dt.replace(tzinfo=None)

    assert local.hour == 9
    assert local.replace(tzinfo=zone).utcoffset() == local.replace(tzinfo=OSLO).utcoffset()


def test_contact_of_an_earlier_year_is_no_longer_told(feed, contact, time_machine):
    time_machine.move_to(datetime(2022, 8, 1, 12, tzinfo=UTC), tick=False)

    assert read(feed).events == []


def test_unchanged_calendar_is_not_sent_again(feed, contact):
    first = Client().get(address(feed))
    again = Client().get(address(feed), headers={"if-none-match": first["ETag"]})
    services.show_names(feed.observer_id, shows_names=True, by=feed.observer.user)
    changed = Client().get(address(feed), headers={"if-none-match": first["ETag"]})

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert again["ETag"] == first["ETag"]
    assert (changed.status_code, changed["ETag"] == first["ETag"]) == (200, False)


@pytest.mark.parametrize("rows", [1, 3])
def test_feed_takes_the_same_queries_however_many_contacts(feed, season, count_queries, rows):
    AssignmentFactory.create_batch(rows, season=season, accepted=True, observer=feed.observer)
    browser = Client()

    with count_queries(4):
        answer = browser.get(address(feed))

    assert len(Calendar.from_ical(answer.content).events) == rows


def test_old_address_stops_at_once(feed, contact):
    old = address(feed)
    new = services.make_address(feed.observer_id, by=feed.observer.user)

    assert [Client().get(one).status_code for one in (old, address(new))] == [404, 200]


CLOSED = {
    "account closed": lambda feed: User.objects.filter(pk=feed.observer.user_id).update(is_active=False),
    "observer not active": lambda feed: Observer.objects.filter(pk=feed.observer_id).update(is_active=False),
    "another role": lambda feed: User.objects.filter(pk=feed.observer.user_id).update(role=Role.MANAGER),
    "no account": lambda feed: Observer.objects.filter(pk=feed.observer_id).update(user=None),
    "calendar closed": lambda feed: services.close_feed(feed.observer_id, by=feed.observer.user),
}


@pytest.mark.parametrize("close", CLOSED.values(), ids=CLOSED)
def test_whoever_no_longer_observes_has_no_calendar(feed, contact, close):
    there = address(feed)
    assert Client().get(there).status_code == 200

    close(feed)

    answer = Client().get(there)
    assert (answer.status_code, b"VCALENDAR" in answer.content) == (404, False)


def test_wrong_token_and_unknown_calendar_answer_alike(feed, contact):
    right = token_of(feed.public_id, feed.version)
    wrong = [
        right[:-1] + ("A" if right[-1] != "A" else "B"),
        token_of(uuid4(), 1),
        token_of(feed.public_id, 2),
        "wrong",
    ]

    answers = [Client().get(reverse("calendars:feed", args=[token])) for token in wrong]
    pages = [answer.content.decode().partition("<main")[2].partition("</main")[0] for answer in answers]

    assert {answer.status_code for answer in answers} == {404}
    assert pages == [pages[3]] * 4


def test_signed_in_person_needs_the_address_too(feed, contact, browser_of):
    somebody = UserFactory(organiser=feed.observer.organiser, administrator=True)

    assert browser_of(somebody).get(address(feed)).status_code == 200
    assert browser_of(somebody).get(reverse("calendars:feed", args=["x" * 48])).status_code == 404


def test_only_the_observers_own_contacts_are_told(feed, season, contact):
    other = CalendarFeedFactory(observer=ObserverFactory(organiser=season.organiser))
    theirs = AssignmentFactory(season=season, accepted=True, observer=other.observer)

    assert only_event(feed)["UID"].startswith(str(contact.public_id))
    assert only_event(other)["UID"].startswith(str(theirs.public_id))
