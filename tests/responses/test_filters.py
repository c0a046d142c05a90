"""What each choice leaves in the queue, and how it stands in the address."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.http import QueryDict

from responses.deadlines import ReviewClock
from responses.filters import ORDERS, QueueFilter, age_bars, part_name
from responses.models import SurveyResponse
from responses.selectors.queue import queue_counts
from tests.factories.participants import AwardClassFactory, EnrolmentFactory, ParticipantFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import filled_response

pytestmark = pytest.mark.django_db

# Friday 10 December 2021; the deadline of what came on Tuesday, with three working days, is today.
CLOCK = ReviewClock(date(2021, 12, 10), 3)
NOON = datetime(2021, 12, 10, 11, 0, tzinfo=UTC)


@pytest.fixture
def season():
    return season_with_battery()


def report(season, *, days=0, state="submitted", name="Måkeberg Kraft", **fields):
    """Return a report that was submitted so many days ago."""
    participant = ParticipantFactory(organiser=season.organiser, name=name)
    award_class = fields.pop("award_class", None) or AwardClassFactory(season=season)
    enrolment = EnrolmentFactory(season=season, participant=participant, award_class=award_class)
    response = filled_response(state, season=season, enrolment=enrolment, participant=participant, **fields)
    moment = NOON - timedelta(days=days)
    if state != "draft":
        SurveyResponse.objects.filter(pk=response.pk).update(submitted_at=moment, first_submitted_at=moment)
    response.refresh_from_db()
    return response


def found(season, query=""):
    filters = QueueFilter(QueryDict(query), season=season, queryset=SurveyResponse.objects.all(), clock=CLOCK)
    return list(filters.qs.order_by(*filters.order))


def chosen(season, query=""):
    return QueueFilter(QueryDict(query), season=season, queryset=SurveyResponse.objects.all(), clock=CLOCK)


def test_reports_that_wait_are_shown_oldest_first(season):
    for state in ("draft", "returned", "approved", "rejected"):
        report(season, state=state)
    young, old = report(season), report(season, days=2)
    report(season_with_battery())

    assert found(season) == [old, young]
    assert found(season, "sort=newest") == [young, old]


def test_each_state_has_its_own(season):
    rows = {state: report(season, state=state) for state in ("draft", "submitted", "returned", "approved", "rejected")}
    again = report(season, days=-1)
    SurveyResponse.objects.filter(pk=again.pk).update(first_submitted_at=NOON - timedelta(days=4))

    assert found(season, "state=waiting") == [rows["submitted"], again]
    assert found(season, "state=resubmitted") == [again]
    for state in ("returned", "approved", "rejected"):
        assert found(season, f"state={state}") == [rows[state]]
    assert set(found(season, "state=all")) == {*rows.values(), again} - {rows["draft"]}


def test_decided_reports_can_be_sorted_by_their_decision(season):
    first, last = report(season, state="approved"), report(season, state="approved", days=9)
    for days, response in ((3, first), (1, last)):
        SurveyResponse.objects.filter(pk=response.pk).update(reviewed_at=NOON - timedelta(days=days))

    assert found(season, "state=approved&sort=decided") == [last, first]
    assert chosen(season, "sort=decided").order == ORDERS["oldest"]


@pytest.mark.parametrize(
    ("age", "days"), [("late", [7, 4]), ("due", [3]), ("2", [2]), ("1", [1]), ("0", [0]), ("4", [7, 4, 3, 2, 1, 0])]
)
def test_age_counts_working_days(age, days, season):
    rows = {day: report(season, days=day) for day in (0, 1, 2, 3, 4, 7)}

    assert found(season, f"age={age}") == [rows[day] for day in days]


def test_class_method_and_observer_narrow(season):
    wanted = report(season, method="chat")
    report(season, method="phone")

    assert found(season, "method=chat") == [wanted]
    assert found(season, f"award_class={wanted.enrolment.award_class_id}") == [wanted]
    assert found(season, f"observer={wanted.observer.public_id}") == [wanted]
    assert found(season, f"observer={wanted.observer.public_id}&method=email") == []


@pytest.mark.parametrize("text", ["øyhavn", "ØYHAVN", "K-0042", "0042", " havn b"])
def test_search_finds_participant_or_number(text, season):
    wanted = report(season, name="Øyhavn Bredbånd", code="K-00421")
    report(season, name="Granmo Strøm", code="K-00007")

    assert found(season, f"q={text}") == [wanted]


def test_words_are_not_looked_for_in_numbers(season):
    report(season, name="Granmo Strøm", code="K-00007")

    assert found(season, "q=k-") == []


@pytest.mark.parametrize(
    "query",
    ["state=lost", "age=99", "method=fax", "observer=nobody", "award_class=1e9", "award_class=x", "sort=up", "q=%00"],
)
def test_what_cannot_be_read_is_left_out(query, season):
    row = report(season)
    filters = chosen(season, query)

    assert list(filters.qs) == [row]
    assert filters.query in {"", query}


def test_choices_stand_in_the_address(season):
    filters = chosen(season, "q=bank&state=returned&sort=&method=chat&page=3")

    assert filters.query == "state=returned&q=bank&method=chat"
    assert (filters.is_narrowed, filters.is_changed, filters.shows_waiting, filters.chosen_count) == (
        True,
        True,
        False,
        2,
    )
    assert not chosen(season, "sort=newest").is_changed
    assert not chosen(season, "state=returned").is_narrowed


def test_controls_mark_what_is_chosen_and_escape_names(season):
    filters = chosen(season, "award_class=7")
    controls = {
        control.name: control
        for control in filters.controls(seasons=[season], classes=[("7", "<Bank>"), ("8", "Strøm")], observers=[])
    }

    assert list(controls) == ["state", "award_class", "method", "observer", "age", "sort"]
    assert '<option value="7" selected>&lt;Bank&gt;</option><option value="8">' in controls["award_class"].options
    assert [value for value, _label in controls["sort"].choices] == ["", "newest"]
    assert "season" in [one.name for one in filters.controls(seasons=[season, season], classes=[], observers=[])]


def test_every_age_has_a_name():
    assert [part_name(name, ReviewClock(CLOCK.today, 8)) for name in ("late", "due", "0", "1", "4")] == [
        "Over fristen",
        "Frist i dag",
        "Under 1 virkedag",
        "1 virkedag",
        "4 virkedager eller mer",
    ]


def test_counts_and_bars_agree_with_the_lists(season):
    for day in (0, 0, 1, 3, 4, 7):
        report(season, days=day)
    report(season, state="returned")
    approved = report(season, state="approved")
    SurveyResponse.objects.filter(pk=approved.pk).update(reviewed_at=CLOCK.day_began_at)
    other = season_with_battery(organiser=season.organiser)
    report(other)

    counts = queue_counts(season, chosen(season, "age=late").qs, clock=CLOCK, others=[other])

    assert (counts.late, counts.due, counts.waiting, counts.matching, counts.elsewhere) == (2, 1, 6, 2, 1)
    assert (counts.returned, counts.approved, counts.approved_today) == (1, 1, 1)
    assert queue_counts(season, None, clock=CLOCK).matching == 6
    assert [(bar.name, bar.count, bar.width, bar.is_late) for bar in age_bars(counts, CLOCK)] == [
        ("0", 2, "100.0%", False),
        ("1", 1, "50.0%", False),
        ("2", 0, "0.0%", False),
        ("due", 1, "50.0%", False),
        ("late", 2, "100.0%", True),
    ]
