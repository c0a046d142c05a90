"""Stored scores and what is owed."""

import factory
from django.utils import timezone

from scoring.models import (
    EnrolmentStatistics,
    RecomputeOwed,
    ResponseScore,
    Scope,
    ScoreCheck,
    ScoreSummary,
    ScoringState,
    SeasonStatistics,
    SisterResult,
)
from tests.factories.participants import EnrolmentFactory, SeasonFactory
from tests.factories.responses import SurveyResponseFactory


class ResponseScoreFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ResponseScore

    response = factory.SubFactory(SurveyResponseFactory)
    season = factory.SelfAttribute("response.season")
    points = 80
    possible = 100
    score = 80.0
    areas = b""


class ScoreSummaryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ScoreSummary

    season = factory.SubFactory(SeasonFactory)
    scope = Scope.SEASON
    contacts = 1
    answered = 1
    vector = b""
    sums = b""


class ScoringStateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ScoringState

    season = factory.SubFactory(SeasonFactory)


class RecomputeOwedFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RecomputeOwed

    enrolment = factory.SubFactory(EnrolmentFactory)
    season = factory.SelfAttribute("enrolment.season")


class SeasonStatisticsFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SeasonStatistics

    season = factory.SubFactory(SeasonFactory)
    computed_at = factory.LazyFunction(timezone.now)
    figures = factory.LazyFunction(dict)


class EnrolmentStatisticsFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = EnrolmentStatistics

    enrolment = factory.SubFactory(EnrolmentFactory)
    season = factory.SelfAttribute("enrolment.season")
    figures = factory.LazyFunction(dict)


class SisterResultFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SisterResult

    enrolment = factory.SubFactory(EnrolmentFactory)
    score = 80.0


class ScoreCheckFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ScoreCheck

    season = factory.SubFactory(SeasonFactory)
    checked_at = factory.LazyFunction(timezone.now)
    reports = 0
    summaries = 0
    owed = 0
    differences = 0
