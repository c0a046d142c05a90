"""Recomputing a season, beside a loop over rows that saves each, in one run."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import transaction

from ksp.accounts.services import system_user
from participants.models import Season
from responses.models import Answer, SurveyResponse
from responses.questionnaires.models import QuestionKind
from responses.workflow import ReportState
from scoring.models import RecomputeOwed, ResponseScore, ScoreSummary
from scoring.services import recompute_season, settle_owed_recomputes

COUNTED = {QuestionKind.WAITING, QuestionKind.SCORED}


def measure_scores(season: Season) -> dict[str, Any]:
    """Return seconds of a full recomputation, of the naive loop, their ratio, and of one approval's work."""
    by = system_user(season.organiser)
    full = _median(lambda: recompute_season(season.pk, by=by), times=5)
    one = _median(lambda: _settle_one(season), times=9)
    loop = _seconds(lambda: loop_over_rows(season))
    recompute_season(season.pk, by=by)
    return {
        "reports": ResponseScore.objects.filter(season=season).count(),
        "summaries": ScoreSummary.objects.filter(season=season).count(),
        "full_s": full,
        "one_approval_s": one,
        "naive_loop_s": loop,
        "times_faster": loop / full,
    }


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _median(work: Callable[[], object], *, times: int) -> float:
    return statistics.median(_seconds(work) for _ in range(times))


def _settle_one(season: Season) -> None:
    enrolment = season.enrolments.order_by("pk").first()
    RecomputeOwed.objects.create(season=season, enrolment=enrolment)
    settle_owed_recomputes()


@transaction.atomic
def loop_over_rows(season: Season) -> None:
    """Score each approved report the obvious way: read its answers, add up, save."""
    for response in SurveyResponse.objects.filter(season=season, state=ReportState.APPROVED):
        points = possible = 0
        for answer in Answer.objects.filter(response=response, question__kind__in=COUNTED):
            if answer.option is not None and not answer.option.is_not_applicable:
                points += answer.option.points
                possible += max(option.points for option in answer.question.options.all())
        score = ResponseScore.objects.get(response=response)
        score.points, score.possible, score.score = points, possible, 100 * points / possible
        score.save()
