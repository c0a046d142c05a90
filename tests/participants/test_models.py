from datetime import date

import pytest
from django.db import IntegrityError, transaction

from ksp.accounts.models import Role
from participants.models import ContactChannel, Enrolment, Participant, Season
from tests.factories.accounts import UserFactory
from tests.factories.participants import (
    AwardClassFactory,
    ContactChannelFactory,
    EnrolmentFactory,
    ImportBatchFactory,
    ParticipantFactory,
    RepresentativeFactory,
    SeasonFactory,
)

pytestmark = pytest.mark.django_db


def refused(write):
    with pytest.raises(IntegrityError), transaction.atomic():
        write()
    return True


def test_database_refuses_what_cannot_be():
    season = SeasonFactory(code="KSP22")
    enrolment = EnrolmentFactory(season=season)
    ContactChannelFactory(enrolment=enrolment)
    link = RepresentativeFactory()
    award_class = AwardClassFactory(season=season, name="Strøm")
    organiser = season.organiser

    writes = {
        "season code twice": lambda: SeasonFactory(organiser=organiser, code="KSP22"),
        "ends before it starts": lambda: SeasonFactory(starts_on=date(2022, 1, 2), ends_on=date(2022, 1, 1)),
        "unknown season state": lambda: Season.objects.update(state="sovende"),
        "open without having been opened": lambda: Season.objects.update(state="open"),
        "class name twice": lambda: AwardClassFactory(season=season, name=award_class.name),
        "participant id twice": lambda: ParticipantFactory(organiser=organiser, code=enrolment.participant.code),
        "enrolled twice": lambda: EnrolmentFactory(season=season, participant=enrolment.participant),
        "unknown package": lambda: Enrolment.objects.update(package="alt"),
        "channel twice": lambda: ContactChannelFactory(enrolment=enrolment),
        "unknown method": lambda: ContactChannel.objects.update(method="brevdue"),
        "represents twice": lambda: RepresentativeFactory(user=link.user, participant=link.participant),
    }

    assert [name for name, write in writes.items() if not refused(write)] == []


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.MANAGER])
def test_staff_see_what_is_the_organisers(role):
    enrolment = EnrolmentFactory()
    batch = ImportBatchFactory(organiser=enrolment.season.organiser)
    EnrolmentFactory()
    ImportBatchFactory()
    user = UserFactory(role=role, organiser=enrolment.season.organiser)

    seen = [list(model.objects.visible_to(user)) for model in (Season, Participant, Enrolment, type(batch))]

    assert seen == [[enrolment.season], [enrolment.participant], [enrolment], [batch]]


def test_participant_sees_what_it_represents_and_its_organisers_seasons():
    enrolment = EnrolmentFactory()
    user = RepresentativeFactory(participant=enrolment.participant).user
    batch = ImportBatchFactory(organiser=enrolment.season.organiser)
    EnrolmentFactory(season=enrolment.season)

    seen = [list(model.objects.visible_to(user)) for model in (Season, Participant, Enrolment, type(batch))]

    assert seen == [[enrolment.season], [enrolment.participant], [enrolment], []]


def test_observer_sees_no_participant():
    enrolment = EnrolmentFactory()
    user = UserFactory(organiser=enrolment.season.organiser)

    assert [list(model.objects.visible_to(user)) for model in (Participant, Enrolment)] == [[], []]


@pytest.mark.parametrize("role", Role)
def test_closed_account_sees_nothing(role):
    enrolment = EnrolmentFactory()
    user = UserFactory(role=role, organiser=enrolment.season.organiser, is_active=False)
    RepresentativeFactory(user=user, participant=enrolment.participant)

    assert [list(model.objects.visible_to(user)) for model in (Season, Participant, Enrolment)] == [[], [], []]


def test_things_are_named_for_people():
    enrolment = EnrolmentFactory(participant__name="Fjellvakt", season__code="KSP22", season__name="KSP 2022")
    channel = ContactChannelFactory(enrolment=enrolment, address="21 49 00 00")

    assert [str(thing) for thing in (enrolment, enrolment.season, channel)] == [
        "Fjellvakt, KSP22",
        "KSP 2022",
        "Telefon: 21 49 00 00",
    ]
