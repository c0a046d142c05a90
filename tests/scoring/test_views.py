import pytest

from ksp.accounts.models import AuditEvent
from participants.services import change_season_settings
from scoring.models import RecomputeOwed
from tests.factories.accounts import UserFactory
from tests.factories.participants import SeasonFactory
from tests.factories.responses import filled_response
from tests.factories.scoring import RecomputeOwedFactory, ResponseScoreFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return UserFactory(administrator=True)


def owed(boss, **fields):
    return RecomputeOwedFactory(enrolment__season=SeasonFactory(organiser=boss.organiser), **fields)


def test_home_tells_of_scores_that_were_set_aside(boss, browser_of):
    first = owed(boss, tries=5, last_error="ValueError('1')")
    RecomputeOwedFactory(enrolment=first.enrolment, tries=5, last_error="ValueError('2')")
    owed(boss, tries=4)
    RecomputeOwedFactory(tries=5)

    items = browser_of(boss).get("/admin/").context["urgent"]

    (item,) = [item for item in items if item.is_post]
    assert item.title == "Scorene til 1 deltaker kunne ikke regnes ut"
    assert item.text.endswith("ValueError('2')")


def test_what_was_set_aside_is_tried_again_for_the_own_organiser(boss, browser_of):
    row, stranger = owed(boss, tries=5), RecomputeOwedFactory(tries=5)

    browser_of(boss).post("/admin/scores/retry/")

    assert dict(RecomputeOwed.objects.values_list("pk", "tries")) == {row.pk: 0, stranger.pk: 5}
    assert list(AuditEvent.objects.values_list("verb", "target_name")) == [("scores.tried_again", row.season.name)]


def test_season_whose_rules_of_ranking_change_is_computed_anew(boss):
    response = filled_response("approved")
    ResponseScoreFactory(response=response)
    by = UserFactory(administrator=True, organiser=response.season.organiser)

    change_season_settings(response.season_id, settings={"review_working_days": 5}, by=by)
    before = RecomputeOwed.objects.count()
    change_season_settings(response.season_id, settings={"least_contacts_ranked": 15}, by=by)

    assert (before, list(RecomputeOwed.objects.values_list("enrolment", flat=True))) == (0, [response.enrolment_id])
