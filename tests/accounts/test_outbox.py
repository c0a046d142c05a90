from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from ksp.accounts.outbox import deliver_owed_mail
from ksp.accounts.tasks import send_owed_mail
from tests.factories.accounts import OwedMailFactory

pytestmark = pytest.mark.django_db


WORDS = "Connection unexpectedly closed"


class BrokenPost(BaseEmailBackend):
    """A mail server that hangs up, except on those it likes."""

    refused = ("feil@ksp.example",)

    def send_messages(self, messages):
        if messages[0].to[0] in self.refused:
            raise SMTPServerDisconnected(WORDS)
        mail.outbox.extend(messages)
        return len(messages)


@pytest.fixture
def broken_post(settings):
    settings.EMAIL_BACKEND = f"{__name__}.BrokenPost"


def state(owed):
    owed.refresh_from_db()
    return (owed.tries, owed.sent_at is not None, owed.last_error)


def test_owed_mail_is_sent_once_in_the_order_it_was_owed():
    OwedMailFactory(to="a@ksp.example", subject="Først")
    OwedMailFactory(to="b@ksp.example", subject="Så")

    assert (send_owed_mail(), send_owed_mail()) == (2, 0)

    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["a@ksp.example"], "Først"),
        (["b@ksp.example"], "Så"),
    ]


def test_text_is_not_kept_once_it_is_sent():
    owed = OwedMailFactory(body="https://ksp.example/invitation/hemmelig/")

    deliver_owed_mail()

    owed.refresh_from_db()
    assert (mail.outbox[0].body, owed.body) == ("https://ksp.example/invitation/hemmelig/", "")


def test_mail_that_fails_does_not_hold_up_the_others(broken_post):
    failing, good = OwedMailFactory(to="feil@ksp.example"), OwedMailFactory(to="a@ksp.example")

    assert deliver_owed_mail() == 1

    assert state(failing) == (1, False, WORDS)
    assert state(good) == (1, True, "")


def test_mail_that_fails_rests_longer_each_time_and_is_set_aside_after_five_tries(broken_post):
    owed = OwedMailFactory(to="feil@ksp.example")
    now = timezone.now()
    rests = []

    for _try in range(6):
        with time_machine.travel(now, tick=False):
            deliver_owed_mail()
            deliver_owed_mail()
            owed.refresh_from_db()
            rests.append((owed.next_try_at - now) // timedelta(minutes=1))
        now = owed.next_try_at

    assert rests == [2, 4, 8, 16, 32, 0]
    assert state(owed) == (5, False, "Connection unexpectedly closed")


def test_mail_is_sent_when_the_server_is_back(broken_post, settings):
    owed = OwedMailFactory(to="feil@ksp.example", body="Hei")
    deliver_owed_mail()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        sent = deliver_owed_mail()

    assert (sent, mail.outbox[0].body, state(owed)) == (1, "Hei", (2, True, ""))
