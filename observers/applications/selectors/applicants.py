"""Reads a season's applicants for those who decide: how good, how experienced, how free they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, FloatField, QuerySet
from django.db.models.functions import Coalesce

from ksp.accounts.models import User
from observers.applications.models import Application, ApplicationQuerySet, DeclaredRelation
from observers.applications.records import TrackRecord, meetings_before, records_of
from observers.applications.workflow import ApplicationState
from observers.demographics import AgeGroup, age_group
from observers.models import CustomerRelation, Observer, PriorContact
from participants.models import Season
from participants.workflow import SeasonState


@dataclass(frozen=True, slots=True)
class Applicant:
    """One applicant with all that a decision rests on; ``barred`` participants of the season are not for them."""

    application: Application
    record: TrackRecord
    age: AgeGroup | None
    barred: int

    @property
    def observer(self) -> Observer:
        """Who applies."""
        return self.application.observer

    @property
    def weeks(self) -> int:
        """How many weeks they offer."""
        return len(self.application.weeks)

    @property
    def capacity(self) -> int:
        """How many contacts they could make in the whole season."""
        most = self.weeks * self.application.weekly_capacity
        limit = self.application.season_capacity
        return most if limit is None else min(most, limit)


def counts_of(season: Season) -> dict[str, int]:
    """Count a season's applications by state in one query; drafts are nobody's business yet."""
    sent = Application.objects.filter(season=season).exclude(state=ApplicationState.DRAFT)
    counted = dict(sent.values_list("state").annotate(Count("pk")).order_by())
    return {state: counted.get(state, 0) for state in ApplicationState.values if state != ApplicationState.DRAFT}


def waiting_for(user: User) -> ApplicationQuerySet:
    """Return the applications that wait for a decision, in seasons that have not ended."""
    rows = Application.objects.visible_to(user).filter(state=ApplicationState.SUBMITTED)
    return rows.exclude(season__state__in=[SeasonState.CLOSED, SeasonState.PUBLISHED])


def with_scores(rows: ApplicationQuerySet, season: Season) -> ApplicationQuerySet:
    """Add the score that each applicant counts with; a new one's is what the season says."""
    new = float(season.settings.new_observer_score)
    score = Coalesce("observer__internal_score", "observer__carried_score", new, output_field=FloatField())
    return rows.annotate(score=score)


def applicants_of(applications: Sequence[Application], season: Season) -> list[Applicant]:
    """Return the applications with what is known of each applicant, in five queries however many there are."""
    keys = [application.observer_id for application in applications]
    records, barred = records_of(keys), barred_for(season, keys)
    declared = DeclaredRelation.objects.filter(application__in=applications)
    for observer, participant in declared.values_list("application__observer", "participant"):
        barred[observer].add(participant)
    return [
        Applicant(
            application,
            records[application.observer_id],
            age_group(application.observer.birth_year, year=season.starts_on.year),
            len(barred[application.observer_id]),
        )
        for application in applications
    ]


def barred_for(season: Season, observer_ids: Sequence[int]) -> dict[int, set[int]]:
    """Return the season's participants whom each observer may not contact: customers, and met before."""
    barred = meetings_before(season.pk, observer_ids)
    for model in (CustomerRelation, PriorContact):
        pairs: QuerySet[CustomerRelation] | QuerySet[PriorContact] = model._default_manager.filter(
            observer__in=observer_ids, participant__enrolments__season=season
        )
        for observer, participant in pairs.values_list("observer", "participant"):
            barred[observer].add(participant)
    return barred
