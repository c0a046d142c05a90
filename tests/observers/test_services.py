import pytest
from django.core.exceptions import PermissionDenied

from ksp.accounts.models import AuditEvent
from observers.services import AlreadyLinked, link_account, set_internal_score
from tests.factories.accounts import OrganiserFactory, UserFactory
from tests.factories.observers import ObserverFactory

pytestmark = pytest.mark.django_db


def recorded(verb):
    return list(AuditEvent.objects.filter(verb=verb).values_list("actor", "target_key", "detail"))


def manager_of(observer):
    return UserFactory(manager=True, organiser=observer.organiser)


def test_internal_score_is_stored_and_recorded():
    observer = ObserverFactory(carried_score=64.0)
    by = manager_of(observer)
    before = observer.known_score

    set_internal_score(observer, score=81.25, by=by)

    observer.refresh_from_db()
    assert (before, observer.internal_score, observer.known_score) == (64, 81.25, 81.25)
    assert recorded("observer.scored") == [(by.pk, str(observer.pk), {"score": 81.25})]


@pytest.mark.parametrize("score", [None, 70.0])
def test_score_that_is_the_same_is_nothing_to_record(score, count_queries):
    observer = ObserverFactory(internal_score=score)
    by = manager_of(observer)

    with count_queries(0):
        set_internal_score(observer, score=score, by=by)

    assert recorded("observer.scored") == []


def test_score_can_be_taken_away():
    observer = ObserverFactory(internal_score=70.0)

    set_internal_score(observer, score=None, by=manager_of(observer))

    observer.refresh_from_db()
    assert (observer.internal_score, len(recorded("observer.scored"))) == (None, 1)


# Accounts


def pair():
    """Give a profile without an account, an account without a profile, and who may tie them."""
    organiser = OrganiserFactory()
    by = UserFactory(administrator=True, organiser=organiser)
    return ObserverFactory(organiser=organiser, user=None), UserFactory(organiser=organiser), by


def test_account_is_linked_and_recorded():
    observer, user, by = pair()

    link_account(observer.pk, user=user, by=by)

    observer.refresh_from_db()
    assert observer.user == user
    assert recorded("observer.linked") == [(by.pk, str(observer.pk), {"account": str(user.public_id)})]


@pytest.mark.parametrize("taken", ["profile", "account"])
def test_profile_and_account_have_one_another_alone(taken):
    observer, user, by = pair()
    other = UserFactory(organiser=observer.organiser)
    if taken == "profile":
        observer.user = other
        observer.save()
    else:
        ObserverFactory(organiser=observer.organiser, user=user)

    with pytest.raises(AlreadyLinked) as refusal:
        link_account(observer.pk, user=user, by=by)

    observer.refresh_from_db()
    assert refusal.value.code == "already_linked"
    assert observer.user == (other if taken == "profile" else None)
    assert recorded("observer.linked") == []


@pytest.mark.parametrize(
    "wrong", ["manager", "observer", "administrator elsewhere", "account elsewhere", "account of a manager"]
)
def test_account_of_an_observer_is_linked_by_an_administrator_of_the_same_organiser(wrong):
    observer, user, by = pair()
    if wrong in {"manager", "observer"}:
        by = UserFactory(role=wrong, organiser=observer.organiser)
    elif wrong == "administrator elsewhere":
        by = UserFactory(administrator=True)
    elif wrong == "account elsewhere":
        user = UserFactory()
    else:
        user = UserFactory(manager=True, organiser=observer.organiser)

    with pytest.raises(PermissionDenied):
        link_account(observer.pk, user=user, by=by)

    observer.refresh_from_db()
    assert (observer.user, recorded("observer.linked")) == (None, [])
