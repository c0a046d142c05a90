import pytest
from django.core import mail

from ksp.accounts.models import OwedMail, User
from ksp.accounts.outbox import deliver_owed_mail
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_nobody_signs_up_alone(client):
    page = client.post(
        "/accounts/signup/",
        {"email": "ny@ksp.example", "password1": "en lang setning her", "password2": "en lang setning her"},
    )

    assert (page.status_code, User.objects.count()) == (200, 0)


def test_forgotten_password_is_owed_a_mail(client):
    user = UserFactory(email="kari@ksp.example")

    client.post("/accounts/password/reset/", {"email": "KARI@ksp.example"})

    owed = OwedMail.objects.get()
    assert (owed.organiser, owed.to) == (user.organiser, "kari@ksp.example")
    assert "/accounts/password/reset/key/" in owed.body
    assert mail.outbox == []
    assert deliver_owed_mail() == 1


def test_unknown_address_gets_the_same_page_and_no_mail(client):
    UserFactory(email="kari@ksp.example")

    known = client.post("/accounts/password/reset/", {"email": "kari@ksp.example"})
    unknown = client.post("/accounts/password/reset/", {"email": "ola@ksp.example"})

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert list(OwedMail.objects.values_list("to", flat=True)) == ["kari@ksp.example"]
