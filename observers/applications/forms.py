"""What observers and managers fill in about applications."""

from typing import Any, cast

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from ksp.lib.formatting import iso_week
from observers.applications.contents import Ties, Work
from observers.applications.models import RelationKind
from observers.applications.periods import OfferedWeek
from observers.demographics import COUNTIES
from participants.models import ContactMethod

MOST_A_WEEK, MOST_A_SEASON = 25, 500
MOST_LETTERS = 2000


class LaterChoice(forms.ChoiceField):
    """Asked for, but a draft can be kept without it."""

    def validate(self, value: Any) -> None:
        """Refuse what is no choice; nothing at all is told when the application is sent."""
        if value:
            super().validate(value)


class LaterChoices(forms.MultipleChoiceField):
    """Asked for, but a draft can be kept without any."""

    def validate(self, value: Any) -> None:
        """Refuse what is no choice; nothing at all is told when the application is sent."""
        if value:
            super().validate(value)


class WorkForm(forms.Form):
    """How, when and how much an observer can work."""

    use_required_attribute = False
    methods = LaterChoices(
        label=_("How can you contact?"), choices=ContactMethod.choices, widget=forms.CheckboxSelectMultiple
    )
    weeks = LaterChoices(label=_("Which weeks can you work?"), widget=forms.CheckboxSelectMultiple)
    weekly_capacity = forms.IntegerField(
        label=_("Contacts a week at most"),
        min_value=1,
        max_value=MOST_A_WEEK,
        help_text=_("A contact with its report takes about an hour."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "short"}),
        error_messages={"required": _("Say how many contacts you can take a week.")},
    )
    season_capacity = forms.IntegerField(
        label=_("Contacts in the whole season at most"),
        min_value=1,
        max_value=MOST_A_SEASON,
        required=False,
        help_text=_("Leave it empty if the weeks decide."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "short"}),
    )
    county = LaterChoice(label=_("Which county do you live in?"))
    about = forms.CharField(
        label=_("Is there something we should know?"),
        required=False,
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For example days that do not suit you, or languages you speak."),
    )

    def __init__(self, *args: Any, offered: list[OfferedWeek], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        weeks = cast("forms.MultipleChoiceField", self.fields["weeks"])
        weeks.choices = [(week.week, iso_week(week.week)) for week in offered]
        counties = cast("forms.ChoiceField", self.fields["county"])
        counties.choices = [("", _("Choose a county")), *((name, name) for name in COUNTIES)]

    @property
    def work(self) -> Work:
        """What was filled in."""
        return Work(**self.cleaned_data)


def read_ties(posted: MultiValueDict[str, str]) -> Ties:
    """Return whom the form says that the observer is tied to; what is no number was not chosen on the page."""
    tied = [int(key) for key in posted.getlist("tied") if key.isdecimal()]
    kinds = {key: posted.get(f"kind-{key}", "") for key in tied}
    return Ties(
        kinds={key: kind if kind in RelationKind.values else RelationKind.CUSTOMER for key, kind in kinds.items()},
        none_in=[int(key) for key in posted.getlist("none") if key.isdecimal()],
    )


class DecisionForm(forms.Form):
    """What a manager decides, and why."""

    decision = forms.ChoiceField(choices=[("accept", ""), ("decline", "")])
    reason = forms.CharField(required=False, max_length=300)
