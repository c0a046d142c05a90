"""Reads the parts of a season's stored statistics that the pages of one participant show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Func, OuterRef, Subquery, Value
from django.db.models.sql.compiler import SQLCompiler

from participants.models import Enrolment
from scoring.models import EnrolmentStatistics, SeasonStatistics
from scoring.season_statistics import converter, decoded
from scoring.statistics.drivers import Drivers
from scoring.statistics.figures import EnrolmentFigures, Estimate, SinceEarlier


class StoredPart(Func):
    """What lies under these keys in a JSON column, also where a key is a number; nothing where there is none."""

    function = "jsonb_extract_path"
    output_field = models.JSONField()

    def __init__(self, column: str, *keys: str) -> None:
        super().__init__(F(column), *map(Value, keys))
        self.keys = keys

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any) -> tuple[str, Any]:
        """Say the same to SQLite, which takes the keys as one path."""
        path = "$" + "".join(f'."{key}"' for key in self.keys)
        whole = self.copy()
        whole.set_source_expressions([self.get_source_expressions()[0], Value(path)])
        return super(StoredPart, whole).as_sql(compiler, connection, function="JSON_EXTRACT")


@dataclass(frozen=True)
class NearFigures:
    """A participant's own figures, and how certain the means are that they are compared with.

    ``class_since`` is how the class changed since the earlier season. Everything is empty while nothing is computed.
    """

    own: EnrolmentFigures = field(default_factory=EnrolmentFigures)
    award_class: Mapping[str, Estimate] = field(default_factory=dict)
    season: Mapping[str, Estimate] = field(default_factory=dict)
    class_since: SinceEarlier | None = None


@dataclass(frozen=True)
class NearDrivers:
    """What satisfaction goes with, by outcome: in the whole season, and in one class (areas alone)."""

    season: Mapping[str, Drivers] = field(default_factory=dict)
    award_class: Mapping[str, Drivers] = field(default_factory=dict)


def near_figures(enrolment: Enrolment) -> NearFigures:
    """Return the stored figures of a participant with the estimates of its class and season: one query."""
    award_class = str(enrolment.award_class_id)
    own = EnrolmentStatistics.objects.filter(enrolment=enrolment, season=OuterRef("season"))
    found = _parts(
        enrolment,
        Subquery(own.values("figures")[:1]),
        StoredPart("figures", "classes", award_class, "estimates"),
        StoredPart("figures", "season", "estimates"),
        StoredPart("figures", "classes", award_class, "since"),
    )
    if found is None:
        return NearFigures()
    figures, of_class, of_season, class_since = found
    return NearFigures(
        own=EnrolmentFigures() if figures is None else decoded(figures),
        award_class=converter.structure(of_class or {}, dict[str, Estimate]),
        season=converter.structure(of_season or {}, dict[str, Estimate]),
        class_since=converter.structure(class_since, SinceEarlier) if class_since else None,
    )


def near_drivers(enrolment: Enrolment) -> NearDrivers:
    """Return what satisfaction goes with in a participant's season and class: one query."""
    found = _parts(
        enrolment,
        StoredPart("figures", "season", "drivers"),
        StoredPart("figures", "classes", str(enrolment.award_class_id), "drivers"),
    )
    if found is None:
        return NearDrivers()
    of_season, of_class = found
    return NearDrivers(
        season=converter.structure(of_season or {}, dict[str, Drivers]),
        award_class=converter.structure(of_class or {}, dict[str, Drivers]),
    )


def _parts(enrolment: Enrolment, *parts: Func | Subquery) -> tuple[Any, ...] | None:
    return SeasonStatistics.objects.filter(season=enrolment.season_id).values_list(*parts).first()
