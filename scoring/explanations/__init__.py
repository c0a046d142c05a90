"""Takes every result apart, down to the answers it came from and the rule of the season that applied."""

from scoring.explanations.contact import ContactExplained, explain_contact
from scoring.explanations.explaining import explain
from scoring.explanations.figures import Figure, Kind, UnknownFigure, figure_of, figures_of, value_of
from scoring.explanations.groups import explain_group
from scoring.explanations.shapes import (
    Explanation,
    FigureExplained,
    GroupExplained,
    MemberLine,
    PlaceExplained,
    PlaceLine,
)

__all__ = [
    "ContactExplained",
    "Explanation",
    "Figure",
    "FigureExplained",
    "GroupExplained",
    "Kind",
    "MemberLine",
    "PlaceExplained",
    "PlaceLine",
    "UnknownFigure",
    "explain",
    "explain_contact",
    "explain_group",
    "figure_of",
    "figures_of",
    "value_of",
]
