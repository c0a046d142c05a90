"""Two windows of one observer at the same moment: nothing is lost, and nothing is done twice."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from responses.models import SurveyResponse
from responses.questionnaires.models import QuestionKind
from responses.workflow import ReportState
from tests.factories.responses import filled_response

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ASKED = "agent_engaged"


@pytest.fixture
def draft():
    return filled_response()


def at_once(draft, requests):
    """Send the requests from as many windows at the same moment; return the answers."""
    windows = []
    for _request in requests:
        windows.append(Client())
        windows[-1].force_login(draft.observer.user)
    barrier = Barrier(len(requests))

    def send(window, name, data, kind):
        barrier.wait(timeout=10)
        try:
            return window.post(reverse(f"responses:{name}", args=[draft.public_id]), data, **kind)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(requests)) as pool:
        sent = [pool.submit(send, window, *request) for window, request in zip(windows, requests, strict=True)]
        return [one.result(timeout=30) for one in sent]


def change(value):
    body = json.dumps({"question": ASKED, "value": value, "base": 1})
    return "save_answer", body, {"content_type": "application/json"}


def test_one_of_two_different_saves_wins_and_the_other_is_told(draft):
    answers = at_once(draft, [change("some"), change("none")])

    stored = draft.answers.get(question__code=ASKED)
    winner, loser = sorted(answers, key=lambda answer: answer.status_code)
    assert (winner.status_code, loser.status_code) == (200, 409)
    assert loser.json()["stored"] == {"value": stored.option.code, "version": 2}
    assert draft.revisions.count() == 1


def test_equal_saves_at_once_are_one_change(draft):
    answers = at_once(draft, [change("some")] * 4)

    assert [answer.json()["version"] for answer in answers] == [2] * 4
    assert draft.revisions.count() == 1


def test_first_answers_at_once_are_one_row(draft):
    draft.answers.filter(question__code=ASKED).delete()
    body = json.dumps({"question": ASKED, "value": "some", "base": 0})

    answers = at_once(draft, [("save_answer", body, {"content_type": "application/json"})] * 4)

    assert [answer.json()["version"] for answer in answers] == [1] * 4


def test_report_is_handed_in_once_however_often_it_is_pressed(draft):
    rows = draft.answers.exclude(question__kind=QuestionKind.WAITING).select_related("question", "option")
    page = {f"q-{row.question.code}": row.option.code if row.option else row.text for row in rows}
    page |= {"versions": " ".join(f"{row.question.code}:1" for row in rows), "key": str(uuid4())}

    answers = at_once(draft, [("submit", page, {})] * 4)

    draft = SurveyResponse.objects.get(pk=draft.pk)
    assert {answer.url for answer in answers} == {reverse("responses:form", args=[draft.public_id])}
    assert (draft.state, draft.version, draft.answers.count()) == (ReportState.SUBMITTED, 2, 31)
