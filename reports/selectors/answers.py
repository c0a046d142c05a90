"""What participants read of single contacts: their approved reports, never who made the contact, nor when in a week."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from ksp.accounts.models import User
from ksp.lib.weeks import IsoWeek
from participants.models import Enrolment
from responses.models import Answer, SurveyResponse
from responses.questionnaires.models import AnswerOption, PerformanceArea, QuestionKind
from responses.questionnaires.selectors import AskedQuestion, Questionnaire, questionnaire_of
from scoring.batteries import battery_of
from scoring.engine.battery import METHODS
from scoring.engine.reports import unpack
from scoring.models import ResponseScore

AREA_POINTS = np.dtype("<i4")
COLUMNS = ("pk", "public_id", "code", "method", "week", "is_answered", "score__score", "waiting_option_id")


@dataclass(frozen=True)
class Contact:
    """One approved contact as its participant may know it; ``score`` is None until it is computed."""

    pk: int
    key: uuid.UUID
    code: str
    method: str
    week: IsoWeek
    is_answered: bool
    score: float | None
    waiting: str


@dataclass(frozen=True)
class Contacts:
    """The contacts of one method or of all, and how many each method has."""

    shown: Sequence[Contact]
    count: int
    by_method: Mapping[str, int]


@dataclass(frozen=True)
class GivenAnswer:
    """One question and what was answered; ``is_counted`` when it counts in the area's points."""

    question: str
    answer: str
    is_counted: bool


@dataclass(frozen=True)
class AreaAnswers:
    """The answers of one area, its points of those possible, and the comments."""

    key: str
    name: str
    points: int
    possible: int
    answers: Sequence[GivenAnswer]
    comments: Sequence[str]


@dataclass(frozen=True)
class AnswerSet:
    """Everything that one contact was answered with, and the contacts before and after it."""

    contact: Contact
    areas: Sequence[AreaAnswers]
    before: Contact | None
    after: Contact | None


@dataclass(frozen=True)
class Comment:
    """What somebody wrote of one area of one contact."""

    text: str
    area_key: str
    area: str
    contact: Contact


@dataclass(frozen=True)
class AreaCount:
    """How many comments an area has."""

    key: str
    name: str
    count: int


@dataclass(frozen=True)
class Comments:
    """The comments of one area or of all, the newest week first, and how many each area has."""

    shown: Sequence[Comment]
    count: int
    by_area: Sequence[AreaCount]


def approved_contacts(user: User, enrolment: Enrolment) -> list[Contact]:
    """Return the enrolment's approved contacts that the person may see, by week: one query."""
    visible = SurveyResponse.objects.visible_to(user).approved().filter(enrolment=enrolment)
    options = _waiting_options(questionnaire_of(enrolment.season))
    rows = visible.order_by("week", "code").values_list(*COLUMNS)
    return [
        Contact(
            pk=pk,
            key=key,
            code=code,
            method=method,
            week=IsoWeek.parse(week),
            is_answered=bool(is_answered),
            score=score,
            waiting=_label(options.get(waiting or 0)),
        )
        for pk, key, code, method, week, is_answered, score, waiting in rows
    ]


def contacts_by_method(user: User, enrolment: Enrolment, *, method: str = "") -> Contacts:
    """Return the approved contacts of one method, or of all when it is none of them."""
    contacts = approved_contacts(user, enrolment)
    counts = Counter(contact.method for contact in contacts)
    shown = [contact for contact in contacts if contact.method == method or method not in counts]
    return Contacts(shown=shown, count=len(contacts), by_method={one: counts[one] for one in METHODS if one in counts})


def answer_set(user: User, response: SurveyResponse) -> AnswerSet:
    """Return what one approved contact was answered with; ``response`` has its enrolment and season at hand."""
    contacts = approved_contacts(user, response.enrolment)
    place = next(place for place, contact in enumerate(contacts) if contact.pk == response.pk)
    return AnswerSet(
        contact=contacts[place],
        areas=_areas(response),
        before=contacts[place - 1] if place else None,
        after=contacts[place + 1] if place + 1 < len(contacts) else None,
    )


def comments_by_area(enrolment: Enrolment, contacts: Sequence[Contact], *, area: str = "") -> Comments:
    """Return what was written of these contacts in one area, or in all when it is none of them: one query."""
    questionnaire = questionnaire_of(enrolment.season)
    order = {key: place for place, key in enumerate(questionnaire.by_key)}
    known = {contact.pk: contact for contact in contacts}
    rows = Answer.objects.filter(response__in=known.keys(), question__kind=QuestionKind.COMMENT).exclude(text="")
    written = list(rows.values_list("response_id", "question_id", "text"))
    written.sort(key=lambda row: (known[row[0]].code, order[row[1]]))
    written.sort(key=lambda row: known[row[0]].week, reverse=True)
    found = [_comment(questionnaire, question, text, known[key]) for key, question, text in written]
    counts = Counter(comment.area_key for comment in found)
    return Comments(
        shown=[comment for comment in found if comment.area_key == area or area not in counts],
        count=len(found),
        by_area=[AreaCount(one.code, one.name, counts[one.code]) for one in questionnaire.areas if counts[one.code]],
    )


def _comment(questionnaire: Questionnaire, question_id: int, text: str, contact: Contact) -> Comment:
    area = questionnaire.by_key[question_id].question.area
    return Comment(text=text, area_key=area.code, area=area.name, contact=contact)


def _waiting_options(questionnaire: Questionnaire) -> dict[int, AnswerOption]:
    waiting = (item for item in questionnaire.asked if item.question.kind == QuestionKind.WAITING)
    return {option.pk: option for item in waiting for option in item.options}


def _label(option: AnswerOption | None) -> str:
    return "" if option is None else option.label


def _areas(response: SurveyResponse) -> list[AreaAnswers]:
    """Return the areas of the report's method that have an answer or a comment, in the order of the questionnaire."""
    questionnaire = questionnaire_of(response.season)
    points = _points(response)
    answers: dict[int, list[GivenAnswer]] = {}
    for answer in _given(response, questionnaire):
        answers.setdefault(answer[0], []).append(answer[1])
    comments = _texts(response, questionnaire)
    return [
        _area(area, points, answers.get(area.pk, ()), comments.get(area.pk, ()))
        for area in questionnaire.areas
        if area.pk in answers or area.pk in comments
    ]


def _area(
    area: PerformanceArea,
    points: Mapping[str, tuple[int, int]],
    answers: Sequence[GivenAnswer],
    comments: Sequence[str],
) -> AreaAnswers:
    own, possible = points.get(area.code, (0, 0))
    return AreaAnswers(key=area.code, name=area.name, points=own, possible=possible, answers=answers, comments=comments)


def _points(response: SurveyResponse) -> dict[str, tuple[int, int]]:
    """Return points and possible points by area; nothing before the score is computed."""
    stored = ResponseScore.objects.filter(response=response).values_list("areas", flat=True).first()
    if stored is None:
        return {}
    pairs = np.frombuffer(stored, AREA_POINTS).reshape(-1, 2).tolist()
    areas = battery_of(response.season).areas
    return {code: (own, possible) for code, (own, possible) in zip(areas, pairs, strict=True)}


def _given(response: SurveyResponse, questionnaire: Questionnaire) -> Iterable[tuple[int, GivenAnswer]]:
    """Yield the area and the answer of each question that was answered, in the order of the questionnaire."""
    chosen = unpack(battery_of(response.season), response.packed or b"")
    for item in questionnaire.asked:
        if item.question.code in chosen:
            words = _words(item, item.options[chosen[item.question.code]])
            counted = item.question.kind in {QuestionKind.WAITING, QuestionKind.SCORED}
            yield item.question.area_id, GivenAnswer(item.question.text, words, counted)


def _words(item: AskedQuestion, option: AnswerOption) -> str:
    """Return the option as the observer read it; a step of a scale with where the scale ends."""
    if item.question.kind != QuestionKind.CX or option.value is None:
        return option.label
    most = max(other.value or 0 for other in item.options)
    return _("%(step)s of %(most)s") % {"step": option.value, "most": most}


def _texts(response: SurveyResponse, questionnaire: Questionnaire) -> dict[int, list[str]]:
    texts: dict[int, list[str]] = {}
    rows = response.answers.filter(question__kind=QuestionKind.COMMENT).exclude(text="")
    for question, text in rows.order_by("question__position").values_list("question_id", "text"):
        texts.setdefault(questionnaire.by_key[question].question.area_id, []).append(text)
    return texts
