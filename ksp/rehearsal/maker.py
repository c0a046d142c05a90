"""Makes the contents of each contact: what happened, when, and what the report says of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from assignments.models import Assignment
from ksp.lib.calendar import OSLO, WorkingCalendar
from ksp.lib.weeks import IsoWeek
from ksp.rehearsal.answers import Happening, Sheet, all_best, draw_happening, shifted
from ksp.rehearsal.comments import Scene, sentence, short_comments, write_comments
from ksp.rehearsal.lists import METHODS, Cast
from ksp.rehearsal.names import Sector
from ksp.rehearsal.timeline import Appointment, Timeline, draw_timeline
from ksp.rehearsal.truth import ALL_YES, BAD_SHARE, COPIED, Person, Truth
from responses.questionnaires.battery import Battery

NEUTRAL: Final = Person(code="", severity=0.0, diligence=0.75)
CONTRADICTION_SHARE: Final = 0.75
# What a season's random numbers are for, so that one use does not shift another.
HAPPENINGS, TELLINGS = 11, 13
BEST_GRADE, BAD_CONTENT = 4, 1
LEAST_COMMENT: Final = 20
APPROVE, RETURN, REJECT = "approve", "return", "reject"


@dataclass(frozen=True)
class Key:
    """Which contact of a participant it is: the how-manieth by its method, and how often it was planned anew."""

    centre: str
    method: str
    ordinal: int
    again: int = 0


@dataclass(frozen=True)
class Mending:
    """What a manager asks when a report goes back, and what the observer answers."""

    question: str
    before: str
    after: str
    note: str
    whole: str
    reply: str


@dataclass(frozen=True)
class Story:
    """Everything about one contact, from the first attempt to the decision; ``values`` are the final answers."""

    assignment_id: int
    code: str
    person: Person
    timeline: Timeline
    values: Mapping[str, str]
    verdict: str
    grade: Mapping[str, int]
    mending: Mending | None = None
    reason: str = ""

    @property
    def first_values(self) -> dict[str, str]:
        """The answers as they were first submitted."""
        if self.mending is None:
            return dict(self.values)
        return {**self.values, self.mending.question: self.mending.before}


@dataclass
class Maker:
    """Makes stories; the same truth and the same contact give the same story, in whatever order they are asked for."""

    truth: Truth
    cast: Cast
    battery: Battery
    places: dict[str, int] = field(init=False)
    names: dict[str, str] = field(init=False)
    sectors: dict[str, Sector] = field(init=False)
    sheets: dict[str, Sheet] = field(init=False)
    tied: set[str] = field(init=False)
    calendar: WorkingCalendar = field(init=False)
    copied: dict[str, dict[str, str]] = field(default_factory=dict)
    shifted_keys: dict[str, Key] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = self.cast.participants
        self.places = {row["participant"]: place for place, row in enumerate(rows)}
        self.names = {row["participant"]: row["name"] for row in rows}
        self.sectors = {row["participant"]: sector for row, sector in zip(rows, self.cast.sectors, strict=True)}
        self.sheets = {method: Sheet(self.battery, method) for method in METHODS}
        self.tied = {code for pair in self.truth.tied for code in pair}
        self.calendar = self.truth.shape.calendar

    def prepare_ties(self, keys: Iterable[Key]) -> None:
        """Choose the contact in which a twin whose third result differs has other answers than its model."""
        for key in keys:
            centre = self.truth.centres[key.centre]
            if centre.is_shifted and key.centre not in self.shifted_keys:
                happening = self._drawn(key, NEUTRAL)
                if shifted(happening.options) is not None:
                    self.shifted_keys[key.centre] = key
                    self.truth.shifted.add(key.centre)

    def class_number(self, centre: str) -> int:
        """Return the number of a participant's class, counted from 0."""
        names = list(dict.fromkeys(sector.name for sector in self.cast.sectors))
        return names.index(self.sectors[centre].name)

    def story(self, key: Key, assignment: Assignment) -> Story:
        """Return what becomes of an accepted contact."""
        observer = assignment.observer.code if assignment.observer is not None else ""
        person = self.truth.people[observer]
        happening = self.happening(key, person)
        rng = self._rng(TELLINGS, key, own=True)
        timeline = draw_timeline(
            Appointment(key.method, IsoWeek.parse(assignment.week), assignment.weekday or 1, assignment.slot),
            happening.waits,
            calendar=self.calendar,
            diligence=person.diligence,
            rng=rng,
        )
        values = self._values(key, happening, person, timeline, rng)
        habit = self._habit(key, happening, person, rng)
        if habit:
            values = self._spoiled(key, values, person, habit, rng)
            self.truth.bad_reports.append({"contact": assignment.code, "observer": person.code, "kind": habit})
        story = Story(
            assignment_id=assignment.pk,
            code=assignment.code,
            person=person,
            timeline=timeline,
            values=values,
            verdict=timeline.verdict,
            grade=_grade(timeline, person, rng, content=BAD_CONTENT if habit else None),
        )
        return self._reviewed(key, story, rng)

    def _habit(self, key: Key, happening: Happening, person: Person, rng: np.random.Generator) -> str:
        """Return the bad habit that shows in this report, if any; twins are spared."""
        shows = rng.random() < BAD_SHARE
        return person.bad_habit if shows and happening.is_answered and key.centre not in self.tied else ""

    def happening(self, key: Key, person: Person) -> Happening:
        """Return what happens; twins meet the same things, and nobody's severity colours them."""
        if key.centre not in self.tied:
            return self._drawn(key, person)
        happening = self._drawn(key, NEUTRAL)
        if self.shifted_keys.get(key.centre) == key:
            return Happening(happening.waits, shifted(happening.options) or happening.options, happening.share)
        return happening

    def _drawn(self, key: Key, person: Person) -> Happening:
        centre = self.truth.centres[key.centre]
        return draw_happening(self.sheets[key.method], centre, person, self._rng(HAPPENINGS, key))

    def _rng(self, purpose: int, key: Key, *, own: bool = False) -> np.random.Generator:
        """Return random numbers of one contact; a twin's are its model's, unless they are its ``own``."""
        centre = self.truth.centres[key.centre]
        place = self.places[key.centre if own else centre.copies or key.centre]
        again = key.again if own or key.centre not in self.tied else 0
        return np.random.default_rng(
            [self.truth.shape.seed, purpose, place, METHODS.index(key.method), key.ordinal, again]
        )

    def _values(
        self, key: Key, happening: Happening, person: Person, timeline: Timeline, rng: np.random.Generator
    ) -> dict[str, str]:
        """Return all answers in the order in which they are asked."""
        if not happening.is_answered:
            return {}
        weekday = timeline.started_at.astimezone(OSLO).isoweekday()
        scene = Scene(
            self.sheets[key.method],
            happening,
            self.names[key.centre],
            self.sectors[key.centre],
            weekday,
            person.diligence,
        )
        given = {**happening.options, **write_comments(scene, rng)}
        asked = self.battery.questions_for(key.method)
        return {question.code: given[question.code] for question in asked if question.code in given}

    def _spoiled(
        self, key: Key, values: dict[str, str], person: Person, habit: str, rng: np.random.Generator
    ) -> dict[str, str]:
        """Return the answers as somebody with a bad habit gives them."""
        sheet = self.sheets[key.method]
        if habit == ALL_YES:
            spoiled = {**all_best(sheet, values), **short_comments(sheet, rng)}
            return {code: spoiled[code] for code in values}
        comments = {item.code: values[item.code] for item in sheet.comments}
        if habit == COPIED:
            return {**values, **self.copied.setdefault(person.code, comments)}
        return values

    def _reviewed(self, key: Key, story: Story, rng: np.random.Generator) -> Story:
        """Return the story with what the manager makes of it."""
        if story.verdict == REJECT and key.centre not in self.tied:
            return replace(story, reason=sentence("rejections", "reasons", rng))
        mending = self._mending(key, story.values, rng) if story.verdict == RETURN else None
        return replace(story, verdict=RETURN if mending else APPROVE, mending=mending)

    def _mending(self, key: Key, values: Mapping[str, str], rng: np.random.Generator) -> Mending | None:
        """Return what has to be mended: an answer one step off, or a comment that is too short."""
        sheet = self.sheets[key.method]
        if not values:
            return None
        whole = sentence("notes", "whole", rng)
        if rng.random() < CONTRADICTION_SHARE:
            place = int(rng.integers(len(sheet.scored)))
            item, ladder = sheet.scored[place], sheet.ladders[place]
            after = values[item.code]
            if after in ladder:
                step = ladder.index(after)
                before = ladder[step - 1 if step else 1]
                label = next(option.label_nb for option in item.options if option.code == before)
                note = sentence("notes", "contradiction", rng, option=label)
                return Mending(item.code, before, after, note, whole, sentence("replies", "contradiction", rng))
        comment = sheet.comments[int(rng.integers(len(sheet.comments)))].code
        short = values[comment].split(". ")[0].rstrip(".") + "."
        if len(short) < LEAST_COMMENT or short == values[comment]:
            return None
        note = sentence("notes", "comment", rng)
        return Mending(comment, short, values[comment], note, whole, sentence("replies", "comment", rng))


def _grade(timeline: Timeline, person: Person, rng: np.random.Generator, *, content: int | None) -> dict[str, int]:
    """Return the grade of the observer's work, 0–4 on each aspect."""
    usual = np.clip(np.round(rng.normal(2.2 + 1.9 * person.diligence, 0.55, 3)), 1, BEST_GRADE).astype(int).tolist()
    return {
        "content": usual[0] if content is None else content,
        "instructions": usual[1],
        "language": usual[2],
        "punctuality": max(BEST_GRADE - timeline.days_to_write(), 0),
    }
