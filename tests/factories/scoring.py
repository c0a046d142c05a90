"""Stored scores and what is owed."""

import factory

from scoring.models import RecomputeOwed, ResponseScore, Scope, ScoreSummary, ScoringState
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
