from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from assignments.batches import offer_planned
from assignments.letters import services
from assignments.letters.models import Letter, Notice
from assignments.letters.tasks import expire_unanswered_offers
from assignments.models import Assignment
from ksp.accounts.models import AuditEvent
from ksp.accounts.services import create_organiser, system_user
from participants.models import AwardClass
from participants.services import pause_class, pause_season, resume_season
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.participants import SeasonFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2021, 11, 29, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def season():
    return SeasonFactory(open=True, organiser=create_organiser(name="a", slug="a"))


@pytest.fixture
def system(season):
    return system_user(season.organiser)


def offer(season, system, **how):
    """Offer one contact on a Monday, to be answered within six days."""
    row = AssignmentFactory(season=season, with_observer=True, week="2022-W02")
    offer_planned([row.pk], now=NOW, by=system, **how)
    return row


def test_offer_that_nobody_answers_lapses_after_its_days(season, system):
    row = offer(season, system)
    services.send_due_letters(now=NOW + DAY / 24, by=system)

    lapsed = [services.expire_offers(now=NOW + days * DAY, by=system) for days in (6, 7, 8)]

    row.refresh_from_db()
    assert (lapsed, row.state) == ([0, 1, 0], "expired")
    assert Assignment.objects.get(replaces=row).state == "planned"
    assert list(Notice.objects.filter(letter__state="open").values_list("kind", flat=True)) == ["expired"]


def test_offer_that_nobody_has_been_told_of_does_not_lapse(season, system):
    row = offer(season, system, is_held=True)

    assert services.expire_offers(now=NOW + 20 * DAY, by=system) == 0
    assert services.note_offers_that_soon_lapse(now=NOW + 5 * DAY, by=system) == 0
    services.send_letters([Letter.objects.get().pk], now=NOW + 20 * DAY, by=system)
    assert services.expire_offers(now=NOW + 25 * DAY, by=system) == 0
    assert services.expire_offers(now=NOW + 27 * DAY, by=system) == 1

    row.refresh_from_db()
    assert row.state == "expired"


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_nothing_lapses_while_the_season_is_not_open(season, system, state):
    offer(season, system)
    services.send_due_letters(now=NOW + DAY, by=system)
    season.state, season.closed_at = state, NOW
    season.save()

    assert services.expire_offers(now=NOW + 20 * DAY, by=system) == 0


def test_nothing_lapses_and_nobody_is_reminded_while_the_class_is_paused(season, system):
    row = offer(season, system)
    services.send_due_letters(now=NOW + DAY, by=system)
    AwardClass.objects.filter(enrolments=row.enrolment).update(paused_at=NOW, pause_reason="Ferie")

    assert services.note_offers_that_soon_lapse(now=NOW + 6 * DAY, by=system) == 0
    assert services.expire_offers(now=NOW + 20 * DAY, by=system) == 0


def test_answered_offers_and_those_of_other_organisers_stand(season, system):
    AssignmentFactory(season=season, accepted=True, answer_by=NOW - DAY)
    AssignmentFactory(offered=True, answer_by=NOW - DAY)

    assert services.expire_offers(now=NOW, by=system) == 0


def test_observer_is_reminded_once_two_days_before(season, system):
    offer(season, system)
    services.send_due_letters(now=NOW + DAY / 24, by=system)

    reminded = [services.note_offers_that_soon_lapse(now=NOW + days * DAY, by=system) for days in (4, 5, 5.5)]
    services.send_due_letters(now=NOW + 6 * DAY, by=system)
    again = services.note_offers_that_soon_lapse(now=NOW + 6 * DAY, by=system)

    assert (reminded, again) == ([0, 1, 0], 0)
    letter = Letter.objects.latest("pk")
    assert letter.subject == "Husk oppdragene dine"
    assert "Uke 2, telefon: svar på tilbudet innen søndag 5. desember" in letter.body


def test_nobody_is_reminded_of_an_offer_of_the_same_day(season, system):
    AssignmentFactory(season=season, offered=True, offered_at=NOW, answer_by=NOW + DAY)

    assert services.note_offers_that_soon_lapse(now=NOW + DAY / 2, by=system) == 0


def test_task_works_for_every_organiser(system):
    other = SeasonFactory(open=True, organiser=create_organiser(name="b", slug="b"))
    first = SeasonFactory(open=True, organiser=system.organiser)
    rows = [AssignmentFactory(season=one, offered=True, answer_by=NOW) for one in (first, other)]

    assert (expire_unanswered_offers(), expire_unanswered_offers()) == (2, 0)
    assert [Assignment.objects.get(pk=row.pk).state for row in rows] == ["expired", "expired"]


def told_offer(season, system):
    row = offer(season, system)
    services.send_due_letters(now=NOW + DAY, by=system)
    Assignment.objects.filter(pk=row.pk).update(answer_by=NOW)
    return row


def test_offers_get_their_time_back_when_the_season_goes_on(season, system):
    row = told_offer(season, system)
    pause_season(season.pk, reason="Storm", by=system)

    resume_season(season.pk, by=system)

    row.refresh_from_db()
    assert row.answer_by > timezone.now() + 5 * DAY
    assert services.expire_offers(now=timezone.now(), by=system) == 0
    assert AuditEvent.objects.filter(verb="assignment.prolonged", target_key=str(row.pk)).count() == 1


def test_offers_of_a_class_get_their_time_back_and_others_do_not(season, system):
    row, other = told_offer(season, system), told_offer(season, system)
    class_id = row.enrolment.award_class_id
    pause_class(class_id, reason="Streik", now=NOW, by=system)

    pause_class(class_id, reason="", now=None, by=system)

    row.refresh_from_db()
    other.refresh_from_db()
    assert row.answer_by > timezone.now() + 5 * DAY
    assert other.answer_by == NOW
    with pytest.raises(PermissionDenied):
        services.prolong_offers(season.pk, now=timezone.now() + 20 * DAY, by=UserFactory())
