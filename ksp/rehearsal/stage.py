"""Sets a season up through the services: organiser, people, lists, questionnaire, role-plays, the opening."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Final

from django.conf import settings as django_settings
from django.utils.translation import gettext as _

from assignments.services import create_role_play
from ksp.accounts.models import Organiser, Role, User
from ksp.accounts.services import create_organiser, create_user, system_user
from ksp.lib.calendar import OSLO
from ksp.lib.errors import DomainError
from ksp.lib.sheets.reading import read_sheet
from ksp.rehearsal.lists import SHOWN_CONTACT, Cast, Row
from ksp.rehearsal.names import TEXTS, Sector
from ksp.rehearsal.progress import Progress
from ksp.rehearsal.shape import Shape
from observers.applications.services import join_team
from observers.models import Observer
from observers.services import link_account
from participants.imports.kinds import find_kind
from participants.imports.services import import_list
from participants.models import Enrolment, Season
from participants.services import (
    add_representative,
    change_enrolment,
    change_season,
    change_season_settings,
    create_season,
    open_season,
)
from responses.questionnaires.battery import Battery, load_battery
from responses.questionnaires.services import install_battery

SLUG, NAME = "ksp", "Kundeserviceprisen"
BATTERY: Final = "KSP22"
DEMO_PASSWORD: Final = "demo"  # noqa: S105 -- known to all, and only where the demo is switched on
MANAGERS: Final = ("Marte Hovde", "Ola Lie", "Siri Nordbø")
ADMINISTRATOR: Final = "Eva Myhrvang"
# The domain of everybody whom the lists invent; nothing is ever sent there.
INVENTED: Final = "epost.example"
OPENED_BEFORE: Final = timedelta(days=14)
# One participant in so many has not said when its employees were informed.
NOT_INFORMED: Final = 25
SHARE_RANKED: Final = 0.8
CHOOSING: Final = "Bruk det som står i oppdraget. Passer det dårlig for deg, kan du velge det andre i klassen."


class SeasonExists(DomainError):
    """There is a season with this code; a rehearsal never touches one that is there."""

    code: ClassVar[str] = "season_exists"


@dataclass(frozen=True)
class Stage:
    """A season that is open, with those who play in it."""

    season: Season
    director: User
    managers: Sequence[User]
    observers: dict[str, Observer]
    opened_at: datetime


def find_or_make_organiser(shape: Shape) -> Organiser:
    """Return the organiser, made if there is none; refuse if it has the season already."""
    organiser = Organiser.objects.filter(slug=SLUG).first() or create_organiser(name=NAME, slug=SLUG)
    refuse_known(organiser, shape)
    return organiser


def refuse_known(organiser: Organiser, shape: Shape) -> None:
    """Say no if the organiser has a season of this code."""
    if Season.objects.filter(organiser=organiser, code__iexact=shape.season).exists():
        message = _("There is a season %(code)s already. Choose another code, or start with an empty database.")
        raise SeasonExists(message % {"code": shape.season})


def set_stage(shape: Shape, cast: Cast, progress: Progress) -> Stage:
    """Make everything that a season needs, and open it."""
    organiser = find_or_make_organiser(shape)
    director = system_user(organiser)
    season = make_season(organiser, shape, load_battery(BATTERY), director)
    _import_lists(season, cast, director, progress)
    progress.step(_("People"))
    managers = _staff(director)
    observers = _team(cast, director)
    _represent(cast, director)
    progress.step(_("Role-plays"))
    write_role_plays(season, cast, director)
    inform_employees(season, cast, shape, director)
    join_team(season.pk, [observer.pk for observer in observers.values()], by=managers[0])
    season = open_season(season.pk, now=opening_of(shape), by=director)
    return Stage(season, director, managers, observers, opening_of(shape))


def make_season(organiser: Organiser, shape: Shape, battery: Battery, director: User) -> Season:
    """Return a season in preparation, with its manual, settings and questionnaire."""
    season = create_season(
        organiser,
        code=shape.season,
        name=f"{NAME} {shape.ends_on.year}",
        starts_on=shape.starts_on,
        ends_on=shape.ends_on,
        by=director,
    )
    change_season(season.pk, manual=(TEXTS / "manual.txt").read_text(encoding="utf-8").strip(), by=director)
    change_season_settings(season.pk, settings=_settings(shape), by=director)
    install_battery(season.pk, battery=battery, by=director)
    return season


def opening_of(shape: Shape) -> datetime:
    """Return when the season opens: some days before its first contacts."""
    return datetime.combine(shape.weeks()[0].monday() - OPENED_BEFORE, time(9), OSLO)


def _settings(shape: Shape) -> dict[str, Any]:
    """The quiet days around Christmas are closed; a season with few contacts ranks those who have most of them."""
    closed_on = sorted(day.isoformat() for day in shape.calendar.closed_on)
    usual = {"contacts_per_participant": shape.contacts, "closed_on": closed_on}
    if shape.contacts >= 25:  # noqa: PLR2004 -- the award's own number, for which its own thresholds hold
        return usual
    return {**usual, "least_contacts_ranked": max(1, int(shape.contacts * SHARE_RANKED)), "least_contacts_method": 2}


def _import_lists(season: Season, cast: Cast, director: User, progress: Progress) -> None:
    lists: dict[str, list[Row]] = {
        "participants": cast.participants,
        "observers": cast.observers,
        "prior_contacts": cast.prior_contacts,
        "customer_relations": cast.customer_relations,
    }
    for code, rows in lists.items():
        kind = find_kind(code)
        progress.step(str(kind.label))
        checked = kind.resource().check(read_sheet(_csv(rows)))
        import_list(code, checked, season=season if kind.needs_season else None, file_name=f"{code}.csv", by=director)


def _csv(rows: Sequence[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _account(director: User, *, email: str, name: str, role: str, is_shown: bool = False) -> User:
    """Return the account with this address, made if there is none; those of the demo can sign in."""
    found = User.objects.filter(email__iexact=email, organiser=director.organiser_id).first()
    password = DEMO_PASSWORD if is_shown else None
    return found or create_user(by=director, email=email, name=name, role=role, password=password)


def _staff(director: User) -> list[User]:
    """Return the managers; in the demo the administrator and the first manager sign in with known names."""
    is_demo = bool(django_settings.DEMO)
    if is_demo:
        _account(director, email="admin@ksp.example", name=ADMINISTRATOR, role=Role.ADMINISTRATOR, is_shown=True)
    addresses = [f"{name.split()[0].lower()}@{INVENTED}" for name in MANAGERS]
    if is_demo:
        addresses[0] = "manager@ksp.example"
    return [
        _account(director, email=address, name=name, role=Role.MANAGER, is_shown=is_demo and not place)
        for place, (address, name) in enumerate(zip(addresses, MANAGERS, strict=True))
    ]


def _team(cast: Cast, director: User) -> dict[str, Observer]:
    """Give everybody of the team an account; return them by their ids."""
    rows = {row["observer"]: row for row in cast.observers}
    stored = Observer.objects.filter(organiser=director.organiser_id, code__in=cast.team).select_related("user")
    team = {observer.code: observer for observer in stored}
    for place, code in enumerate(cast.team):
        observer, row = team[code], rows[code]
        is_shown = bool(django_settings.DEMO) and not place
        email = "observer@ksp.example" if is_shown else row["email"]
        if observer.user is None:
            user = _account(director, email=email, name=str(observer), role=Role.OBSERVER, is_shown=is_shown)
            team[code] = link_account(observer.pk, user=user, by=director)
    return team


def _represent(cast: Cast, director: User) -> None:
    """In the demo somebody represents the first participant."""
    if not django_settings.DEMO:
        return
    user = _account(director, email="participant@ksp.example", name=SHOWN_CONTACT, role=Role.PARTICIPANT, is_shown=True)
    first = Enrolment.objects.filter(
        season__organiser=director.organiser_id, participant__code=cast.participants[0]["participant"]
    ).latest("pk")
    add_representative(first.participant_id, user=user, by=director)


def write_role_plays(season: Season, cast: Cast, director: User) -> None:
    """Give each class its role-plays."""
    by_name: dict[str, Sector] = {sector.name: sector for sector in cast.sectors}
    numbers = {name: number for number, name in enumerate(by_name, start=1)}
    for award_class in season.classes.order_by("pk"):
        role_plays = by_name[award_class.name].role_plays
        for place, item in enumerate(role_plays, start=1):
            create_role_play(
                award_class.pk,
                code=f"R{numbers[award_class.name]:02d}-{place}",
                title=item["title"],
                story=item["story"],
                choosing="" if len(role_plays) == 1 else CHOOSING,
                by=director,
            )


def inform_employees(season: Season, cast: Cast, shape: Shape, director: User) -> None:
    """Note when the employees were informed, and what counts as additional information, for each participant."""
    sectors = {row["participant"]: sector for row, sector in zip(cast.participants, cast.sectors, strict=True)}
    informed_on: date = shape.starts_on - timedelta(days=40)
    for place, enrolment in enumerate(season.enrolments.select_related("participant").order_by("participant__code")):
        sector = sectors[enrolment.participant.code]
        change_enrolment(
            enrolment.pk,
            extra_help=f"For {enrolment.participant.name}: {sector.extra}.",
            employees_informed_on=None
            if place % NOT_INFORMED == NOT_INFORMED - 1
            else informed_on + timedelta(days=place % 20),
            by=director,
        )
