"""What managers and administrators fill in about a participant."""

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from participants.models import Package
from participants.season_forms import DateField


class EnrolmentForm(forms.Form):
    """What may change about a participant in a season."""

    package = forms.ChoiceField(
        label=gettext_lazy("Package"),
        choices=Package.choices,
        help_text=gettext_lazy("What the participant bought, and so may see."),
    )
    contact_name = forms.CharField(label=gettext_lazy("Contact person"), max_length=150, required=False)
    contact_email = forms.EmailField(label=gettext_lazy("Contact person’s e-mail"), required=False)
    employees_informed_on = DateField(
        label=gettext_lazy("Employees informed on"),
        required=False,
        help_text=gettext_lazy("The day on which the participant told its employees about the survey."),
    )
    extra_help = forms.CharField(
        label=gettext_lazy("What counts as additional information here"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Observers read it beside the question on additional information and other solutions."),
    )

    def clean_employees_informed_on(self) -> object:
        """Refuse a day that has not come."""
        day = self.cleaned_data["employees_informed_on"]
        if day is not None and day > localdate():
            raise forms.ValidationError(_("This day has not come yet. Write the day on which they were informed."))
        return day


class RepresentativeForm(forms.Form):
    """A person who is to see what a participant bought."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("Without an account the person is invited; with one, the participant is added to it."),
    )
