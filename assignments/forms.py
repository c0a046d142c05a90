"""What managers and observers fill in about assignments."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from assignments.filters import week_choices
from assignments.models import Assignment, AssignmentQuerySet, RolePlay
from assignments.workflow import AssignmentState
from observers.models import Observer, ObserverQuerySet
from participants.models import AwardClass, ContactMethod, Enrolment, Season


class OfferForm(forms.Form):
    """Whom a contact is offered to."""

    observer = forms.ModelChoiceField(Observer.objects.none(), to_field_name="public_id")

    def __init__(self, *args: Any, observers: ObserverQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Observer]", self.fields["observer"]).queryset = observers


class OfferManyForm(forms.Form):
    """Which of the contacts that have an observer are offered: those that are ticked, else all up to a week."""

    contact = forms.ModelMultipleChoiceField(
        Assignment.objects.none(), to_field_name="public_id", required=False, widget=forms.MultipleHiddenInput
    )
    until = forms.ChoiceField(label=_("Up to and including"), required=False)
    is_held = forms.BooleanField(label=_("Hold the letters in the outbox until I send them"), required=False)

    def __init__(self, *args: Any, season: Season, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = cast("forms.ModelMultipleChoiceField[Assignment]", self.fields["contact"])
        chosen.queryset = season.assignments.all()
        weeks = [("", _("Choose a week")), *week_choices(season)]
        cast("forms.ChoiceField", self.fields["until"]).choices = weeks

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        cleaned = super().clean() or self.cleaned_data
        if not (cleaned.get("contact") or cleaned.get("until")):
            raise forms.ValidationError(_("Choose some contacts, or the week up to which you want to offer."))
        return cleaned

    def planned(self, rows: AssignmentQuerySet) -> AssignmentQuerySet:
        """Return those of the rows that are to be offered; a contact without an observer cannot be."""
        ready = rows.filter(state=AssignmentState.PLANNED, observer__isnull=False)
        if self.cleaned_data["contact"]:
            return ready.filter(pk__in=self.cleaned_data["contact"])
        return ready.filter(week__lte=self.cleaned_data["until"])


class EnrolmentField(forms.ModelChoiceField):  # type: ignore[type-arg]  # takes no types when it runs
    """A participant of the season, by name."""

    def label_from_instance(self, obj: Enrolment) -> str:
        return obj.participant.name


class RolePlayField(forms.ModelChoiceField):  # type: ignore[type-arg]  # takes no types when it runs
    """A role-play of the season, with the class it belongs to."""

    def label_from_instance(self, obj: RolePlay) -> str:
        return f"{obj.award_class.name}: {obj.title}"


class NewContactForm(forms.Form):
    """One contact that is planned by hand."""

    enrolment = EnrolmentField(Enrolment.objects.none(), label=_("Participant"), empty_label=_("Choose a participant"))
    method = forms.ChoiceField(
        label=_("Contact method"),
        choices=ContactMethod.choices,
        help_text=_("The participant must have a contact channel for it."),
    )
    week = forms.ChoiceField(label=_("Week"))
    role_play = RolePlayField(
        RolePlay.objects.none(),
        label=_("Role-play"),
        required=False,
        empty_label=_("The one of the participant’s class"),
    )

    def __init__(self, *args: Any, season: Season, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        enrolments = season.enrolments.select_related("participant").order_by("participant__name")
        role_plays = season.role_plays.select_related("award_class").order_by("award_class__name", "code")
        cast("EnrolmentField", self.fields["enrolment"]).queryset = enrolments
        cast("RolePlayField", self.fields["role_play"]).queryset = role_plays
        cast("forms.ChoiceField", self.fields["week"]).choices = week_choices(season)


class RolePlayForm(forms.Form):
    """The frame that observers play within; alike within a class."""

    award_class = forms.ModelChoiceField(AwardClass.objects.none(), label=_("Class"), empty_label=_("Choose a class"))
    code = forms.CharField(label=_("Code"), max_length=40, help_text=_("Short, for lists and files: power-1."))
    title = forms.CharField(label=_("Title"), max_length=150)
    story = forms.CharField(
        label=_("The role-play"),
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Who the observer is, and what they want to know. A blank line begins a new paragraph."),
    )
    choosing = forms.CharField(
        label=_("How to choose"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("If the class has several: which of them this observer plays."),
    )

    def __init__(self, *args: Any, season: Season, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[AwardClass]", self.fields["award_class"]).queryset = season.classes.all()


class DeclineForm(forms.Form):
    """Why an observer says no to a contact."""

    use_required_attribute = False
    reason = forms.CharField(
        label=_("Why can you not make this contact?"),
        help_text=_("A few words are enough. We plan the contact for somebody else."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say in a few words why you decline, so that we can plan better.")},
    )
