"""What managers fill in about a team: who joins or leaves, and how one is to be chosen."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assignments.plans.traits import TRAITS
from assignments.teams.wishes import Source, Wishes
from observers.applications.models import RelationKind
from participants.models import Enrolment

MOST_MEMBERS = 2000
WHOLE = 100
# Shares are written in whole percents, so three thirds are 99.
TOLERANCE = 2


class ChoosingForm(forms.Form):
    """How large the team is to be, from whom, and how mixed; shares that are not written are the pool's own."""

    size = forms.IntegerField(
        label=gettext_lazy("Size of the team"), min_value=1, max_value=MOST_MEMBERS, widget=forms.NumberInput
    )
    source = forms.ChoiceField(label=gettext_lazy("Choose from"), choices=Source.choices, widget=forms.RadioSelect)
    least = forms.IntegerField(label=gettext_lazy("Score at least"), min_value=0, max_value=100)
    keep = forms.BooleanField(label=gettext_lazy("Keep those who are on the team already"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for trait in TRAITS:
            for place, level in enumerate(trait.levels):
                self.fields[f"{trait.code}-{place}"] = forms.IntegerField(
                    label=cast("Any", level),
                    min_value=0,
                    max_value=WHOLE,
                    required=False,
                    widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                )

    def groups(self) -> list[tuple[Any, list[BoundField]]]:
        """Return the shares by trait."""
        return [(trait.name, self._levels(trait.code, len(trait.levels))) for trait in TRAITS]

    def main(self) -> list[BoundField]:
        """Return what is asked of everybody."""
        return [self[name] for name in ("size", "least")]

    @property
    def has_shares(self) -> bool:
        """Some share is written."""
        return any(bound.data for _name, levels in self.groups() for bound in levels)

    def clean(self) -> dict[str, Any]:
        """Refuse shares of a trait that are not a hundred together."""
        cleaned = super().clean() or {}
        for trait in TRAITS:
            shares = [cleaned.get(f"{trait.code}-{place}") for place in range(len(trait.levels))]
            total = sum(share or 0 for share in shares)
            if any(share is not None for share in shares) and abs(total - WHOLE) > TOLERANCE:
                words = {"name": str(trait.name).lower(), "sum": total}
                self.add_error(None, _("The shares of %(name)s are %(sum)s %% together. Make them 100.") % words)
        return cleaned

    @property
    def wishes(self) -> Wishes:
        """What was asked for."""
        known = self.cleaned_data
        written = {
            number: tuple(float(known[f"{trait.code}-{place}"] or 0) for place in range(len(trait.levels)))
            for number, trait in enumerate(TRAITS)
            if any(known[f"{trait.code}-{place}"] is not None for place in range(len(trait.levels)))
        }
        return Wishes(
            size=known["size"],
            source=known["source"],
            least_score=known["least"],
            keeps_team=known["keep"],
            shares=written,
        )

    def _levels(self, code: str, size: int) -> list[BoundField]:
        return [self[f"{code}-{place}"] for place in range(size)]


class ReasonForm(forms.Form):
    """Why somebody leaves the team."""

    use_required_attribute = False
    reason = forms.CharField(
        label=gettext_lazy("Why do they leave?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say in a few words why, for those who plan next year.")},
    )


class RelationForm(forms.Form):
    """Somebody whom an observer has become a customer of, or registered with."""

    use_required_attribute = False
    participant = forms.ChoiceField(
        label=gettext_lazy("With whom?"), error_messages={"required": gettext_lazy("Choose whom it is about.")}
    )
    tie = forms.ChoiceField(
        label=gettext_lazy("What are you to them?"),
        choices=RelationKind.choices,
        initial=RelationKind.CUSTOMER,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, enrolments: Sequence[Enrolment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_class: dict[str, list[tuple[str, str]]] = {}
        for item in enrolments:
            row = (str(item.participant.public_id), item.participant.name)
            by_class.setdefault(item.award_class.name, []).append(row)
        chooser = cast("forms.ChoiceField", self.fields["participant"])
        chooser.choices = [("", _("Choose a participant")), *by_class.items()]


def read_keys(text: str) -> list[int]:
    """Return the keys that a proposal was sent with; what is no number is left out."""
    return [int(key) for key in text.split(",") if key.isdecimal()]
