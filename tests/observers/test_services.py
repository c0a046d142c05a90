import pytest
from django.core.exceptions import PermissionDenied

from ksp.accounts.models import AuditEvent, Role
from observers import services
from observers.loads import loads_of
from observers.models import Observer
from tests.factories.accounts import UserFactory
from tests.factories.observers import ObserverFactory

pytestmark = pytest.mark.django_db


def test_score_is_stored_and_recorded_when_it_changes():
    observer = ObserverFactory()
    by = UserFactory(manager=True, organiser=observer.organiser)

    for _time in range(2):
        services.set_internal_score(observer, score=82.5, by=by)

    observer.refresh_from_db()
    assert (observer.internal_score, AuditEvent.objects.count()) == (82.5, 1)


@pytest.mark.parametrize(
    ("carried", "internal", "known"), [(None, None, None), (70, None, 70), (70, 80, 80), (70, 0, 0)]
)
def test_internal_score_comes_before_the_carried_one(carried, internal, known):
    assert Observer(carried_score=carried, internal_score=internal).known_score == known


def test_account_is_linked_once():
    observer = ObserverFactory(user=None)
    by = UserFactory(administrator=True, organiser=observer.organiser)
    user, other = UserFactory.create_batch(2, organiser=observer.organiser)

    services.link_account(observer.pk, user=user, by=by)
    with pytest.raises(services.AlreadyLinked):
        services.link_account(observer.pk, user=other, by=by)
    with pytest.raises(services.AlreadyLinked):
        services.link_account(ObserverFactory(organiser=observer.organiser, user=None).pk, user=user, by=by)

    assert list(Observer.objects.filter(user__in=[user, other])) == [observer]
    assert list(AuditEvent.objects.values_list("verb", flat=True)) == ["observer.linked"]


def test_account_is_linked_within_the_organiser_by_an_administrator_to_an_observer():
    observer = ObserverFactory(user=None)
    organiser = observer.organiser
    boss = UserFactory(administrator=True, organiser=organiser)
    wrong = [
        (UserFactory(organiser=organiser), UserFactory(manager=True, organiser=organiser)),
        (UserFactory(organiser=organiser), UserFactory(administrator=True)),
        (UserFactory(), boss),
        (UserFactory(organiser=organiser, role=Role.PARTICIPANT), boss),
    ]

    for user, by in wrong:
        with pytest.raises(PermissionDenied):
            services.link_account(observer.pk, user=user, by=by)

    observer.refresh_from_db()
    assert observer.user is None


def test_observer_without_contacts_has_no_load():
    observer = ObserverFactory()

    assert loads_of([observer.pk]) == {observer.pk: 0}
