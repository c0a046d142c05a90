"""What lists about a season can be narrowed to."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from participants.models import Season
from reports.selectors.plan_map import Narrowed


class PlanMapForm(forms.Form):
    """Which participants the map shows."""

    season = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(required=False, label=_("Name or id"), widget=forms.SearchInput)
    award_class = forms.TypedChoiceField(required=False, label=_("Class"), coerce=int, empty_value=None)
    late = forms.ChoiceField(
        required=False, label=_("Contacts"), choices=[("", _("All participants")), ("yes", _("With missing contacts"))]
    )

    def __init__(self, *args: Any, season: Season, classes: list[tuple[int | str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.TypedChoiceField", self.fields["award_class"]).choices = [("", _("All classes")), *classes]
        self.data = {**self.data.dict(), "season": season.code} if hasattr(self.data, "dict") else self.data
        self.auto_id = "map_%s"

    def narrowed(self) -> Narrowed:
        """Return what was asked for; what cannot be is left out."""
        self.is_valid()
        asked = self.cleaned_data
        return Narrowed(asked.get("award_class"), asked.get("q", ""), asked.get("late") == "yes")


class FollowUpForm(forms.Form):
    """Which of the contacts that need somebody are shown."""

    season = forms.CharField(required=False, widget=forms.HiddenInput)
    kind = forms.CharField(required=False, widget=forms.HiddenInput)
    award_class = forms.TypedChoiceField(required=False, label=_("Class"), coerce=int, empty_value=None)
    q = forms.CharField(required=False, label=_("Participant or observer"), widget=forms.SearchInput)

    def __init__(self, *args: Any, classes: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.TypedChoiceField", self.fields["award_class"]).choices = [("", _("All classes")), *classes]

    def asked(self) -> dict[str, Any]:
        """Return what was asked for; what cannot be is left out."""
        self.is_valid()
        return self.cleaned_data
