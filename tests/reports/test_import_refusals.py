import pytest

from participants.models import Participant
from reports.exports.importing import SeasonHasAnswers
from reports.exports.layout import COLUMNS
from responses.models import SurveyResponse
from tests.factories.assignments import AssignmentFactory
from tests.factories.participants import EnrolmentFactory, SeasonFactory
from tests.factories.questionnaires import season_with_battery
from tests.reports.answer_files import (  # noqa: F401 -- fixtures are found by their names
    _director,
    _files,
    _played,
    imported,
    mistakes,
    nothing_is_there,
    rewrite,
    rows,
    set_cell,
)

pytestmark = pytest.mark.django_db


def test_dry_run_checks_everything_and_writes_nothing(played, files, director):
    imported(files, director, dry_run=True)
    assert nothing_is_there()

    set_cell("answers.csv", 2, "option", "no_such")(files)
    assert mistakes(files, director, dry_run=True) == [("answers.csv", 2, "option")]


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
