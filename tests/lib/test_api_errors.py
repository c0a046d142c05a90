import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404
from django.utils import translation
from rest_framework import exceptions

from ksp.lib.api_errors import answer
from ksp.lib.errors import DomainError


class SeasonAsleep(DomainError):
    code = "season_asleep"


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (SeasonAsleep("Wake it."), 409, {"code": "season_asleep", "detail": "Wake it."}),
        (Http404("secret key 7"), 404, {"code": "not_found", "detail": "Not found."}),
        (ObjectDoesNotExist("secret key 7"), 404, {"code": "not_found", "detail": "Not found."}),
        (
            PermissionDenied("secret"),
            403,
            {"code": "permission_denied", "detail": "You do not have permission to perform this action."},
        ),
        (
            exceptions.ValidationError({"week": ["Write it like 2021-W48."]}),
            400,
            {"code": "invalid", "detail": "Invalid input.", "fields": {"week": ["Write it like 2021-W48."]}},
        ),
        (exceptions.Throttled(detail="Wait."), 429, {"code": "throttled", "detail": "Wait."}),
    ],
)
def test_no_is_said_with_a_code_and_a_sentence(error, status, said):
    with translation.override("en"):
        response = answer(error, {})

    assert (response.status_code, response.data) == (status, said)


def test_mistake_of_ours_is_not_hidden():
    assert answer(ZeroDivisionError(), {}) is None
