"""A whole rehearsal: lists, stage, play, scores."""

import json
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from assignments.letters.silence import telling_nobody
from assignments.plans.automatic import without_repairs
from ksp.accounts.models import AuditEvent
from ksp.rehearsal.earlier import Earlier, draw_earlier, earlier_shape
from ksp.rehearsal.earlier_season import STEPS_OF_EARLIER, make_earlier_season
from ksp.rehearsal.lists import draw_cast
from ksp.rehearsal.maker import Maker
from ksp.rehearsal.play import PlanFigures, Play, forget_invented_mail
from ksp.rehearsal.progress import Progress
from ksp.rehearsal.shape import Shape
from ksp.rehearsal.showcase import lose_an_observer, show_every_state
from ksp.rehearsal.stage import BATTERY, Stage, find_or_make_organiser, refuse_known, set_stage
from ksp.rehearsal.truth import Truth, draw_truth
from participants.models import Season
from participants.services import close_season
from responses.models import SurveyResponse
from responses.questionnaires.battery import load_battery
from scoring.services import recompute_season, refresh_owed_statistics

# Lists, people, role-plays, the plan, the scores: beside the weeks, each about half as long as one.
OTHER_STEPS: Final = 9


@dataclass(frozen=True)
class Rehearsed:
    """What came of a rehearsal."""

    season: Season
    plan: PlanFigures
    reports: int
    approved: int
    times: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {
            "season": self.season.code,
            "state": self.season.state,
            "contacts": self.plan.contacts,
            "unassigned": self.plan.unassigned,
            "reports": self.reports,
            "approved": self.approved,
            "seconds": {name: round(seconds, 2) for name, seconds in self.times.items()},
        }


def rehearse(
    shape: Shape,
    *,
    now: datetime,
    with_previous: bool = False,
    truth_file: Path | None = None,
    quiet: bool = False,
) -> Rehearsed:
    """Play a season of this shape up to ``now``; a mark in the audit trail says that it is all there.

    Each week is one transaction, so an interrupted rehearsal is there in part and has no mark. Where nothing is to be
    played, the season is planned and nothing is offered. ``with_previous`` also makes the season before, published, and
    computes the statistics, which tell what has changed since.
    """
    begun = [week for week in shape.weeks() if week.monday() <= now.date()]
    steps = 2 * (len(begun) + 1) + OTHER_STEPS + with_previous * STEPS_OF_EARLIER
    progress = Progress(None if quiet else sys.stderr, steps=steps)
    organiser = find_or_make_organiser(shape)
    if with_previous:
        refuse_known(organiser, earlier_shape(shape))
    progress.step(_("Lists"))
    cast = draw_cast(shape)
    truth = draw_truth(shape, cast)
    earlier = draw_earlier(shape, cast, truth) if with_previous else None
    with transaction.atomic():
        stage = set_stage(shape, cast, progress)
    play = Play(stage, shape, Maker(truth, cast, load_battery(BATTERY)), now, progress)
    progress.step(_("Plan"))
    with transaction.atomic():
        figures = play.plan()
    if shape.progress:
        _perform(play)
    if earlier is not None:
        make_earlier_season(earlier, stage, progress)
    progress.step(_("Scores"))
    season = _settle(stage, shape, now)
    if earlier is not None:
        progress.step(_("Statistics"))
        refresh_owed_statistics()
    if truth_file is not None:
        _write_truth(truth, earlier, stage, truth_file)
    reports = SurveyResponse.objects.filter(season=season)
    return Rehearsed(season, figures, reports.count(), reports.approved().count(), progress.finish())


def _perform(play: Play) -> None:
    """Play the season; if it is not over, leave something in every state, and a repair that waits."""
    is_under_way = play.shape.progress < 1
    with without_repairs():
        with telling_nobody():
            play.play()
        if is_under_way:
            show_every_state(play)
    if is_under_way:
        lose_an_observer(play)


@transaction.atomic
def _settle(stage: Stage, shape: Shape, now: datetime) -> Season:
    """Bring the scores up to date, close what is over, and set the mark."""
    forget_invented_mail(stage)
    season = stage.season
    if shape.progress >= 1:
        season = close_season(season.pk, now=now, by=stage.director)
    recompute_season(season.pk, by=stage.director)
    AuditEvent.record(stage.director, "season.rehearsed", season, seed=shape.seed, progress=shape.progress)
    return season


def _write_truth(truth: Truth, earlier: Earlier | None, stage: Stage, path: Path) -> None:
    planted = truth.to_dict({code: observer.pseudonym for code, observer in stage.observers.items()})
    if earlier is not None:
        planted["previous"] = earlier.to_dict()
    text = json.dumps(planted, ensure_ascii=False, indent=1)
    path.write_text(f"{text}\n", encoding="utf-8")
