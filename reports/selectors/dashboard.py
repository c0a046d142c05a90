"""A participant's own results beside those of its class and season."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ksp.accounts.models import User
from ksp.lib import charts, formatting
from ksp.lib.charts import Figure, WeekContact
from ksp.lib.weeks import IsoWeek
from participants.models import Enrolment, Season
from reports.selectors.answers import Comment, Comments, Contact, approved_contacts, comments_by_area
from reports.selectors.performances import Matrix, performance_matrix
from responses.questionnaires.selectors import questionnaire_of
from scoring.batteries import battery_of
from scoring.engine.battery import AGENT, METHODS
from scoring.engine.layout import NpsResult, ScaleResult, Scored, Summary
from scoring.models import Scope, ScoreSummary
from scoring.selectors import EnrolmentResults, enrolment_results

LATEST_COMMENTS = 3
# Rulers begin here unless something that is compared lies below.
RULER_START = 40
CX_NAMES = {"csat": "CSAT", "ces": "CES", "nps": "NPS", "ves1": "VES 1", "ves2": "VES 2"}


@dataclass(frozen=True)
class Compared:
    """One result (0–100) with its number of contacts, beside the means of the class and the season."""

    label: str
    value: float | None
    n: int
    class_mean: float | None
    season_mean: float | None
    note: str = ""


@dataclass(frozen=True)
class Place:
    """A place in the class and among all; ``is_shared`` when others have the same place in the class."""

    in_class: int
    of_class: int
    is_shared: bool
    overall: int
    of_all: int
    is_shared_overall: bool


@dataclass(frozen=True)
class CxScale:
    """One CX question: mean and distribution; for NPS also its three groups."""

    code: str
    name: str
    result: ScaleResult | NpsResult
    most: int
    value: float | None
    class_mean: float | None
    season_mean: float | None

    @property
    def is_nps(self) -> bool:
        """Whether it is the one with promoters and detractors."""
        return isinstance(self.result, NpsResult)


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
    waiting_all: float | None
    methods: Sequence[Compared]
    matrix: Matrix
    weeks: Figure
    cx: Sequence[CxScale]
    comments: Comments

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
    contacts = approved_contacts(user, found.enrolment)
    headline = _headline(found)
    compared = [value for one in headline for value in (one.value, one.class_mean, one.season_mean)]
    return ResultsShown(
        place=_place(found),
        headline=headline,
        ruler_start=RULER_START if all(value is None or value >= RULER_START for value in compared) else 0,
        areas=_areas(found),
        waiting_all=found.own.all_methods.waiting_all,
        methods=_methods(found),
        matrix=performance_matrix(found.enrolment.season, found.own),
        weeks=_weeks(found, contacts),
        cx=_cx(found),
        comments=comments_by_area(found.enrolment, contacts),
    )


def _three(found: EnrolmentResults) -> tuple[Summary, Summary, Summary]:
    return found.own.all_methods, found.award_class.all_methods, found.season.all_methods


def _headline(found: EnrolmentResults) -> list[Compared]:
    """Return the three published results."""
    own, award_class, season = _three(found)
    total = Compared(_("Total result"), own.total, own.contacts, award_class.total, season.total)
    answered = Compared(
        _("Answered score"), own.answered_score, own.answered, award_class.answered_score, season.answered_score
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


def _place(found: EnrolmentResults) -> Place | None:
    """Return the places with how many compete for them; None while there are too few contacts."""
    in_class, overall = found.own.rank_class, found.own.rank_overall
    if in_class is None or overall is None:
        return None
    enrolment = found.enrolment
    ranked = ScoreSummary.objects.filter(
        season=enrolment.season_id, scope=Scope.PARTICIPANT, method="", rank_overall__isnull=False
    )
    same_class = Q(enrolment__award_class=enrolment.award_class_id)
    counts = ranked.aggregate(
        of_all=Count("pk"),
        of_class=Count("pk", filter=same_class),
        sharing=Count("pk", filter=same_class & Q(rank_class=in_class)),
        sharing_overall=Count("pk", filter=Q(rank_overall=overall)),
    )
    return Place(
        in_class=in_class,
        of_class=counts["of_class"],
        is_shared=counts["sharing"] > 1,
        overall=overall,
        of_all=counts["of_all"],
        is_shared_overall=counts["sharing_overall"] > 1,
    )


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


def _cx(found: EnrolmentResults) -> list[CxScale]:
    own, award_class, season = _three(found)
    questions = questionnaire_of(found.enrolment.season).by_code
    return [
        CxScale(
            code=CX_NAMES.get(code, code),
            name=_cx_name(code) or questions[code].question.text,
            result=result,
            most=max(result.distribution),
            value=_cx_value(result),
            class_mean=_cx_value(award_class.cx[code]),
            season_mean=_cx_value(season.cx[code]),
        )
        for code, result in own.cx.items()
    ]


def _cx_value(result: ScaleResult | NpsResult) -> float | None:
    return result.score if isinstance(result, NpsResult) else result.mean


def _cx_name(code: str) -> str:
    names = {
        "csat": _("Customer satisfaction"),
        "ces": _("How easy it was"),
        "nps": _("Would recommend"),
        "ves1": _("Added value"),
        "ves2": _("Added trust"),
    }
    return names.get(code, "")
