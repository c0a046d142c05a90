"""How a season's participants are narrowed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet

from participants.models import ContactMethod, Enrolment, EnrolmentQuerySet, Package, Season


class EnrolmentFilter(FilterSet):
    """One season's participants by name, class, what they bought, and whether their employees are informed."""

    season = ChoiceFilter(field_name="season__code", label=_("Season"), empty_label=None)
    q = CharFilter(method="search", label=_("Name or id"), widget=forms.SearchInput)
    award_class = ChoiceFilter(label=_("Class"), empty_label=_("All classes"))
    package = ChoiceFilter(label=_("Package"), empty_label=_("All packages"), choices=Package.choices)
    method = ChoiceFilter(
        field_name="channels__method",
        label=_("Contact method"),
        empty_label=_("All contact methods"),
        choices=ContactMethod.choices,
    )
    informed = ChoiceFilter(
        method="is_informed",
        label=_("Employees informed"),
        empty_label=_("Yes and no"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
    )

    class Meta:
        model = Enrolment
        fields: Sequence[str] = ()

    def __init__(self, *args: Any, season: Season, seasons: Sequence[Season], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["season"].extra["choices"] = [(one.code, one.name) for one in seasons]
        classes = season.classes.values_list("pk", "name")
        self.filters["award_class"].extra["choices"] = [(str(key), name) for key, name in classes]

    def search(self, rows: EnrolmentQuerySet, _name: str, text: str) -> EnrolmentQuerySet:
        """Keep those whose name has every word, or whose id begins with it."""
        for word in text.split()[:6]:
            rows = rows.filter(Q(participant__name__icontains=word) | Q(participant__code__istartswith=word))
        return rows

    def is_informed(self, rows: EnrolmentQuerySet, _name: str, answer: str) -> EnrolmentQuerySet:
        """Keep those with a date for it, or those without."""
        return rows.filter(employees_informed_on__isnull=answer == "no")
