"""Compares stored scores with computed ones, to the last byte, and names every field that differs."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ksp.lib.copying import Value
from participants.models import Season
from responses.models import SurveyResponse
from scoring.computing import SCORE_COLUMNS, SUMMARY_COLUMNS, ComputedSeason
from scoring.engine.layout import STORED, Layout
from scoring.models import ResponseScore, Scope, ScoreSummary
from scoring.store import stored_records

Row = Sequence[Value]
Key = tuple[Value, ...]
# The columns of a summary that tell whose it is.
KEY = slice(SUMMARY_COLUMNS.index("scope"), SUMMARY_COLUMNS.index("method") + 1)
# A row too few, a row too many, a season that cannot be computed at all.
MISSING, EXTRA, FAILED = "missing", "extra", "failed"
PLACES = {"rank_class", "rank_overall"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One number that is not stored as it is computed, or one row too few or too many.

    ``whose`` is a participant's id, a class's name or nothing for the season; ``report`` is the code of a report, or
    empty for a summary, which is on one ``method`` or (empty) on all. ``field`` is a column, a figure inside it, or
    what is wrong with the whole row.
    """

    scope: str
    whose: str
    report: str
    method: str
    field: str
    stored: str
    computed: str

    def to_dict(self) -> dict[str, str]:
        """The difference as JSON can hold it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many stored and computed rows were compared, and what differs."""

    reports: int
    summaries: int
    differences: Sequence[Difference]


@dataclass(frozen=True)
class Names:
    """What participants and classes are called in a difference, and which of them are passed over."""

    code_of: Mapping[int, str]
    class_name: Mapping[int, str]
    class_of: Mapping[int, int]
    owed: Collection[int]

    @classmethod
    def of(cls, season: Season, owed: Collection[int]) -> "Names":
        """Read them: one query."""
        rows = list(season.enrolments.values_list("pk", "participant__code", "award_class_id", "award_class__name"))
        return cls(
            code_of={row[0]: row[1] for row in rows},
            class_name={row[2]: row[3] for row in rows},
            class_of={row[0]: row[2] for row in rows},
            owed=owed,
        )

    @cached_property
    def owed_classes(self) -> set[int]:
        """The classes that a participant is passed over in."""
        return {self.class_of[key] for key in self.owed if key in self.class_of}


def compare(season: Season, computed: ComputedSeason, *, owed: Collection[int]) -> Comparison:
    """Return how the stored scores of the season differ from these; nothing is said of what is owed.

    A participant whose scores are owed is passed over, with its class's and the season's summaries and every place
    that it may move.
    """
    names = Names.of(season, owed)
    reports, in_reports = _compare_reports(season, computed, names)
    summaries, in_summaries = _compare_summaries(season, computed, names)
    return Comparison(reports, summaries, [*in_reports, *in_summaries])


# Reports


def _compare_reports(season: Season, computed: ComputedSeason, names: Names) -> tuple[int, list[Difference]]:
    fresh = computed.records()
    rows = ResponseScore.objects.filter(season=season).exclude(response__enrolment__in=names.owed)
    stored = stored_records(rows, fresh.dtype)
    if names.owed:
        fresh = fresh[~np.isin(computed.reports.enrolment, list(names.owed))]
    first, second = _by_report(stored), _by_report(fresh)
    unlike = sorted(key for key in first.keys() | second.keys() if first.get(key) != second.get(key))
    rows_of = SurveyResponse.objects.filter(pk__in=unlike)
    found_codes = list(rows_of.values_list("pk", "code", "enrolment__participant__code"))
    codes, whose = {row[0]: row[1] for row in found_codes}, {row[0]: row[2] for row in found_codes}
    before = {int(record["response_id"]): record for record in stored}
    after = {int(record["response_id"]): record for record in fresh}
    found = [
        Difference(Scope.PARTICIPANT, whose.get(key, ""), codes.get(key, str(key)), "", field, old, new)
        for key in unlike
        for field, old, new in _unlike_fields(before.get(key), after.get(key), computed.book.battery.areas)
    ]
    return len(first.keys() | second.keys()), found


def _by_report(records: NDArray[np.void]) -> dict[int, bytes]:
    keys = records["response_id"].tolist()
    return dict(zip(keys, records.view(f"V{records.dtype.itemsize}").tolist(), strict=True))


def _unlike_fields(
    before: NDArray[np.void] | None, after: NDArray[np.void] | None, areas: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    if before is None or after is None:
        yield (EXTRA if after is None else MISSING, "", "")
        return
    for name in SCORE_COLUMNS:
        old, new = before[name], after[name]
        if old.tobytes() == new.tobytes():
            continue
        if name == "areas":
            yield from _unlike_areas(old.tobytes(), new.tobytes(), areas)
        else:
            yield name, repr(old.item()), repr(new.item())


def _unlike_areas(before: bytes, after: bytes, areas: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    old, new = (np.frombuffer(packed, "<i4").reshape(-1, 2).tolist() for packed in (before, after))
    for code, first, second in zip(areas, old, new, strict=True):
        if first != second:
            yield f"area.{code}", "/".join(map(str, first)), "/".join(map(str, second))


# Summaries


def _compare_summaries(season: Season, computed: ComputedSeason, names: Names) -> tuple[int, list[Difference]]:
    stored = {row[KEY]: row for row in ScoreSummary.objects.filter(season=season).values_list(*SUMMARY_COLUMNS)}
    fresh = {tuple(row)[KEY]: tuple(row) for row in computed.rows}
    keys = [key for key in stored.keys() | fresh.keys() if not _is_passed_over(key, names)]
    found = [
        _difference(key, field, names)
        for key in sorted(keys, key=repr)
        for field in _unlike_columns(stored.get(key), fresh.get(key), computed.book.layout)
        if not _may_move(key, field[0], names)
    ]
    return len(keys), found


def _is_passed_over(key: Key, names: Names) -> bool:
    """Whether a summary waits for what is owed: the participant's, its class's, the season's."""
    _scope, enrolment, award_class, _method = key
    if not names.owed:
        return False
    return enrolment in names.owed or award_class in names.owed_classes or (enrolment is None and award_class is None)


def _may_move(key: Key, field: str, names: Names) -> bool:
    """Whether it is a place that what is owed may yet move."""
    return bool(names.owed) and field in PLACES and key[0] == Scope.PARTICIPANT


def _difference(key: Key, unlike: tuple[str, str, str], names: Names) -> Difference:
    scope, enrolment, award_class, method = key
    whose = names.code_of.get(enrolment, "") if isinstance(enrolment, int) else ""
    if isinstance(award_class, int):
        whose = names.class_name.get(award_class, "")
    return Difference(str(scope), whose, "", str(method), *unlike)


def _unlike_columns(before: Row | None, after: Row | None, layout: Layout) -> Iterator[tuple[str, str, str]]:
    if before is None or after is None:
        yield (EXTRA if after is None else MISSING, "", "")
        return
    for name, old, new in zip(SUMMARY_COLUMNS, before, after, strict=True):
        if name == "vector":
            yield from _unlike_figures(_bytes(old), _bytes(new), layout)
        elif name == "sums":
            if _bytes(old) != _bytes(new):
                yield name, "", ""
        elif repr(old) != repr(new):
            yield name, repr(old), repr(new)


def _unlike_figures(before: bytes, after: bytes, layout: Layout) -> Iterator[tuple[str, str, str]]:
    if before == after:
        return
    if len(before) != len(after):
        yield "vector", str(len(before)), str(len(after))
        return
    old, new = np.frombuffer(before, STORED), np.frombuffer(after, STORED)
    names = names_of_numbers(layout)
    for place in np.flatnonzero(old.view(np.int64) != new.view(np.int64)).tolist():
        yield names[place], repr(float(old[place])), repr(float(new[place]))


def names_of_numbers(layout: Layout) -> list[str]:
    """Return what each number of a vector is called: ``total``, ``area.agent``, ``area.agent.n``, ``cx.nps``."""
    names = ["participants", "contacts", "answered"]
    names += [f"area.{code}.n" for code in layout.areas]
    names += [f"question.{code}.n" for code in layout.questions]
    names += [f"cx.{scale.code}.{step}" for scale in layout.scales for step in scale.steps]
    names += ["total", "answered_score", "waiting_all"]
    names += [f"area.{code}" for code in layout.areas]
    names += [f"question.{code}" for code in layout.questions]
    names += [f"cx.{scale.code}" for scale in layout.scales]
    return names


def _bytes(value: Any) -> bytes:
    return bytes(value)
