"""The commands: exit status, one object, and files that are the same for the same plan."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from assignments.models import Assignment
from assignments.plans import services
from assignments.plans.exporting import HEADS
from assignments.plans.models import PlanProposal
from observers.models import Observer, PriorContact
from tests.factories.assignments import AssignmentFactory
from tests.factories.observers import CustomerRelationFactory, PriorContactFactory
from tests.factories.participants import SeasonFactory
from tests.plans.seasons import manager_of, person, planned, small_season

pytestmark = pytest.mark.django_db


@pytest.fixture
def season():
    return small_season(code="KSP22")


def run(*words):
    out, err = StringIO(), StringIO()
    call_command(*words, "--season", "KSP22", stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def refused(*words):
    out = StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command(*words, "--season", "KSP22", stdout=out, stderr=StringIO())
    return refusal.value.returncode, out.getvalue()


def test_plan_is_made_and_told_as_one_object(season):
    out, err = run("plan_season", "--json")

    said = json.loads(out)
    assert (said["season"], said["contacts"], said["unassigned"], said["applied"]) == ("KSP22", 15, 0, True)
    assert said["bound"]["cost"] <= said["cost"] + 1e-9
    assert (said["refused"], said["shortages"], said["relaxations"]) == ([], [], [])
    assert "search" in err
    assert set(Assignment.objects.values_list("state", flat=True)) == {"planned"}


def test_proposal_that_a_worker_took_first_is_waited_for(season, monkeypatch):
    make = services.make_proposal
    monkeypatch.setattr(services, "make_proposal", lambda key, **_watch: make(key) and None)

    said = json.loads(run("plan_season", "--json")[0])

    assert (said["contacts"], said["applied"]) == (15, True)
    assert Assignment.objects.count() == 15


def test_plan_is_told_in_words_with_what_is_wanting(season):
    Observer.objects.exclude(pk__in=list(Observer.objects.values_list("pk", flat=True)[:2])).update(is_active=False)

    out, _err = run("plan_season")

    assert out.startswith("KSP22: 15 kontakter planlagt, 9 uten observatør.")
    assert "bare 2 aktuelle observatører til 5 kontakter" in out


def test_offered_season_is_refused_and_nothing_is_written(season):
    planned(season, manager_of(season)).update(state="offered")
    before = PlanProposal.objects.count()

    code, out = refused("plan_season", "--json")

    assert (code, json.loads(out)["refused"], PlanProposal.objects.count()) == (1, "season_has_plan", before)


def test_replan_changes_what_must_change(season):
    planned(season, manager_of(season)).update(state="accepted")
    Observer.objects.filter(pk=season.assignments.first().observer_id).update(is_active=False)

    out, _err = run("plan_season", "--replan", "--json")

    said = json.loads(out)
    assert said["changed"] == said["orphans"] == Assignment.objects.filter(state="withdrawn").count() > 0
    assert said["unassigned"] == 0


@pytest.mark.parametrize("words", [["--time-limit", "0"], ["--seed", "-1"]])
def test_wrong_usage_is_told_by_its_status(season, words):
    assert refused("plan_season", *words)[0] == 2


def test_failed_search_is_refused(season, monkeypatch):
    def broken(*_args):
        raise LookupError

    monkeypatch.setattr("assignments.plans.services.making.make_season", broken)

    assert refused("plan_season")[0] == 1
    assert Assignment.objects.count() == 0


def test_export_writes_seven_files_alike_each_time(season, tmp_path):
    first = planned(season, manager_of(season))[0]
    newcomer = person(season)
    PriorContactFactory(observer=newcomer, participant=first.participant)
    CustomerRelationFactory(observer=newcomer, participant=first.participant)
    other = SeasonFactory(organiser=season.organiser)
    AssignmentFactory(season=other, done=True, observer=newcomer, enrolment__participant=first.participant)

    for folder in ("one", "two"):
        run("export_plan", "--out", str(tmp_path / folder))

    files = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()}
    assert {name: text.decode().splitlines()[0] for name, text in files.items()} == {
        name: ",".join(head) for name, head in HEADS.items()
    }
    for text in files.values():
        lines = text.decode("utf-8").split("\n")
        assert (lines[-1], lines[1:-1], b"\r" in text) == ("", sorted(lines[1:-1]), False)
    assert files["assignments.csv"].count(b"\n") == 16
    assert len(files["prior_contacts.csv"].splitlines()) == 1 + PriorContact.objects.count() + 1


def test_export_holds_only_contacts_that_stand(season, tmp_path):
    first, second, third, *_rest = planned(season, manager_of(season))
    Assignment.objects.filter(pk=first.pk).update(state="done")
    AssignmentFactory(season=season, enrolment=first.enrolment, replaces=first, code=f"{first.code}.2", role_play=None)
    Assignment.objects.filter(pk=second.pk).update(state="cancelled")
    Assignment.objects.filter(pk=third.pk).update(state="offered")

    run("export_plan", "--out", str(tmp_path), "--json")

    rows = [line.split(",") for line in (tmp_path / "assignments.csv").read_text(encoding="utf-8").splitlines()[1:]]
    states = {row[0]: row[-1] for row in rows}
    assert (len(rows), first.code in states, second.code in states) == (14, False, False)
    assert (states[f"{first.code}.2"], states[third.code]) == ("planned", "offered")
    met = (tmp_path / "prior_contacts.csv").read_text(encoding="utf-8")
    assert f"{first.observer.code},{first.participant.code},{season.name}," in met


def test_export_into_a_file_is_wrong_usage(season, tmp_path):
    (tmp_path / "taken").write_text("x")

    assert refused("export_plan", "--out", str(tmp_path / "taken"))[0] == 2


@pytest.mark.parametrize("words", [["plan_season"], ["export_plan", "--out", "x"]])
def test_unknown_season_is_refused(season, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    season.code = "KSP21"
    season.save()

    assert refused(*words)[0] == 1
    assert list(tmp_path.iterdir()) == []
