"""Writes the answers of the season before as files that the import reads, as an earlier system would have left them."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np

from assignments.models import Assignment
from ksp.lib.calendar import NORWAY, OSLO
from ksp.lib.escaping import escape_cell
from ksp.lib.weeks import IsoWeek
from ksp.rehearsal.earlier import Earlier
from ksp.rehearsal.maker import Key, Maker, Story
from observers.models import Observer
from participants.distribution import distribute
from participants.imports.channels import used_columns
from participants.season_settings import SeasonSettings
from reports.exports.layout import COLUMNS, WRITTEN
from responses.questionnaires.battery import Battery, Question
from responses.waiting import waiting_outcome

# How far apart the observers' numbers of contacts may come, so that who meets whom stays a matter of chance.
LOOSENESS: Final = 6
SLOTS: Final = ("09", "11", "13")
Row = Iterable[str | int | None]


@dataclass(frozen=True)
class _Contact:
    """One contact that was made: which of its participant's, by whom, in which week."""

    key: Key
    assignment: Assignment
    role_play: str


def write_answers(earlier: Earlier, battery: Battery, folder: Path) -> None:
    """Write every file of the layout; the same season gives the same bytes."""
    contacts = _draw_contacts(earlier)
    maker = Maker(earlier.truth, earlier.cast, battery)
    writer = _Writer(battery)
    for contact in contacts:
        writer.add(contact, maker.story(contact.key, contact.assignment))
    rows: dict[str, Iterable[Row]] = {
        "enrolments.csv": _enrolments(earlier),
        "questions.csv": _questions(battery),
        "options.csv": _options(battery),
        **writer.rows,
    }
    for name, columns in COLUMNS.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            sheet = csv.writer(file, lineterminator="\n")
            sheet.writerow(columns)
            sheet.writerows(
                [escape_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows[name]
            )


def _cells(row: Row) -> list[str | int | None]:
    return [escape_cell(cell) if isinstance(cell, str) else cell for cell in row]


def _draw_contacts(earlier: Earlier) -> list[_Contact]:
    """Return who met whom when: every participant's contacts spread over the weeks, each by another observer."""
    rng = np.random.default_rng([earlier.shape.seed, 2])
    team, weeks, load = earlier.cast.team, earlier.shape.weeks(), np.zeros(len(earlier.cast.team))
    numbers = {name: number for number, name in enumerate(dict.fromkeys(item.name for item in earlier.cast.sectors), 1)}
    drawn: list[tuple[IsoWeek, str, Key, str]] = []
    for row, sector in zip(earlier.cast.participants, earlier.cast.sectors, strict=True):
        keys = _keys(row, earlier.shape.contacts)
        chosen = np.argsort(load + rng.uniform(0, LOOSENESS, len(team)), kind="stable")[: len(keys)]
        load[chosen] += 1
        for key, observer, place in zip(keys, chosen.tolist(), _places(len(keys), len(weeks), rng), strict=True):
            role_play = f"R{numbers[sector.name]:02d}-{1 + int(rng.integers(len(sector.role_plays)))}"
            drawn.append((weeks[place], team[observer], key, role_play))
    # Numbers say nothing about who made the contact.
    drawn.sort(key=lambda one: (one[0], one[2].centre, one[2].method, one[2].ordinal))
    return [
        _Contact(key, _assignment(f"{earlier.shape.season}-{number:05d}", week, observer, rng), role_play)
        for number, (week, observer, key, role_play) in enumerate(drawn, start=1)
    ]


def _keys(row: Mapping[str, str], contacts: int) -> list[Key]:
    """Return a participant's contacts, shared out over its methods."""
    settings = SeasonSettings()
    parts = distribute(contacts, list(used_columns(row, settings)), settings.method_weights)
    return [Key(row["participant"], method, ordinal) for method, count in parts.items() for ordinal in range(count)]


def _places(count: int, weeks: int, rng: np.random.Generator) -> list[int]:
    """Return a week for each contact, counted from 0: as evenly as can be, in any order."""
    spread = (np.arange(count) + rng.random()) * weeks / count
    places: list[int] = rng.permutation(spread.astype(int).clip(max=weeks - 1)).tolist()
    return places


def _assignment(code: str, week: IsoWeek, observer: str, rng: np.random.Generator) -> Assignment:
    """Return an assignment that nobody stores: only the story is made from it."""
    return Assignment(
        code=code,
        week=str(week),
        weekday=int(rng.integers(1, 6)),
        slot=SLOTS[int(rng.integers(len(SLOTS)))],
        observer=Observer(code=observer),
    )


class _Writer:
    """Gathers the rows of contacts with what belongs to them."""

    def __init__(self, battery: Battery) -> None:
        self.questions: Mapping[str, Question] = {item.code: item for item in battery.questions}
        self.waiting = {method: item for item in battery.questions if item.kind == "waiting" for method in item.methods}
        self.rows: dict[str, list[Row]] = {
            name: [] for name in ("contacts.csv", "attempts.csv", "answers.csv", "comments.csv")
        }

    def add(self, contact: _Contact, story: Story) -> None:
        """Add a contact as it stood when the season was over: approved."""
        timeline, waited = story.timeline, self._waited(contact.key.method, story)
        approved_at = timeline.approved_at if story.mending else timeline.reviewed_at
        self.rows["contacts.csv"].append(
            (
                story.code,
                contact.key.centre,
                contact.key.method,
                contact.assignment.week,
                story.person.code,
                contact.role_play,
                "approved",
                WRITTEN[bool(story.values)],
                _time(timeline.submitted_at),
                _time(approved_at),
            )
        )
        for attempt in timeline.attempts:
            outcome = "no_answer" if attempt.answered_at is None else "answered"
            times = _time(attempt.started_at), _time(attempt.answered_at)
            self.rows["attempts.csv"].append((story.code, attempt.number, *times, outcome))
        self.rows["answers.csv"].append((story.code, *waited))
        for code, value in story.values.items():
            name = "comments.csv" if self.questions[code].kind == "comment" else "answers.csv"
            self.rows[name].append((story.code, code, value))

    def _waited(self, method: str, story: Story) -> tuple[str, str]:
        """Return the waiting question with what the attempts came to."""
        question, timeline = self.waiting[method], story.timeline
        options = [(option.code, option.value) for option in question.options]
        outcome = waiting_outcome(
            method, timeline.attempts, options=options, calendar=NORWAY, now=timeline.submitted_at
        )
        return question.code, outcome.option or ""


def _enrolments(earlier: Earlier) -> Iterator[Row]:
    for row in earlier.cast.participants:
        head = row["participant"], row["name"], row["award_class"]
        yield (*head, earlier.shape.contacts, row["package"])


def _questions(battery: Battery) -> Iterator[Row]:
    for item in battery.questions:
        methods = " ".join(item.methods)
        yield item.code, item.area, item.kind, methods, item.position, item.text_nb, item.text_en


def _options(battery: Battery) -> Iterator[Row]:
    for item in battery.questions:
        for option in item.options:
            labels = option.label_nb, option.label_en
            yield item.code, option.code, *labels, option.points, WRITTEN[option.not_applicable], option.value


def _time(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(OSLO).isoformat()
