"""Reads the versions of published results, and what moved between them, as each reader may see it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from ksp.accounts.models import User
from participants.models import Season
from reports.models import Publication, PublicationCheck, published_seasons
from responses.questionnaires.selectors import Questionnaire, questionnaire_of
from scoring.engine.battery import AGENT
from scoring.engine.ranks import BEST_IN_TEST, BEST_ON_METHOD
from scoring.engine.sister import BEST_OF_BOTH
from scoring.rule_words import method_names, scored_areas
from scoring.visibility import Reader

PLACES = frozenset({"rank_class", "rank_overall", "combined.place"})
# What stands in the result list; the other areas are bought.
PUBLIC = PLACES | {"total", "answered_score", f"areas.{AGENT}.score", "combined.mean"}
Told = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """One number that moved."""

    label: str
    old: float | None
    new: float | None
    is_place: bool


@dataclass(frozen=True)
class Moved:
    """What moved of one participant."""

    name: str
    award_class: str
    lines: Sequence[Line]

    @property
    def is_passed_only(self) -> bool:
        """Its own numbers stand; others have moved past."""
        return all(line.is_place for line in self.lines)


@dataclass(frozen=True)
class AwardMoved:
    """An award that others have now."""

    award: str
    old: Sequence[str]
    new: Sequence[str]


@dataclass(frozen=True)
class CorrectedAnswer:
    """One answer that was corrected, in words."""

    question: str
    old: str
    new: str


@dataclass(frozen=True)
class CorrectedContact:
    """A contact with the answers that were corrected for the same reason."""

    contact: str
    participant: str
    reason: str
    answers: Sequence[CorrectedAnswer]


@dataclass(frozen=True)
class Version:
    """One version with what it changed; corrections and differences only for who may read them."""

    publication: Publication
    is_latest: bool
    moved: Sequence[Moved]
    awards: Sequence[AwardMoved]
    corrected: int
    approved: Sequence[str]
    corrections: Sequence[CorrectedContact]
    check: PublicationCheck | None

    @property
    def key(self) -> str:
        """What the version is found by on its page."""
        return f"version-{self.publication.version}"

    @property
    def moved_own(self) -> list[Moved]:
        """The participants whose own numbers moved."""
        return [one for one in self.moved if not one.is_passed_only]

    @property
    def moved_past(self) -> list[Moved]:
        """The participants who have another place because others moved."""
        return [one for one in self.moved if one.is_passed_only]

    @property
    def contacts(self) -> int:
        """How many reports were approved after publication."""
        return len(self.approved)


def public_seasons(user: User | AnonymousUser) -> list[Season]:
    """Return the published seasons, the newest first: of the person's own organiser, or of all for who is nobody."""
    found = published_seasons()
    return list(found.filter(organiser=user.organiser_id) if isinstance(user, User) else found)


def publication_of(season: Season, *, version: int | None = None) -> Publication:
    """Return that version with its results, or the latest; raise ``Publication.DoesNotExist`` if there is none."""
    rows = season.publications.defer("rests_on", "changes").select_related("last_check").order_by("-version")
    found = rows.filter(version=version).first() if version is not None else rows.first()
    if found is None:
        raise Publication.DoesNotExist
    found.season = season
    return found


def latest_version(season: Season) -> int | None:
    """Return the number of the version that counts."""
    return season.publications.order_by("-version").values_list("version", flat=True).first()


def check_of(publication: Publication) -> PublicationCheck | None:
    """Return what the last check of the version found, if it has been checked."""
    return getattr(publication, "last_check", None)


def reads_corrections(reader: Reader, season: Season) -> bool:
    """Whether the person may see which answers were corrected, and why."""
    return isinstance(reader, User) and reader.has_perm("reports.read_corrections", season)


def versions_of(season: Season, *, reader: Reader) -> list[Version]:
    """Return every version, the latest first, with what each changed: one query beside the questionnaire."""
    rows = season.publications.defer("results", "rests_on").select_related("published_by", "last_check")
    words = _Words(season, sees_all=reads_corrections(reader, season))
    found = list(rows.order_by("-version"))
    return [words.version(row, is_latest=place == 0) for place, row in enumerate(found)]


class _Words:
    """Puts what a version keeps of its changes into words, for one reader."""

    def __init__(self, season: Season, *, sees_all: bool) -> None:
        self._season, self._sees_all = season, sees_all
        self._areas = scored_areas(season)
        areas = (f"areas.{code}.score" for code in self._areas)
        shown = ("total", "answered_score", *areas, "rank_class", "rank_overall", "combined.mean", "combined.place")
        self._order = {field: place for place, field in enumerate(shown)}

    def version(self, row: Publication, *, is_latest: bool) -> Version:
        kinds = Counter(change["kind"] for change in row.changes)
        moved = [self._moved(change) for change in row.changes if change["kind"] == "result"]
        corrections = [change for change in row.changes if change["kind"] == "correction"]
        return Version(
            publication=row,
            is_latest=is_latest,
            moved=[one for one in moved if one.lines],
            awards=[self._award(change) for change in row.changes if change["kind"] == "award"],
            corrected=len({change["contact"] for change in corrections}),
            approved=[change["contact"] for change in row.changes if change["kind"] == "approval"],
            corrections=self._corrections(corrections) if self._sees_all and kinds["correction"] else [],
            check=check_of(row) if self._sees_all else None,
        )

    def _moved(self, change: Told) -> Moved:
        told = sorted(change["lines"], key=lambda line: self._order.get(line[0], len(self._order)))
        lines = [self._line(change, *line) for line in told if self._sees_all or line[0] in PUBLIC]
        return Moved(
            name=change["name"],
            award_class=change["award_class"],
            lines=[line for line in lines if line.old is not None or line.new is not None],
        )

    def _line(self, change: Told, field: str, old: float | None, new: float | None) -> Line:
        """Return the line; what had no place was not public, nor is it now."""
        was_ranked, is_ranked = change["ranked"]
        return Line(
            label=self._label(field),
            old=old if self._sees_all or was_ranked else None,
            new=new if self._sees_all or is_ranked else None,
            is_place=field in PLACES,
        )

    def _label(self, field: str) -> str:
        labels = {
            "total": _("Total result"),
            "answered_score": _("Answered score"),
            "rank_class": _("Place in the class"),
            "rank_overall": _("Place among all"),
            "combined.mean": _("Mean of KSP and NBK"),
            "combined.place": _("Place by the mean of KSP and NBK"),
        }
        return labels.get(field) or self._areas.get(field.split(".")[1], field)

    def _award(self, change: Told) -> AwardMoved:
        return AwardMoved(_award_words(change), change["old"], change["new"])

    def _corrections(self, corrections: Iterable[Told]) -> list[CorrectedContact]:
        questionnaire = questionnaire_of(self._season)
        alike = groupby(corrections, key=itemgetter("contact", "name", "reason"))
        return [
            CorrectedContact(contact, participant, reason, [_answer(questionnaire, one) for one in own])
            for (contact, participant, reason), own in alike
        ]


def _answer(questionnaire: Questionnaire, change: Told) -> CorrectedAnswer:
    asked = questionnaire.by_code[change["question"]]
    old, new = (asked.option_by_code[code].label if code else _("No answer") for code in (change["old"], change["new"]))
    return CorrectedAnswer(asked.question.text, old, new)


def _award_words(change: Told) -> str:
    if change["award"] == BEST_IN_TEST:
        return _("Best in test")
    if change["award"] == BEST_OF_BOTH:
        return _("Norway’s best customer centre")
    if change["award"] == BEST_ON_METHOD:
        return _("Best on %(method)s") % {"method": method_names([change["method"]])[0]}
    return _("Class winner, %(award_class)s") % {"award_class": change["award_class"]}
