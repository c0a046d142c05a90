import csv
import io
import json
import shutil
from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from assignments.models import Assignment
from ksp.accounts.models import AuditEvent, Organiser
from ksp.accounts.services import create_organiser, system_user
from observers.models import Observer
from participants.models import Enrolment, Participant, Season
from participants.services import change_season_settings
from reports.exports.answers import export_answers
from reports.exports.importing import FilesRefused, SeasonHasAnswers, import_answers
from reports.exports.layout import COLUMNS
from reports.exports.results import answers_fingerprint, results_of
from responses.models import Answer, SurveyResponse
from responses.questionnaires.models import Question
from responses.services import reject_response, return_response
from scoring.models import ResponseScore, ScoreSummary
from scoring.services import recompute_season
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.participants import EnrolmentFactory, SeasonFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import filled_response
from tests.rehearsal.playing import read, small_season

pytestmark = pytest.mark.django_db
CHANGED = "Ny kommentar, skrevet for denne prøven."


@pytest.fixture(scope="module")
def played(django_db_setup, django_db_blocker, tmp_path_factory):
    """Give half a season: reports in every state, with and without answers."""
    folder = tmp_path_factory.mktemp("half")
    size = {"participants": 20, "contacts": 10, "progress": 0.55}
    return small_season(django_db_blocker, folder, **size, afterwards=decide_some)


def decide_some(season, by):
    """Let there be a report of every state, whatever chance has made."""
    waiting = list(SurveyResponse.objects.filter(season=season, state="submitted").order_by("code"))
    reject_response(waiting[0].pk, reason="Feil rollespill.", by=by)
    return_response(waiting[1].pk, notes={}, note="Kan du forklare?", by=by)
    recompute_season(season.pk, by=by)


@pytest.fixture
def director():
    return system_user(create_organiser(name="Kundeserviceprisen", slug="ksp"))


@pytest.fixture
def files(played, tmp_path):
    """Give a copy of the season's files that a test may change."""
    return shutil.copytree(played.answers, tmp_path / "files")


def imported(folder, director, code="T22", *, dry_run=False):
    import_answers(code, folder=folder, organiser=director.organiser, dry_run=dry_run, by=director)
    return Season.objects.filter(code=code).first()


def exported(season, director, folder):
    export_answers(season.pk, folder=folder, by=director)
    return read(folder)


def rows(folder, name):
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rewrite(folder, name, change):
    """Write a file anew after ``change`` has been made to its rows."""
    found = rows(folder, name)
    found = change(found) or found
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS[name], lineterminator="\n")
    writer.writeheader()
    writer.writerows(found)
    (folder / name).write_text(text.getvalue(), encoding="utf-8", newline="")


def set_cell(name, row, column, value):
    def change(found):
        found[row - 2][column] = value

    return lambda folder: rewrite(folder, name, change)


def mistakes(folder, director, **how):
    with pytest.raises(FilesRefused) as refused:
        imported(folder, director, **how)
    return [(item.file, item.row, item.column) for item in refused.value.mistakes]


def nothing_is_there():
    models = (Season, Participant, Enrolment, Question, Observer, Assignment, SurveyResponse, Answer, ResponseScore)
    return {model.__name__: model.objects.count() for model in models if model.objects.exists()} == {}


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

    expected = {**played.results, "computed_at": results["computed_at"]}
    assert {name for name in results if results[name] != expected[name]} == set()


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


def test_dry_run_checks_everything_and_writes_nothing(played, files, director):
    imported(files, director, dry_run=True)
    assert nothing_is_there()

    set_cell("answers.csv", 2, "option", "no_such")(files)
    assert mistakes(files, director, dry_run=True) == [("answers.csv", 2, "option")]


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


def test_season_that_has_contacts_is_left_alone(played, director):
    season = SeasonFactory(organiser=director.organiser, code="T22", open=True)
    AssignmentFactory(season=season)

    with pytest.raises(SeasonHasAnswers):
        imported(played.answers, director)

    assert (SurveyResponse.objects.count(), season.questions.count()) == (0, 0)


@pytest.mark.parametrize("state", ["paused", "closed", "published"])
def test_season_that_is_no_longer_open_is_left_alone(played, director, state):
    SeasonFactory(organiser=director.organiser, code="T22", **{state: True})

    with pytest.raises(SeasonHasAnswers):
        imported(played.answers, director)

    assert SurveyResponse.objects.count() == 0


def test_season_that_asks_other_questions_is_left_alone(played, director):
    season = season_with_battery("preparing", battery="ksp23", organiser=director.organiser, code="T22")
    before = season.questions.count()

    assert mistakes(played.answers, director) == [("questions.csv", 0, "")]
    assert (season.questions.count(), SurveyResponse.objects.count()) == (before, 0)


def test_participant_that_has_another_name_or_class_here_is_pointed_out(played, director):
    season = SeasonFactory(organiser=director.organiser, code="T22")
    first, second = rows(played.answers, "enrolments.csv")[:2]
    Participant.objects.create(organiser=director.organiser, code=first["participant"], name="Et annet navn")
    EnrolmentFactory(season=season, participant__code=second["participant"], participant__name=second["name"])

    assert mistakes(played.answers, director) == [("enrolments.csv", 2, "name"), ("enrolments.csv", 0, "award_class")]


MISTAKES = {
    "package": (set_cell("enrolments.csv", 3, "package", "gold"), [("enrolments.csv", 3, "package")]),
    "planned": (set_cell("enrolments.csv", 3, "planned_contacts", "many"), [("enrolments.csv", 3, "planned_contacts")]),
    "name": (set_cell("enrolments.csv", 2, "name", ""), [("enrolments.csv", 2, "name")]),
    "kind": (set_cell("questions.csv", 2, "kind", "guess"), [("questions.csv", 2, "kind")]),
    "methods": (set_cell("questions.csv", 20, "methods", "phone pigeon"), [("questions.csv", 20, "methods")]),
    "question code": (set_cell("questions.csv", 40, "area", "c x"), [("questions.csv", 40, "area")]),
    "position": (set_cell("questions.csv", 3, "position", "101"), [("questions.csv", 3, "position")]),
    "points": (set_cell("options.csv", 2, "points", "-1"), [("options.csv", 2, "points")]),
    "not applicable": (set_cell("options.csv", 2, "not_applicable", "maybe"), [("options.csv", 2, "not_applicable")]),
    "value": (set_cell("options.csv", 2, "value", "1.5"), [("options.csv", 2, "value")]),
    "method": (set_cell("contacts.csv", 2, "week", "2021-48"), [("contacts.csv", 2, "week")]),
    "state": (set_cell("contacts.csv", 2, "answered", "yes"), [("contacts.csv", 2, "answered")]),
    "unknown participant": (set_cell("contacts.csv", 2, "participant", "9"), [("contacts.csv", 2, "participant")]),
    "time": (set_cell("contacts.csv", 2, "submitted_at", "1.12.2021"), [("contacts.csv", 2, "submitted_at")]),
    "impossible time": (
        set_cell("contacts.csv", 2, "submitted_at", "2021-13-01T10:00:00+01:00"),
        [("contacts.csv", 2, "submitted_at")],
    ),
    "no time zone": (
        set_cell("contacts.csv", 2, "submitted_at", "2021-12-01T10:00:00"),
        [("contacts.csv", 2, "submitted_at")],
    ),
    "approved without time": (set_cell("contacts.csv", 2, "approved_at", ""), [("contacts.csv", 2, "approved_at")]),
    "attempt": (set_cell("attempts.csv", 2, "number", "0"), [("attempts.csv", 2, "number")]),
    "attempt's contact": (set_cell("attempts.csv", 2, "contact", "K-0"), [("attempts.csv", 2, "contact")]),
    "outcome": (set_cell("attempts.csv", 2, "outcome", "no_answer"), [("attempts.csv", 2, "answered_at")]),
    "option": (set_cell("answers.csv", 3, "option", "?"), [("answers.csv", 3, "option")]),
    "question": (set_cell("answers.csv", 3, "question", "none"), [("answers.csv", 3, "question")]),
    "comment": (set_cell("comments.csv", 2, "text", ""), [("comments.csv", 2, "text")]),
    "comment's question": (set_cell("comments.csv", 2, "question", "csat"), [("comments.csv", 2, "question")] * 2),
}


@pytest.mark.parametrize(("spoil", "expected"), MISTAKES.values(), ids=MISTAKES.keys())
def test_mistake_is_named_by_file_row_and_column_and_nothing_is_written(files, director, spoil, expected):
    spoil(files)

    found = mistakes(files, director)

    assert [item for item in expected if item in found] == expected
    assert {item[0] for item in found} >= {expected[0][0]}
    assert nothing_is_there()


def doubled(name):
    return lambda folder: rewrite(folder, name, lambda found: [*found, found[0]])


@pytest.mark.parametrize("name", COLUMNS)
def test_row_that_is_there_twice_is_pointed_out(files, director, name):
    doubled(name)(files)

    found = mistakes(files, director)

    assert {item[0] for item in found} == {name}
    assert found[0][1] == len(rows(files, name)) + 1


def test_observer_who_meets_a_participant_twice_is_pointed_out(files, director):
    def meet_again(found):
        own = [row for row in found if row["participant"] == found[0]["participant"]]
        own[1]["observer"] = own[0]["observer"]

    rewrite(files, "contacts.csv", meet_again)

    ((file, row, column),) = mistakes(files, director)
    assert (file, column) == ("contacts.csv", "observer")
    assert row > 2


def test_role_play_of_two_classes_is_pointed_out(files, director):
    rewrite(files, "contacts.csv", lambda found: [{**row, "role_play": "R1"} for row in found])

    found = mistakes(files, director)

    assert {item[::2] for item in found} == {("contacts.csv", "role_play")}


def test_answer_to_a_question_of_another_method_is_pointed_out(files, director):
    phone = next(row["contact"] for row in rows(files, "contacts.csv") if row["method"] == "phone" and row["answered"])
    row = {"contact": phone, "question": "agent_closing_email", "option": "yes"}
    rewrite(files, "answers.csv", lambda found: [*found, row])

    assert mistakes(files, director) == [("answers.csv", len(rows(files, "answers.csv")) + 1, "question")]


def test_answer_of_a_contact_that_nobody_answered_is_pointed_out(files, director):
    contact = next(row for row in rows(files, "contacts.csv") if row["answered"] == "false")
    rewrite(
        files, "answers.csv", lambda found: [*found, {"contact": contact["contact"], "question": "csat", "option": "3"}]
    )

    assert mistakes(files, director) == [("answers.csv", len(rows(files, "answers.csv")) + 1, "question")]


SPOILT_FILES = {
    "missing": lambda path: path.unlink(),
    "another heading": lambda path: path.write_text("contact,question\n", encoding="utf-8"),
    "Windows-1252": lambda path: path.write_bytes(path.read_bytes() + "K,q,æøå\n".encode("cp1252")),
    "an open quote": lambda path: path.write_bytes(path.read_bytes() + b'K,q,"no end'),
    "empty": lambda path: path.write_bytes(b""),
}


@pytest.mark.parametrize("spoil", SPOILT_FILES.values(), ids=SPOILT_FILES.keys())
def test_file_that_is_not_as_promised_is_named(files, director, spoil):
    spoil(files / "comments.csv")

    assert {item[0] for item in mistakes(files, director)} == {"comments.csv"}
    assert nothing_is_there()


def test_row_with_too_few_cells_is_named(files, director):
    with (files / "comments.csv").open("a", encoding="utf-8") as file:
        file.write("K22-1,welcome_comment\n")

    assert mistakes(files, director) == [("comments.csv", len(rows(files, "comments.csv")) + 1, "")]


def test_questionnaire_that_cannot_be_scored_is_refused(files, director):
    rewrite(
        files,
        "options.csv",
        lambda found: [row | ({"points": "0"} if row["question"] == "agent_needs" else {}) for row in found],
    )

    assert mistakes(files, director) == [("options.csv", 0, "")]


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
