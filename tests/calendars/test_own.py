import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assignments.calendars.models import CalendarFeed
from assignments.calendars.selectors import own_calendar
from assignments.models import Assignment
from assignments.workflow import AssignmentState
from participants.models import Season
from tests.factories.assignments import AssignmentFactory
from tests.factories.calendars import CalendarFeedFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import EnrolmentFactory, ParticipantFactory, SeasonFactory

pytestmark = pytest.mark.django_db
PAGE = reverse("calendars:own")


@pytest.fixture(autouse=True)
def _in_the_first_week(time_machine):
    time_machine.move_to(datetime(2021, 12, 1, 12, tzinfo=UTC), tick=False)


@pytest.fixture
def observer():
    return ObserverFactory()


@pytest.fixture
def season(observer):
    return SeasonFactory(organiser=observer.organiser, open=True)


@pytest.fixture
def browser(observer, browser_of):
    return browser_of(observer.user)


@pytest.fixture
def have(season, observer):
    """Give the observer a contact."""

    def make(name, week, **fields):
        enrolment = EnrolmentFactory(
            season=season, participant=ParticipantFactory(organiser=season.organiser, name=name)
        )
        return AssignmentFactory(
            **{"season": season, "enrolment": enrolment, "observer": observer, "accepted": True, "week": week} | fields
        )

    return make


def words(browser, query=""):
    """Give the weeks as they are read, one line each."""
    html = browser.get(PAGE + query).content.decode().partition("<main")[2].partition('id="feed"')[0]
    text = re.sub(r"</(?:p|section|h\d|nav|header)>", "\n", html.replace("\n", " "))
    lines = (" ".join(re.sub(r"<[^>]+>", " ", line).replace("\xa0", " ").split()) for line in text.split("\n"))
    return [line.partition(">")[2].strip() if line.startswith(("id=", "class=")) else line for line in lines if line]


def test_weeks_are_shown_in_order_and_those_without_contacts_in_one_line(browser, have):
    have("Fjellvakt", "2021-W48", weekday=4, slot="13")
    have("Bakvakt", "2021-W48", method="email", state=AssignmentState.OFFERED)
    have("Ryddig", "2021-W51", weekday=1, slot="09", state=AssignmentState.DONE)

    assert words(browser)[2:-1] == [
        "uke 48",
        "Denne uken 29. november til 3. desember",
        "Bakvakt",
        "Velg dag selv",
        "E-post Tilbudt Fjellvakt",
        "torsdag 2. desember , mellom kl. 13 og 15",
        "Telefon Tatt imot",
        "uke 49 til 50 : ingen kontakter",
        "uke 51",
        "20. desember til 24. desember",
        "Ryddig",
        "mandag 20. desember , mellom kl. 9 og 11",
        "Telefon Utført",
        "uke 52 til 1 : ingen kontakter",
    ]


def test_contacts_of_a_week_stand_by_day_and_those_without_a_day_first(browser, have):
    have("Torsdag", "2021-W48", weekday=4, slot="13")
    have("Tirsdag", "2021-W48", weekday=2, slot="11", method="email")
    have("Tidlig torsdag", "2021-W48", weekday=4, slot="09")
    have("Fri dag", "2021-W48")

    page = " ".join(words(browser))

    found = re.findall(r"Fri dag|Tirsdag|Tidlig torsdag|Torsdag", page)
    assert found == ["Fri dag", "Tirsdag", "Tidlig torsdag", "Torsdag"]
    assert "tirsdag 30. november , mellom kl. 11 og 12" in page
    assert "torsdag 2. desember , mellom kl. 13 og 15" in page
    assert "Velg dag selv" in page


def test_weeks_without_contacts_are_one_line_with_their_holidays(browser, have, season):
    Season.objects.update(stored_settings={"closed_on": ["2021-12-24"]})
    have("Fjellvakt", "2021-W49")
    have("Bakvakt", "2022-W01")

    lines = words(browser)

    # The first and the second day of Christmas lie in the weekend that year.
    assert "uke 48 : ingen kontakter Denne uken" in lines
    assert "uke 50 til 52 : ingen kontakter fredag 24. desember: ingen kontakter denne dagen" in lines


def test_holidays_have_their_names(browser, have):
    have("Fjellvakt", "2022-W15", weekday=1, slot="09")

    page = " ".join(words(browser, "?week=2022-W15"))

    assert "torsdag 14. april: Skjærtorsdag fredag 15. april: Langfredag" in page
    assert "mandag 18. april: Andre påskedag" in page


def test_page_leads_to_the_weeks_before_and_after(browser, have):
    for week in ("2021-W48", "2021-W49", "2022-W10"):
        have(week, week)

    pages = [browser.get(PAGE + query).context["calendar"] for query in ("", "?week=2022-W02", "?week=2022-W08")]

    assert [(str(page.stretches[0].first), str(page.earlier), str(page.later)) for page in pages] == [
        ("2021-W48", "None", "2022-W02"),
        ("2022-W02", "2021-W48", "2022-W08"),
        ("2022-W08", "2022-W02", "None"),
    ]


# Today, the first and the last week shown: contacts in weeks 50, 2 and 10.
BEGINNINGS = [
    ("2021-08-01", "2021-W50", "2022-W03"),
    ("2021-12-01", "2021-W48", "2022-W01"),
    ("2022-01-12", "2022-W02", "2022-W07"),
    ("2022-03-09", "2022-W10", "2022-W15"),
    ("2023-01-10", "2022-W10", "2022-W15"),
]


@pytest.mark.parametrize(("today", "first", "last"), BEGINNINGS)
def test_page_begins_with_this_week_or_the_nearest_with_contacts(observer, have, time_machine, today, first, last):
    for week in ("2021-W50", "2022-W02", "2022-W10"):
        have(week, week)
    time_machine.move_to(datetime.fromisoformat(f"{today}T12:00+01:00"), tick=False)

    stretches = own_calendar(observer.user, asked=None, now=timezone.now()).stretches

    assert (str(stretches[0].first), str(stretches[-1].last)) == (first, last)


@pytest.mark.parametrize("asked", ["", "nonsense", "9999-W52", "0001-W01", "2021-W53", "2021-W48' or 1"])
def test_week_that_cannot_be_is_passed_over(browser, have, asked):
    have("Fjellvakt", "2021-W48")

    calendar = browser.get(PAGE, {"week": asked}).context["calendar"]

    assert str(calendar.stretches[0].first) == "2021-W48"


def test_withdrawn_and_planned_contacts_are_not_shown(browser, have):
    have("Fjellvakt", "2021-W48", state=AssignmentState.WITHDRAWN)
    have("Bakvakt", "2021-W48", state=AssignmentState.PLANNED)
    AssignmentFactory(accepted=True)

    page = " ".join(words(browser))

    assert Assignment.objects.count() == 3
    assert "Du har ingen kontakter ennå" in page
    assert "vakt" not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_page_takes_the_same_queries_however_many_contacts(browser, have, count_queries, rows):
    for number in range(rows):
        have(f"Vakt {number}", f"2021-W{48 + number}")

    with count_queries(5):
        answer = browser.get(PAGE)

    assert len([entry for stretch in answer.context["calendar"].stretches for entry in stretch.entries]) == rows


# The private address


def address_on(page):
    return re.search(r'value="([^"]*\.ics)"', page.content.decode())[1]


def test_address_is_made_shown_and_opens_the_calendar(browser, observer):
    assert ".ics" not in browser.get(PAGE).content.decode()

    answer = browser.post(reverse("calendars:make_address"), follow=True)

    shown = address_on(answer)
    assert f'href="webcal:{shown.partition(":")[2]}"' in answer.content.decode()
    assert Client().get(shown.removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert "Sist lest 1. desember kl. 13.00." in browser.get(PAGE).content.decode().replace("\xa0", " ")


def test_new_address_takes_the_place_of_the_old_one(browser, observer):
    CalendarFeedFactory(observer=observer)
    before = address_on(browser.get(PAGE))

    after = address_on(browser.post(reverse("calendars:make_address"), follow=True))

    paths = [address.removeprefix("http://127.0.0.1:8000") for address in (before, after)]
    assert [Client().get(path).status_code for path in paths] == [404, 200]


def test_names_are_switched_on_and_off_again(browser, observer):
    CalendarFeedFactory(observer=observer)
    switch = reverse("calendars:show_names")

    states = []
    for wanted in ("yes", "no"):
        page = browser.post(switch, {"shows_names": wanted}, follow=True).content.decode()
        states.append((CalendarFeed.objects.get().shows_names, "Skjul deltakernavn i kalenderen" in page))

    assert states == [(True, True), (False, False)]


def test_names_are_not_switched_where_there_is_no_calendar(browser, observer):
    assert browser.post(reverse("calendars:show_names"), {"shows_names": "yes"}).status_code == 404


def test_closed_calendar_leaves_no_address_on_the_page(browser, observer):
    CalendarFeedFactory(observer=observer)

    page = browser.post(reverse("calendars:close"), follow=True).content.decode()

    assert (".ics" in page, CalendarFeed.objects.exists()) == (False, False)
