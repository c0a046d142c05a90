from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from ksp.accounts.models import AuditEvent, OwedMail, Role, User
from participants import services
from participants.models import AwardClass, ContactChannel, Enrolment, Representative, Season
from participants.signals import season_settings_changed
from tests.factories.accounts import UserFactory
from tests.factories.participants import (
    AwardClassFactory,
    ContactChannelFactory,
    EnrolmentFactory,
    ParticipantFactory,
    RepresentativeFactory,
    SeasonFactory,
)

pytestmark = pytest.mark.django_db
FRAME = {"code": "KSP27", "name": "KSP 2027", "starts_on": date(2026, 11, 30), "ends_on": date(2027, 3, 26)}


def boss_of(thing):
    organiser = getattr(thing, "organiser", None) or thing.season.organiser
    return UserFactory(administrator=True, organiser=organiser)


def verbs():
    return list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))


def test_season_is_made_in_preparation():
    by = UserFactory(administrator=True)

    season = services.create_season(by.organiser, by=by, **FRAME)

    assert (season.state, season.organiser, season.settings.phone_limit) == ("preparing", by.organiser, 300)
    assert verbs() == ["season.created"]


def test_season_code_is_taken_once_at_an_organiser():
    by = UserFactory(administrator=True)
    services.create_season(by.organiser, by=by, **FRAME)

    with pytest.raises(services.NameTaken):
        services.create_season(by.organiser, by=by, **FRAME | {"code": "ksp27"})

    assert Season.objects.count() == 1


@pytest.mark.parametrize("role", [Role.MANAGER, Role.OBSERVER, Role.PARTICIPANT])
def test_only_administrators_change_seasons(role):
    season = SeasonFactory()
    by = UserFactory(role=role, organiser=season.organiser)
    stranger = UserFactory(administrator=True)

    for person in (by, stranger):
        for write in (
            lambda who: services.create_season(season.organiser, by=who, **FRAME),
            lambda who: services.change_season(season.pk, by=who, name="Ny"),
            lambda who: services.change_season_settings(season.pk, settings={"phone_limit": 60}, by=who),
            lambda who: services.create_class(season.pk, name="Strøm", by=who),
        ):
            with pytest.raises(PermissionDenied):
                write(person)

    season.refresh_from_db()
    assert (season.stored_settings, Season.objects.count(), AwardClass.objects.count(), verbs()) == ({}, 1, 0, [])


def test_season_is_changed_and_checked():
    season = SeasonFactory(name="Gammel")
    by = boss_of(season)

    services.change_season(season.pk, by=by, name="Ny", manual="Les dette.")
    with pytest.raises(ValidationError):
        services.change_season(season.pk, by=by, ends_on=date(2000, 1, 1))

    season.refresh_from_db()
    assert (season.name, season.manual, season.ends_on) == ("Ny", "Les dette.", date(2022, 3, 31))


def test_settings_are_stored_with_what_they_were_and_announced():
    season = SeasonFactory()
    heard = []

    def listen(names, **_signal):
        heard.append(names)

    season_settings_changed.connect(listen)
    services.change_season_settings(season.pk, settings={"phone_limit": 60, "chat_limit": 300}, by=boss_of(season))
    season_settings_changed.disconnect(listen)

    season.refresh_from_db()
    assert (season.settings.phone_limit, season.settings.chat_limit) == (60, 300)
    assert AuditEvent.objects.get().detail == {"before": {"phone_limit": 300}, "after": {"phone_limit": 60}}
    assert heard == [frozenset({"phone_limit"})]


@pytest.mark.parametrize("state", ["open", "paused", "closed"])
def test_what_opening_fixed_stays(state):
    season = SeasonFactory(**{state: True})
    by = boss_of(season)

    with pytest.raises(services.SeasonFrozen):
        services.change_season_settings(season.pk, settings={"phone_limit": 60, "least_contacts_ranked": 10}, by=by)
    services.change_season_settings(season.pk, settings={"phone_limit": 300, "least_contacts_ranked": 15}, by=by)

    season.refresh_from_db()
    assert (season.settings.phone_limit, season.settings.least_contacts_ranked) == (300, 15)


def test_nothing_changes_after_publication():
    season = SeasonFactory(published=True)

    with pytest.raises(services.SeasonFrozen):
        services.change_season_settings(season.pk, settings={"least_contacts_ranked": 10}, by=boss_of(season))

    season.refresh_from_db()
    assert season.stored_settings == {}


# Classes


def test_class_is_made_once():
    season = SeasonFactory(open=True)
    by = boss_of(season)
    services.create_class(season.pk, name="Strøm", by=by)

    with pytest.raises(services.NameTaken):
        services.create_class(season.pk, name="strøm", by=by)

    assert list(season.classes.values_list("name", flat=True)) == ["Strøm"]


@pytest.mark.parametrize("state", ["closed", "published"])
def test_no_class_is_made_in_a_season_that_is_over(state):
    season = SeasonFactory(**{state: True})

    with pytest.raises(services.SeasonFrozen):
        services.create_class(season.pk, name="Strøm", by=boss_of(season))

    assert AwardClass.objects.count() == 0


def test_manager_pauses_a_class_and_lets_it_go_on():
    award_class = AwardClassFactory()
    by = UserFactory(manager=True, organiser=award_class.season.organiser)
    now = timezone.now()

    services.pause_class(award_class.pk, reason="Streik", now=now, by=by)
    award_class.refresh_from_db()
    paused = (award_class.paused_at, award_class.pause_reason)
    services.pause_class(award_class.pk, reason="", now=None, by=by)
    award_class.refresh_from_db()

    assert paused == (now, "Streik")
    assert (award_class.paused_at, award_class.pause_reason) == (None, "")
    assert verbs() == ["class.paused", "class.resumed"]


def test_class_is_not_paused_without_a_reason_nor_by_others():
    award_class = AwardClassFactory()
    now = timezone.now()

    with pytest.raises(services.ReasonMissing):
        services.pause_class(award_class.pk, reason=" ", now=now, by=boss_of(award_class))
    with pytest.raises(PermissionDenied):
        services.pause_class(award_class.pk, reason="Streik", now=now, by=UserFactory(manager=True))

    award_class.refresh_from_db()
    assert award_class.paused_at is None


# Enrolments


def test_enrolment_is_changed_with_what_it_was():
    enrolment = EnrolmentFactory(package="simple")
    by = UserFactory(manager=True, organiser=enrolment.season.organiser)

    services.change_enrolment(enrolment.pk, by=by, package="competitor", contact_name="")

    enrolment.refresh_from_db()
    assert enrolment.package == "competitor"
    assert AuditEvent.objects.get().detail == {"before": {"package": "simple"}, "after": {"package": "competitor"}}


def test_day_on_which_employees_were_informed_is_recorded():
    enrolment = EnrolmentFactory()
    by = UserFactory(manager=True, organiser=enrolment.season.organiser)

    services.record_employees_informed(enrolment.pk, informed_on=date(2021, 11, 1), by=by)

    enrolment.refresh_from_db()
    assert (enrolment.employees_informed_on, verbs()) == (date(2021, 11, 1), ["enrolment.employees_informed"])


def test_only_the_own_managers_change_enrolments():
    enrolment = EnrolmentFactory(package="none")
    others = [UserFactory(manager=True), UserFactory(participant=True, organiser=enrolment.season.organiser)]

    for by in others:
        with pytest.raises(PermissionDenied):
            services.change_enrolment(enrolment.pk, by=by, package="competitor")
        with pytest.raises(PermissionDenied):
            services.record_employees_informed(enrolment.pk, informed_on=date(2021, 11, 1), by=by)

    enrolment.refresh_from_db()
    assert (enrolment.package, enrolment.employees_informed_on) == ("none", None)


# Who represents a participant


def test_person_with_an_account_is_added_once():
    participant = ParticipantFactory()
    user = UserFactory(participant=True, organiser=participant.organiser, email="kari@ksp.example")
    by = boss_of(participant)

    for _time in range(2):
        services.invite_representative(participant.pk, email="KARI@ksp.example", name="Kari", by=by)

    assert list(Representative.objects.values_list("user", "participant")) == [(user.pk, participant.pk)]
    assert (verbs(), OwedMail.objects.count()) == (["participant.representative_added"], 0)


def test_person_without_an_account_is_invited():
    participant = ParticipantFactory()

    user = services.invite_representative(participant.pk, email="ny@ksp.example", name="Ny", by=boss_of(participant))

    assert (user.role, user.represents.get().participant) == (Role.PARTICIPANT, participant)
    assert OwedMail.objects.get().to == "ny@ksp.example"


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.MANAGER, Role.ADMINISTRATOR])
def test_person_with_another_role_is_refused(role):
    participant = ParticipantFactory()
    UserFactory(role=role, organiser=participant.organiser, email="ola@ksp.example")

    with pytest.raises(services.OtherRole):
        services.invite_representative(participant.pk, email="ola@ksp.example", name="Ola", by=boss_of(participant))

    assert Representative.objects.count() == 0


def test_person_of_another_organiser_is_refused():
    participant = ParticipantFactory()
    stranger = UserFactory(participant=True)

    with pytest.raises(PermissionDenied):
        services.add_representative(participant.pk, user=stranger, by=boss_of(participant))

    assert Representative.objects.count() == 0


def test_person_is_removed_and_sees_nothing_more():
    link = RepresentativeFactory()
    other = RepresentativeFactory(participant=link.participant)
    EnrolmentFactory(season__organiser=link.participant.organiser, participant=link.participant)
    by = boss_of(link.participant)

    for _time in range(2):
        services.remove_representative(link.participant_id, user=link.user, by=by)

    assert list(Representative.objects.all()) == [other]
    assert Enrolment.objects.visible_to(link.user).count() == 0
    assert verbs() == ["participant.representative_removed"]


def test_only_the_own_administrators_say_who_represents():
    link = RepresentativeFactory()
    others = [UserFactory(manager=True, organiser=link.participant.organiser), UserFactory(administrator=True)]

    for by in others:
        with pytest.raises(PermissionDenied):
            services.remove_representative(link.participant_id, user=link.user, by=by)
        with pytest.raises(PermissionDenied):
            services.invite_representative(link.participant_id, email="ny@ksp.example", name="Ny", by=by)

    assert (Representative.objects.count(), User.objects.filter(email="ny@ksp.example").count()) == (1, 0)


# Sharing out


def test_contacts_are_shared_out_over_the_channels():
    enrolment = EnrolmentFactory(planned_contacts=25)
    channels = [
        ContactChannel(enrolment=enrolment, method="phone"),
        ContactChannelFactory(enrolment=enrolment, method="email", kind="email", planned_contacts=3),
    ]

    services.share_out_contacts(enrolment, channels, settings=enrolment.season.settings)

    assert [channel.planned_contacts for channel in channels] == [14, 11]
