"""Checks the files that describe a season: its participants, questions and options."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from participants.models import ContactMethod, Package
from reports.exports.reading import Line, Mistakes, read_lines
from responses.questionnaires.battery import Area, Battery, Option, Question, available_batteries, load_battery
from responses.questionnaires.models import QuestionKind
from scoring.engine.battery import Battery as ScoredBattery
from scoring.engine.battery import InvalidBatteryError, OptionSpec, QuestionSpec

MOST_POINTS: Final = 1_000
MOST_POSITION: Final = 32_767
SMALLEST_VALUE, LARGEST_VALUE = -1_000_000_000, 1_000_000_000
COUNTED: Final = (QuestionKind.WAITING, QuestionKind.SCORED)


@dataclass(frozen=True)
class EnrolmentRow:
    """One participant of the season."""

    participant: str
    name: str
    award_class: str
    planned_contacts: int
    package: str


def read_enrolments(folder: Path, mistakes: Mistakes) -> dict[str, EnrolmentRow]:
    """Return the participants by their ids."""
    found: dict[str, EnrolmentRow] = {}
    for line in read_lines(folder, "enrolments.csv", mistakes):
        row = EnrolmentRow(
            participant=line.text("participant", longest=40),
            name=line.text("name", longest=200),
            award_class=line.text("award_class", longest=120),
            planned_contacts=line.number_in("planned_contacts", least=0, most=1_000),
            package=line.one_of("package", Package.values),
        )
        if row.participant in found:
            line.wrong("participant", _("“%(text)s” is there twice. Keep one row.") % {"text": row.participant})
        found[row.participant] = row
    return found


def read_battery(folder: Path, code: str, mistakes: Mistakes) -> Battery:
    """Return the questionnaire that the two files describe."""
    questions: dict[str, Question] = {}
    positions: set[int] = set()
    for line in read_lines(folder, "questions.csv", mistakes):
        question = _question(line)
        if question.code in questions:
            line.wrong("question", _("“%(text)s” is there twice. Keep one row.") % {"text": question.code})
        if question.position in positions:
            line.wrong("position", _("Another question has this position. Give each its own."))
        questions[question.code] = question
        positions.add(question.position)
    options = _read_options(folder, questions, mistakes)
    ordered = sorted(questions.values(), key=lambda question: question.position)
    whole = tuple(replace(question, options=tuple(options.get(question.code, ()))) for question in ordered)
    battery = Battery(code=code, areas=_areas(whole), questions=whole)
    _check_scoring(battery, mistakes)
    return battery


def _question(line: Line) -> Question:
    methods = tuple(line.text("methods", longest=80).split())
    if not set(methods) <= set(ContactMethod.values):
        allowed = ", ".join(ContactMethod.values)
        line.wrong("methods", _("Write some of these with spaces between: %(allowed)s.") % {"allowed": allowed})
    return Question(
        code=line.code("question", longest=40),
        area=line.code("area", longest=30),
        kind=line.one_of("kind", QuestionKind.values),
        methods=methods,
        position=line.number_in("position", least=0, most=MOST_POSITION),
        text_nb=line.text("text_nb", longest=5_000),
        text_en=line.text("text_en", longest=5_000, may_be_empty=True),
        help_nb="",
        help_en="",
    )


def _read_options(folder: Path, questions: dict[str, Question], mistakes: Mistakes) -> dict[str, list[Option]]:
    found: dict[str, list[Option]] = {}
    for line in read_lines(folder, "options.csv", mistakes):
        code = line.cells["question"]
        if code not in questions:
            line.wrong("question", _("“%(text)s” is not in questions.csv. Add it there.") % {"text": code})
            continue
        if questions[code].kind == QuestionKind.COMMENT:
            line.wrong("question", _("A comment has no options. Take the row out."))
        option = _option(line)
        if option.code in {other.code for other in found.get(code, ())}:
            line.wrong("option", _("“%(text)s” is there twice. Keep one row.") % {"text": option.code})
        found.setdefault(code, []).append(option)
    return found


def _option(line: Line) -> Option:
    has_value = line.cells["value"] != ""
    not_applicable = line.one_of("not_applicable", ["true", "false"]) == "true"
    points = line.number_in("points", least=0, most=MOST_POINTS)
    if not_applicable and points:
        line.wrong("points", _("“Not applicable” gives no points. Write 0."))
    return Option(
        code=line.code("option", longest=30),
        label_nb=line.text("label_nb", longest=200),
        label_en=line.text("label_en", longest=200, may_be_empty=True),
        points=points,
        not_applicable=not_applicable,
        value=line.number_in("value", least=SMALLEST_VALUE, most=LARGEST_VALUE) if has_value else None,
    )


def _areas(questions: Iterable[Question]) -> tuple[Area, ...]:
    """Return the areas in the order in which they are first asked about, named as in the batteries that we know."""
    known = {area.code: area for code in available_batteries() for area in load_battery(code).areas}
    codes = list(dict.fromkeys(question.area for question in questions))
    return tuple(
        replace(known[code], position=place)
        if code in known
        else Area(code=code, position=place, points=0, name_nb=code, name_en="", intro_nb="", intro_en="")
        for place, code in enumerate(codes, start=1)
    )


def _check_scoring(battery: Battery, mistakes: Mistakes) -> None:
    """Note what keeps the questionnaire from being scored."""
    if mistakes.found:
        return
    if not battery.questions:
        mistakes.add("questions.csv", 0, "", _("There are no questions. Add them."))
        return
    try:
        ScoredBattery.build(
            areas=list(dict.fromkeys(item.area for item in battery.questions if item.kind in COUNTED)),
            questions=[_spec(question) for question in battery.questions],
        )
    except InvalidBatteryError as error:
        mistakes.add("options.csv", 0, "", _("The questionnaire cannot be scored. %(problem)s") % {"problem": error})


def _spec(question: Question) -> QuestionSpec:
    options = [OptionSpec(option.points, option.not_applicable, option.value) for option in question.options]
    return QuestionSpec(question.code, question.area, question.kind, question.methods, options)
