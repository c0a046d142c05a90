"""Reads what a project manager corrects in an approved report: new answers by question, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from responses.models import SurveyResponse
from responses.questionnaires.models import QuestionKind
from responses.questionnaires.selectors import AskedQuestion, questionnaire_of
from responses.services.corrections import LONGEST_REASON

ANSWER: Final = "answer-"
STAYS: Final = ""
# No option's code has a full stop.
TAKEN_AWAY: Final = "."
CORRECTED_ELSEWHERE: Final = frozenset({QuestionKind.WAITING, QuestionKind.COMMENT})


@dataclass(frozen=True, slots=True)
class CorrectedQuestion:
    """One question with what the report says to it, and the field for another answer."""

    number: int
    text: str
    answer: str
    field: BoundField


@dataclass(frozen=True, slots=True)
class CorrectedArea:
    """The questions of one area."""

    code: str
    name: str
    questions: Sequence[CorrectedQuestion]


class CorrectionForm(forms.Form):
    """Another answer to any question of a report that has options, and the reason."""

    version = forms.IntegerField(min_value=1, max_value=10**6, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why it is corrected"),
        help_text=_("The observer reads this in the report’s history. Leave out what the answer counts for."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write why the answer is corrected. The observer reads it.")},
    )

    def __init__(self, response: SurveyResponse, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._questionnaire = questionnaire_of(response.season)
        self._asked = {
            number: asked
            for number, asked in enumerate(self._questionnaire.for_method(response.method), start=1)
            if asked.question.kind not in CORRECTED_ELSEWHERE
        }
        self._stored: Mapping[int, int | None] = dict(response.answers.values_list("question_id", "option_id"))
        for asked in self._asked.values():
            self.fields[f"{ANSWER}{asked.question.code}"] = self._field(asked)

    def _field(self, asked: AskedQuestion) -> forms.ChoiceField:
        options = [(option.code, option.label) for option in asked.options]
        taken_away = (TAKEN_AWAY, gettext("No answer: the question does not count"))
        choices = [(STAYS, gettext("No change")), *options, taken_away]
        return forms.ChoiceField(label=asked.question.text, required=False, choices=choices)

    def clean(self) -> dict[str, Any]:
        """Ask for at least one new answer."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.answers():
            raise forms.ValidationError(gettext("Choose a new answer to at least one question."))
        return cleaned

    def answers(self) -> dict[str, str | None]:
        """Return the new answers by question code; none where the answer is taken away."""
        chosen = {
            asked.question.code: self.cleaned_data.get(f"{ANSWER}{asked.question.code}", STAYS)
            for asked in self._asked.values()
        }
        return {code: None if value == TAKEN_AWAY else value for code, value in chosen.items() if value != STAYS}

    def areas(self) -> list[CorrectedArea]:
        """Return the questions by area, with the numbers that they have in the review."""
        grouped: dict[int, list[CorrectedQuestion]] = {}
        for number, asked in self._asked.items():
            grouped.setdefault(asked.question.area_id, []).append(self._question(number, asked))
        return [
            CorrectedArea(area.code, area.name, grouped[area.pk])
            for area in self._questionnaire.areas
            if area.pk in grouped
        ]

    def _question(self, number: int, asked: AskedQuestion) -> CorrectedQuestion:
        labels = {option.pk: option.label for option in asked.options}
        answer = labels.get(self._stored.get(asked.question.pk) or 0, "")
        return CorrectedQuestion(number, asked.question.text, answer, self[f"{ANSWER}{asked.question.code}"])
