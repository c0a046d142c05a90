"""What the queue of reports can be narrowed to and sorted by; all of it stands in the address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.db.models import F, Q
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from participants.models import ContactMethod, Season
from responses.deadlines import DUE, LATE, MOST_AGES, ReviewClock
from responses.models import SurveyResponse, SurveyResponseQuerySet
from responses.selectors.queue import QueueCounts, SeasonShape, shape_of, within
from responses.workflow import ReportState

WAITING, RESUBMITTED, ALL = "waiting", "resubmitted", "all"
STATES = [
    (WAITING, gettext_lazy("Waiting")),
    (RESUBMITTED, gettext_lazy("Submitted again")),
    (ReportState.RETURNED.value, gettext_lazy("Returned")),
    (ReportState.APPROVED.value, gettext_lazy("Approved")),
    (ReportState.REJECTED.value, gettext_lazy("Rejected")),
    (ALL, gettext_lazy("All that were submitted")),
]
HEADINGS = {
    WAITING: gettext_lazy("Reports to read"),
    RESUBMITTED: gettext_lazy("Reports submitted again"),
    ReportState.RETURNED.value: gettext_lazy("Returned reports"),
    ReportState.APPROVED.value: gettext_lazy("Approved reports"),
    ReportState.REJECTED.value: gettext_lazy("Rejected reports"),
    ALL: gettext_lazy("All submitted reports"),
}
IN_STATE: dict[str, Q] = {
    WAITING: Q(state=ReportState.SUBMITTED),
    RESUBMITTED: Q(state=ReportState.SUBMITTED, submitted_at__gt=F("first_submitted_at")),
    ReportState.RETURNED.value: Q(state=ReportState.RETURNED),
    ReportState.APPROVED.value: Q(state=ReportState.APPROVED),
    ReportState.REJECTED.value: Q(state=ReportState.REJECTED),
    ALL: Q(submitted_at__isnull=False),
}
OLDEST, NEWEST, DECIDED = "oldest", "newest", "decided"
ORDERS = {
    OLDEST: ("submitted_at", "pk"),
    NEWEST: ("-submitted_at", "-pk"),
    DECIDED: ("-reviewed_at", "-pk"),
}
SORTS = [
    (OLDEST, gettext_lazy("Oldest first")),
    (NEWEST, gettext_lazy("Newest first")),
    (DECIDED, gettext_lazy("Last decided first")),
]
AGES = [(name, name) for name in (LATE, DUE, *map(str, range(MOST_AGES)))]
SELECTED = mark_safe(" selected")
DECIDED_STATES = frozenset({ReportState.RETURNED.value, ReportState.APPROVED.value, ReportState.REJECTED.value})


@dataclass(frozen=True, slots=True)
class Control:
    """One choice that narrows the queue, as the page draws it."""

    name: str
    label: str
    chosen: str
    choices: Sequence[tuple[str, str]]

    @property
    def options(self) -> SafeString:
        """The choices as the control holds them; there may be hundreds, so they are not left to the template."""
        rows = ((value, SELECTED if value == self.chosen else "", label) for value, label in self.choices)
        return format_html_join("", '<option value="{}"{}>{}</option>', rows)


class QueueFilter(django_filters.FilterSet):
    """Narrows a season's reports by state, class, method, observer, age and a search, but by nothing it cannot read."""

    state = django_filters.ChoiceFilter(choices=STATES, method="unchanged")
    q = django_filters.CharFilter(method="search", max_length=100)
    award_class = django_filters.CharFilter(method="in_class", max_length=9)
    method = django_filters.ChoiceFilter(choices=ContactMethod.choices)
    observer = django_filters.UUIDFilter(field_name="observer__public_id")
    age = django_filters.ChoiceFilter(choices=AGES, method="of_age")
    sort = django_filters.ChoiceFilter(choices=SORTS, method="unchanged")

    class Meta:
        model = SurveyResponse
        fields: tuple[str, ...] = ()

    def __init__(
        self,
        data: Any,
        *,
        season: Season,
        queryset: SurveyResponseQuerySet,
        clock: ReviewClock,
        shape: SeasonShape | None = None,
    ) -> None:
        self.season, self.clock, self.shape = season, clock, shape
        super().__init__(data, queryset=queryset.filter(season=season))

    def filter_queryset(self, queryset: SurveyResponseQuerySet) -> SurveyResponseQuerySet:
        """Return the reports in the chosen state, waiting ones unless another was chosen, narrowed by the rest."""
        narrowed: SurveyResponseQuerySet = super().filter_queryset(queryset.filter(IN_STATE[self.chosen_state]))
        return narrowed

    def unchanged(self, queryset: SurveyResponseQuerySet, _name: str, _value: str) -> SurveyResponseQuerySet:
        """Return the reports as they are: what was chosen takes effect elsewhere."""
        return queryset

    def in_class(self, queryset: SurveyResponseQuerySet, _name: str, value: str) -> SurveyResponseQuerySet:
        """Return the reports about participants of the class."""
        return queryset.filter(enrolment__award_class=int(value)) if value.isdecimal() else queryset

    def search(self, queryset: SurveyResponseQuerySet, _name: str, value: str) -> SurveyResponseQuerySet:
        """Return the reports of participants whose name has the text, and those whose number has it."""
        shape = self.shape or shape_of(self.season)
        found = Q(enrolment__in=shape.enrolments_named(value))
        if any(character.isdigit() for character in value):
            found |= Q(code__icontains=value)
        return queryset.filter(found)

    def of_age(self, queryset: SurveyResponseQuerySet, _name: str, value: str) -> SurveyResponseQuerySet:
        """Return the reports that were submitted so many working days ago, or are late or due."""
        span = self.clock.spans.get(value)
        return queryset.filter(within(span)) if span else queryset

    @cached_property
    def chosen(self) -> dict[str, str]:
        """What was chosen and could be read, as it stands in the address."""
        self.form.full_clean()
        return {name: str(value) for name, value in self.form.cleaned_data.items() if value}

    @property
    def chosen_state(self) -> str:
        """Which state is shown."""
        return self.chosen.get("state", WAITING)

    @property
    def order(self) -> tuple[str, ...]:
        """How the reports are sorted; by decision only where all have one."""
        sort = self.chosen.get("sort", OLDEST)
        return ORDERS[OLDEST if sort == DECIDED and self.chosen_state not in DECIDED_STATES else sort]

    @property
    def is_narrowed(self) -> bool:
        """Something is left out beside the reports in other states."""
        return bool(self.chosen.keys() - {"state", "sort"})

    @property
    def is_changed(self) -> bool:
        """The reports are others than all those that wait."""
        return bool(self.chosen.keys() - {"sort"})

    @property
    def shows_waiting(self) -> bool:
        """All that is shown waits to be read."""
        return self.chosen_state in {WAITING, RESUBMITTED}

    @property
    def heading(self) -> str:
        """What the list is called."""
        return str(HEADINGS[self.chosen_state])

    @property
    def chosen_count(self) -> int:
        """How many choices have been made, the search aside."""
        return len(self.chosen.keys() - {"q"})

    @property
    def query(self) -> str:
        """The choices as the end of an address."""
        return urlencode(self.chosen)

    def controls(
        self, *, seasons: Sequence[Season], classes: Sequence[tuple[str, str]], observers: Sequence[tuple[str, str]]
    ) -> list[Control]:
        """Return the choices as the page draws them; the season only where there are several."""
        years = [Control("season", _("Season"), self.season.code, [(one.code, one.name) for one in seasons])]
        sorts = SORTS if self.chosen_state in DECIDED_STATES else SORTS[:2]
        rows: list[tuple[str, str, Sequence[tuple[str, Any]]]] = [
            ("state", _("State"), [("" if value == WAITING else value, label) for value, label in STATES]),
            ("award_class", _("Class"), [("", _("All classes")), *classes]),
            ("method", _("Contact method"), [("", _("All methods")), *ContactMethod.choices]),
            ("observer", _("Observer"), [("", _("All observers")), *observers]),
            ("age", _("Waiting since"), [("", _("Any time")), *self._ages()]),
            ("sort", _("Sorting"), [("" if value == OLDEST else value, label) for value, label in sorts]),
        ]
        others = [Control(name, label, self.chosen.get(name, ""), choices) for name, label, choices in rows]
        return [*years, *others] if len(seasons) > 1 else others

    def _ages(self) -> list[tuple[str, str]]:
        return [(name, part_name(name, self.clock)) for name in self.clock.spans]


@dataclass(frozen=True, slots=True)
class AgeBar:
    """One age of the waiting reports, with how long its bar is."""

    name: str
    label: str
    count: int
    width: str
    is_late: bool


def age_bars(counts: QueueCounts, clock: ReviewClock) -> list[AgeBar]:
    """Return the ages of the waiting reports, the youngest first, the late ones last."""
    most = max((part.count for part in counts.parts), default=0) or 1
    ages = sorted(counts.parts, key=lambda part: (part.name == LATE, part.name == DUE, part.name))
    return [
        AgeBar(part.name, part_name(part.name, clock), part.count, f"{part.count / most:.1%}", part.name == LATE)
        for part in ages
    ]


def part_name(name: str, clock: ReviewClock) -> str:
    """Return what a part of the waiting reports is called."""
    fixed: dict[str, Callable[[], str]] = {
        LATE: lambda: _("Past the deadline"),
        DUE: lambda: _("Deadline today"),
        "0": lambda: _("Less than 1 working day"),
    }
    if name in fixed:
        return fixed[name]()
    days = int(name)
    if name == clock.oldest_age and clock.working_days > days + 1:
        return _("%(days)s working days or more") % {"days": days}
    return ngettext("%(days)s working day", "%(days)s working days", days) % {"days": days}
