"""Fits the crossed model of participants and observers to ratings from any csv file."""

from pathlib import Path
from typing import Any, ClassVar, Final

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from ksp.lib.commands import JsonCommand, WrongUsage
from ksp.lib.errors import DomainError
from ksp.lib.formatting import number
from scoring.ratings import MOST_BYTES, Ratings, RatingsRefused, read_ratings
from scoring.statistics.crossed import CrossedFit, TooFewRatingsError, fit_crossed

DECIMALS: Final = 4


class TooFewRatings(DomainError):
    """There are no more ratings than what is to be found from them."""

    code: ClassVar[str] = "too_few_ratings"


class Command(JsonCommand):
    """Adjusted means, severities and variances, as they are computed for a season."""

    help = (
        "Adjust the mean scores of participants for the severity of their observers: a mixed model with crossed "
        "effects, fitted to a csv file with the columns participant, observer and score."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the file and the model."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE", help="csv with participant, observer and score")
        parser.add_argument(
            "--participants",
            choices=("fixed", "random"),
            default="fixed",
            help="effects of their own (the default), or drawn from one population",
        )
        parser.add_argument("--method", choices=("REML", "ML"), default="REML", help="REML (the default) or ML")

    def run(self, **options: Any) -> dict[str, Any]:
        """Read the ratings, fit the model, and return all of it."""
        ratings = read_ratings(_content(options["file"]))
        words = {"ratings": number(len(ratings.score)), "participants": number(len(ratings.participants))}
        self.progress(_("%(ratings)s ratings of %(participants)s participants read") % words)
        try:
            fit = fit_crossed(
                ratings.participant,
                ratings.observer,
                ratings.score,
                participants=options["participants"],
                method=options["method"],
            )
        except TooFewRatingsError:
            message = _("There must be more ratings than participants. Add ratings, or use --participants random.")
            if options["participants"] == "random":
                message = _("There must be more than one rating. Add ratings.")
            raise TooFewRatings(message) from None
        return _told(ratings, fit, options)

    def describe(self, outcome: dict[str, Any]) -> str:
        """Return what was fitted; the many numbers are for those who ask for JSON."""
        variances = outcome["variances"]
        lines = [
            _("%(ratings)s ratings of %(participants)s participants by %(observers)s observers")
            % {
                "ratings": number(outcome["ratings"]),
                "participants": number(len(outcome["adjusted"])),
                "observers": number(len(outcome["observers"])),
            },
            _("Criterion (%(method)s): %(value)s")
            % {"method": outcome["method"], "value": number(outcome["criterion"], DECIMALS)},
            _("Variance of observers: %(value)s") % {"value": number(variances["observer"], DECIMALS)},
        ]
        if variances["participant"] is not None:
            value = number(variances["participant"], DECIMALS)
            lines.append(_("Variance of participants: %(value)s") % {"value": value})
        lines.append(_("Residual variance: %(value)s") % {"value": number(variances["residual"], DECIMALS)})
        lines.append(_("Add --json to see every participant and observer."))
        return "\n".join(lines)

    def refusal_detail(self, error: DomainError) -> dict[str, Any]:
        """Return every mistake in the file."""
        return {"errors": error.errors} if isinstance(error, RatingsRefused) else {"errors": []}


def _content(path: Path) -> bytes:
    """Return what is in the file; of one that is too big no more than shows that it is."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        message = _("%(file)s cannot be read: %(why)s.") % {"file": path, "why": error.strerror}
        raise WrongUsage(message) from None


def _told(ratings: Ratings, fit: CrossedFit, options: dict[str, Any]) -> dict[str, Any]:
    adjusted = zip(
        ratings.participants, fit.means.tolist(), fit.standard_errors.tolist(), fit.counts.tolist(), strict=True
    )
    observers = zip(
        ratings.observers,
        fit.observer_effects.tolist(),
        fit.observer_errors.tolist(),
        fit.observer_counts.tolist(),
        strict=True,
    )
    return {
        "criterion": fit.criterion,
        "method": options["method"],
        "participants": options["participants"],
        "ratings": len(ratings.score),
        "variances": {
            "observer": fit.observer_variance,
            "participant": fit.participant_variance,
            "residual": fit.residual_variance,
        },
        "adjusted": [
            {"participant": name, "mean": mean, "standard_error": error, "ratings": count}
            for name, mean, error, count in adjusted
        ],
        "observers": [
            {"observer": name, "effect": effect, "standard_deviation": deviation, "ratings": count}
            for name, effect, deviation, count in observers
        ],
    }
