"""What managers and observers fill in about assignments."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assignments.filters import week_choices
from assignments.models import RolePlay
from participants.models import ContactMethod, Enrolment, Season


class NewContactForm(forms.Form):
    """One contact that is planned by hand."""

    enrolment = forms.ModelChoiceField(
        Enrolment.objects.none(), label=_("Participant"), empty_label=_("Choose a participant")
    )
    method = forms.ChoiceField(
        label=_("Contact method"),
        choices=ContactMethod.choices,
        help_text=_("The participant must have a contact channel for it."),
    )
    week = forms.ChoiceField(label=_("Week"))
    role_play = forms.ModelChoiceField(
        RolePlay.objects.none(),
        label=_("Role-play"),
        required=False,
        empty_label=_("The one of the participant’s class"),
    )

    def __init__(self, *args: Any, season: Season, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        enrolments = season.enrolments.select_related("participant").order_by("participant__name")
        role_plays = season.role_plays.select_related("award_class").order_by("award_class__name", "code")
        self._set("enrolment", enrolments, lambda enrolment: enrolment.participant.name)
        self._set("role_play", role_plays, lambda play: f"{play.award_class.name}: {play.title}")
        week = self.fields["week"]
        if isinstance(week, forms.ChoiceField):
            week.choices = week_choices(season)

    def _set(self, name: str, rows: Any, words: Any) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = rows
            field.label_from_instance = words  # type: ignore[method-assign]  # as the framework advises
