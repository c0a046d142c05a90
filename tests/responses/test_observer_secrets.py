import re

import pytest
from django.urls import reverse

from ksp.accounts.models import User
from responses.questionnaires.models import AnswerOption, Question, QuestionKind
from responses.questionnaires.selectors import forget_questionnaires
from responses.workflow import ReportState
from tests.factories.responses import AnswerRevisionFactory, ReviewNoteFactory, filled_response
from tests.responses.observing import url

pytestmark = pytest.mark.django_db


SECRETS = re.compile(
    r"points|poeng|unscored|scored|uten poeng|\bkind\b|weight|packed|waiting_(?:phone|chat)\b|a1_30", re.IGNORECASE
)
TOKENS = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|csrfmiddlewaretoken\" value=\"\w+|(?:reply|note|returned)-\d+|reply/\d+|K-\d{5}"
    r"|Fjellvakt \d+|Klasse \d+|KSP\d+|Kari Nordmann(?: \d+)?|kl\.\W\d\d\.\d\d(?:\.\d\d)?",
    re.IGNORECASE,
)


def observers_pages(browser_of, state):
    response = filled_response(state)
    User.objects.update(name="Kari Nordmann")
    ReviewNoteFactory(response=response, question=response.answers.first().question)
    AnswerRevisionFactory(response=response, question=response.answers.last().question, after_submission=True)
    browser = browser_of(response.observer.user)
    pages = ["assignments:observer_home", "assignments:own_list", "assignments:manual", "observers:own_page"]
    addresses = [reverse(name) for name in pages]
    addresses += [reverse("assignments:own_detail", args=[response.assignment.public_id])]
    addresses += [url("contact", response), url("form", response)]
    return [TOKENS.sub("…", browser.get(address).content.decode()) for address in addresses]


@pytest.mark.parametrize(
    "state", [ReportState.DRAFT, ReportState.RETURNED, ReportState.SUBMITTED, ReportState.APPROVED]
)
def test_what_an_observer_receives_says_nothing_about_points(browser_of, state, monkeypatch):
    before = observers_pages(browser_of, state)

    forget_questionnaires()
    with monkeypatch.context() as patch:
        # The same questionnaire, but worth something else: other points, and what was scored is not.
        create, plain = AnswerOption.objects.bulk_create, Question.objects.bulk_create
        patch.setattr(AnswerOption.objects, "bulk_create", lambda rows: create([otherwise(row) for row in rows]))
        patch.setattr(Question.objects, "bulk_create", lambda rows: plain([unscored(row) for row in rows]))
        after = observers_pages(browser_of, state)

    assert AnswerOption.objects.filter(points__gte=80).exists()
    assert after == before
    assert [SECRETS.findall(page) for page in before] == [[] for _page in before]


def otherwise(option):
    option.points = 0 if option.is_not_applicable else 90 - option.points
    return option


def unscored(question):
    if question.kind == QuestionKind.SCORED:
        question.kind = QuestionKind.UNSCORED
    return question
