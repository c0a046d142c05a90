"""Who needs somebody: late, at risk, without an observer; who is behind; and reminders."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from assignments.letters.models import Notice
from assignments.letters.workflow import NoticeKind
from assignments.models import Assignment
from ksp.accounts.models import Role
from observers.models import Observer
from responses.models import SurveyResponse
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import AwardClassFactory, EnrolmentFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import filled_response

pytestmark = pytest.mark.django_db

FOLLOW_UP, BEHIND, REMIND = "/control/follow-up/", "/control/behind/", "/control/KSP22/remind/"
# Wednesday of week 49.
NOW = datetime(2021, 12, 8, 11, 0, tzinfo=UTC)
PAST, THIS, COMING, LATER = "2021-W48", "2021-W49", "2021-W50", "2022-W02"


@pytest.fixture(autouse=True)
def _wednesday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def season():
    return season_with_battery(code="KSP22", name="KSP 2022", ends_on=date(2022, 1, 16))


@pytest.fixture
def manager(season):
    return UserFactory(organiser=season.organiser, manager=True)


@pytest.fixture
def award_class(season):
    return AwardClassFactory(season=season, name="Strøm")


def contact(season, award_class, week, **fields):
    enrolment = EnrolmentFactory(season=season, award_class=award_class, planned_contacts=2)
    return AssignmentFactory(season=season, enrolment=enrolment, participant=enrolment.participant, week=week, **fields)


def observer(season, name, **fields):
    user = UserFactory(organiser=season.organiser, role=Role.OBSERVER)
    return ObserverFactory(organiser=season.organiser, user=user, first_name=name, last_name="Moe", **fields)


@pytest.fixture
def slow(season, award_class):
    """An observer with a late contact and one of this week, neither begun."""
    found = observer(season, "Trond", weekly_capacity=4)
    for week in (PAST, THIS):
        contact(season, award_class, week, accepted=True, observer=found)
    return found


def listed(answer):
    return [(str(one.contact.week), list(one.reasons)) for one in answer.context["page"].object_list]


def test_late_contacts_say_what_they_wait_for(season, award_class, slow, manager, browser_of):
    contact(season, award_class, "2021-W47", offered=True)
    contact(season, award_class, PAST, with_observer=True)
    contact(season, award_class, PAST)
    filled_response("draft", season=season, week=PAST)
    filled_response("submitted", season=season, week=PAST)

    rows = listed(browser_of(manager).get(FOLLOW_UP))

    assert rows[0] == ("2021-W47", ["2 uker forsinket: tilbudt, men ikke besvart."])
    assert sorted(reason for _week, (reason,) in rows[1:]) == [
        "1 uke forsinket: begynt, men ikke levert.",
        "1 uke forsinket: planlagt, men aldri tilbudt.",
        "1 uke forsinket: tatt imot, men ikke begynt.",
        "1 uke forsinket: uten observatør.",
    ]


def test_contacts_at_risk_say_why(season, award_class, slow, manager, browser_of):
    busy = observer(season, "Unni", weekly_capacity=1)
    for _number in range(2):
        contact(season, award_class, THIS, accepted=True, observer=busy)
    contact(season, award_class, COMING, offered=True, offered_at=NOW - timedelta(days=5))
    contact(season, award_class, COMING, offered=True, offered_at=NOW - timedelta(days=1))
    returned = filled_response("returned", season=season, week=PAST)
    SurveyResponse.objects.filter(pk=returned.pk).update(reviewed_at=NOW - timedelta(days=6))

    rows = listed(browser_of(manager).get(f"{FOLLOW_UP}?kind=risk"))

    assert sorted(rows) == [
        (PAST, ["Sendt tilbake for 6 dager siden."]),
        (THIS, ["Ikke begynt, og observatøren har 1 forsinket kontakt."]),
        *[(THIS, ["Observatøren har 2 kontakter å gjøre denne uken, men tar 1 i uken."])] * 2,
        (COMING, ["Tilbudet går ut om 1 dag uten svar."]),
    ]


def test_contacts_without_an_observer_say_when_they_are_due(season, award_class, manager, browser_of):
    for week in (PAST, THIS, COMING, LATER):
        contact(season, award_class, week)

    answer = browser_of(manager).get(f"{FOLLOW_UP}?kind=unassigned")

    assert listed(answer) == [
        (PAST, ["Uke\u00a048 er over, og ingen har kontakten."]),
        (THIS, ["Skal gjøres denne uken."]),
        (COMING, ["Skal gjøres om 1 uke."]),
    ]
    assert [count for *_rest, count in answer.context["tabs"]] == [1, 0, 3]


def test_lists_are_narrowed_by_class_and_words(season, award_class, slow, manager, browser_of):
    contact(season, AwardClassFactory(season=season, name="Bank"), PAST, accepted=True)
    browser = browser_of(manager)

    assert len(listed(browser.get(f"{FOLLOW_UP}?award_class={award_class.pk}"))) == 1
    assert len(listed(browser.get(f"{FOLLOW_UP}?q=trond+moe"))) == 1
    assert "Ingen kontakt passer" in browser.get(f"{FOLLOW_UP}?q=ingen").content.decode()


@pytest.mark.parametrize("kind", ["late", "risk", "unassigned"])
def test_calm_lists_say_so(kind, season, manager, browser_of):
    answer = browser_of(manager).get(f"{FOLLOW_UP}?kind={kind}")

    assert listed(answer) == []
    assert "Påminn" not in answer.content.decode()


@pytest.fixture(params=[1, 3])
def late_ones(request, season, award_class):
    """So many observers with a late contact each."""
    for number in range(request.param):
        contact(season, award_class, PAST, accepted=True, observer=observer(season, f"Per {number}"))
    return request.param


def test_follow_up_is_read_in_seven_queries(late_ones, manager, browser_of, count_queries):
    browser = browser_of(manager)

    with count_queries(7):
        answer = browser.get(FOLLOW_UP)

    assert len(listed(answer)) == late_ones


def test_who_is_behind_is_read_in_fourteen_queries(late_ones, manager, browser_of, count_queries):
    browser = browser_of(manager)

    with count_queries(14):
        answer = browser.get(BEHIND)

    assert answer.context["observers"].paginator.count == late_ones


def test_who_is_behind_is_listed_with_when_they_were_last_seen(season, award_class, slow, manager, browser_of):
    report = filled_response("submitted", season=season, week=PAST, observer=slow)
    SurveyResponse.objects.filter(pk=report.pk).update(
        started_at=NOW - timedelta(days=20), submitted_at=NOW - timedelta(days=12)
    )

    answer = browser_of(manager).get(BEHIND)

    (row,) = answer.context["observers"].object_list
    assert (row.name, len(row.late), str(row.oldest), row.due) == ("Trond Moe", 1, PAST, 2)
    assert row.last_seen_on == date(2021, 11, 26)
    assert answer.context["queue"].waiting == 1
    assert answer.context["queue"].oldest.is_over


def test_participants_with_more_than_the_weeks_can_take_are_behind(season, award_class, manager, browser_of):
    tight = EnrolmentFactory(season=season, award_class=award_class, planned_contacts=25)
    EnrolmentFactory(season=season, award_class=award_class, planned_contacts=5)
    AssignmentFactory(season=season, enrolment=tight, participant=tight.participant, week=COMING)

    (row,) = browser_of(manager).get(BEHIND).context["participants"]

    assert (row.enrolment, row.left, row.line.late, row.is_tight) == (tight, 25, 0, True)


def test_one_press_reminds_everybody_who_is_late_once(season, award_class, slow, manager, browser_of):
    contact(season, award_class, PAST, accepted=True, observer=slow)
    contact(season, award_class, PAST, offered=True, observer=observer(season, "Unni"))
    contact(season, award_class, PAST)
    browser = browser_of(manager)

    first = browser.post(REMIND, {"everyone": "late", "next": f"{FOLLOW_UP}?season=KSP22"}, follow=True)
    second = browser.post(REMIND, {"everyone": "late"}, follow=True)

    assert first.redirect_chain == [(f"{FOLLOW_UP}?season=KSP22", 302)]
    assert "2 observatører får én påminnelse hver. Den venter i utboksen i 30 minutter" in first.content.decode()
    assert "Ingen får påminnelse" in second.content.decode()
    assert Notice.objects.filter(kind=NoticeKind.REMINDER).count() == 3


def test_chosen_contacts_alone_are_reminded_of(season, award_class, slow, manager, browser_of):
    late = Assignment.objects.get(week=PAST)
    foreign = AssignmentFactory(accepted=True)
    chosen = [str(late.public_id), str(foreign.public_id), "nonsense"]

    answer = browser_of(manager).post(REMIND, {"contact": chosen, "next": "https://elsewhere.example/"})

    assert answer.url == f"{FOLLOW_UP}?season=KSP22&kind=late"
    assert list(Notice.objects.values_list("assignment", flat=True)) == [late.pk]


def test_nobody_else_reminds(season, award_class, slow, browser_of):
    late = Assignment.objects.get(week=PAST)
    stranger = UserFactory(manager=True)

    answers = [browser_of(one).post(REMIND, {"contact": [late.public_id]}) for one in (stranger, slow.user)]

    assert [answer.status_code for answer in answers] == [404, 403]
    assert not Notice.objects.exists()


@pytest.mark.parametrize("path", [FOLLOW_UP, BEHIND, "/control/shifts/"])
def test_without_a_season_the_way_to_make_one_is_shown(path, browser_of):
    answer = browser_of(UserFactory(manager=True)).get(path)

    assert "Det finnes ingen sesong ennå" in answer.content.decode()
    assert not Observer.objects.exists()
