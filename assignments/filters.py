"""How lists of assignments are narrowed."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.forms import HiddenInput, SearchInput
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet, UUIDFilter

from assignments.models import Assignment, AssignmentQuerySet
from assignments.workflow import AssignmentState
from ksp.lib.formatting import iso_week
from ksp.lib.weeks import IsoWeek
from participants.models import ContactMethod, Season

UNASSIGNED = "unassigned"
HANDED_OUT_FIRST = Case(
    When(state=AssignmentState.PLANNED, observer=None, then=Value(0)),
    When(state=AssignmentState.PLANNED, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


class AssignmentFilter(FilterSet):
    """One season's assignments by who, when, how and where they stand: those without an observer first."""

    season = ChoiceFilter(field_name="season__code", label=_("Season"), empty_label=None)
    q = CharFilter(method="search", label=_("Number, participant or observer"), widget=SearchInput)
    week = ChoiceFilter(label=_("Week"), empty_label=_("All weeks"))
    award_class = ChoiceFilter(field_name="enrolment__award_class", label=_("Class"), empty_label=_("All classes"))
    method = ChoiceFilter(
        label=_("Contact method"), empty_label=_("All contact methods"), choices=ContactMethod.choices
    )
    state = ChoiceFilter(
        method="in_state",
        label=_("State"),
        empty_label=_("All states"),
        choices=[(UNASSIGNED, _("Without an observer")), *AssignmentState.choices],
    )
    observer = UUIDFilter(field_name="observer__public_id", label=_("Observer"), widget=HiddenInput)
    participant = UUIDFilter(field_name="participant__public_id", label=_("Participant"), widget=HiddenInput)

    class Meta:
        model = Assignment
        fields: Sequence[str] = ()

    def __init__(self, *args: Any, season: Season, seasons: Sequence[Season], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["season"].extra["choices"] = [(one.code, one.name) for one in seasons]
        self.filters["week"].extra["choices"] = week_choices(season)
        classes = season.classes.values_list("pk", "name")
        self.filters["award_class"].extra["choices"] = [(str(key), name) for key, name in classes]

    def search(self, rows: AssignmentQuerySet, _name: str, text: str) -> AssignmentQuerySet:
        """Keep those whose number, participant or observer has every word."""
        for word in text.split()[:6]:
            rows = rows.filter(
                Q(code__icontains=word)
                | Q(participant__name__icontains=word)
                | Q(observer__first_name__icontains=word)
                | Q(observer__last_name__icontains=word)
            )
        return rows

    def in_state(self, rows: AssignmentQuerySet, _name: str, state: str) -> AssignmentQuerySet:
        """Keep those in one state, or those that nobody has been found for."""
        if state == UNASSIGNED:
            return rows.filter(state=AssignmentState.PLANNED, observer=None)
        return rows.filter(state=state)


def week_choices(season: Season) -> list[tuple[str, str]]:
    """Return the weeks of a season, as values and as words."""
    weeks = IsoWeek.range(IsoWeek.of(season.starts_on), IsoWeek.of(season.ends_on))
    return [(str(week), iso_week(week)) for week in weeks]
