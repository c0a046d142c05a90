"""The control room's map: by participant, class, method and week, narrowed, and as a file."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
import time_machine
from openpyxl import load_workbook

from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.participants import AwardClassFactory, EnrolmentFactory, ParticipantFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import filled_response

pytestmark = pytest.mark.django_db

CONTROL = "/control/"
# Wednesday of week 49.
NOW = datetime(2021, 12, 8, 11, 0, tzinfo=UTC)
PAST, THIS, COMING = "2021-W48", "2021-W49", "2021-W50"


@pytest.fixture
def season():
    return season_with_battery(code="KSP22", name="KSP 2022", ends_on=date(2022, 1, 16))


@pytest.fixture
def manager(season):
    return UserFactory(organiser=season.organiser, manager=True)


def enrolled(season, name, award_class):
    participant = ParticipantFactory(organiser=season.organiser, name=name)
    return EnrolmentFactory(season=season, participant=participant, award_class=award_class)


@pytest.fixture
def centres(season):
    """Two centres of two classes: one with a missing contact, one with all it should have."""
    first = enrolled(season, "=HYPERLINK(1)", AwardClassFactory(season=season, name="Bank"))
    second = enrolled(season, "Nordlys Strøm", AwardClassFactory(season=season, name="Strøm"))
    for enrolment, week, method in ((first, PAST, "phone"), (second, PAST, "email"), (second, THIS, "phone")):
        contact = {"enrolment": enrolment, "participant": enrolment.participant, "method": method, "week": week}
        if enrolment is first:
            AssignmentFactory(season=season, accepted=True, **contact)
        else:
            filled_response("approved", season=season, **contact)
    AssignmentFactory(season=season, enrolment=first, participant=first.participant, week=COMING, method="phone")
    return first, second


def shown(answer):
    """Give each row's name with its weeks as the map has them."""
    return {
        row.line.name: [(str(cell.week), cell.approved, cell.contacts, cell.tone) for cell in row.line.cells]
        for row in answer.context["rows"]
    }


@time_machine.travel(NOW)
def test_participants_are_shown_week_by_week_with_the_way_to_their_contacts(centres, manager, browser_of):
    answer = browser_of(manager).get(CONTROL)

    assert shown(answer) == {
        "=HYPERLINK(1)": [(PAST, 0, 1, "late"), (THIS, 0, 0, "none"), (COMING, 0, 1, "plan")],
        "Nordlys Strøm": [(PAST, 1, 1, "done"), (THIS, 1, 1, "done"), (COMING, 0, 0, "none")],
    }
    key = centres[1].participant.public_id
    assert f'/assignments/?season=KSP22&amp;participant={key}&amp;week={PAST}"' in answer.content.decode()


@time_machine.travel(NOW)
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=nord", ["Nordlys Strøm"]),
        ("late=yes", ["=HYPERLINK(1)"]),
        ("award_class=nonsense", ["=HYPERLINK(1)", "Nordlys Strøm"]),
        ("view=classes", ["Bank", "Strøm"]),
        ("view=methods", ["Telefon", "E-post"]),
        ("view=nonsense", ["=HYPERLINK(1)", "Nordlys Strøm"]),
    ],
)
def test_rows_are_chosen_by_the_address(query, names, centres, manager, browser_of):
    assert list(shown(browser_of(manager).get(f"{CONTROL}?{query}"))) == names


@time_machine.travel(NOW)
def test_a_class_can_be_chosen(centres, manager, browser_of):
    answer = browser_of(manager).get(f"{CONTROL}?award_class={centres[1].award_class_id}")

    assert list(shown(answer)) == ["Nordlys Strøm"]
    assert "Fjern filtre" in answer.content.decode()


@time_machine.travel(NOW)
def test_nobody_matches(centres, manager, browser_of):
    answer = browser_of(manager).get(f"{CONTROL}?q=finnes-ikke")

    assert "Ingen deltakere passer" in answer.content.decode()


@time_machine.travel(NOW)
def test_weeks_say_what_is_missing(centres, manager, browser_of):
    answer = browser_of(manager).get(f"{CONTROL}?view=weeks")

    rows = [(str(row.week), row.cell.contacts, row.cell.approved, row.late, row.is_now) for row in _weeks(answer)]
    assert rows == [(PAST, 2, 1, 1, False), (THIS, 1, 1, 0, True), (COMING, 1, 0, 0, False)]


def _weeks(answer):
    return answer.context["week_lines"]


@time_machine.travel(NOW)
def test_the_file_has_every_participant_and_no_live_formula(centres, manager, browser_of):
    answer = browser_of(manager).get("/control/KSP22/plan/participants.csv")

    head, first, second = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert head[3:9] == [
        "Kontakter",
        "Godkjent",
        "Venter på gjennomgang",
        "Sendt tilbake",
        "Mangler",
        "Uten observatør",
    ]
    assert head[9:11] == ["2021-W48 godkjent", "2021-W48 planlagt"]
    assert first[1:] == ["'=HYPERLINK(1)", "Bank", "2", "0", "0", "0", "1", "1", "0", "1", "0", "0", "0", "1"]
    assert second[1:] == ["Nordlys Strøm", "Strøm", "2", "2", "0", "0", "0", "0", "1", "1", "1", "1", "0", "0"]
    assert answer["Content-Disposition"] == 'attachment; filename="KSP22-participants.csv"'


@time_machine.travel(NOW)
@pytest.mark.parametrize(
    ("view", "first"), [("classes", "Bank"), ("methods", "Telefon"), ("weeks", PAST), ("participants?late=yes", None)]
)
def test_the_other_views_are_files_too(view, first, centres, manager, browser_of):
    name, _mark, query = view.partition("?")
    answer = browser_of(manager).get(f"/control/KSP22/plan/{name}.xlsx?{query}")

    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    assert rows[1][0] == (first or centres[0].participant.code)
    assert len(rows) == {"weeks": 4, "participants": 2}.get(name, 3)


@pytest.mark.parametrize("path", ["KSP22/plan/nonsense.csv", "KSP22/plan/weeks.pdf", "KSP99/plan/weeks.csv"])
def test_other_files_are_not_there(path, centres, manager, browser_of):
    assert browser_of(manager).get(f"/control/{path}").status_code == 404


def test_strangers_do_not_get_the_file(centres, browser_of):
    assert browser_of(UserFactory(manager=True)).get("/control/KSP22/plan/weeks.csv").status_code == 404


@time_machine.travel(datetime(2022, 3, 1, 11, 0, tzinfo=UTC))
def test_a_season_that_is_over_shows_its_last_week(centres, manager, browser_of):
    answer = browser_of(manager).get(CONTROL)

    assert "uke\u00a02 (den siste)" in answer.content.decode()
    assert answer.context["progress"].late == 2
