import pytest
from django.db import IntegrityError, transaction

from scoring.models import Scope, ScoreSummary
from tests.factories.participants import AwardClassFactory, EnrolmentFactory
from tests.factories.scoring import RecomputeOwedFactory, ResponseScoreFactory, ScoreSummaryFactory, ScoringStateFactory

pytestmark = pytest.mark.django_db


def owners():
    enrolment = EnrolmentFactory()
    return {
        Scope.PARTICIPANT: {"season": enrolment.season, "enrolment": enrolment},
        Scope.CLASS: {"season": enrolment.season, "award_class": enrolment.award_class},
        Scope.SEASON: {"season": enrolment.season},
    }


@pytest.mark.parametrize("scope", Scope.values)
@pytest.mark.parametrize("method", ["", "phone"])
def test_summary_is_stored_once(scope, method):
    owner = owners()[scope]
    ScoreSummaryFactory(scope=scope, method=method, **owner)
    ScoreSummaryFactory(scope=scope, method="chat", **owner)

    with pytest.raises(IntegrityError), transaction.atomic():
        ScoreSummaryFactory(scope=scope, method=method, **owner)

    assert ScoreSummary.objects.count() == 2


@pytest.mark.parametrize("scope", Scope.values)
@pytest.mark.parametrize("owner", Scope.values)
def test_summary_belongs_to_what_its_scope_says(scope, owner):
    if scope == owner:
        assert ScoreSummaryFactory(scope=scope, **owners()[owner]).pk
        return

    with pytest.raises(IntegrityError), transaction.atomic():
        ScoreSummaryFactory(scope=scope, **owners()[owner])


def test_report_has_one_score():
    score = ResponseScoreFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        ResponseScoreFactory(response=score.response)


def test_scores_go_with_what_they_belong_to():
    summary = ScoreSummaryFactory(scope=Scope.PARTICIPANT, **owners()[Scope.PARTICIPANT])
    enrolment = summary.enrolment
    RecomputeOwedFactory(enrolment=enrolment)

    enrolment.delete()

    assert not ScoreSummary.objects.exists()


def test_names():
    enrolment = EnrolmentFactory(award_class=AwardClassFactory(name="Bank"))
    named = {
        str(ScoreSummaryFactory(season=enrolment.season)): f"season {enrolment.season_id} ",
        str(ScoringStateFactory(season=enrolment.season)): str(enrolment.season),
        str(RecomputeOwedFactory(enrolment=enrolment)): str(enrolment),
    }

    assert list(named) == list(named.values())
