import json
from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from ksp.accounts.models import AuditEvent, Organiser
from ksp.accounts.services import create_organiser, system_user
from observers.models import Observer
from participants.models import Enrolment, Participant, Season
from participants.services import change_season_settings
from reports.exports.answers import export_answers
from reports.exports.importing import import_answers
from reports.exports.layout import COLUMNS
from reports.exports.results import results_of
from reports.frozen import differences
from responses.models import Answer, SurveyResponse
from scoring.fingerprints import answers_fingerprint
from scoring.models import ScoreSummary
from tests.factories.accounts import UserFactory
from tests.factories.participants import SeasonFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import filled_response
from tests.rehearsal.playing import read
from tests.reports.answer_files import (  # noqa: F401 -- fixtures are found by their names
    _director,
    _files,
    _played,
    exported,
    imported,
    rewrite,
    rows,
    set_cell,
)

pytestmark = pytest.mark.django_db


def test_export_of_an_import_gives_the_same_bytes(played, director, tmp_path):
    states = {row["state"] for row in rows(played.answers, "contacts.csv")}

    season = imported(played.answers, director)

    assert states == {"draft", "submitted", "returned", "approved", "rejected"}
    assert exported(season, director, tmp_path / "again") == read(played.answers)


def test_import_gives_the_same_results_down_to_the_fingerprint(played, director):
    prepared = SeasonFactory(organiser=director.organiser, code="T22")
    change_season_settings(prepared.pk, settings=played.rehearsed.season.settings.to_dict(), by=director)
    season = imported(played.answers, director)

    results = results_of(season, by=director)

    # Scores, places and awards to the last bit; intervals, of reports in another order, to nine digits.
    assert differences(played.results, results) == []
    assert results.keys() == played.results.keys()
    rests_on = ("season", "answers_fingerprint", "rules")
    assert [results[name] for name in rests_on] == [played.results[name] for name in rests_on]


def test_fingerprint_is_the_same_for_the_same_answers_and_rules_and_differs_with_them(played, director):
    season = imported(played.answers, director)
    before = answers_fingerprint(season)

    assert answers_fingerprint(imported(played.answers, system_user(create_organiser(name="B", slug="b")))) == before

    season.stored_settings = {"least_contacts_ranked": 3}
    assert answers_fingerprint(season) != before


def test_import_leaves_everything_that_the_pages_need(played, director):
    season = imported(played.answers, director)

    contacts = {row["contact"]: row for row in rows(played.answers, "contacts.csv")}
    stored = {item.code: item for item in SurveyResponse.objects.select_related("observer", "assignment")}
    assert stored.keys() == contacts.keys()
    assert all(bool(item.packed) == (item.state != "draft") for item in stored.values())
    assert all((item.waiting_option_id is None) == (item.state == "draft") for item in stored.values())
    assert {(item.state == "draft", item.assignment.state) for item in stored.values()} == {
        (True, "accepted"),
        (False, "done"),
    }
    assert {(item.observer.imported_with, item.observer.user, item.observer.is_active) for item in stored.values()} == {
        (season, None, False)
    }
    assert {item.observer.pseudonym for item in stored.values()} == {row["observer"] for row in contacts.values()}
    assert ScoreSummary.objects.filter(season=season, scope="season", method="").count() == 1
    assert AuditEvent.objects.filter(verb="answers.imported").count() == 1


def test_season_with_undecided_reports_is_open_afterwards(played, director):
    season = imported(played.answers, director)

    assert (season.state, str(season.starts_on)) == ("open", "2021-11-29")
    assert season.closed_at is None


def test_season_whose_reports_are_all_decided_is_closed_afterwards(files, director):
    undecided = {row["contact"] for row in rows(files, "contacts.csv") if row["state"] not in {"approved", "rejected"}}
    for name in ("contacts.csv", "attempts.csv", "answers.csv", "comments.csv"):
        rewrite(files, name, lambda found: [row for row in found if row["contact"] not in undecided])

    season = imported(files, director)

    assert season.state == "closed"
    assert season.opened_at == season.closed_at is not None


def test_participants_are_found_by_their_ids_across_seasons(played, director):
    imported(played.answers, director)
    before = Participant.objects.count()

    imported(played.answers, director, code="T23")

    assert (Participant.objects.count(), Enrolment.objects.count()) == (before, 2 * before)


def test_observer_may_meet_a_participant_again_under_another_seasons_pseudonym(played, director):
    for code in ("T22", "T23"):
        imported(played.answers, director, code=code)

    assert len(set(Observer.objects.values_list("code", flat=True))) == Observer.objects.count()
    assert Observer.objects.values("pseudonym").distinct().count() * 2 == Observer.objects.count()


def test_season_that_was_prepared_takes_the_answers_with_its_own_settings(played, director):
    season = season_with_battery("preparing", organiser=director.organiser, code="T22")
    Season.objects.filter(pk=season.pk).update(stored_settings={"mean": "pooled", "least_contacts_ranked": 1})

    imported(played.answers, director)

    season.refresh_from_db()
    assert (season.settings.mean, season.state) == ("pooled", "open")
    assert results_of(season, by=director)["rules"]["mean"] == "pooled"
    assert all(row["ranked"] for row in results_of(season, by=director)["participants"] if row["contacts"])


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+47 20 12 34 56", "-", "@navn", "\tinnrykk", " =1", "'=1", "''", "a,b", '"sitat"', "to\nlinjer", "æøå –"],
)
def test_any_comment_comes_back_as_it_was(director, tmp_path, text):
    season = season_with_battery(organiser=director.organiser)
    response = filled_response("submitted", season=season, observer__organiser=director.organiser)
    Participant.objects.update(organiser=director.organiser)
    Answer.objects.filter(response=response).exclude(text="").update(text=text)
    before = exported(season, director, tmp_path / "first")

    again = imported(tmp_path / "first", director, code="AGAIN")

    comments = Answer.objects.filter(response__season=again).exclude(text="").values_list("text", flat=True)
    assert set(comments) == {text}
    assert exported(again, director, tmp_path / "second")["comments.csv"] == before["comments.csv"]
    assert not any(row["text"].startswith(tuple("=+-@\t ")) for row in rows(tmp_path / "first", "comments.csv"))


def test_export_holds_what_the_layout_promises(director, tmp_path):
    season = season_with_battery(organiser=director.organiser)
    response = filled_response("approved", season=season, code="K-1", choose={"agent_needs": "one"})
    SurveyResponse.objects.filter(pk=response.pk).update(
        submitted_at=datetime(2021, 12, 1, 12, 30, 5, tzinfo=UTC), reviewed_at=datetime(2022, 6, 1, 7, tzinfo=UTC)
    )

    export_answers(season.pk, folder=tmp_path, by=director)

    assert {name: tuple(rows(tmp_path, name)[0]) for name in COLUMNS} == COLUMNS
    assert rows(tmp_path, "contacts.csv") == [
        {
            "contact": "K-1",
            "participant": response.enrolment.participant.code,
            "method": "phone",
            "week": "2021-W48",
            "observer": response.observer.pseudonym,
            "role_play": response.assignment.role_play.code,
            "state": "approved",
            "answered": "true",
            "submitted_at": "2021-12-01T13:30:05+01:00",
            "approved_at": "2022-06-01T09:00:00+02:00",
        }
    ]
    given = {row["question"]: row["option"] for row in rows(tmp_path, "answers.csv")}
    assert (given["waiting_phone"], given["agent_needs"]) == ("a1_30", "one")
    assert {row["question"] for row in rows(tmp_path, "comments.csv")} == {
        "welcome_comment",
        "agent_comment",
        "overall_comment",
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(COLUMNS)


def test_export_never_says_who_an_observer_is(director, tmp_path):
    season = season_with_battery(organiser=director.organiser)
    response = filled_response("approved", season=season)

    text = b"".join(exported(season, director, tmp_path).values()).decode()

    person = response.observer
    for secret in (person.code, person.last_name, person.user.email, person.user.name):
        assert secret not in text


def test_answers_are_for_the_organisers_administrators(director, tmp_path, played):
    season = season_with_battery(organiser=director.organiser)

    for person in (UserFactory(manager=True, organiser=director.organiser), UserFactory(administrator=True)):
        with pytest.raises(PermissionDenied):
            export_answers(season.pk, folder=tmp_path / "out", by=person)
        with pytest.raises(PermissionDenied):
            import_answers("T", folder=played.answers, organiser=director.organiser, dry_run=False, by=person)
    with pytest.raises(PermissionDenied):
        results_of(season, by=UserFactory(manager=True))

    assert not (tmp_path / "out").exists()
    assert Season.objects.filter(code="T").exists() is False


def run(command, *arguments, capsys):
    call_command(command, *map(str, arguments))
    return capsys.readouterr().out


def test_commands_take_a_season_round(played, tmp_path, capsys):
    told = json.loads(run("import_answers", played.answers, "--season=T22", "--json", capsys=capsys))
    run("export_answers", "--season=T22", "--out", tmp_path / "out", capsys=capsys)
    run("export_results", "--season=T22", "--out", tmp_path / "results.json", capsys=capsys)
    again = json.loads(run("recompute_scores", "--season=T22", "--json", capsys=capsys))

    assert read(tmp_path / "out") == read(played.answers)
    assert told == {
        "season": "T22",
        "dry_run": False,
        **{name.removesuffix(".csv"): len(rows(played.answers, name)) for name in COLUMNS},
    }
    results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert results["season_result"]["contacts"] == again["reports"]
    assert Organiser.objects.get().slug == "ksp"


def test_command_that_refuses_says_where_and_leaves_nothing(files, capsys):
    set_cell("answers.csv", 2, "option", "no_such")(files)

    with pytest.raises(CommandError) as refused:
        call_command("import_answers", str(files), "--season=T22", "--json")

    told = capsys.readouterr()
    assert refused.value.returncode == 1
    assert json.loads(told.out)["errors"] == [
        {
            "file": "answers.csv",
            "row": 2,
            "column": "option",
            "message": "«no_such» er ikke blant svaralternativene til spørsmålet i options.csv.",
        }
    ]
    assert "answers.csv, rad 2, «option»" in told.err.replace("“", "«").replace("”", "»")
    assert not Organiser.objects.exists()


@pytest.mark.parametrize("command", ["export_answers", "export_results", "recompute_scores"])
def test_unknown_season_is_refused_in_one_line(command, director, tmp_path):
    out = [] if command == "recompute_scores" else ["--out", str(tmp_path / "out")]

    with pytest.raises(CommandError, match=r"^[^\n]*«?NONE»?[^\n]*$") as refused:
        call_command(command, "--season=NONE", *out)

    assert refused.value.returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_folder_that_is_none_is_wrong_usage(director, tmp_path):
    with pytest.raises(CommandError) as refused:
        call_command("import_answers", str(tmp_path / "none"), "--season=T22")

    assert refused.value.returncode == 2
