"""The rules that every battery keeps, each as the sentences it would complain with."""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator

from responses.questionnaires.battery.shapes import KINDS, METHODS, Area, Battery, Option, Question

TOTAL = 100
MOST_QUESTIONS = 40
COMMENTS = 3
_CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")


def battery_problems(battery: Battery) -> list[str]:
    """Return everything that is wrong with the battery, nothing if it can be used."""
    problems = [*_names(battery)]
    for area in battery.areas:
        problems += _texts(f"area {area.code}", area)
    for question in battery.questions:
        where = f"question {question.code}"
        problems += (f"{where} {problem}" for problem in _question(question))
        problems += _texts(where, question)
        for option in question.options:
            problems += _texts(f"{where}, option {option.code},", option)
    for method in METHODS:
        problems += _method(battery, method)
    return problems


def _names(battery: Battery) -> Iterator[str]:
    """Codes and positions are unique and well-formed, and every question has its area."""
    areas = {area.code for area in battery.areas}
    yield from _repeated("area", (area.code for area in battery.areas))
    yield from _repeated("area position", (area.position for area in battery.areas))
    yield from _repeated("question", (question.code for question in battery.questions))
    yield from _repeated("position", (question.position for question in battery.questions))
    for code in [*areas, *(question.code for question in battery.questions)]:
        if not _CODE.fullmatch(code):
            yield f"the code “{code}” is not in snake_case"
    for question in battery.questions:
        if question.area not in areas:
            yield f"question {question.code} is in the unknown area “{question.area}”"


def _repeated(what: str, values: Iterable[Hashable]) -> Iterator[str]:
    for value, count in Counter(values).items():
        if count > 1:
            yield f"the {what} {value} is there {count} times"


def _texts(where: str, owner: Area | Question | Option) -> Iterator[str]:
    """Every text is there in both languages, without blanks around it."""
    for name in owner.__slots__:
        if name.endswith(("_nb", "_en")):
            text = getattr(owner, name)
            if not text or text != text.strip():
                yield f"{where} has no proper {name}"


def _question(question: Question) -> Iterator[str]:
    """The options fit the kind of question."""
    if question.kind not in KINDS:
        yield f"is of the unknown kind “{question.kind}”"
    if not question.methods or len(set(question.methods) & set(METHODS)) < len(question.methods):
        yield "needs known methods, each once"
    if (question.kind == "comment") is not (not question.options):
        yield "must have options unless it is a comment, and then none"
    codes = [option.code for option in question.options]
    yield from _repeated("option", codes)
    if not all(_CODE.fullmatch(code) for code in codes):
        yield "has an option whose code is not in snake_case"
    yield from _points(question)
    yield from _values(question)


def _points(question: Question) -> Iterator[str]:
    """Only scored questions have points, and each of them an alternative worth nothing."""
    points = [option.points for option in question.options if not option.not_applicable]
    if any(type(value) is not int or value < 0 for value in points):
        yield "has points that are not whole numbers from 0 up"
    elif question.has_points and (0 not in points or not any(points)):
        yield "must have an option worth 0 and one worth more"
    elif not question.has_points and any(points):
        yield "must have no points"
    if any(option.points for option in question.options if option.not_applicable):
        yield "gives points for not applicable"


def _values(question: Question) -> Iterator[str]:
    """Scales have a number on every option; waiting times can end without an answer."""
    values = [option.value for option in question.options]
    if question.kind == "cx" and (None in values or len(set(values)) < len(values)):
        yield "needs a value of its own on every option"
    if question.kind == "waiting" and "none" not in {option.code for option in question.options}:
        yield "needs the option “none”"


def _method(battery: Battery, method: str) -> Iterator[str]:
    """Every method reaches the points of every area, with few enough questions."""
    asked = battery.questions_for(method)
    kinds = Counter(question.kind for question in asked)
    for area in battery.areas:
        if (reached := battery.possible_points(method, area.code)) != area.points:
            yield f"{method} reaches {reached} points in {area.code}, not {area.points}"
    if (total := sum(question.possible_points for question in asked)) != TOTAL:
        yield f"{method} reaches {total} points in all, not {TOTAL}"
    if (count := len(asked) - kinds["cx"] - kinds["comment"]) > MOST_QUESTIONS:
        yield f"{method} has {count} questions, more than {MOST_QUESTIONS}"
    if kinds["comment"] != COMMENTS:
        yield f"{method} has {kinds['comment']} comments, not {COMMENTS}"
    if kinds["waiting"] != 1:
        yield f"{method} has {kinds['waiting']} waiting questions, not 1"
