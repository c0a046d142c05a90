"""The command: one object on standard output, one message on refusal, and the right status."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from ksp.accounts.models import AuditEvent
from ksp.accounts.services import create_organiser, system_user
from participants.models import Enrolment, ImportBatch, Participant
from tests.factories.participants import SeasonFactory
from tests.participants.lists import TWO, csv_of

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def organiser():
    return create_organiser(name="Arrangør", slug="arrangor")


@pytest.fixture(autouse=True)
def _season(organiser):
    SeasonFactory(organiser=organiser, code="KSP22")


@pytest.fixture
def write(tmp_path):
    def written(*rows, **more):
        path = tmp_path / "deltakere.csv"
        path.write_bytes(csv_of(*rows, **more))
        return path

    return written


def run(path, **options):
    """Give what the command printed, the object it printed, and its status."""
    out, err = StringIO(), StringIO()
    status = 0
    try:
        call_command("import_participants", path, season="KSP22", json=True, stdout=out, stderr=err, **options)
    except CommandError as error:
        status = error.returncode
        err.write(str(error))
    printed = out.getvalue()
    return json.loads(printed) if printed else None, err.getvalue(), status


def test_import_tells_what_it_did_as_one_object(write):
    told, err, status = run(write(*TWO))

    batch = ImportBatch.objects.get()
    assert told == {
        "list": "participants",
        "file": "deltakere.csv",
        "season": "KSP22",
        "dry_run": False,
        "import": str(batch.public_id),
        "new": 2,
        "changed": 0,
        "unchanged": 0,
        "rows": 2,
        "absent": 0,
        "new_classes": ["Strøm"],
        "warnings": [],
    }
    assert (err, status) == ("2 rader lest\n", 0)
    assert Enrolment.objects.count() == 2


def test_import_is_done_by_the_organisers_system_account(write, organiser):
    run(write(*TWO))

    event = AuditEvent.objects.get(verb="import.applied")
    assert (event.actor, event.origin) == (system_user(organiser), "command import_participants")


def test_same_list_again_is_done_and_changes_nothing(write):
    run(write(*TWO))

    told, _, status = run(write(*TWO))

    assert (told["new"], told["changed"], told["unchanged"], told["import"], status) == (0, 0, 2, None, 0)
    assert ImportBatch.objects.count() == 1


def test_dry_run_says_what_would_be_done_and_writes_nothing(write):
    told, _, status = run(write(*TWO), dry_run=True)

    assert (told["new"], told["dry_run"], told["import"], status) == (2, True, None, 0)
    assert not Participant.objects.exists()
    assert not ImportBatch.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("dry_run", [False, True])
def test_list_with_errors_is_refused_with_all_of_them(write, dry_run):
    rows = (*TWO, "A3;Bysol;Strom;21490003;p@b.example;;;", ";Uten id;Strøm;21490004;;;;")

    told, err, status = run(write(*rows), dry_run=dry_run)

    message = "Rad 4, «Klasse»: «Strom» finnes ikke. Mente du «Strøm»? 2 rader har feil i alt. Ingenting er importert."
    assert told == {
        "refused": "list_has_errors",
        "message": message,
        "errors": [
            {"row": 4, "column": "award_class", "message": "«Strom» finnes ikke. Mente du «Strøm»?"},
            {"row": 5, "column": "participant", "message": "Cellen er tom. Fyll den ut."},
        ],
    }
    assert (err, status) == (f"4 rader lest\n{message}", 1)
    assert not Participant.objects.exists()
    assert not ImportBatch.objects.exists()


def test_wrong_headings_are_refused_by_name(write):
    told, _, status = run(write("A1;x", headings="deltaker;navm"))

    assert (told["refused"], status) == ("headings_refused", 1)
    assert [error["message"] for error in told["errors"]] == [
        "Kolonnen «navm» finnes ikke. Mente du «navn»?",
        "Kolonnene «navn», «klasse» mangler. Legg dem til.",
    ]


def test_hostile_file_is_refused(tmp_path):
    (tmp_path / "liste.xlsx").write_bytes(b"MZ\x90\x00")

    told, _, status = run(tmp_path / "liste.xlsx")

    assert status == 1
    assert told == {
        "refused": "file_refused",
        "message": "Dette er et program, ikke en liste. Velg en xlsx- eller csv-fil. Ingenting er importert.",
        "errors": [],
    }


def test_file_that_is_not_there_is_wrong_usage(tmp_path):
    told, _, status = run(tmp_path / "ingen.csv")

    assert (told, status) == (None, 2)


def test_season_that_is_not_there_is_refused(write):
    with pytest.raises(CommandError) as refused:
        call_command("import_participants", write(*TWO), season="KSP99")

    assert (str(refused.value), refused.value.returncode) == ("Det finnes ingen sesong som heter «KSP99».", 1)


def test_organiser_must_be_named_where_there_are_several(write, organiser):
    create_organiser(name="En annen", slug="annen")

    unclear, _, status = run(write(*TWO))
    named, _, _ = run(write(*TWO), organiser="arrangor")
    unknown, _, _ = run(write(*TWO), organiser="ingen")

    assert (unclear["refused"], status) == ("organiser_unclear", 1)
    assert named["new"] == 2
    assert unknown["message"] == "Det finnes ingen arrangør som heter «ingen»."


def test_people_are_told_in_a_sentence(write, capsys):
    call_command("import_participants", write(TWO[0]), season="KSP22")
    call_command("import_participants", write("A9;B;Strøm;21490009;;;;"), season="KSP22", dry_run=True)

    assert capsys.readouterr().out == (
        "1 nye, 0 endret, 0 uendret.\n1 nye, 0 endret, 0 uendret. 1 advarsel. Ingenting er skrevet.\n"
    )


def test_help_and_wrong_arguments_end_as_promised(tmp_path):
    environment = {**os.environ, "KSP_DEMO": "1", "KSP_DATA_DIR": str(tmp_path)}
    environment.pop("DATABASE_URL", None)
    manage = [sys.executable, str(ROOT / "manage.py"), "import_participants"]

    helped = subprocess.run([*manage, "--help"], capture_output=True, text=True, env=environment, check=False)
    wrong = subprocess.run([*manage, "liste.csv"], capture_output=True, text=True, env=environment, check=False)

    assert (helped.returncode, wrong.returncode) == (0, 2)
    assert all(option in helped.stdout for option in ("FILE", "--season", "--dry-run", "--json", "--organiser"))
    assert wrong.stdout == ""
