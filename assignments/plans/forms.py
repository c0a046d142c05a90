"""What managers fill in about plans: a new proposal, its approval, a move by hand, and what a season's plans weigh."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assignments.planning.plan import Weights
from assignments.planning.problem import SLOTS
from assignments.plans.models import PlanProposal
from assignments.plans.services import Move
from assignments.plans.weeks import contact_weeks
from ksp.lib.calendar import local_date
from ksp.lib.formatting import iso_week, short_date
from ksp.lib.weeks import IsoWeek
from observers.models import Observer, ObserverQuerySet
from participants.models import Season
from participants.season_settings import SeasonSettings

WEIGHT = "weight_"
MOST_WEIGHT = 1000
# How long a search may take, in seconds.
TIME_LIMITS = ((10, "10"), (30, "30"), (60, "60"), (180, "180"), (600, "600"))
OFFER_ALL, OFFER_UNTIL, OFFER_LATER = "all", "week", "none"
# In place of an observer: nobody.
NOBODY = "nobody"

_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_LOCAL_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")

# Words in the reader's language, as the framework's own annotations have them.
Words = Any
WEIGHTS: Mapping[str, tuple[Words, Words]] = {
    "weeks": (
        gettext_lazy("Even over the weeks"),
        gettext_lazy("Each contact by which a participant’s week is above or below an even share."),
    ),
    "methods": (
        gettext_lazy("Contact methods even in time"),
        gettext_lazy("Each contact by which a method comes too often or too seldom in a week."),
    ),
    "hours": (
        gettext_lazy("Weekdays and hours"),
        gettext_lazy("Each contact by which a weekday’s hours are above or below an even share."),
    ),
    "role_plays": (
        gettext_lazy("Role-plays even"),
        gettext_lazy("Each contact by which a role-play is used too often or too seldom."),
    ),
    "demographics": (
        gettext_lazy("Observers mixed"),
        gettext_lazy("Each contact by which gender, age or region differs from the team’s own mix."),
    ),
    "load": (
        gettext_lazy("Even load"),
        gettext_lazy("The square of how many contacts an observer is from a fair share of the season."),
    ),
    "score": (gettext_lazy("High scores first"), gettext_lazy("Every ten points that an observer lacks in 100.")),
}


def weight_field(name: str) -> forms.FloatField:
    """Return the field that one weight is filled in with."""
    label, explanation = WEIGHTS[name]
    attributes = {"min": 0, "max": MOST_WEIGHT, "step": "any"}
    widget = forms.NumberInput(attrs=attributes)
    return forms.FloatField(label=label, help_text=explanation, min_value=0, max_value=MOST_WEIGHT, widget=widget)


def weights_of(settings: SeasonSettings) -> dict[str, float]:
    """Return what the season's plans weigh, its own choices over the defaults."""
    usual = {item.name: float(getattr(Weights(), item.name)) for item in fields(Weights)}
    return {name: float(settings.plan_weights.get(name, usual[name])) for name in WEIGHTS}


class WeightsForm(forms.Form):
    """The wishes that a plan weighs against each other."""

    def __init__(self, *args: Any, season: Season, **kwargs: Any) -> None:
        known = weights_of(season.settings)
        usual = {f"{WEIGHT}{name}": int(value) if value.is_integer() else value for name, value in known.items()}
        kwargs["initial"] = {**usual, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        for name in WEIGHTS:
            self.fields[f"{WEIGHT}{name}"] = weight_field(name)

    @property
    def weights(self) -> dict[str, float]:
        """The weights as a plan takes them."""
        return {name: self.cleaned_data[f"{WEIGHT}{name}"] for name in WEIGHTS}

    def weight_fields(self) -> Iterator[BoundField]:
        """Give the fields of the weights alone."""
        return (self[f"{WEIGHT}{name}"] for name in WEIGHTS)


class RequestForm(WeightsForm):
    """A proposal that is to be made: how long the search may take, and, for those who compare, from where it starts."""

    time_limit = forms.TypedChoiceField(
        label=gettext_lazy("Seconds at most"),
        choices=TIME_LIMITS,
        initial=30,
        coerce=int,
        help_text=gettext_lazy("30 seconds are enough for a season of the usual size."),
    )
    seed = forms.IntegerField(
        label=gettext_lazy("Where the search starts"),
        min_value=1,
        max_value=1_000_000,
        initial=1,
        help_text=gettext_lazy("The same number gives the same plan. Another one gives another plan to compare with."),
    )
    based_on = forms.IntegerField(required=False, widget=forms.HiddenInput)


def searched_as(proposal: PlanProposal) -> dict[str, Any]:
    """Return the form as it was filled in for the proposal."""
    weights = {**weights_of(proposal.season.settings), **proposal.weights}
    own = {f"{WEIGHT}{name}": weights[name] for name in WEIGHTS}
    return {"time_limit": proposal.time_limit, "seed": proposal.seed, **own}


class ApplyForm(forms.Form):
    """What is offered when a plan is approved."""

    offer = forms.ChoiceField(
        label=gettext_lazy("What is offered to the observers now"),
        choices=(
            (OFFER_ALL, gettext_lazy("The whole season")),
            (OFFER_UNTIL, gettext_lazy("Up to and including a week")),
            (OFFER_LATER, gettext_lazy("Nothing yet")),
        ),
        initial=OFFER_ALL,
        widget=forms.RadioSelect,
    )
    week = forms.ChoiceField(label=gettext_lazy("Week"), required=False)

    def __init__(self, *args: Any, season: Season, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["week"] = forms.ChoiceField(
            label=gettext_lazy("Week"), required=False, choices=_weeks_to_offer(season)
        )

    @property
    def offer_until(self) -> str | None:
        """Up to which week offers go out: all, a week, or none."""
        offer = self.cleaned_data["offer"]
        if offer == OFFER_UNTIL:
            return self.cleaned_data["week"] or None
        return OFFER_ALL if offer == OFFER_ALL else None


def _weeks_to_offer(season: Season) -> list[tuple[str, str]]:
    """Return the weeks with contacts that are not over yet; all of them when the season is."""
    weeks, this_week = [item.week for item in contact_weeks(season)], IsoWeek.of(local_date(timezone.now()))
    return [(str(week), iso_week(week)) for week in [week for week in weeks if week >= this_week] or weeks]


class DaysField(forms.CharField):
    """Days, one on each line, written 24.12.2021 or 2021-12-24."""

    widget = forms.Textarea(attrs={"rows": 5})

    def prepare_value(self, value: Any) -> Any:
        """Write the days as the reader writes them."""
        if isinstance(value, list):
            return "\n".join(short_date(date.fromisoformat(day)) for day in value)
        return value

    def clean(self, value: Any) -> Any:
        """Return the days in order, each once, as 2021-12-24."""
        return sorted({_day(line) for line in super().clean(value).splitlines() if line.strip()})


def _day(text: str) -> str:
    written = text.strip()
    if found := _LOCAL_DAY.fullmatch(written):
        day, month, year = map(int, found.groups())
    elif found := _ISO_DAY.fullmatch(written):
        year, month, day = map(int, found.groups())
    else:
        raise _misunderstood(written)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise _misunderstood(written) from None


def _misunderstood(written: str) -> ValidationError:
    message = _("“%(day)s” is not a day. Write it like this: 24.12.2021.") % {"day": written}
    return ValidationError(message)


class PlanningForm(WeightsForm):
    """What decides how a season is planned, offered and changed."""

    closed_on = DaysField(
        label=gettext_lazy("Days without contacts"),
        required=False,
        help_text=gettext_lazy(
            "One day on each line: 24.12.2021. Weekends and public holidays are closed without being written here."
        ),
    )
    least_working_days = forms.IntegerField(
        label=gettext_lazy("Least working days in a week"),
        min_value=1,
        max_value=5,
        help_text=gettext_lazy("A week with fewer gets no contacts."),
    )
    offer_days = forms.IntegerField(
        label=gettext_lazy("Days that an offer stands"),
        min_value=1,
        max_value=60,
        help_text=gettext_lazy("Then it lapses, and the contact is planned anew."),
    )
    week_change_limit = forms.IntegerField(
        label=gettext_lazy("Weeks that an observer may move a contact"),
        min_value=0,
        max_value=10,
        help_text=gettext_lazy("Earlier or later than planned. 0 means not at all."),
    )
    letters_wait_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes that a letter waits for more news"),
        min_value=0,
        max_value=1440,
        help_text=gettext_lazy("So that several changes come as one letter, and a mistake can be undone."),
    )

    def __init__(self, *args: Any, season: Season, is_fixed: bool, **kwargs: Any) -> None:
        known = season.settings.to_dict()
        initial = {name: known[name] for name in self.base_fields}
        super().__init__(*args, season=season, initial=initial, **kwargs)
        for field in self.fields.values():
            field.disabled = is_fixed

    @property
    def settings(self) -> dict[str, Any]:
        """The settings as the season stores them; a weight that is the usual one is not stored."""
        usual = Weights()
        own = {name: value for name, value in self.weights.items() if value != getattr(usual, name)}
        plain = {name: self.cleaned_data[name] for name in self.base_fields}
        return {**plain, "plan_weights": own}

    def day_fields(self) -> Iterator[BoundField]:
        """Give the fields about days."""
        return (self[name] for name in ("closed_on", "least_working_days"))

    def offer_fields(self) -> Iterator[BoundField]:
        """Give the fields about offers and letters."""
        return (self[name] for name in ("offer_days", "week_change_limit", "letters_wait_minutes"))


class MoveForm(forms.Form):
    """What is to become of one contact; what is left empty stays as it is."""

    observer = forms.CharField(required=False)
    week = forms.RegexField(r"\A[0-9]{4}-W[0-9]{2}\Z", required=False)
    weekday = forms.IntegerField(required=False, min_value=1, max_value=5)
    slot = forms.ChoiceField(required=False, choices=[(slot, slot) for slot in SLOTS])

    def __init__(self, *args: Any, observers: ObserverQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.observers = observers

    def clean_observer(self) -> Observer | None:
        """Return the observer who is to make it; ``nobody`` takes it away from whoever has it."""
        wanted = self.cleaned_data["observer"]
        if wanted in {"", NOBODY}:
            return None
        try:
            return self.observers.get(public_id=wanted)
        except (Observer.DoesNotExist, ValidationError):
            raise ValidationError(_("Choose an observer from the list.")) from None

    @property
    def move(self) -> Move:
        """What changes, as the service takes it."""
        move: Move = {}
        if self.data.get("observer"):
            observer = self.cleaned_data["observer"]
            move["observer_id"] = observer.pk if observer else None
        if week := self.cleaned_data["week"]:
            move["week"] = week
        if weekday := self.cleaned_data["weekday"]:
            move["weekday"] = weekday
        if slot := self.cleaned_data["slot"]:
            move["slot"] = slot
        return move
