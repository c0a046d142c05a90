"""The contacts of a season as they are watched: by the day they were made, also those that nobody has read yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ksp.lib.calendar import OSLO
from participants.models import Season
from responses.models import AttemptOutcome, ContactAttempt
from responses.questionnaires.selectors import Questionnaire, questionnaire_of
from responses.workflow import ReportState
from scoring.batteries import battery_of
from scoring.engine.battery import Floats, Ints
from scoring.engine.reports import Reports
from scoring.engine.scores import score_reports
from scoring.statistics.control_charts import Contacts

CSAT: Final = "csat"
# Of a report: its key, its enrolment and method, whether somebody answered, and the answers.
Told = tuple[int, int, str, bool | None, bytes | None]


class Measure(StrEnum):
    """What is watched of the contacts."""

    # Known on the day itself: no report needs to be written.
    FIRST_TRY = "first_try"
    SCORE = "score"
    CSAT = "csat"

    @property
    def is_share(self) -> bool:
        """Whether each contact has it or has it not."""
        return self is Measure.FIRST_TRY


COLUMNS: Final = (
    "started_at",
    "outcome",
    "response_id",
    "response__enrolment_id",
    "response__enrolment__award_class_id",
    "response__method",
    "response__observer_id",
    "response__is_answered",
    "response__packed",
)


@dataclass(frozen=True, eq=False)
class Watched:
    """Every contact that was made: its day as an ordinal, whose it is (numbered), and its value in each measure."""

    day: Ints
    award_class: Ints
    participant: Ints
    method: Ints
    observer: Ints
    values: dict[Measure, Floats]
    classes: Sequence[int]
    methods: Sequence[str]

    def contacts(self, measure: Measure) -> Contacts:
        """Return those that have a value."""
        value = self.values[measure]
        keep = ~np.isnan(value)
        return Contacts(
            self.day[keep],
            value[keep],
            self.award_class[keep],
            self.participant[keep],
            self.method[keep],
            self.observer[keep],
        )


def watched_contacts(season: Season) -> Watched:
    """Return the season's contacts by the day of their first attempt; those that were rejected are left out."""
    rows = ContactAttempt.objects.filter(number=1, response__season=season).exclude(
        response__state=ReportState.REJECTED
    )
    columns = list(zip(*rows.order_by().values_list(*COLUMNS), strict=True)) or [()] * len(COLUMNS)
    started, outcomes, keys, enrolments, classes, methods, observers, answered, packed = columns
    class_names, award_class = _numbered(classes)
    method_names, method = _numbered(methods)
    reports = list(zip(keys, enrolments, methods, answered, packed, strict=True))
    score, csat = _scores(season, reports)
    return Watched(
        day=np.array([moment.astimezone(OSLO).toordinal() for moment in started], np.int64),
        award_class=award_class,
        participant=_numbered(enrolments)[1],
        method=method,
        observer=_numbered(observers)[1],
        values={Measure.FIRST_TRY: _first_tries(outcomes), Measure.SCORE: score, Measure.CSAT: csat},
        classes=class_names,
        methods=method_names,
    )


def _numbered(values: Sequence[Any]) -> tuple[list[Any], Ints]:
    names, numbers = np.unique(np.array(values), return_inverse=True)
    return names.tolist(), numbers.astype(np.int64)


def _first_tries(outcomes: Sequence[str]) -> Floats:
    """Return 1 where the first attempt came to nothing; an e-mail that still waits says nothing yet."""
    worth = {AttemptOutcome.NO_ANSWER.value: 1.0, AttemptOutcome.ANSWERED.value: 0.0}
    return np.array([worth.get(outcome, np.nan) for outcome in outcomes], np.float64)


def _scores(season: Season, reports: Sequence[Told]) -> tuple[Floats, Floats]:
    """Return the score and the satisfaction of each answered contact that is reported, read or not."""
    score, csat = np.full(len(reports), np.nan), np.full(len(reports), np.nan)
    told = [place for place, report in enumerate(reports) if report[3] and report[4]]
    if told:
        battery = battery_of(season)
        chosen = [reports[place] for place in told]
        rows = ((key, enrolment, method, 0, True, packed or b"") for key, enrolment, method, _, packed in chosen)
        read = Reports.from_rows(battery, rows)
        score[told] = score_reports(battery, read).score
        csat[told] = _satisfaction(questionnaire_of(season), read.answers)
    return score, csat


def _satisfaction(questionnaire: Questionnaire, answers: NDArray[np.int16]) -> Floats:
    """Return what each answered of the question of satisfaction, on its own scale."""
    place = next((row for row, item in enumerate(questionnaire.asked) if item.question.code == CSAT), None)
    if place is None:
        return np.full(len(answers), np.nan)
    values = [option.value for option in questionnaire.asked[place].options]
    worth = np.array([np.nan if value is None else float(value) for value in values] + [np.nan])
    return worth[answers[:, place]]
