"""What observers fill in about weeks and relations."""

from django import forms
from django.utils.translation import gettext_lazy as _

from observers.applications.models import RelationKind


class WeekForm(forms.Form):
    """Another week for a contact; whether it is possible is for the service to say."""

    week = forms.CharField(max_length=8)
    reason = forms.CharField(
        label=_("Why?"),
        required=False,
        max_length=300,
        help_text=_("Only if you like to. Your project manager reads it."),
    )


class RelationForm(forms.Form):
    """How an observer is tied to a participant."""

    tie = forms.ChoiceField(
        label=_("How are you tied to them?"),
        choices=RelationKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how you are tied to the participant.")},
    )
