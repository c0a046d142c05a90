"""Whose results a person may see taken apart: a participant's, those of a class or a season, one contact's."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from ksp.accounts.models import Role, User
from participants.models import STAFF, AwardClass, Enrolment, EnrolmentQuerySet, Package, Season, SeasonQuerySet
from participants.workflow import SeasonState
from responses.models import SurveyResponse


@dataclass(frozen=True)
class Reader:
    """What somebody who reads an explanation sees: all participants by name, or the ``own`` ones alone."""

    sees_all: bool
    own: Sequence[Enrolment] = ()


def readable_enrolment(user: User, *, season: str, participant: str) -> Enrolment:
    """Return the enrolment of the participant with this key or id, or raise ``Enrolment.DoesNotExist``: two queries."""
    enrolment = _enrolments(user).filter(season__code=season).get(_named(participant))
    if not user.has_perm("reports.read_results", enrolment):
        raise Enrolment.DoesNotExist
    return enrolment


def explainable(user: User | AnonymousUser, season: Season) -> dict[str, Enrolment]:
    """Return by their ids the participants of a season whose results the person may see taken apart: one query.

    They are all for staff, the own ones with a report for a participant, and none for everybody else.
    """
    if not isinstance(user, User) or user.role not in {*STAFF, Role.PARTICIPANT}:
        return {}
    found = _enrolments(user).filter(season=season)
    if user.role == Role.PARTICIPANT:
        found = found.exclude(package=Package.NONE)
    return {enrolment.participant.code: enrolment for enrolment in found}


def readable_class(user: User, *, season: str, key: int) -> tuple[AwardClass, Reader]:
    """Return a class that the person may compare with, or raise ``AwardClass.DoesNotExist``."""
    award_class = AwardClass.objects.select_related("season").get(pk=key, season__in=_seasons(user).filter(code=season))
    reader = _reader(user, _enrolments(user).filter(award_class=award_class))
    if not reader.sees_all and not reader.own:
        raise AwardClass.DoesNotExist
    return award_class, reader


def readable_season(user: User, *, season: str) -> tuple[Season, Reader]:
    """Return a season that the person may compare with, or raise ``Season.DoesNotExist``."""
    found = _seasons(user).get(code=season)
    reader = _reader(user, _enrolments(user).filter(season=found))
    if not reader.sees_all and not reader.own:
        raise Season.DoesNotExist
    return found, reader


def readable_contact(user: User, key: uuid.UUID) -> SurveyResponse:
    """Return an approved contact without who made it, or raise ``SurveyResponse.DoesNotExist``: one query."""
    visible = SurveyResponse.objects.visible_to(user).approved().defer("observer")
    joined = visible.select_related("enrolment__season", "enrolment__participant", "enrolment__award_class", "season")
    return joined.get(public_id=key)


def _named(participant: str) -> Q:
    """Match a participant by its id, or by its key where that is one."""
    by_id = Q(participant__code=participant)
    try:
        return by_id | Q(participant__public_id=uuid.UUID(participant))
    except ValueError:
        return by_id


def _seasons(user: User) -> SeasonQuerySet:
    return Season.objects.visible_to(user).exclude(state=SeasonState.PREPARING)


def _enrolments(user: User) -> EnrolmentQuerySet:
    visible = Enrolment.objects.visible_to(user).exclude(season__state=SeasonState.PREPARING)
    return visible.select_related("season", "participant", "award_class")


def _reader(user: User, enrolments: EnrolmentQuerySet) -> Reader:
    """Return what the person sees of these enrolments."""
    if user.role in STAFF:
        return Reader(sees_all=True)
    return Reader(
        sees_all=False,
        own=[enrolment for enrolment in enrolments if user.has_perm("reports.read_results", enrolment)],
    )
