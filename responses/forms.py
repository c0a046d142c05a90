"""What observers fill in: the times of an attempt, and a page of the report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ksp.lib.calendar import OSLO
from responses.models import AttemptOutcome, ContactAttempt

DATE_FORMATS: Final = ("%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%Y-%m-%d")
TIME_FORMATS: Final = ("%H.%M.%S", "%H.%M", "%H:%M:%S", "%H:%M", "%H%M")
SHOWN_DATE: Final = "%d.%m.%Y"
SHOWN_TIME: Final = "%H.%M.%S"
WRONG_DATE: Final = gettext_lazy("Write the date like this: 1.12.2021.")
WRONG_TIME: Final = gettext_lazy("Write the time like this: 13.04, or 13.04.10 with seconds.")
RESULTS: Final = {
    AttemptOutcome.ANSWERED: gettext_lazy("I got an answer"),
    AttemptOutcome.NO_ANSWER: gettext_lazy("No answer"),
    AttemptOutcome.RUNNING: gettext_lazy("No answer yet, I am still waiting"),
}
ANSWER: Final = "q-"
REPLY: Final = "reply-"


@dataclass(frozen=True)
class Times:
    """The three times of an attempt; the last two may be missing."""

    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None


class DateInput(forms.DateField):
    """A date as it is written in Norwegian."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format=SHOWN_DATE, attrs={"inputmode": "decimal", "autocomplete": "off"})
        errors = {"invalid": WRONG_DATE, "required": WRONG_DATE}
        super().__init__(input_formats=DATE_FORMATS, widget=widget, error_messages=errors, **kwargs)


class TimeInput(forms.TimeField):
    """A time of day as it is written in Norwegian."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TimeInput(format=SHOWN_TIME, attrs={"inputmode": "decimal", "autocomplete": "off"})
        errors = {"invalid": WRONG_TIME, "required": WRONG_TIME}
        super().__init__(input_formats=TIME_FORMATS, widget=widget, error_messages=errors, **kwargs)


class TimesForm(forms.Form):
    """The times of one attempt, typed; an answer by e-mail may come on another day."""

    use_required_attribute = False
    started_on = DateInput(label=gettext_lazy("Date"), help_text=gettext_lazy("For example 1.12.2021"))
    started_at = TimeInput(label=gettext_lazy("Started at"), help_text=gettext_lazy("For example 13.04"))
    result = forms.ChoiceField(
        label=gettext_lazy("How did it end?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how it ended.")},
    )
    answered_on = DateInput(label=gettext_lazy("Date of the answer"), required=False)
    answered_at = TimeInput(
        label=gettext_lazy("Answered at"),
        help_text=gettext_lazy("With seconds if you know them, for example 13.06.24"),
        required=False,
    )

    def __init__(self, *args: Any, method: str, may_wait: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_email = method == "email"
        results = [AttemptOutcome.ANSWERED] if self.is_email else [AttemptOutcome.ANSWERED, AttemptOutcome.NO_ANSWER]
        results += [AttemptOutcome.RUNNING] if may_wait or self.is_email else []
        result = self.fields["result"]
        if isinstance(result, forms.ChoiceField):
            result.choices = [(value.value, RESULTS[value]) for value in results]
        if not self.is_email:
            del self.fields["answered_on"]

    @classmethod
    def for_attempt(
        cls, attempt: ContactAttempt, *, method: str, is_under_way: bool, data: Mapping[str, Any] | None = None
    ) -> "TimesForm":
        """Return the form with the times of an attempt, to be corrected."""
        started, answered = localtime(attempt.started_at), attempt.answered_at and localtime(attempt.answered_at)
        is_over = attempt.outcome == AttemptOutcome.RUNNING and not is_under_way
        initial = {
            "started_on": started.date(),
            "started_at": started.time(),
            "result": AttemptOutcome.NO_ANSWER if is_over else attempt.outcome,
            "answered_on": answered and answered.date(),
            "answered_at": answered and answered.time(),
        }
        return cls(data, initial=initial, method=method, may_wait=is_under_way, prefix="correct")

    def clean(self) -> dict[str, Any]:
        """Ask for the time of an answer where there was one."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("result") == AttemptOutcome.ANSWERED:
            if "answered_at" not in self.errors and not cleaned.get("answered_at"):
                self.add_error("answered_at", _("Write when you got the answer."))
            if self.is_email and "answered_on" not in self.errors and not cleaned.get("answered_on"):
                self.add_error("answered_on", _("Write on which day you got the answer."))
        return cleaned

    def times(self, *, limit: timedelta | None, now: datetime) -> Times:
        """Return what was typed as moments; an attempt without an answer ended with its limit."""
        started_at = _moment(self.cleaned_data["started_on"], self.cleaned_data["started_at"])
        result = self.cleaned_data["result"]
        if result == AttemptOutcome.ANSWERED:
            day = self.cleaned_data.get("answered_on") or self.cleaned_data["started_on"]
            return Times(started_at, _moment(day, self.cleaned_data["answered_at"]), None)
        if result == AttemptOutcome.RUNNING:
            return Times(started_at, None, None)
        over_at = started_at + limit if limit else now
        return Times(started_at, None, max(started_at, min(over_at, now)))


def _moment(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=OSLO)


@dataclass(frozen=True, kw_only=True)
class ReportPage:
    """What a posted page of the report holds: answers with the versions they rest on, and replies to the manager."""

    values: Mapping[str, str]
    bases: Mapping[str, int]
    replies: Mapping[int, str]
    part: int
    key: UUID | None

    @classmethod
    def read(cls, data: Mapping[str, str], *, report: UUID) -> "ReportPage":
        """Return the page, without what nobody could have typed."""
        fields = [(name, str(value)) for name, value in data.items()]
        values = {name.removeprefix(ANSWER): value for name, value in fields if name.startswith(ANSWER)}
        return cls(
            values=values,
            bases=dict.fromkeys(values, 0) | _versions(data.get("versions", "")),
            replies={int(name.removeprefix(REPLY)): value for name, value in fields if _is_reply(name)},
            part=_number(data.get("to", "")),
            key=_submission_key(data.get("key", ""), report=report),
        )


def _versions(text: str) -> dict[str, int]:
    pairs = (pair.rpartition(":") for pair in text.split())
    return {code: int(version) for code, _colon, version in pairs if version.isdecimal()}


def _is_reply(name: str) -> bool:
    return name.startswith(REPLY) and name.removeprefix(REPLY).isdecimal()


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 3 else 0  # noqa: PLR2004 -- a report has fewer parts


def _submission_key(text: str, *, report: UUID) -> UUID | None:
    """Return the page's own key, which means nothing for another report."""
    return uuid5(report, text) if text else None
