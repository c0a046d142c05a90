import pytest
from django.db.models.functions import Lower
from hypothesis import given
from hypothesis import strategies as st

from ksp.lib.collation import _compare, norwegian
from participants.models import Participant
from tests.factories.participants import ParticipantFactory

NAMES = ["Aker", "bekk", "Berg", "Zoo", "Ære", "ære Bank", "Øst", "Ås"]


@pytest.mark.django_db
def test_names_are_sorted_as_in_norwegian_whatever_the_database():
    for name in reversed(NAMES):
        ParticipantFactory(name=name)

    assert list(Participant.objects.order_by(norwegian("name")).values_list("name", flat=True)) == NAMES
    assert Participant.objects.annotate(low=Lower("name")).order_by(norwegian("low")).count() == len(NAMES)


@given(st.text(), st.text(), st.text())
def test_comparison_is_an_order(one, other, third):
    assert _compare(one, other) == -_compare(other, one)
    assert _compare(one, one) == 0
    if _compare(one, other) <= 0 and _compare(other, third) <= 0:
        assert _compare(one, third) <= 0
