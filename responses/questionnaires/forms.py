"""What is filled in about questionnaires."""

from django import forms
from django.utils.translation import gettext_lazy as _

from responses.questionnaires.battery import available_batteries


class InstallForm(forms.Form):
    """Which of the questionnaires that are kept ready a season is given."""

    battery = forms.ChoiceField(
        label=_("Questionnaire"), choices=lambda: [(code, code) for code in available_batteries()]
    )
