"""What administrators fill in about a season: its frame, and what it decides for itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from participants.models import Season
from participants.season_settings import FIXED_BY_OPENING, SeasonSettings

# Words in the reader's language, as the framework's own annotations have them.
Words = Any
PART = "__"
ALL_GRADE_WEIGHTS = 100


class DateField(forms.DateField):
    """A day, chosen in the browser's own calendar."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class SeasonForm(forms.Form):
    """The frame of a season."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("For example KSP 2027."))
    starts_on = DateField(label=gettext_lazy("First day"))
    ends_on = DateField(label=gettext_lazy("Last day"))

    def clean(self) -> dict[str, Any]:
        """Refuse a season that ends before it starts."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day comes before the first. Choose a later one."))
        return cleaned


class NewSeasonForm(SeasonForm):
    """A season that does not exist yet."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        help_text=gettext_lazy("Short, for addresses and files: KSP27. It cannot be changed later."),
        validators=[
            RegexValidator(re.compile(r"\A[A-Z0-9-]+\Z"), gettext_lazy("Use capital letters, digits and hyphens."))
        ],
    )
    field_order = ("code", "name", "starts_on", "ends_on")


class ManualForm(forms.Form):
    """The project manual that observers read before each contact."""

    manual = forms.CharField(
        label=gettext_lazy("Project manual"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 20}),
        help_text=gettext_lazy("What is measured and how. A blank line begins a new paragraph."),
    )


class ClassForm(forms.Form):
    """A class that is to be made."""

    name = forms.CharField(label=gettext_lazy("Name of the class"), max_length=120)


@dataclass(frozen=True, slots=True)
class Number:
    """One setting that is a whole number."""

    name: str
    label: Words
    explanation: Words
    least: int
    most: int

    def field(self) -> forms.Field:
        """Return the field it is filled in with."""
        return forms.IntegerField(
            label=self.label,
            help_text=self.explanation,
            validators=[MinValueValidator(self.least), MaxValueValidator(self.most)],
            widget=forms.NumberInput(attrs={"min": self.least, "max": self.most}),
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """One setting that is one of a few words."""

    name: str
    label: Words
    explanation: Words
    choices: tuple[tuple[str, Words], ...]

    def field(self) -> forms.Field:
        """Return the field it is filled in with."""
        return forms.ChoiceField(
            label=self.label, help_text=self.explanation, choices=self.choices, widget=forms.RadioSelect
        )


class DayText(DateField):
    """A day as settings keep it, 2021-12-24, or nothing."""

    def clean(self, value: Any) -> str:
        """Return the day as text."""
        day = super().clean(value)
        return day.isoformat() if day else ""


@dataclass(frozen=True, slots=True)
class Day:
    """One setting that is a day, or not decided."""

    name: str
    label: Words
    explanation: Words

    def field(self) -> forms.Field:
        """Return the field it is filled in with."""
        return DayText(label=self.label, help_text=self.explanation, required=False)


SHARED_OUT = gettext_lazy("Contacts are shared out over a participant’s methods in proportion to the weights.")
IN_A_GRADE = gettext_lazy("The four weights in a grade are 100 together.")
WEIGHTS = (
    Number(f"method_weights{PART}phone", gettext_lazy("Weight of phone"), SHARED_OUT, 0, 100),
    Number(f"method_weights{PART}email", gettext_lazy("Weight of e-mail"), "", 0, 100),
    Number(f"method_weights{PART}chat", gettext_lazy("Weight of chat"), "", 0, 100),
    Number(f"method_weights{PART}messenger", gettext_lazy("Weight of Messenger"), "", 0, 100),
)
GRADES = (
    Number(f"grade_weights{PART}content", gettext_lazy("Grade: weight of content"), IN_A_GRADE, 0, 100),
    Number(f"grade_weights{PART}instructions", gettext_lazy("Grade: weight of instructions followed"), "", 0, 100),
    Number(f"grade_weights{PART}language", gettext_lazy("Grade: weight of language"), "", 0, 100),
    Number(f"grade_weights{PART}punctuality", gettext_lazy("Grade: weight of delivery on time"), "", 0, 100),
)

GROUPS: tuple[tuple[Words, tuple[Number | Choice | Day, ...]], ...] = (
    (
        gettext_lazy("Contacts"),
        (
            Number(
                "contacts_per_participant",
                gettext_lazy("Contacts per participant"),
                gettext_lazy("Each by another observer."),
                1,
                200,
            ),
            Number(
                "most_methods",
                gettext_lazy("Contact methods per participant at most"),
                gettext_lazy("Phone first, then e-mail, then chat, or Messenger where there is no chat."),
                1,
                4,
            ),
            *WEIGHTS,
        ),
    ),
    (
        gettext_lazy("How long observers wait"),
        (
            Number("phone_limit", gettext_lazy("Phone, seconds"), gettext_lazy("300 is 5 minutes."), 10, 7200),
            Number("chat_limit", gettext_lazy("Chat, seconds"), gettext_lazy("300 is 5 minutes."), 10, 7200),
            Number(
                "messenger_limit", gettext_lazy("Messenger, seconds"), gettext_lazy("1800 is 30 minutes."), 10, 86400
            ),
            Number(
                "email_limit",
                gettext_lazy("E-mail, working days"),
                gettext_lazy("The day it is sent is day 1: sent on Monday, 3 days is Wednesday."),
                1,
                10,
            ),
            Number(
                "email_latest_hour",
                gettext_lazy("E-mail is sent before this hour"),
                gettext_lazy("12 means before 12:00."),
                10,
                15,
            ),
        ),
    ),
    (
        gettext_lazy("Observers"),
        (
            Day(
                "applications_until",
                gettext_lazy("Last day to apply"),
                gettext_lazy("Without one, observers can apply until the season ends."),
            ),
            Number(
                "least_observer_score",
                gettext_lazy("Least internal score"),
                gettext_lazy("Observers below it are not offered contacts."),
                0,
                100,
            ),
            Number(
                "new_observer_score",
                gettext_lazy("Score that a new observer counts with"),
                gettext_lazy("Until the first report is graded."),
                0,
                100,
            ),
            Number(
                "graded_reports",
                gettext_lazy("Reports that the internal score rests on"),
                gettext_lazy("The latest so many."),
                1,
                200,
            ),
            *GRADES,
        ),
    ),
    (
        gettext_lazy("Reports and review"),
        (
            Number(
                "review_working_days",
                gettext_lazy("Working days to review a report"),
                gettext_lazy("Reports that wait longer are marked as late."),
                1,
                30,
            ),
            Number(
                "least_comment_length",
                gettext_lazy("Shortest comment, characters"),
                gettext_lazy("A report cannot be submitted with less."),
                0,
                1000,
            ),
            Number(
                "advised_comment_length",
                gettext_lazy("Advised comment, characters"),
                gettext_lazy("The form asks for this much, but does not insist."),
                0,
                5000,
            ),
        ),
    ),
    (
        gettext_lazy("Privacy"),
        (
            Choice(
                "employees_informed",
                gettext_lazy("A participant whose employees are not known to be informed"),
                gettext_lazy("The law wants employees to be told of such measurements beforehand."),
                (
                    ("warn", gettext_lazy("is warned about, and the season can open")),
                    ("block", gettext_lazy("keeps the season from opening")),
                ),
            ),
            Number(
                "retention_months",
                gettext_lazy("Months that free text and evidence are kept"),
                gettext_lazy("Counted from publication; then they are deleted."),
                1,
                120,
            ),
        ),
    ),
)


class SettingsForm(forms.Form):
    """What a season decides for itself, each with what it means; what is fixed by opening cannot be written in."""

    def __init__(self, *args: Any, season: Season, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": _flat(season.settings), **kwargs})
        for _heading, settings in GROUPS:
            for setting in settings:
                field = setting.field()
                field.disabled = season.is_frozen and setting.name.partition(PART)[0] in FIXED_BY_OPENING
                self.fields[setting.name] = field

    def groups(self) -> Iterator[tuple[Words, list[BoundField]]]:
        """Give the headings with their fields."""
        for heading, settings in GROUPS:
            yield heading, [self[setting.name] for setting in settings]

    def clean(self) -> dict[str, Any]:
        """Refuse weights that cannot be shared out by."""
        cleaned = super().clean() or {}
        grades = [value for name, value in cleaned.items() if name.startswith(f"grade_weights{PART}")]
        if sum(grades) != ALL_GRADE_WEIGHTS:
            self.add_error(
                None, _("The weights in a grade are %(sum)s together. Make them 100.") % {"sum": sum(grades)}
            )
        if not any(value for name, value in cleaned.items() if name.startswith(f"method_weights{PART}")):
            self.add_error(None, _("At least one contact method needs a weight above 0."))
        return cleaned

    @property
    def settings(self) -> dict[str, Any]:
        """The settings as the season stores them."""
        nested: dict[str, Any] = {}
        for name, value in self.cleaned_data.items():
            whole, _part, part = name.partition(PART)
            if part:
                nested.setdefault(whole, {})[part] = value
            else:
                nested[whole] = value
        return nested


def _flat(settings: SeasonSettings) -> dict[str, Any]:
    """Return the settings with the parts of weights side by side, as the form has them."""
    flat: dict[str, Any] = {}
    for name, value in settings.to_dict().items():
        if isinstance(value, dict):
            flat |= {f"{name}{PART}{part}": weight for part, weight in value.items()}
        else:
            flat[name] = value
    return flat
