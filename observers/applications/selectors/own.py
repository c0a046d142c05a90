"""Reads an observer's own application, and what it lacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from ksp.accounts.models import User
from ksp.lib.collation import norwegian
from observers.applications.models import Application, TeamMember
from observers.applications.periods import TAKES_APPLICATIONS, takes_applications
from observers.models import Observer
from participants.models import Enrolment, Season


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that must be answered before the application is sent: where, and what."""

    part: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class TieRow:
    """One participant to choose, with the kind of tie that is declared, or a tie that is known from before."""

    participant_id: int
    name: str
    kind: str
    is_known: bool = False


@dataclass(slots=True)
class ClassCard:
    """One class to go through: its participants, and whether the observer is tied to none of them."""

    pk: int
    name: str
    has_none: bool
    rows: list[TieRow] = field(default_factory=list)

    @property
    def tied(self) -> list[TieRow]:
        """Those that the observer declares to be tied to."""
        return [row for row in self.rows if row.kind]

    @property
    def known(self) -> list[TieRow]:
        """Those that the observer is known to be tied to from before."""
        return [row for row in self.rows if row.is_known]

    @property
    def is_answered(self) -> bool:
        """Somebody is ticked, or nobody is said to be."""
        return self.has_none or bool(self.tied)


@dataclass(frozen=True, slots=True)
class Choice:
    """A season that an observer can apply for, or has applied for."""

    season: Season
    is_open: bool
    state: str
    is_on_team: bool


def choices_of(observer: Observer, *, today: date) -> list[Choice]:
    """Return the seasons that concern the observer, those that take applications first, in three queries."""
    seasons = Season.objects.filter(organiser=observer.organiser_id).order_by("-starts_on", "-pk")
    choices = _choices(list(seasons), observer.user_id, today=today)
    return sorted((one for one in choices if one.is_open or one.state), key=lambda one: not one.is_open)


def invitation_for(user: User, *, today: date) -> Choice | None:
    """Return the season that takes applications and that the observer is not on the team of; at most three queries."""
    seasons = Season.objects.filter(organiser=user.organiser_id, state__in=TAKES_APPLICATIONS)
    is_open = [one for one in seasons.order_by("-starts_on", "-pk") if takes_applications(one, today=today)]
    choices = _choices(is_open, user.pk, today=today) if is_open else []
    return next((one for one in choices if not one.is_on_team), None)


def _choices(seasons: Sequence[Season], user_id: int | None, *, today: date) -> list[Choice]:
    states = dict(Application.objects.filter(observer__user=user_id).values_list("season", "state"))
    teams = set(TeamMember.objects.current().filter(observer__user=user_id).values_list("season", flat=True))
    return [
        Choice(one, takes_applications(one, today=today), states.get(one.pk, ""), one.pk in teams) for one in seasons
    ]


def classes_of(season: Season, application: Application | None, observer: Observer) -> list[ClassCard]:
    """Return the season's classes with their participants, in four queries at most."""
    kinds: Mapping[int, str] = dict(application.relations.values_list("participant", "kind")) if application else {}
    declared = dict(application.declarations.values_list("award_class", "has_none")) if application else {}
    known = set(observer.customer_relations.values_list("participant", flat=True)) - kinds.keys()
    enrolled = (
        Enrolment.objects.filter(season=season)
        .order_by(norwegian("award_class__name"), norwegian("participant__name"), "pk")
        .values_list("award_class", "award_class__name", "participant", "participant__name")
    )
    cards: dict[int, ClassCard] = {}
    for class_id, class_name, participant_id, name in enrolled:
        card = cards.setdefault(class_id, ClassCard(class_id, class_name, declared.get(class_id, False)))
        card.rows.append(TieRow(participant_id, name, kinds.get(participant_id, ""), participant_id in known))
    return list(cards.values())


def gaps_of(application: Application) -> list[Gap]:
    """Return what must be answered before the application can be sent, in the order of the pages; two queries."""
    asked = Enrolment.objects.filter(season=application.season_id).order_by(norwegian("award_class__name"))
    classes = dict.fromkeys(asked.values_list("award_class", "award_class__name"))
    answered = set(application.declarations.values_list("award_class", flat=True))
    message = _("%(name)s: choose those you are a customer of, or “None of these”.")
    lacking = [Gap("ties", f"class-{key}", message % {"name": name}) for key, name in classes if key not in answered]
    return [*_gaps_of_work(application), *lacking]


def _gaps_of_work(application: Application) -> list[Gap]:
    gaps = []
    if not application.methods:
        gaps.append(Gap("work", "methods", _("Choose at least one contact method.")))
    if not application.weeks:
        gaps.append(Gap("work", "weeks", _("Choose at least one week.")))
    if not application.county:
        gaps.append(Gap("work", "county", _("Choose your county.")))
    return gaps
