"""What administrators choose about a season's results: the rules, and who sees how certain they are."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from participants.models import ContactMethod, Season
from participants.season_forms import Number
from scoring.engine.battery import AGENT, METHODS
from scoring.engine.rules import MEANS, Tie
from scoring.rule_words import scored_areas
from scoring.visibility import AUDIENCES

MEAN_NAMES = dict(
    zip(
        MEANS,
        (gettext_lazy("The mean of the contacts’ scores"), gettext_lazy("All points over all possible points")),
        strict=True,
    )
)
AUDIENCE_NAMES = dict(
    zip(
        AUDIENCES,
        (
            gettext_lazy("Project managers only"),
            gettext_lazy("Project managers and participants"),
            gettext_lazy("Everyone"),
        ),
        strict=True,
    )
)
SHARED = "shared"
TIE_ORDERS: dict[str, tuple[Tie, ...]] = {
    "answered_score-agent": ("answered_score", "agent"),
    "agent-answered_score": ("agent", "answered_score"),
    "answered_score": ("answered_score",),
    "agent": ("agent",),
    SHARED: (),
}
NUMBERS = (
    Number(
        "least_contacts_ranked",
        gettext_lazy("Contacts needed for a place"),
        gettext_lazy("Participants with fewer approved contacts get a result, but no place."),
        1,
        200,
    ),
    Number(
        "least_class_size",
        gettext_lazy("Participants needed for a class winner"),
        gettext_lazy("Smaller classes have no winner."),
        1,
        50,
    ),
    Number(
        "least_contacts_method",
        gettext_lazy("Contacts needed for “Best on”"),
        gettext_lazy("Approved contacts on the method itself."),
        1,
        200,
    ),
)
GROUPS = (
    (gettext_lazy("Results"), ("mean", "areas_over_all")),
    (gettext_lazy("Places"), ("ties", "least_contacts_ranked")),
    (gettext_lazy("Awards"), ("best_on", "least_contacts_method", "least_class_size")),
)


class RulesForm(forms.Form):
    """Every rule that scores, places and awards follow from; ``areas_over_all`` only where areas give points."""

    mean = forms.ChoiceField(
        label=gettext_lazy("Total result"),
        help_text=gettext_lazy("How a participant’s contacts are put together. Unanswered contacts always count."),
        choices=MEAN_NAMES.items,
        widget=forms.RadioSelect,
    )
    areas_over_all = forms.MultipleChoiceField(
        label=gettext_lazy("Areas in which a contact without an answer counts as 0"),
        help_text=gettext_lazy("The other areas are over the contacts that were answered. The total stays."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    ties = forms.ChoiceField(
        label=gettext_lazy("What decides when total results are exactly equal"),
        help_text=gettext_lazy("Results are compared unrounded. Who is still equal shares the place."),
        widget=forms.RadioSelect,
    )
    best_on = forms.MultipleChoiceField(
        label=gettext_lazy("Contact methods with an award “Best on”"),
        required=False,
        choices=[(method, ContactMethod(method).label) for method in METHODS],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, season: Season) -> None:
        super().__init__(data, initial=_initial(season))
        self._areas = scored_areas(season)
        self._add_choices()
        for number in NUMBERS:
            self.fields[number.name] = number.field()

    def _add_choices(self) -> None:
        agent = self._areas.get(AGENT) or _("The agent")
        names = {
            "answered_score-agent": _("Answered score, then %(agent)s"),
            "agent-answered_score": _("%(agent)s, then Answered score"),
            "answered_score": _("Answered score"),
            "agent": "%(agent)s",
            SHARED: _("Nothing: they share the place"),
        }
        ties, areas = self.fields["ties"], self.fields["areas_over_all"]
        if isinstance(ties, forms.ChoiceField) and isinstance(areas, forms.ChoiceField):
            ties.choices = [(key, names[key] % {"agent": agent}) for key in TIE_ORDERS]
            areas.choices = list(self._areas.items())
        if not self._areas:
            del self.fields["areas_over_all"]

    def groups(self) -> Iterator[tuple[Any, list[BoundField]]]:
        """Give the headings with their fields."""
        for heading, names in GROUPS:
            yield heading, [self[name] for name in names if name in self.fields]

    @property
    def settings(self) -> dict[str, Any]:
        """The rules as the season stores them, lists in the order of the questionnaire and of the award."""
        chosen = self.cleaned_data
        return {
            **{name: value for name, value in chosen.items() if name in {"mean", *(n.name for n in NUMBERS)}},
            "ties": list(TIE_ORDERS[chosen["ties"]]),
            "best_on": [method for method in METHODS if method in chosen["best_on"]],
            "areas_over_all": [code for code in self._areas if code in chosen.get("areas_over_all", ())],
        }

    @property
    def pairs(self) -> list[tuple[str, Any]]:
        """What was filled in, as names and values that fill in the same form again."""
        return [
            (name, value)
            for name, whole in self.cleaned_data.items()
            for value in (whole if isinstance(whole, list) else [whole])
        ]

    @property
    def query(self) -> str:
        """The same as the end of an address that tries these rules."""
        return urlencode([("try", "1"), *self.pairs])


class ReadersForm(forms.Form):
    """Who sees how certain results are; each choice includes those before it."""

    intervals_for = forms.ChoiceField(
        label=gettext_lazy("Intervals"),
        help_text=gettext_lazy("Between which values a result or a place probably lies."),
        choices=AUDIENCE_NAMES.items,
        widget=forms.RadioSelect,
    )
    probabilities_for = forms.ChoiceField(
        label=gettext_lazy("Probability of being best"),
        help_text=gettext_lazy("Beside the award: how probable it is that the winner is truly first."),
        choices=AUDIENCE_NAMES.items,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, season: Season) -> None:
        super().__init__(data, initial=season.settings.to_dict())


def _initial(season: Season) -> dict[str, Any]:
    stored = season.settings.to_dict()
    orders = {order: key for key, order in TIE_ORDERS.items()}
    return {**stored, "ties": orders.get(tuple(stored["ties"]), SHARED)}
