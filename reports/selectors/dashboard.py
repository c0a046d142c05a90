"""A participant's own results beside those of its class and season."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ksp.accounts.models import User
from ksp.lib import charts, formatting
from ksp.lib.charts import Figure, WeekContact
from ksp.lib.weeks import IsoWeek
from participants.models import ContactMethod, Enrolment, Season
from reports.selectors.answers import Comment, Comments, Contact, approved_contacts, comments_by_area
from reports.selectors.certainty import UNKNOWN, Certainty, KnownCertainty
from reports.selectors.cx import CxScale, cx_scales
from reports.selectors.numbers import Numbers, numbers_of
from reports.selectors.performances import Matrix, performance_matrix
from reports.selectors.places import Place, place_of
from reports.selectors.since import Since, since_earlier
from responses.questionnaires.earlier import comparison_with_earlier
from responses.questionnaires.selectors import questionnaire_of
from scoring.batteries import battery_of
from scoring.engine.battery import AGENT, METHODS
from scoring.engine.layout import Scored, Summary
from scoring.selectors import EnrolmentResults, enrolment_results
from scoring.stored_figures import near_figures

LATEST_COMMENTS = 3
# Rulers begin here unless something that is compared lies below.
RULER_START = 40


@dataclass(frozen=True)
class Compared:
    """One result (0–100) with its number of contacts, beside the means of the class and the season.

    ``figure`` is the code by which it is explained.
    """

    label: str
    figure: str
    value: float | None
    n: int
    class_mean: float | None
    season_mean: float | None
    note: str = ""
    certainty: Certainty = UNKNOWN

    @property
    def is_signed(self) -> bool:
        """Whether it can be less than nothing."""
        return False


@dataclass(frozen=True)
class Dashboard:
    """Everything on the page of one enrolment; ``results`` is None while no contact is approved."""

    enrolment: Enrolment
    contacts: int
    answered: int
    progress: str
    least_ranked: int
    results: "ResultsShown | None"


@dataclass(frozen=True)
class ResultsShown:
    """What the page shows once there are results."""

    place: Place | None
    headline: Sequence[Compared]
    ruler_start: int
    areas: Sequence[Compared]
    waiting_all: Compared | None
    methods: Sequence[Compared]
    matrix: Matrix
    weeks: Figure
    cx: Sequence[CxScale]
    comments: Comments
    since: Since | None
    has_intervals: bool
    is_behind: bool

    @property
    def headline_numbers(self) -> Numbers:
        """The three results as a table."""
        return numbers_of(self.headline, with_intervals=self.has_intervals)

    @property
    def area_numbers(self) -> Numbers:
        """The areas as a table, with the waiting time over all contacts."""
        results = [*self.areas, *([self.waiting_all] if self.waiting_all else [])]
        return numbers_of(results, with_intervals=self.has_intervals)

    @property
    def method_numbers(self) -> Numbers:
        """The contact methods as a table."""
        named = (replace(one, label=str(ContactMethod(one.label).label)) for one in self.methods)
        return numbers_of(named, with_intervals=self.has_intervals)

    @property
    def cx_numbers(self) -> Numbers:
        """The CX questions as a table."""
        return numbers_of(self.cx, with_intervals=self.has_intervals)

    @property
    def latest_comments(self) -> Sequence[Comment]:
        """The first few of the comments, which stand newest first."""
        return self.comments.shown[:LATEST_COMMENTS]


def dashboard_of(user: User, enrolment: Enrolment) -> Dashboard:
    """Return the dashboard of one enrolment, from stored scores and its own contacts alone."""
    found = enrolment_results(enrolment)
    summary = found.own.all_methods
    return Dashboard(
        enrolment=enrolment,
        contacts=summary.contacts,
        answered=summary.answered,
        progress=_progress(summary, planned=enrolment.planned_contacts),
        least_ranked=enrolment.season.settings.least_contacts_ranked,
        results=_shown(user, found) if summary.contacts else None,
    )


def _progress(own: Summary, *, planned: int) -> str:
    """Say how far the contacts have come: «13 av 25 kontakter er godkjent. 12 ble besvart.»."""
    counts = {"contacts": own.contacts, "planned": planned}
    approved = ngettext(
        "%(contacts)s of %(planned)s contacts is approved.",
        "%(contacts)s of %(planned)s contacts are approved.",
        own.contacts,
    )
    answered = ngettext("%(count)s was answered.", "%(count)s were answered.", own.answered)
    sentences = [approved % counts, answered % {"count": own.answered}]
    return " ".join(sentences[: 2 if own.contacts else 1])


def _shown(user: User, found: EnrolmentResults) -> ResultsShown:
    enrolment, own = found.enrolment, found.own
    contacts = approved_contacts(user, enrolment)
    figures = near_figures(enrolment)
    known = KnownCertainty.to(user, enrolment, figures)
    comparison = comparison_with_earlier(enrolment.season)
    headline = _known(known, _headline(found))
    return ResultsShown(
        place=place_of(found, known),
        headline=headline,
        ruler_start=RULER_START if all(value >= RULER_START for value in _on_rulers(headline)) else 0,
        areas=_known(known, _areas(found)),
        waiting_all=_waiting_all(known, found),
        methods=_known(known, _methods(found)),
        matrix=performance_matrix(enrolment.season, own, marks=comparison.marks if comparison else {}),
        weeks=_weeks(found, contacts),
        cx=cx_scales(found, known),
        comments=comments_by_area(enrolment, contacts),
        since=since_earlier(known, comparison),
        has_intervals=known.has_intervals,
        is_behind=known.is_behind(own.all_methods.total),
    )


def _known(known: KnownCertainty, results: Iterable[Compared]) -> list[Compared]:
    """Return the results with how certain they are."""
    return [replace(one, certainty=known.of(one.figure, one.value, one.class_mean, one.season_mean)) for one in results]


def _on_rulers(headline: Iterable[Compared]) -> list[float]:
    """Return everything that stands on the rulers."""
    values = [
        value for one in headline for value in (one.value, one.class_mean, one.season_mean, *(one.certainty.own or ()))
    ]
    return [value for value in values if value is not None]


def _waiting_all(known: KnownCertainty, found: EnrolmentResults) -> Compared | None:
    """Return the waiting area over all contacts, also those without an answer."""
    own, award_class, season = _three(found)
    compared = Compared(
        label=_("%(area)s, all contacts") % {"area": _("Answer and waiting time")},
        figure="waiting_all",
        value=own.waiting_all,
        n=own.contacts,
        class_mean=award_class.waiting_all,
        season_mean=season.waiting_all,
    )
    return None if own.waiting_all is None else _known(known, [compared])[0]


def _three(found: EnrolmentResults) -> tuple[Summary, Summary, Summary]:
    return found.own.all_methods, found.award_class.all_methods, found.season.all_methods


def _headline(found: EnrolmentResults) -> list[Compared]:
    """Return the three published results."""
    own, award_class, season = _three(found)
    total = Compared(_("Total result"), "total", own.total, own.contacts, award_class.total, season.total)
    answered = Compared(
        _("Answered score"),
        "answered_score",
        own.answered_score,
        own.answered,
        award_class.answered_score,
        season.answered_score,
    )
    return [_in_words(total), _in_words(answered), *(_in_words(area) for area in _areas(found, only=AGENT))]


def _in_words(one: Compared) -> Compared:
    """Say the difference to the class in words, as the rounded number has it, and nothing where there is none."""
    if one.value is None or one.class_mean is None:
        return replace(one, note="")
    difference = formatting.signed(one.value - one.class_mean)
    distance = formatting.score(abs(one.value - one.class_mean))
    sentences = {
        "+": _("%(distance)s above the class"),
        formatting.MINUS: _("%(distance)s below the class"),
    }
    note = sentences.get(difference[0], _("same as the class")) % {"distance": distance}
    return replace(one, note=note)


def _areas(found: EnrolmentResults, only: str = "") -> list[Compared]:
    own, award_class, season = _three(found)
    names = {area.code: area.name for area in questionnaire_of(found.enrolment.season).areas}
    points = _area_points(found.enrolment.season)
    return [
        Compared(
            label=names[code],
            figure=f"area.{code}",
            value=scored.score,
            n=scored.n,
            class_mean=_score(award_class.areas, code),
            season_mean=_score(season.areas, code),
            note=points[code],
        )
        for code, scored in own.areas.items()
        if only in {"", code}
    ]


def _score(scores: Mapping[str, Scored], code: str) -> float | None:
    return scores[code].score if code in scores else None


def _area_points(season: Season) -> dict[str, str]:
    """Return how many points each area can give; «up to» where the contact methods differ."""
    battery = battery_of(season)
    written = {}
    for place, code in enumerate(battery.areas, start=1):
        possible = {int(points) for points in battery.method_possible[:, place] if points}
        sentence = _("%(points)s points") if len(possible) == 1 else _("up to %(points)s points")
        written[code] = sentence % {"points": max(possible, default=0)}
    return written


def _methods(found: EnrolmentResults) -> list[Compared]:
    """Return Totalresultat on each contact method that the participant was contacted by."""
    rows = []
    for method in METHODS:
        own = found.own.by_method.get(method)
        if own is not None:
            award_class, season = found.award_class.by_method.get(method), found.season.by_method.get(method)
            rows.append(
                Compared(
                    label=method,
                    figure=f"method.{method}",
                    value=own.total,
                    n=own.contacts,
                    class_mean=award_class.total if award_class else None,
                    season_mean=season.total if season else None,
                    note=_answered_words(own),
                )
            )
    return rows


def _answered_words(own: Summary) -> str:
    if own.answered == own.contacts:
        return _("n = %(count)s, all answered") % {"count": own.contacts}
    return _("n = %(count)s, %(answered)s answered") % {"count": own.contacts, "answered": own.answered}


def _weeks(found: EnrolmentResults, contacts: Sequence[Contact]) -> Figure:
    """Draw the contacts in the weeks of the season, and in those that lie outside it."""
    season = found.enrolment.season
    known = [contact for contact in contacts if contact.score is not None]
    weeks = [IsoWeek.of(season.starts_on), IsoWeek.of(season.ends_on), *(contact.week for contact in known)]
    return charts.week_by_week(
        [WeekContact(contact.week, contact.score or 0.0, is_answered=contact.is_answered) for contact in known],
        weeks=IsoWeek.range(min(weeks), max(weeks)),
        class_mean=found.award_class.all_methods.total,
    )
