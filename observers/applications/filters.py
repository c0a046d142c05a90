"""How a season's applications are narrowed and sorted."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.db.models import F, Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet, NumberFilter

from ksp.lib.collation import norwegian
from ksp.lib.formatting import iso_week
from observers.applications.models import Application, ApplicationQuerySet
from observers.applications.periods import offered_weeks
from observers.applications.workflow import ApplicationState
from observers.demographics import AgeGroup, birth_years
from observers.models import Gender
from participants.models import ContactMethod, Season

NEW, KNOWN = "new", "known"
NEWEST: Final = "newest"
ORDERS: Final[Mapping[str, tuple[Any, ...]]] = {
    NEWEST: ("-submitted_at", "-pk"),
    "oldest": ("submitted_at", "pk"),
    "score": ("-score", "pk"),
    "capacity": ("-weekly_capacity", F("season_capacity").desc(nulls_first=True), "pk"),
    "name": (norwegian("observer__last_name"), norwegian("observer__first_name"), "pk"),
}
ORDER_NAMES: Final = {
    NEWEST: _("Newest first"),
    "oldest": _("Oldest first"),
    "score": _("Best score first"),
    "capacity": _("Most contacts a week first"),
    "name": _("By name"),
}


class ApplicationFilter(FilterSet):
    """One season's applications by who applies, what they offer, and where they stand."""

    q = CharFilter(method="search", label=_("Name or id"), widget=forms.SearchInput)
    state = ChoiceFilter(
        label=_("State"),
        empty_label=_("All states"),
        choices=[choice for choice in ApplicationState.choices if choice[0] != ApplicationState.DRAFT],
    )
    method = ChoiceFilter(
        method="offers_method", label=_("Contact method"), empty_label=_("All contact methods"), choices=ContactMethod
    )
    week = ChoiceFilter(method="offers_week", label=_("Week"), empty_label=_("All weeks"))
    county = ChoiceFilter(label=_("County"), empty_label=_("All counties"))
    gender = ChoiceFilter(
        field_name="observer__gender", label=_("Gender"), empty_label=_("All genders"), choices=Gender
    )
    age = ChoiceFilter(method="of_age", label=_("Age"), empty_label=_("All ages"), choices=AgeGroup)
    known = ChoiceFilter(
        method="is_known",
        label=_("Score"),
        empty_label=_("New and known"),
        choices=[(KNOWN, _("Known")), (NEW, _("New, no score"))],
    )
    least = NumberFilter(
        field_name="score",
        lookup_expr="gte",
        label=_("Score at least"),
        widget=forms.NumberInput(attrs={"min": 0, "max": 100}),
    )
    sort = ChoiceFilter(method="sorts", label=_("Sort"), empty_label=None, choices=list(ORDER_NAMES.items()))

    class Meta:
        model = Application
        fields: Sequence[str] = ()

    def __init__(self, *args: Any, season: Season, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.season = season
        self.filters["week"].extra["choices"] = [(one.week, iso_week(one.week)) for one in offered_weeks(season)]
        named = Application.objects.filter(season=season).exclude(county="").order_by("county")
        counties = named.values_list("county", flat=True).distinct()
        self.filters["county"].extra["choices"] = [(name, name) for name in counties]

    def search(self, rows: ApplicationQuerySet, _name: str, text: str) -> ApplicationQuerySet:
        """Keep those whose name or id has every word."""
        for word in text.split()[:6]:
            rows = rows.filter(
                Q(observer__first_name__icontains=word)
                | Q(observer__last_name__icontains=word)
                | Q(observer__code__iexact=word)
            )
        return rows

    def offers_method(self, rows: ApplicationQuerySet, _name: str, method: str) -> ApplicationQuerySet:
        """Keep those who contact by this method."""
        return rows.annotate(written_methods=Cast("methods", TextField())).filter(
            written_methods__contains=f'"{method}"'
        )

    def offers_week(self, rows: ApplicationQuerySet, _name: str, week: str) -> ApplicationQuerySet:
        """Keep those who can work in this week."""
        return rows.annotate(written_weeks=Cast("weeks", TextField())).filter(written_weeks__contains=f'"{week}"')

    def of_age(self, rows: ApplicationQuerySet, _name: str, group: str) -> ApplicationQuerySet:
        """Keep those in one age group."""
        return rows.filter(observer__birth_year__range=birth_years(group, year=self.season.starts_on.year))

    def is_known(self, rows: ApplicationQuerySet, _name: str, choice: str) -> ApplicationQuerySet:
        """Keep those with a score of their own, or the new ones."""
        new = Q(observer__internal_score=None, observer__carried_score=None)
        return rows.filter(new if choice == NEW else ~new)

    def sorts(self, rows: ApplicationQuerySet, _name: str, order: str) -> ApplicationQuerySet:
        """Put them in the order that was asked for."""
        return rows.order_by(*ORDERS[order])
