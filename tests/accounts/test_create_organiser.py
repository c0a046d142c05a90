import json

import pytest
from django.core.management import CommandError, call_command

from ksp.accounts.models import Organiser, Role, User

pytestmark = pytest.mark.django_db
ASKED = {"name": "Prisen", "slug": "prisen", "administrator": "ada@ksp.example"}


def test_create_organiser_makes_an_administrator_whose_link_works_once(capsys, client):
    call_command("create_organiser", json=True, **ASKED)

    outcome = json.loads(capsys.readouterr().out)
    ada = User.objects.get(email="ada@ksp.example")
    path = outcome["link"].partition("8000")[2]
    assert (ada.role, ada.organiser.slug) == (Role.ADMINISTRATOR, "prisen")
    assert client.get(path).status_code == 200


def test_create_organiser_refuses_a_short_name_that_is_taken():
    call_command("create_organiser", json=True, **ASKED)

    with pytest.raises(CommandError, match=r"already|allerede"):
        call_command("create_organiser", **{**ASKED, "administrator": "bo@ksp.example"})

    assert (Organiser.objects.count(), User.objects.filter(email="bo@ksp.example").count()) == (1, 0)
