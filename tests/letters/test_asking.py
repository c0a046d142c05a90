from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied

from assignments.letters import services
from assignments.letters.models import Letter, WeekChange
from assignments.letters.week_choices import choices_of
from assignments.models import Assignment
from ksp.accounts.models import AuditEvent, OwedMail
from ksp.accounts.services import create_organiser
from ksp.lib.workflow import TransitionNotAllowed
from observers.applications.signals import relations_reported
from observers.models import CustomerRelation
from participants.models import Season
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.letters import WeekChangeFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import SeasonFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import filled_response

pytestmark = pytest.mark.django_db
NOW = datetime(2021, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def season():
    return SeasonFactory(
        open=True,
        organiser=create_organiser(name="a", slug="a"),
        starts_on=date(2021, 11, 29),
        ends_on=date(2022, 1, 14),
    )


@pytest.fixture
def contact(season):
    """A contact in week 50, of a participant with room in every week."""
    contact = AssignmentFactory(season=season, accepted=True, week="2021-W50", weekday=3)
    for week in ("2021-W48", "2022-W01", "2022-W02"):
        AssignmentFactory.create_batch(3, season=season, enrolment=contact.enrolment, week=week)
    return contact


def possible(contact, now=NOW):
    return {str(one.week): list(one.refusals) for one in choices_of(contact, now=now)}


def change(contact, week, **more):
    return services.change_own_week(contact.pk, week=week, now=NOW, by=contact.observer.user, **more)


def limit(season, weeks):
    Season.objects.filter(pk=season.pk).update(stored_settings={"week_change_limit": weeks})
    return Season.objects.get(pk=season.pk)


def test_weeks_beside_the_planned_one_are_possible(contact):
    assert possible(contact) == {"2021-W49": [], "2021-W51": []}


def test_each_week_that_is_not_possible_says_why(contact, season):
    contact.season = limit(season, 5)
    other = {"season": season, "observer": contact.observer, "accepted": True}
    contact.observer.weeks = [f"2021-W{week}" for week in (48, 49, 50, 52)]
    contact.observer.weekly_capacity = 1
    AssignmentFactory(week="2021-W49", **other)

    assert possible(contact, now=datetime(2021, 12, 6, 12, tzinfo=UTC)) == {
        "2021-W48": ["Uken er over.", "Deltakeren har nok kontakter denne uken."],
        "2021-W49": ["Du har så mange kontakter du kan ta denne uken."],
        "2021-W51": ["Du har sagt at du ikke kan denne uken."],
        "2021-W52": [],
        "2022-W01": ["Deltakeren har nok kontakter denne uken.", "Du har sagt at du ikke kan denne uken."],
        "2022-W02": ["Deltakeren har nok kontakter denne uken.", "Du har sagt at du ikke kan denne uken."],
    }


def test_week_that_is_closed_is_not_possible(contact, season):
    days = [f"2021-12-{day}" for day in (20, 21, 22)]
    Season.objects.filter(pk=season.pk).update(stored_settings={"closed_on": days})
    contact.season.refresh_from_db()

    assert possible(contact)["2021-W51"] == ["Uken har for få arbeidsdager."]


def test_season_may_allow_no_change(contact, season):
    contact.season = limit(season, 0)

    assert choices_of(contact, now=NOW) == []


def test_choices_take_three_queries(contact, count_queries):
    contact = Assignment.objects.select_related("season", "observer").get(pk=contact.pk)

    with count_queries(3):
        choices_of(contact, now=NOW)


def test_observer_moves_a_contact_at_once(contact):
    made = change(contact, "2021-W51", reason=" Jeg er på reise. ")

    contact.refresh_from_db()
    assert (contact.week, contact.state, contact.weekday) == ("2021-W51", "accepted", 3)
    assert (made.week_before, made.week, made.reason) == ("2021-W50", "2021-W51", "Jeg er på reise.")
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor) == ("assignment.moved", contact.observer.user)
    assert event.detail == {"before": "2021-W50", "after": "2021-W51"}
    assert OwedMail.objects.count() == Letter.objects.count() == 0


def test_advised_day_that_is_a_holiday_in_the_new_week_becomes_another(season):
    contact = AssignmentFactory(season=season, accepted=True, week="2022-W14", weekday=4)
    Season.objects.filter(pk=season.pk).update(ends_on=date(2022, 4, 29))

    Season.objects.filter(pk=season.pk).update(stored_settings={"least_working_days": 1})
    change(contact, "2022-W15")

    contact.refresh_from_db()
    assert (contact.week, contact.weekday) == ("2022-W15", 1)


def test_advised_day_is_open_in_the_season_and_free_for_the_participant(contact, season):
    Season.objects.filter(pk=season.pk).update(stored_settings={"closed_on": ["2021-12-22"], "least_working_days": 1})
    AssignmentFactory(season=season, enrolment=contact.enrolment, week="2021-W51", weekday=1)

    change(contact, "2021-W51")

    contact.refresh_from_db()
    assert (contact.week, contact.weekday) == ("2021-W51", 2)


def test_offer_that_is_moved_forward_lapses_with_its_new_week(contact):
    late = datetime(2021, 12, 15, 22, tzinfo=UTC)
    Assignment.objects.filter(pk=contact.pk).update(state="offered", answer_by=late)

    change(contact, "2021-W49")

    contact.refresh_from_db()
    assert contact.answer_by == datetime(2021, 12, 10, 14, tzinfo=UTC)


def test_limit_counts_from_the_week_that_was_planned(contact):
    change(contact, "2021-W51")
    contact.refresh_from_db()

    assert possible(contact) == {"2021-W49": [], "2021-W50": []}
    with pytest.raises(services.WeekNotPossible):
        change(contact, "2021-W52")


@pytest.mark.parametrize("week", ["2021-W50", "2021-W52", "uke 51", ""])
def test_week_outside_the_limits_is_refused(contact, week):
    with pytest.raises(services.WeekNotPossible):
        change(contact, week)

    contact.refresh_from_db()
    assert (contact.week, WeekChange.objects.count()) == ("2021-W50", 0)


def test_refused_week_says_why(contact):
    contact.observer.weeks = ["2021-W50"]
    contact.observer.save()

    with pytest.raises(services.WeekNotPossible, match="Du har sagt at du ikke kan denne uken"):
        change(contact, "2021-W51")


@pytest.mark.parametrize("state", ["declined", "withdrawn", "expired", "done", "cancelled", "planned"])
def test_contact_that_is_not_the_observers_now_stays(contact, state):
    Assignment.objects.filter(pk=contact.pk).update(state=state)

    with pytest.raises(TransitionNotAllowed):
        change(contact, "2021-W51")


def test_contact_is_not_moved_while_the_season_is_paused(contact, season):
    Season.objects.filter(pk=season.pk).update(state="paused")

    with pytest.raises(services.WeekNotPossible):
        change(contact, "2021-W51")


def test_contact_that_is_begun_is_not_moved():
    report = filled_response(season=season_with_battery())

    with pytest.raises(services.WeekNotPossible, match="Du har begynt"):
        change(report.assignment, "2021-W49")


def test_only_the_own_observer_moves_a_contact(contact):
    others = [ObserverFactory().user, UserFactory(manager=True, organiser=contact.season.organiser)]

    for by in others:
        with pytest.raises(PermissionDenied):
            services.change_own_week(contact.pk, week="2021-W51", now=NOW, by=by)

    assert str(WeekChangeFactory.build(assignment__code="K-1")) == "K-1: 2021-W48 → 2021-W49"


# Relations


@pytest.fixture
def heard():
    found = []

    def listen(pairs, by, **_signal):
        found.append((list(pairs), by))

    relations_reported.connect(listen)
    yield found
    relations_reported.disconnect(listen)


@pytest.mark.parametrize("state", ["offered", "accepted"])
def test_customer_gives_the_contact_back_and_is_written_nothing(contact, heard, state):
    Assignment.objects.filter(pk=contact.pk).update(state=state)
    observer = contact.observer

    fresh = services.report_relation(observer, contact.participant, kind="registered", now=NOW, by=observer.user)

    contact.refresh_from_db()
    assert contact.state == "withdrawn"
    assert [(new.replaces, new.observer, new.state) for new in fresh] == [(contact, None, "planned")]
    relation = CustomerRelation.objects.get()
    assert (relation.observer, relation.participant, relation.kind) == (observer, contact.participant, "registered")
    assert heard == [([(observer.pk, contact.participant_id)], observer.user)]
    assert OwedMail.objects.count() == Letter.objects.count() == 0
    events = AuditEvent.objects.filter(target_type__in=["observers.observer", "assignments.assignment"])
    assert dict(events.values_list("verb", "actor__is_system")) == {
        "observer.relation_reported": False,
        "assignment.withdrawn": True,
        "assignment.planned_again": True,
    }


def test_planned_contact_of_a_customer_loses_its_observer(contact, heard):
    Assignment.objects.filter(pk=contact.pk).update(state="planned")
    manager = UserFactory(manager=True, organiser=contact.season.organiser)

    fresh = services.report_relation(contact.observer, contact.participant, kind="customer", now=NOW, by=manager)

    contact.refresh_from_db()
    assert (contact.state, contact.observer, fresh, len(heard)) == ("planned", None, [], 1)


def test_relation_is_stored_once(contact):
    for _twice in range(2):
        services.report_relation(contact.observer, contact.participant, kind="customer", by=contact.observer.user)

    assert CustomerRelation.objects.count() == 1


def test_relation_is_reported_by_the_observer_or_a_manager(contact):
    stranger = ObserverFactory(organiser=contact.season.organiser)
    foreign = AssignmentFactory().participant

    for observer, participant, by in [
        (contact.observer, contact.participant, stranger.user),
        (contact.observer, contact.participant, UserFactory(manager=True)),
        (contact.observer, foreign, contact.observer.user),
    ]:
        with pytest.raises(PermissionDenied):
            services.report_relation(observer, participant, kind="customer", by=by)

    assert CustomerRelation.objects.count() == 0
