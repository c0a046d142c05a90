"""What the tests of the observer's pages have in common: addresses, posts, and what is stored."""

import json

from django.urls import reverse

from responses.questionnaires.models import QuestionKind

ASKED = "agent_engaged"
COMMENT = "agent_comment"


def url(name, response, *more):
    return reverse(f"responses:{name}", args=[response.public_id, *more])


def save(browser, response, question=ASKED, value="some", base=1):
    sent = json.dumps({"question": question, "value": value, "base": base})
    return browser.post(url("save_answer", response), sent, content_type="application/json")


def values_of(response):
    """Give what the whole page of the report would post."""
    answers = response.answers.exclude(question__kind=QuestionKind.WAITING).select_related("question", "option")
    posted = {f"q-{one.question.code}": one.option.code if one.option else one.text for one in answers}
    return posted | {"versions": " ".join(f"{one.question.code}:{one.version}" for one in answers)}


def stored(response, code=ASKED):
    answer = response.answers.get(question__code=code)
    return answer.option.code if answer.option else answer.text, answer.version
