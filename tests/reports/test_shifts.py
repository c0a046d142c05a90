"""Sudden shifts and the forecast, from stored contacts to the pages."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from assignments.models import Assignment
from ksp.lib.weeks import IsoWeek
from participants.models import Season
from reports.selectors.forecast import season_forecast
from reports.selectors.progress import season_progress
from reports.selectors.shifts import Part, latest_shifts, season_watch
from reports.selectors.watched_contacts import Measure
from responses.models import AttemptOutcome, ContactAttempt, SurveyResponse
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import AwardClassFactory, EnrolmentFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import filled_response

pytestmark = pytest.mark.django_db

SHIFTS = "/control/shifts/"
MONDAY = datetime(2021, 11, 29, 10, 0, tzinfo=UTC)
A_DAY, DAYS = 12, 10


@pytest.fixture
def season():
    return season_with_battery(code="KSP22", name="KSP 2022", ends_on=date(2022, 1, 16))


@pytest.fixture
def manager(season):
    return UserFactory(organiser=season.organiser, manager=True)


def moments():
    """Give the working days of two weeks, each as often as it has contacts."""
    days = [MONDAY + timedelta(days=7 * (place // 5) + place % 5) for place in range(DAYS)]
    return [day for day in days for _contact in range(A_DAY)]


@pytest.fixture
def contacts(season):
    """Ten days of contacts of two classes by two methods, all alike and answered at once."""
    enrolments = [
        EnrolmentFactory(season=season, award_class=AwardClassFactory(season=season, name=name), planned_contacts=90)
        for name in ("Bank", "Strøm")
    ]
    observers = [ObserverFactory(organiser=season.organiser) for _number in range(DAYS * A_DAY // 2)]
    reports = []
    for place, moment in enumerate(moments()):
        week = f"2021-W{moment.isocalendar().week}"
        report = filled_response(
            "approved",
            season=season,
            enrolment=enrolments[place % 2],
            method="phone",
            observer=observers[place // 2],
            week=week,
        )
        reports.append(report)
        ContactAttempt.objects.filter(response=report).update(
            started_at=moment, answered_at=moment + timedelta(seconds=30), outcome=AttemptOutcome.ANSWERED
        )
        SurveyResponse.objects.filter(pk=report.pk).update(reviewed_at=moment + timedelta(days=2))
    return reports


def silence(reports):
    """Let nobody answer these contacts, of which no report has been read."""
    ContactAttempt.objects.filter(response__in=reports).update(outcome=AttemptOutcome.NO_ANSWER, answered_at=None)


@time_machine.travel(MONDAY + timedelta(days=11, hours=6))
def test_a_day_on_which_nobody_answers_is_told_the_same_day(season, contacts, manager, browser_of, count_queries):
    silence([report for report in contacts[-A_DAY:] if report.enrolment.award_class.name == "Strøm"])

    (shift,) = [one for one in latest_shifts(season, now=timezone.now()) if one.part is Part.SEASON]
    browser = browser_of(manager)
    page = browser.get("/control/")
    with count_queries(5):
        charts = browser.get(f"{SHIFTS}?measure=first_try")

    assert (shift.measure, shift.point.day, shift.point.count) == (Measure.FIRST_TRY, date(2021, 12, 10), A_DAY)
    assert shift.sources == ["Strøm"]
    signal = page.context["signals"][0]
    assert signal.text == "Uvanlig mange uten svar 10.\u00a0desember"
    assert signal.note.startswith("6 av 12, ventet 0,")
    assert signal.url == f"{SHIFTS}?season=KSP22&measure=first_try&of=season%3A"
    assert charts.context["rows"][0].point.is_signal


@time_machine.travel(MONDAY + timedelta(days=11, hours=6))
def test_a_quiet_season_says_nothing_and_a_rejected_contact_is_not_watched(season, contacts):
    SurveyResponse.objects.filter(pk=contacts[0].pk).update(state="rejected")

    watch = season_watch(season, now=timezone.now())

    chart = watch.of(Measure.FIRST_TRY, Part.SEASON, "")
    assert list(watch.shifts) == []
    # Sixty contacts teach what is usual, and the rejected one is none of the first week's.
    assert [point.day for point in chart.points][:1] == [date(2021, 12, 7)]
    assert sum(point.count for point in chart.points) == 4 * A_DAY
    assert {one.name for one in watch.series if one.part is Part.CLASS} == {"Bank", "Strøm"}


@time_machine.travel(MONDAY + timedelta(days=11, hours=6))
@pytest.mark.parametrize("query", ["measure=score&of=class:nonsense", "measure=csat&of=nonsense", "measure=nonsense"])
def test_what_cannot_be_shown_shows_the_season(query, season, contacts, manager, browser_of):
    answer = browser_of(manager).get(f"{SHIFTS}?{query}")

    assert answer.context["series"].part is Part.SEASON
    assert answer.context["told"] == []


def test_a_young_season_is_told_to_wait(season, manager, browser_of):
    answer = browser_of(manager).get(SHIFTS)

    assert "Ikke noe å sammenligne med ennå" in answer.content.decode()


@time_machine.travel(MONDAY + timedelta(days=21, hours=6))
def test_the_forecast_reads_when_contacts_were_approved(season, contacts, manager, count_queries):
    found = season_progress(season, user=manager, now=timezone.now())

    with count_queries(2):
        ahead = season_forecast(found, now=timezone.now())
    with count_queries(0):
        again = season_forecast(found, now=timezone.now())

    assert ahead == again
    assert ahead is None


@time_machine.travel(MONDAY + timedelta(days=2))
def test_a_season_of_two_days_has_no_forecast(season, contacts, manager, browser_of):
    AssignmentFactory(season=season, week="2021-W49")
    answer = browser_of(manager).get("/control/")

    assert answer.context["ahead"] is None
    assert "Det er for tidlig å si" in answer.content.decode()


@pytest.fixture
def steady_season(season, manager):
    """Five weeks in which all 20 contacts were approved by the Monday after, and three weeks that are planned."""
    award_class = AwardClassFactory(season=season, name="Bank")
    enrolments = [EnrolmentFactory(season=season, award_class=award_class, planned_contacts=7) for _number in range(20)]
    weeks = ["2021-W48", "2021-W49", "2021-W50", "2021-W51", "2022-W01", "2022-W02", "2022-W03"]
    observers = [ObserverFactory(organiser=season.organiser) for _week in weeks]
    rows = Assignment.objects.bulk_create(
        Assignment(
            season=season,
            enrolment=enrolment,
            participant=enrolment.participant,
            code=f"K{week}-{number}",
            method="phone",
            week=week,
            observer=observer,
            state="done" if week < "2022-W02" else "accepted",
        )
        for week, observer in zip(weeks, observers, strict=True)
        for number, enrolment in enumerate(enrolments)
    )
    SurveyResponse.objects.bulk_create(
        SurveyResponse(
            assignment=row,
            season=season,
            enrolment=row.enrolment,
            observer=row.observer,
            code=row.code,
            method="phone",
            week=row.week,
            state="approved",
            is_answered=True,
            packed=b"",
            submitted_at=MONDAY,
            reviewed_at=approved_at(row.week, place),
            reviewed_by=manager,
        )
        for place, row in enumerate(rows)
        if row.state == "done"
    )
    return season


def approved_at(week, place):
    """Give a moment on Thursday or Friday of the week, or on the Monday after."""
    days = (3, 4, 7, 7)[place % 4]
    return datetime.combine(IsoWeek.parse(week).monday(), MONDAY.time(), tzinfo=UTC) + timedelta(days=days)


@time_machine.travel(datetime(2022, 1, 10, 15, 0, tzinfo=UTC))
def test_the_forecast_goes_on_as_the_season_has(steady_season, manager, browser_of):
    Season.objects.filter(pk=steady_season.pk).update(ends_on=date(2022, 1, 23))

    answer = browser_of(manager).get("/control/")

    ahead = answer.context["ahead"]
    assert [str(point.week) for point in ahead.fan] == ["2022-W02", "2022-W03"]
    assert ahead.whole == 140
    # Half of a week's contacts are approved when it ends, the other half on the Monday after.
    assert 100 < ahead.fan[0].low <= 110 <= ahead.fan[0].high < 121
    assert 120 < ahead.fan[1].low <= 130 <= ahead.fan[1].high <= 140
    assert "Fortsetter vi som nå, er mellom" in answer.content.decode()
    assert len(answer.context["figure"].columns) == 4
