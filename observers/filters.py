"""How observers are narrowed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import F, FloatField, Q, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet

from ksp.accounts.models import User
from observers.models import Observer, ObserverQuerySet
from observers.selectors import counties_of
from participants.models import ContactMethod

NEW = "new"
GOOD, LOW = "80", "60"


class ObserverFilter(FilterSet):
    """Observers by name, contact method, county, score and whether they are active."""

    q = CharFilter(method="search", label=_("Name, id or e-mail"), widget=forms.SearchInput)
    method = ChoiceFilter(
        method="uses_method",
        label=_("Contact method"),
        empty_label=_("All contact methods"),
        choices=ContactMethod.choices,
    )
    county = ChoiceFilter(label=_("County"), empty_label=_("All counties"))
    score = ChoiceFilter(
        method="scores",
        label=_("Score"),
        empty_label=_("All scores"),
        choices=[(GOOD, _("80 or more")), (LOW, _("Below 60")), (NEW, _("New, no score"))],
    )
    active = ChoiceFilter(
        method="is_in_use",
        label=_("Active"),
        empty_label=_("Yes and no"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
    )

    class Meta:
        model = Observer
        fields: Sequence[str] = ()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["county"].extra["choices"] = [(county, county) for county in counties_of(user)]

    def search(self, rows: ObserverQuerySet, _name: str, text: str) -> ObserverQuerySet:
        """Keep those whose name, id or address has every word."""
        for word in text.split()[:6]:
            rows = rows.filter(
                Q(first_name__icontains=word)
                | Q(last_name__icontains=word)
                | Q(code__iexact=word)
                | Q(email__icontains=word)
            )
        return rows

    def uses_method(self, rows: ObserverQuerySet, _name: str, method: str) -> ObserverQuerySet:
        """Keep those who contact by this method."""
        return rows.annotate(written=Cast("methods", TextField())).filter(written__contains=f'"{method}"')

    def scores(self, rows: ObserverQuerySet, _name: str, choice: str) -> ObserverQuerySet:
        """Keep those with a high score, a low one, or none yet."""
        known = Coalesce(F("internal_score"), F("carried_score"))
        if choice == NEW:
            return rows.filter(internal_score=None, carried_score=None)
        limit = Value(float(choice), output_field=FloatField())
        return rows.filter(GreaterThanOrEqual(known, limit) if choice == GOOD else LessThan(known, limit))

    def is_in_use(self, rows: ObserverQuerySet, _name: str, answer: str) -> ObserverQuerySet:
        """Keep the active observers, or the others."""
        return rows.filter(is_active=answer == "yes")
