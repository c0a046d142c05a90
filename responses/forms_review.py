"""Reads what a project manager decided on a report: notes by question, a grade, a reason."""

from typing import ClassVar, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ksp.lib.errors import DomainError
from responses.grading import ASPECTS, BEST
from responses.services import ReportChanged

NOTE: Final = "note-"
GRADE: Final = "grade-"
LONGEST_NOTE: Final = 4000
GRADES = [
    (4, _("4 – very good")),
    (3, _("3 – good")),
    (2, _("2 – fair")),
    (1, _("1 – weak")),
    (0, _("0 – not usable")),
]


class QuestionsUnsent(DomainError):
    """A report was to be approved while the page held questions that nobody would have read."""

    code: ClassVar[str] = "questions_unsent"


class ReviewForm(forms.Form):
    """What was typed and chosen on the page of one report; every button of the page sends all of it."""

    version = forms.IntegerField(min_value=1, max_value=10**6)

    def grade(self) -> dict[str, int]:
        """Return the grades that were chosen; what is no grade is left out."""
        known = {str(number): number for number in range(BEST + 1)}
        chosen = {aspect: self.text(f"{GRADE}{aspect}") for aspect in ASPECTS}
        return {aspect: known[text] for aspect, text in chosen.items() if text in known}

    def notes(self) -> dict[str, str]:
        """Return what was written to the observer, by the code of the question."""
        typed = {name.removeprefix(NOTE): self.text(name) for name in self.data if name.startswith(NOTE)}
        return {code: text for code, text in typed.items() if text}

    def text(self, name: str) -> str:
        """Return what was typed into one field."""
        typed = str(self.data.get(name, "")).replace("\x00", "").replace("\r\n", "\n")
        return typed.strip()[:LONGEST_NOTE]

    @property
    def read_version(self) -> int:
        """Which version of the report the person has read; without one it may be any."""
        if not self.is_valid():
            raise ReportChanged(gettext("We cannot see which version you have read. Read the report again."))
        version: int = self.cleaned_data["version"]
        return version

    def require_nothing_asked(self) -> None:
        """Say no if something was written to the observer."""
        if self.notes() or self.text("overall"):
            message = gettext("You have written to the observer. Return the report, or delete the text to approve it.")
            raise QuestionsUnsent(message)
