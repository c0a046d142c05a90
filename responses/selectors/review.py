"""What the page of one report shows to the project manager who reviews it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from ksp.accounts.models import User
from ksp.lib.calendar import NORWAY, local_date
from ksp.lib.formatting import duration
from ksp.lib.weeks import IsoWeek
from ksp.lib.workflow import allowed
from participants.models import ContactMethod
from responses.deadlines import Deadline, ReviewClock
from responses.grading import suggested_punctuality
from responses.models import AnswerRevision, ContactAttempt, ReviewNote, SurveyResponse, SurveyResponseQuerySet
from responses.outcomes import outcome_of
from responses.points import Points, packed_score, table_of, total, worth
from responses.questionnaires.models import AnswerOption, PerformanceArea, QuestionKind
from responses.questionnaires.packing import unpack
from responses.questionnaires.selectors import AskedQuestion, Questionnaire, questionnaire_of
from responses.waiting import Outcome, Reason
from responses.workflow import CORRECT, TRANSITIONS, ReportState

USUAL_GRADE = 3
Notes = Mapping[int | None, Sequence[ReviewNote]]


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that was changed after the report had been submitted."""

    before: str
    after: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class ReviewedAnswer:
    """One question with what the report says to it, what it said before, and what was asked about it."""

    number: int
    code: str
    text: str
    answer: str
    is_comment: bool
    is_computed: bool
    is_short: bool
    changes: Sequence[Change]
    notes: Sequence[ReviewNote]
    typed: str


@dataclass(frozen=True, slots=True)
class ReviewedArea:
    """The answers of one area and what they are worth together."""

    code: str
    name: str
    points: Points
    answers: Sequence[ReviewedAnswer]


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """One attempt with how long it took."""

    number: int
    started_at: datetime
    answered_at: datetime | None
    is_typed: bool
    waited: float | None
    lasted: float | None


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean and what it rests on."""

    score: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The contact beside the participant's others and the observer's latest, all of them approved."""

    own: float | None
    participant: Mean
    observer: Mean


@dataclass(frozen=True, slots=True)
class ReviewSheet:
    """One report, whole."""

    response: SurveyResponse
    areas: Sequence[ReviewedArea]
    attempts: Sequence[AttemptLine]
    outcome: Outcome
    comparison: Comparison
    notes: Sequence[ReviewNote]
    deadline: Deadline
    suggested: Mapping[str, int]
    moves: Mapping[str, bool]
    can_correct: bool

    @property
    def advised_length(self) -> int:
        """How long a comment had better be."""
        return self.response.season.settings.advised_comment_length

    @property
    def outcome_words(self) -> str:
        """What the attempts have come to."""
        outcome = self.outcome
        if outcome.reason is Reason.ANSWERED_LATE:
            return _("answered after the limit, but before the second attempt")
        if not outcome.is_answered:
            return _("no answer") if outcome.is_final else _("not finished")
        if outcome.working_day is not None:
            return _("answered on working day %(number)s") % {"number": outcome.working_day}
        said = {"number": outcome.attempt, "time": duration(outcome.seconds)}
        return _("answered in attempt %(number)s after %(time)s") % said

    @property
    def can_decide(self) -> bool:
        """Some move is open to the reader."""
        return any(self.moves.values())


class Stored(NamedTuple):
    """What the report says to one question, read without the rest of its row."""

    option_id: int | None
    text: str


@dataclass
class _Material:
    """What the database holds about one report."""

    response: SurveyResponse
    questionnaire: Questionnaire
    answers: Mapping[int, Stored]
    revisions: Sequence[AnswerRevision]
    notes: Notes
    typed: Mapping[str, str]

    @cached_property
    def options(self) -> dict[int, AnswerOption]:
        """Every option of the season by its key."""
        return {option.pk: option for item in self.questionnaire.asked for option in item.options}

    def option(self, question_id: int) -> AnswerOption | None:
        """Return the option that the report chose, if it chose one."""
        stored = self.answers.get(question_id)
        return self.options[stored.option_id] if stored and stored.option_id else None


def reports_to_review(user: User) -> SurveyResponseQuerySet:
    """Return the submitted reports that the person may see, each with how many wait in all."""
    waiting = SurveyResponse.objects.filter(season__organiser=OuterRef("season__organiser"))
    waiting = waiting.filter(state=ReportState.SUBMITTED)
    counted = waiting.order_by().values("season__organiser").annotate(found=Count("pk")).values("found")
    return (
        SurveyResponse.objects.visible_to(user)
        .exclude(state=ReportState.DRAFT)
        .select_related(
            "season", "enrolment__participant", "enrolment__award_class", "observer", "reviewed_by", "grade"
        )
        .defer("packed", "season__manual", "enrolment__extra_help")
        .annotate(waiting_reports=Coalesce(Subquery(counted), 0))
    )


def review_sheet(
    response: SurveyResponse, *, by: User, now: datetime, typed: Mapping[str, str] | None = None
) -> ReviewSheet:
    """Return the whole report; ``typed`` is what the reader has written by question but not yet sent."""
    questionnaire = questionnaire_of(response.season)
    attempts = list(response.attempts.all())
    outcome = outcome_of(response, attempts, now=now, questionnaire=questionnaire)
    material = _material(response, questionnaire, typed or {})
    areas = _areas(material)
    clock = ReviewClock.at(now, working_days=response.season.settings.review_working_days)
    return ReviewSheet(
        response=response,
        areas=areas,
        attempts=[_attempt_line(attempt) for attempt in attempts],
        outcome=outcome,
        comparison=_comparison(response, questionnaire, own=_own_score(response, areas)),
        notes=material.notes.get(None, ()),
        deadline=clock.deadline(response.submitted_at or now),
        suggested=_suggested_grade(response, attempts, outcome),
        moves=_moves(response, by=by),
        can_correct=bool(response.is_answered and allowed([CORRECT], response, by=by)),
    )


def _moves(response: SurveyResponse, *, by: User) -> dict[str, bool]:
    open_moves = allowed(TRANSITIONS.values(), response, by=by)
    return {name: TRANSITIONS[name] in open_moves for name in ("approve", "return", "reject")}


def _material(response: SurveyResponse, questionnaire: Questionnaire, typed: Mapping[str, str]) -> _Material:
    notes: dict[int | None, list[ReviewNote]] = {}
    for note in response.notes.select_related("written_by"):
        notes.setdefault(note.question_id, []).append(note)
    rows = response.answers.values_list("question_id", "option_id", "text")
    return _Material(
        response=response,
        questionnaire=questionnaire,
        answers={key: Stored(option_id, text) for key, option_id, text in rows},
        revisions=list(response.revisions.filter(after_submission=True).select_related("changed_by")),
        notes=notes,
        typed=typed,
    )


def _areas(material: _Material) -> list[ReviewedArea]:
    """Return the areas that have something to read, with the numbers that the questions have on the form."""
    grouped: dict[int, list[tuple[int, AskedQuestion]]] = {}
    for number, asked in enumerate(material.questionnaire.for_method(material.response.method), start=1):
        if _is_shown(material, asked):
            grouped.setdefault(asked.question.area_id, []).append((number, asked))
    areas = [area for area in material.questionnaire.areas if area.pk in grouped]
    return [_area(material, area, grouped[area.pk]) for area in areas]


def _is_shown(material: _Material, asked: AskedQuestion) -> bool:
    """In an unanswered contact only what the attempts, or the history, say something about."""
    key = asked.question.pk
    has_history = any(revision.question_id == key for revision in material.revisions)
    return bool(material.response.is_answered) or key in material.answers or key in material.notes or has_history


def _area(material: _Material, area: PerformanceArea, asked: Sequence[tuple[int, AskedQuestion]]) -> ReviewedArea:
    points = total(worth(item, material.option(item.question.pk)) for _number, item in asked)
    return ReviewedArea(area.code, area.name, points, [_answer(material, number, item) for number, item in asked])


def _answer(material: _Material, number: int, asked: AskedQuestion) -> ReviewedAnswer:
    question, stored = asked.question, material.answers.get(asked.question.pk)
    is_comment = question.kind == QuestionKind.COMMENT
    text = _words(material, stored.option_id, stored.text) if stored else ""
    return ReviewedAnswer(
        number=number,
        code=question.code,
        text=question.text,
        answer=text,
        is_comment=is_comment,
        is_computed=question.kind == QuestionKind.WAITING,
        is_short=is_comment and len(text) < material.response.season.settings.advised_comment_length,
        changes=[_change(material, row) for row in material.revisions if row.question_id == question.pk],
        notes=material.notes.get(question.pk, ()),
        typed=material.typed.get(question.code, ""),
    )


def _change(material: _Material, revision: AnswerRevision) -> Change:
    return Change(
        before=_words(material, revision.old_option_id, revision.old_text),
        after=_words(material, revision.new_option_id, revision.new_text),
        by=str(revision.changed_by),
        at=revision.changed_at,
        reason=revision.reason,
    )


def _words(material: _Material, option_id: int | None, text: str) -> str:
    return text if option_id is None else material.options[option_id].label


def _attempt_line(attempt: ContactAttempt) -> AttemptLine:
    over = attempt.answered_at or attempt.ended_at
    lasted = (attempt.ended_at, attempt.answered_at)
    return AttemptLine(
        number=attempt.number,
        started_at=attempt.started_at,
        answered_at=attempt.answered_at,
        is_typed=attempt.is_typed,
        waited=(over - attempt.started_at).total_seconds() if over else None,
        lasted=(lasted[0] - lasted[1]).total_seconds() if lasted[0] and lasted[1] else None,
    )


def _own_score(response: SurveyResponse, areas: Iterable[ReviewedArea]) -> float | None:
    return total(area.points for area in areas).score if response.is_answered else 0.0


def _comparison(response: SurveyResponse, questionnaire: Questionnaire, *, own: float | None) -> Comparison:
    """Read the approved reports of the participant and the observer in one query and score their packed answers."""
    others = (
        SurveyResponse.objects.approved()
        .filter(Q(enrolment=response.enrolment_id) | Q(observer=response.observer_id), season=response.season_id)
        .exclude(pk=response.pk)
        .order_by("-submitted_at")
        .values_list("enrolment", "observer", "is_answered", "packed")
    )
    table = table_of(questionnaire.asked)
    scores = [
        (enrolment, observer, packed_score(table, unpack(packed)) if is_answered and packed else 0.0)
        for enrolment, observer, is_answered, packed in others
    ]
    latest = [score for _enrolment, observer, score in scores if observer == response.observer_id]
    return Comparison(
        own=own,
        participant=_mean(score for enrolment, _observer, score in scores if enrolment == response.enrolment_id),
        observer=_mean(latest[: response.season.settings.graded_reports]),
    )


def _mean(scores: Iterable[float | None]) -> Mean:
    known = [score for score in scores if score is not None]
    return Mean(sum(known) / len(known) if known else None, len(known))


def _suggested_grade(response: SurveyResponse, attempts: Sequence[ContactAttempt], outcome: Outcome) -> dict[str, int]:
    """Return the grade to begin with: good, and punctual by when the contact was made and the report delivered."""
    usual = dict.fromkeys(("content", "instructions", "language"), USUAL_GRADE)
    delivered = response.first_submitted_at
    if delivered is None or not attempts:
        return {**usual, "punctuality": USUAL_GRADE}
    over_on = _over_on(response, attempts, outcome)
    late = NORWAY.working_days_between(IsoWeek.parse(response.week).sunday(), over_on)
    late += NORWAY.working_days_between(over_on, local_date(delivered))
    return {**usual, "punctuality": suggested_punctuality(late)}


def _over_on(response: SurveyResponse, attempts: Sequence[ContactAttempt], outcome: Outcome) -> date:
    """Return the day from which the report could be written; an e-mail nobody answered is waited for to the end."""
    if response.method == ContactMethod.EMAIL and not outcome.is_answered:
        first = NORWAY.first_working_day(local_date(attempts[0].started_at))
        return NORWAY.add_working_days(first, response.season.settings.email_limit - 1)
    last = attempts[-1]
    return local_date(last.answered_at or last.ended_at or last.started_at)
