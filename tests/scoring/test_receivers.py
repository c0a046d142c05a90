import pytest
from django.db import transaction

from participants.services import change_season_settings
from responses.services import reject_response, return_response
from scoring.models import RecomputeOwed, ScoreSummary
from scoring.services import settle_owed_recomputes
from tests.factories.accounts import UserFactory
from tests.scoring.seasons import administrator, approve, from_scratch, report, small_season, stored

pytestmark = pytest.mark.django_db


def owed():
    return list(RecomputeOwed.objects.values_list("season_id", "enrolment_id", "tries"))


def test_approval_owes_one_recompute_of_its_participant():
    season, (enrolment, *_) = small_season()

    approve(report(enrolment))

    assert owed() == [(season.pk, enrolment.pk, 0)]


def test_approval_that_is_rolled_back_owes_nothing():
    _, (enrolment, *_) = small_season()
    response = report(enrolment)

    with transaction.atomic():
        approve(response)
        transaction.set_rollback(True)

    response.refresh_from_db()
    assert (response.state, owed()) == ("submitted", [])


def test_approval_wakes_a_worker_after_the_commit_and_not_before(django_capture_on_commit_callbacks):
    _, (enrolment, *_) = small_season()

    with django_capture_on_commit_callbacks() as committed:
        approve(report(enrolment))

    assert len(committed) == 1


def test_return_and_rejection_owe_nothing():
    season, (enrolment, *_) = small_season()
    manager = UserFactory(manager=True, organiser=season.organiser)

    return_response(report(enrolment).pk, notes={}, note="Kan du forklare?", by=manager)
    reject_response(report(enrolment).pk, reason="Feil senter.", by=manager)

    assert owed() == []


# Rules of scoring that change


def scored_season():
    """Give a season in which two of three participants have scores."""
    season, enrolments = small_season(classes=1, settings={"least_contacts_ranked": 20})
    for enrolment in enrolments[:2]:
        approve(report(enrolment))
    settle_owed_recomputes()
    return season, enrolments


@pytest.mark.parametrize(
    "settings",
    [{"least_contacts_ranked": 1}, {"least_contacts_method": 1}, {"least_class_size": 2}],
    ids=lambda settings: next(iter(settings)),
)
def test_change_of_the_rules_owes_every_participant_that_has_scores(settings):
    season, (first, second, _) = scored_season()

    change_season_settings(season.pk, settings=settings, by=administrator(season))

    assert sorted(owed()) == [(season.pk, first.pk, 0), (season.pk, second.pk, 0)]


def test_scores_follow_the_rules_that_have_changed():
    season, _ = scored_season()
    change_season_settings(season.pk, settings={"least_contacts_ranked": 1}, by=administrator(season))

    settle_owed_recomputes()

    assert stored(season) == from_scratch(season)
    assert list(ScoreSummary.objects.exclude(rank_class=None).values_list("rank_class", flat=True)) == [1, 1]


@pytest.mark.parametrize("settings", [{"review_working_days": 2}, {"least_contacts_ranked": 20}], ids=str)
def test_change_of_other_settings_owes_nothing(settings):
    season, _ = scored_season()

    change_season_settings(season.pk, settings=settings, by=administrator(season))

    assert owed() == []
