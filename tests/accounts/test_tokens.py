"""Keys for programs: who may make one, what opens the API and what no longer does, and what is kept of it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from ksp.accounts import services
from ksp.accounts.models import ApiToken, AuditEvent, Role
from tests.factories.accounts import ApiTokenFactory, UserFactory

pytestmark = pytest.mark.django_db
# Any address of the API tells whether the key opens it: nothing is here, but only who has come in is told so.
NOWHERE = "/api/v1/nothing/"
IN, OUT = 404, 401


def program(text):
    return Client(headers={"authorization": f"Bearer {text}"})


def status(text):
    return program(text).get(NOWHERE).status_code


def test_key_is_kept_as_a_hash_and_opens_the_api_as_its_person():
    user = UserFactory(manager=True)

    token, text = services.create_token(by=user, name="Regneark")

    assert text not in repr(ApiToken.objects.values().get())
    assert (token.prefix, token.user, len(text) > 40) == (text[:10], user, True)
    assert (status(text), status(text + "x"), status("")) == (IN, OUT, OUT)
    assert AuditEvent.objects.get().verb == "token.created"
    assert text[10:] not in repr(list(AuditEvent.objects.values()))


@pytest.mark.parametrize("role", Role)
def test_who_may_make_a_key(role):
    user = UserFactory(role=role)

    if role == Role.OBSERVER:
        with pytest.raises(PermissionDenied):
            services.create_token(by=user, name="Regneark")
        assert not ApiToken.objects.exists()
    else:
        assert services.create_token(by=user, name="Regneark")[0].user == user


def test_key_that_is_revoked_too_old_or_of_a_closed_account_opens_nothing():
    now = timezone.now()
    user, closed = UserFactory(manager=True), UserFactory(manager=True)
    revoked, revoked_text = services.create_token(by=user, name="A")
    _, old_text = services.create_token(by=user, name="B", expires_at=now - timedelta(seconds=1))
    _, young_text = services.create_token(by=user, name="C", expires_at=now + timedelta(days=1))
    _, closed_text = services.create_token(by=closed, name="D")

    services.revoke_token(revoked.pk, by=user)
    closed.is_active = False
    closed.save()

    found = [status(text) for text in (revoked_text, old_text, young_text, closed_text)]
    assert found == [OUT, OUT, IN, OUT]
    assert program(old_text).get(NOWHERE).json() == {
        "code": "authentication_failed",
        "detail": "Nøkkelen virker ikke: Den er trukket tilbake, for gammel eller ikke en av våre.",
    }


def test_key_is_revoked_by_its_person_alone_and_once():
    token = ApiTokenFactory()

    with pytest.raises(PermissionDenied):
        services.revoke_token(token.pk, by=UserFactory(administrator=True, organiser=token.user.organiser))
    services.revoke_token(token.pk, by=token.user)
    first = ApiToken.objects.get().revoked_at
    services.revoke_token(token.pk, by=token.user)

    assert ApiToken.objects.get().revoked_at == first
    assert list(AuditEvent.objects.values_list("verb", flat=True)) == ["token.revoked"]


def test_twenty_keys_are_enough():
    user = UserFactory(manager=True)
    ApiTokenFactory.create_batch(20, user=user)

    with pytest.raises(services.TooManyTokens, match="20 nøkler"):
        services.create_token(by=user, name="Enda en")

    assert ApiToken.objects.count() == 20


def test_use_is_noted_once_a_minute():
    user = UserFactory(manager=True)
    token, text = services.create_token(by=user, name="Regneark")
    status(text)
    token.refresh_from_db()
    first = token.last_used_at

    services.note_token_use(token, by=user, now=first + timedelta(seconds=59))
    token.refresh_from_db()
    assert token.last_used_at == first

    services.note_token_use(token, by=user, now=first + timedelta(seconds=60))
    token.refresh_from_db()
    assert token.last_used_at == first + timedelta(seconds=60)


def test_page_shows_the_key_once(browser_of):
    user = UserFactory(manager=True)
    browser = browser_of(user)

    made = browser.post("/me/tokens/", {"name": "Regneark", "days": "90"}).content.decode()
    later = browser.get("/me/tokens/").content.decode()

    token = ApiToken.objects.get()
    text = made.partition('class="key-text">')[2].partition("<")[0]
    assert status(text) == IN
    assert (token.expires_at - token.created_at).days in {89, 90}
    assert (text in later, "Regneark" in later, text[10:] in later) == (False, True, False)


@pytest.mark.parametrize("form", [{"name": "", "days": "90"}, {"name": "x", "days": "7"}, {}])
def test_page_makes_no_key_of_what_is_not_understood(browser_of, form):
    page = browser_of(UserFactory(manager=True)).post("/me/tokens/", form)

    assert (page.status_code, ApiToken.objects.count()) == (200, 0)


def test_page_says_when_there_are_too_many(browser_of):
    user = UserFactory(manager=True)
    ApiTokenFactory.create_batch(20, user=user)

    page = browser_of(user).post("/me/tokens/", {"name": "x", "days": "0"}).content.decode()

    assert "Du har 20 nøkler. Trekk tilbake en som ikke er i bruk." in page
    assert "key-text" not in page


def test_others_keys_are_not_there(browser_of):
    token = ApiTokenFactory(name="Hemmelig program")
    browser = browser_of(UserFactory(manager=True, organiser=token.user.organiser))

    page = browser.get("/me/tokens/").content.decode()
    revoked = browser.post(f"/me/tokens/{token.pk}/revoke/")

    token.refresh_from_db()
    assert ("Hemmelig program" in page, revoked.status_code, token.revoked_at) == (False, 404, None)


def test_revoked_key_leaves_the_page(browser_of):
    token = ApiTokenFactory()
    browser = browser_of(token.user)

    page = browser.post(f"/me/tokens/{token.pk}/revoke/", follow=True).content.decode()

    assert "Nøkkelen «Regneark» virker ikke lenger." in page
    assert "Du har ingen nøkler." in page


@pytest.mark.parametrize("keys", [1, 3])
def test_page_makes_as_many_queries_for_one_key_as_for_three(browser_of, count_queries, keys):
    user = UserFactory(participant=True)
    ApiTokenFactory.create_batch(keys, user=user)
    browser = browser_of(user)

    with count_queries(3):
        browser.get("/me/tokens/")


def test_session_opens_the_api_as_a_key_does(browser_of):
    assert browser_of(UserFactory(manager=True)).get(NOWHERE).json() == {"code": "not_found", "detail": "Ikke funnet."}
    assert Client().get(NOWHERE).headers["WWW-Authenticate"] == "Bearer"
    assert Client(headers={"authorization": "Basic x"}).get(NOWHERE).json()["code"] == "not_authenticated"


def test_api_answers_in_the_persons_language():
    _, text = services.create_token(by=UserFactory(manager=True, language="en"), name="Sheet")

    answer = program(text).get(NOWHERE)

    assert (answer.json()["detail"], answer.headers["Content-Language"]) == ("Not found.", "en")


def test_origin_of_what_a_program_does_names_the_key():
    from ksp.accounts.origin import current_origin

    _, text = services.create_token(by=UserFactory(manager=True), name="Sheet")
    status(text)

    assert current_origin() == f"api {text[:10]} 127.0.0.1"
