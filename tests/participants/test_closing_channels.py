"""A participant that can no longer be contacted by one of its methods."""

import pytest
from django.core.exceptions import PermissionDenied

from ksp.accounts.models import AuditEvent
from participants.models import ContactChannel
from participants.services import LastChannel, ReasonMissing, SeasonFrozen, close_channel, pause_class
from participants.signals import channel_closed, class_changed
from tests.factories.accounts import UserFactory
from tests.factories.participants import ContactChannelFactory, EnrolmentFactory, SeasonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment():
    enrolment = EnrolmentFactory(season=SeasonFactory(open=True), planned_contacts=25)
    for method, planned in {"phone": 10, "email": 8, "chat": 7}.items():
        ContactChannelFactory(enrolment=enrolment, method=method, kind=method, planned_contacts=planned)
    return enrolment


@pytest.fixture
def manager(enrolment):
    return UserFactory(manager=True, organiser=enrolment.season.organiser)


@pytest.fixture
def heard():
    """Give what was announced about channels and classes."""
    told = []

    def hear(signal, sender, **said):
        told.append(said)

    for signal in (channel_closed, class_changed):
        signal.connect(hear, dispatch_uid="heard")
    yield told
    for signal in (channel_closed, class_changed):
        signal.disconnect(dispatch_uid="heard")


def close(enrolment, by, method="phone", reason="Har lagt ned telefonen"):
    return close_channel(enrolment.channels.get(method=method).pk, reason=reason, by=by)


def test_contacts_are_shared_out_on_the_methods_that_are_left(enrolment, manager, heard):
    close(enrolment, manager)

    assert dict(enrolment.channels.values_list("method", "planned_contacts")) == {"email": 13, "chat": 12}
    assert heard == [{"enrolment": enrolment, "method": "phone", "by": manager}]
    event = AuditEvent.objects.get()
    assert (event.verb, event.detail["method"], event.detail["planned"]) == ("channel.closed", "phone", 10)


def test_the_last_channel_stays(enrolment, manager):
    close(enrolment, manager)
    close(enrolment, manager, "chat")

    with pytest.raises(LastChannel):
        close(enrolment, manager, "email")

    assert dict(enrolment.channels.values_list("method", "planned_contacts")) == {"email": 25}


def test_a_reason_is_needed(enrolment, manager):
    with pytest.raises(ReasonMissing):
        close(enrolment, manager, reason=" ")

    assert ContactChannel.objects.count() == 3


def test_a_closed_season_keeps_its_channels(enrolment, manager):
    enrolment.season.state = "closed"
    enrolment.season.save()

    with pytest.raises(SeasonFrozen):
        close(enrolment, manager)

    assert ContactChannel.objects.count() == 3


def test_only_those_who_may_change_the_enrolment_close_its_channels(enrolment):
    for person in (UserFactory(manager=True), UserFactory(organiser=enrolment.season.organiser)):
        with pytest.raises(PermissionDenied):
            close(enrolment, person)

    assert ContactChannel.objects.count() == 3


def test_pause_of_a_class_and_its_end_are_announced(enrolment, manager, heard):
    award_class = enrolment.award_class
    pause_class(award_class.pk, reason="Streik", now=enrolment.season.opened_at, by=manager)
    pause_class(award_class.pk, reason="", now=None, by=manager)

    assert [(said["award_class"], said["is_paused"]) for said in heard] == [(award_class, True), (award_class, False)]
