"""What a frozen version consists of: its canonical form, its fingerprint, and what differs between two results."""

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from math import isclose
from operator import itemgetter
from typing import Any

from django.conf import settings

from scoring.fingerprints import code_fingerprint

Results = Mapping[str, Any]
# Rounding may differ in the last bits between machines where these are concerned.
STATISTICS = frozenset(
    {
        "total_interval",
        "rank_class_interval",
        "rank_overall_interval",
        "probability_first",
        "combined.interval",
        "combined.probability_first",
    }
)
NEAR = 1e-9
# What names an owner is no result: a centre may take another name, years afterwards.
_NAMES = frozenset({"participant", "name"})
_OWNERS = {"participants": "participant", "classes": "award_class"}


@cache
def code_version() -> str:
    """Return the project's version with a fingerprint of the code that computes."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return f"{project['version']}+{code_fingerprint()}"


def canonical(content: Any) -> bytes:
    """Return the one way in which this is written, whatever database it comes from."""
    return json.dumps(
        _plain(content), sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":")
    ).encode()


def _plain(content: Any) -> Any:
    """Return the same with one zero only: a database may not keep the sign of it."""
    if isinstance(content, dict):
        return {name: _plain(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(value) for value in content]
    return content + 0.0 if isinstance(content, float) else content


def fingerprint_of(results: Results, *, answers: str, questionnaire: str, rules: str, code: str) -> str:
    """Return SHA-256 in hex over the results and what they follow from."""
    whole = {"results": results, "answers": answers, "questionnaire": questionnaire, "rules": rules, "code": code}
    return hashlib.sha256(canonical(whole)).hexdigest()


# What differs


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was frozen; ``owner`` is a participant's id, a class, the season or an award."""

    owner: str
    field: str
    frozen: Any
    computed: Any

    def __str__(self) -> str:
        return f"{self.owner} {self.field}: {self.frozen} → {self.computed}"

    def to_dict(self) -> dict[str, Any]:
        """The difference as JSON can hold it."""
        return {"owner": self.owner, "field": self.field, "frozen": self.frozen, "computed": self.computed}


def differences(frozen: Results, computed: Results, *, statistics: bool = True) -> list[Difference]:
    """Return every number, place and award that differs; equal means equal to the last bit.

    Intervals and probabilities are compared to nine digits, or left out without ``statistics``.
    """
    before, after = dict(_leaves(frozen)), dict(_leaves(computed))
    found = []
    for owner, field in sorted(before.keys() | after.keys()):
        is_statistic = field in STATISTICS
        old, new = before.get((owner, field)), after.get((owner, field))
        is_same = _near(old, new) if is_statistic else old == new
        if not is_same and (statistics or not is_statistic):
            found.append(Difference(owner, field, old, new))
    return found


def _near(old: Any, new: Any) -> bool:
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_near, old, new))
    if old is None or new is None:
        return old is new
    return isclose(old, new, rel_tol=NEAR, abs_tol=NEAR)


def _leaves(results: Results) -> Iterator[tuple[tuple[str, str], Any]]:
    """Yield every number with whose it is and what it is called."""
    for part, key in _OWNERS.items():
        for row in results[part]:
            rest = {name: value for name, value in row.items() if name not in _NAMES | {key}}
            yield from (((row[key], field), value) for field, value in _fields(rest))
            if part == "participants":
                yield (row[key], "award_class"), row["award_class"]
    yield from ((("season", field), value) for field, value in _fields(results["season_result"]))
    for row in results["combined"]:
        rest = {name: value for name, value in row.items() if name not in _NAMES}
        yield from (((row["participant"], field), value) for field, value in _fields(rest, "combined."))
    for award in results["awards"]:
        name = award_name(award)
        yield (name, award["participant"]), award["score"]
        yield (name, f"{award['participant']}.shared"), award["shared"]


def _fields(row: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, dict):
            yield from _fields(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def award_name(award: Mapping[str, Any]) -> str:
    """Name the award by its kind, and its class or contact method."""
    return " ".join(part for part in (award["award"], award["award_class"], award["method"]) if part)


# What is told of it

Change = dict[str, Any]
_TOLD = frozenset({"total", "answered_score", "rank_class", "rank_overall", "combined.mean", "combined.place"})


def moves(before: Results, after: Results) -> list[Change]:
    """Return what moved from one version to the next: totals, areas, places, and awards that changed hands."""
    rows = {row["participant"]: row for row in after["participants"]}
    ranked = {row["participant"]: row["ranked"] for row in before["participants"]}
    found: list[Change] = []
    for owner, own in groupby(differences(before, after, statistics=False), key=lambda one: one.owner):
        lines = [[one.field, one.frozen, one.computed] for one in own if _is_told(one.field)]
        if owner in rows and lines:
            row = rows[owner]
            found.append(
                {
                    "kind": "result",
                    "participant": owner,
                    "name": row["name"],
                    "award_class": row["award_class"],
                    "ranked": [ranked.get(owner, False), row["ranked"]],
                    "lines": lines,
                }
            )
    return [*found, *_awards_moved(before, after)]


def _is_told(field: str) -> bool:
    return field in _TOLD or (field.startswith("areas.") and field.endswith(".score"))


def _awards_moved(before: Results, after: Results) -> Iterator[Change]:
    """Yield the awards that other participants have now; an award moves also when it is shared with one more."""
    names = {row["participant"]: row["name"] for row in (*before["participants"], *after["participants"])}
    old, new = _holders(before), _holders(after)
    for key in sorted(old.keys() | new.keys()):
        if old.get(key, []) != new.get(key, []):
            award, award_class, method = key
            yield {
                "kind": "award",
                "award": award,
                "award_class": award_class or None,
                "method": method or None,
                "old": [names[code] for code in old.get(key, [])],
                "new": [names[code] for code in new.get(key, [])],
            }


def _holders(results: Results) -> dict[tuple[str, str, str], list[str]]:
    rows = sorted(
        (award["award"], award["award_class"] or "", award["method"] or "", award["participant"])
        for award in results["awards"]
    )
    return {key: [row[3] for row in own] for key, own in groupby(rows, key=itemgetter(0, 1, 2))}
