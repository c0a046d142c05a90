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
from responses.questionnaires.selectors import questionnaire_of
from responses.workflow import ReportState
from scoring.models import RecomputeOwed, ResponseScore, ScoreSummary
from scoring.services import recompute_season, settle_owed_recomputes

PARTS = 9
COUNTED = {QuestionKind.WAITING, QuestionKind.SCORED}


def measure_scores(season: Season) -> dict[str, Any]:
    """Return seconds of a full recomputation, of the naive loop, their ratio, and of one approval's work."""
    by = system_user(season.organiser)
    recompute_season(season.pk, by=by)
    # In turns, so that a machine that is busy for a while slows both.
    rounds = [
        (
            _seconds(lambda: recompute_season(season.pk, by=by)),
            _median(lambda: _settle_one(season), times=3),
            _seconds(lambda part=part: loop_over_rows(season, part)),
        )
        for part in range(PARTS)
    ]
    full, one = (statistics.median(row[place] for row in rounds) for place in (0, 1))
    loop = sum(row[2] for row in rounds)
    recompute_season(season.pk, by=by)
    return {
        "reports": ResponseScore.objects.filter(response__season=season).count(),
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
def loop_over_rows(season: Season, part: int) -> None:
    """Score each approved report of one part the obvious way: read its answers, add up by area, save."""
    best = {
        item.question.pk: max((option.points for option in item.options), default=0)
        for item in questionnaire_of(season).asked
    }
    approved = SurveyResponse.objects.filter(season=season, state=ReportState.APPROVED).order_by("pk")
    count = approved.count()
    for response in approved[count * part // PARTS : count * (part + 1) // PARTS]:
        areas: dict[int, list[int]] = {}
        counted = Answer.objects.filter(response=response, question__kind__in=COUNTED)
        for answer in counted.select_related("option", "question"):
            if answer.option is not None and not answer.option.is_not_applicable:
                sums = areas.setdefault(answer.question.area_id, [0, 0])
                sums[0] += answer.option.points
                sums[1] += best[answer.question_id]
        score = ResponseScore.objects.get(response=response)
        score.points = sum(points for points, _ in areas.values())
        score.possible = sum(possible for _, possible in areas.values())
        score.score = 100 * score.points / score.possible
        score.save()
