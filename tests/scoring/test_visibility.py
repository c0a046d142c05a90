import pytest
from django.contrib.auth.models import AnonymousUser

from scoring.visibility import AUDIENCES, shows_intervals, shows_probabilities
from tests.factories.accounts import UserFactory
from tests.factories.participants import SeasonFactory

pytestmark = pytest.mark.django_db

READERS = {
    "administrator": {"managers", "participants", "public"},
    "manager": {"managers", "participants", "public"},
    "participant": {"participants", "public"},
    "observer": {"public"},
    "nobody": {"public"},
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("audience", AUDIENCES)
def test_season_decides_who_sees_how_certain_a_result_is(reader, audience):
    traits = {} if reader == "observer" else {reader: True}
    user = AnonymousUser() if reader == "nobody" else UserFactory(**traits)
    intervals = SeasonFactory(stored_settings={"intervals_for": audience, "probabilities_for": "managers"})
    chances = SeasonFactory(stored_settings={"intervals_for": "managers", "probabilities_for": audience})

    assert shows_intervals(user, intervals) == (audience in READERS[reader])
    assert shows_probabilities(user, chances) == (audience in READERS[reader])
