"""What an observer's own pages show of the reports: how far each has come, and how good the work was."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assignments.desk import Standing
from ksp.accounts.models import User
from ksp.lib.panels import Panel
from observers.models import Observer
from participants.models import Season
from responses.grading import ASPECTS, BEST
from responses.models import Grade, ReviewNote, SurveyResponse, SurveyResponseQuerySet
from responses.questionnaires.models import QuestionKind
from responses.questionnaires.selectors import questionnaire_of
from responses.services.submission import missing_answers
from responses.stages import Stage, Step, stage_of
from responses.workflow import WRITABLE, ReportState

RECENT: Final = 5
ASPECT_NAMES: Final = {
    "content": gettext_lazy("Content"),
    "instructions": gettext_lazy("Followed the instructions"),
    "language": gettext_lazy("Language"),
    "punctuality": gettext_lazy("Delivered on time"),
}


def begun_in(season_id: int) -> set[int]:
    """Return the keys of the season's assignments that have a report, however little is in it."""
    return set(SurveyResponse.objects.filter(season=season_id).values_list("assignment_id", flat=True))


class ReportDesk:
    """Says how far the reports of an observer have come."""

    def open_and_recent(self, user: User, *, now: datetime) -> list[Standing]:
        """Return the reports that can be written in, and the latest that are handed in."""
        own = _with_all(SurveyResponse.objects.visible_to(user))
        being_written = own.filter(state__in=WRITABLE).order_by("pk")
        handed_in = own.exclude(state__in=WRITABLE).order_by("-submitted_at", "-pk")[:RECENT]
        return [_standing(response, now=now) for response in [*being_written, *handed_in]]

    def of_assignments(self, keys: Collection[int], *, now: datetime) -> Mapping[int, Standing]:
        """Return the reports of these assignments, by the assignment's key."""
        found = _with_all(SurveyResponse.objects.filter(assignment__in=keys))
        return {response.assignment_id: _standing(response, now=now) for response in found}


def _with_all(rows: SurveyResponseQuerySet) -> SurveyResponseQuerySet:
    related = rows.select_related("season", "enrolment__participant", "enrolment__award_class")
    asked_last = ReviewNote.objects.filter(written_at__gte=F("response__reviewed_at"))
    return related.defer("season__manual", "packed").prefetch_related(
        "attempts", "answers", Prefetch("notes", queryset=asked_last)
    )


def _standing(response: SurveyResponse, *, now: datetime) -> Standing:
    is_open = response.state in WRITABLE
    stage = stage_of(response, list(response.attempts.all()), now=now) if is_open else None
    place, action = _way_on(response, stage)
    return Standing(
        assignment_id=response.assignment_id,
        participant=response.enrolment.participant.name,
        award_class=response.enrolment.award_class.name,
        method=response.method,
        week=response.week,
        state=response.state,
        state_label=response.get_state_display(),
        url=reverse(f"responses:{place}", args=[response.public_id]),
        action=action,
        note=stage.words if stage else "",
        progress=_progress(response) if stage and stage.step is Step.ANSWERED else "",
        is_open=is_open,
        is_returned=response.state == ReportState.RETURNED,
        asked=tuple(note.text for note in response.notes.all()) if is_open else (),
        submitted_at=response.submitted_at,
        reviewed_at=response.reviewed_at,
    )


def _way_on(response: SurveyResponse, stage: Stage | None) -> tuple[str, str]:
    """Return the page on which the observer goes on, and the words of the button that leads there."""
    if response.state == ReportState.RETURNED:
        return "form", _("View and reply")
    if stage is None:
        return "form", _("Read the report")
    if stage.step is Step.ANSWERED:
        return "form", _("Continue report")
    return "contact", _("Submit the contact") if stage.step is Step.UNANSWERED else _("Go on with the contact")


def _progress(response: SurveyResponse) -> str:
    questionnaire = questionnaire_of(response.season)
    stored = {answer.question_id: answer for answer in response.answers.all()}
    asked = sum(item.question.kind != QuestionKind.WAITING for item in questionnaire.for_method(response.method))
    done = asked - len(missing_answers(response, questionnaire, stored))
    return _("%(done)s of %(asked)s answers") % {"done": done, "asked": asked}


def home_quality(observer: Observer, _user: User) -> Panel:
    """Show on the observer's home how good the latest reports were."""
    return Panel("responses/_own_quality.html", _quality(observer))


def own_quality(observer: Observer, _user: User) -> Panel:
    """Show on the observer's own page every grade behind the internal score, and the formula."""
    return Panel("responses/_own_grades.html", _quality(observer))


def _quality(observer: Observer) -> dict[str, Any]:
    latest = Season.objects.filter(organiser=observer.organiser_id).current_first().defer("manual").first()
    settings = (latest or Season()).settings
    graded = Grade.objects.filter(response__observer=observer).select_related("response__enrolment__participant")
    grades = list(graded.order_by("-response__submitted_at")[: settings.graded_reports])
    whole = sum(settings.grade_weights[aspect] for aspect in ASPECTS)
    score = observer.known_score
    return {
        "score": score,
        "width": f"{score or 0:.1f}%",
        "grades": [(grade, [getattr(grade, aspect) for aspect in ASPECTS]) for grade in grades],
        "aspects": [
            {
                "name": ASPECT_NAMES[aspect],
                "share": round(100 * settings.grade_weights[aspect] / whole),
                "mean": _mean(getattr(grade, aspect) for grade in grades),
            }
            for aspect in ASPECTS
        ],
        "most_reports": settings.graded_reports,
        "new_counts_as": settings.new_observer_score,
        "best": BEST,
    }


def _mean(marks: Iterable[int]) -> float | None:
    all_marks = list(marks)
    return sum(all_marks) / len(all_marks) if all_marks else None
