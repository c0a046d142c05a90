from datetime import date

import pytest

from ksp.accounts.models import AuditEvent, Role
from participants.models import AwardClass, ImportState, Season
from participants.season_forms import SettingsForm
from tests.factories.accounts import UserFactory
from tests.factories.participants import (
    AwardClassFactory,
    ContactChannelFactory,
    EnrolmentFactory,
    ImportBatchFactory,
    SeasonFactory,
)
from tests.factories.questionnaires import season_with_battery

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return UserFactory(administrator=True)


@pytest.fixture
def desk(boss, browser_of):
    return browser_of(boss)


@pytest.fixture
def manager(boss, browser_of):
    return browser_of(UserFactory(manager=True, organiser=boss.organiser))


def made(boss, **fields):
    return SeasonFactory(organiser=boss.organiser, code="KSP27", **fields)


FRAME = {"name": "KSP 2027", "starts_on": "2026-11-30", "ends_on": "2027-03-26"}


@pytest.mark.parametrize("rows", [1, 3])
def test_list_of_seasons_has_a_constant_number_of_queries(desk, boss, rows, count_queries):
    SeasonFactory.create_batch(rows, organiser=boss.organiser)
    SeasonFactory()

    with count_queries(5):
        page = desk.get("/admin/seasons/")

    assert len(page.context["seasons"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_season_has_a_constant_number_of_queries(desk, boss, rows, count_queries):
    season = made(boss)
    for _row in range(rows):
        EnrolmentFactory(season=season)

    with count_queries(13):
        page = desk.get("/admin/seasons/KSP27/")

    assert (page.context["figures"].participants, len(page.context["classes"])) == (rows, rows)


def test_season_is_made(desk, boss):
    page = desk.post("/admin/seasons/new/", FRAME | {"code": "KSP27"})

    season = Season.objects.get()
    assert (page.url, season.organiser, season.starts_on) == (
        "/admin/seasons/KSP27/",
        boss.organiser,
        date(2026, 11, 30),
    )


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"code": "new/../x"}, ["code"]),
        ({"code": "ksp27"}, ["code"]),
        ({"code": "KSP27", "ends_on": "2026-01-01"}, ["ends_on"]),
        ({"code": "KSP26"}, ["code"]),
    ],
)
def test_season_that_cannot_be_is_told_in_place(desk, boss, fields, errors):
    SeasonFactory(organiser=boss.organiser, code="KSP26")

    page = desk.post("/admin/seasons/new/", FRAME | fields)

    assert (list(page.context["form"].errors), Season.objects.count()) == (errors, 1)


def test_season_of_another_organiser_is_not_there(desk):
    SeasonFactory(code="KSP27")

    read = [desk.get(f"/admin/seasons/KSP27/{part}").status_code for part in ("", "settings/", "frame/", "role-plays/")]
    written = [desk.post(f"/admin/seasons/KSP27/{part}").status_code for part in ("move/open/", "classes/")]

    assert (set(read), set(written)) == ({404}, {404})
    assert Season.objects.get().state == "preparing"


def test_readiness_tells_what_is_lacking_and_where_to_do_it(desk, boss):
    made(boss, stored_settings={"employees_informed": "block"})

    points = desk.get("/admin/seasons/KSP27/").context["points"]

    assert [(point.is_met, point.is_needed, point.url) for point in points] == [
        (False, False, "/admin/imports/participants/"),
        (False, False, "/participants/?season=KSP27"),
        (False, True, "/participants/?season=KSP27&informed=no"),
        (False, False, ""),
        (False, True, "/questionnaire/KSP27/"),
    ]


def test_readiness_is_met_when_all_is_in_place(desk, boss):
    season = season_with_battery("preparing", organiser=boss.organiser, code="KSP27")
    award_class = AwardClassFactory(season=season)
    for _number in range(3):
        enrolment = EnrolmentFactory(season=season, award_class=award_class, employees_informed_on=date(2021, 11, 1))
        ContactChannelFactory(enrolment=enrolment)

    points = desk.get("/admin/seasons/KSP27/").context["points"]

    assert [point.is_met for point in points] == [True] * 5


def test_season_that_is_open_shows_no_readiness(desk, boss):
    made(boss, open=True)

    assert desk.get("/admin/seasons/KSP27/").context["points"] == []


def test_season_lives_its_whole_life_by_its_buttons(desk, boss):
    season_with_battery("preparing", organiser=boss.organiser, code="KSP27")
    states = []

    for move in ("open", "pause", "resume", "close", "publish"):
        offered = desk.get("/admin/seasons/KSP27/").context["moves"]
        assert move in offered
        desk.post(f"/admin/seasons/KSP27/move/{move}/", {"reason": "Streik"})
        states.append(Season.objects.get(code="KSP27").state)

    assert states == ["open", "paused", "open", "closed", "published"]
    assert desk.get("/admin/seasons/KSP27/").context["moves"] == []


def test_move_that_is_refused_says_why(desk, boss):
    made(boss)

    page = desk.post("/admin/seasons/KSP27/move/open/", follow=True)

    assert [str(message) for message in page.context["messages"]] == [
        "Sesongen har ikke skjema. Ta et i bruk før du åpner den."
    ]
    assert Season.objects.get().state == "preparing"


def test_unknown_move_is_not_there(desk, boss):
    made(boss)

    assert desk.post("/admin/seasons/KSP27/move/sov/").status_code == 404


def test_manager_reads_a_season_and_changes_nothing_of_it(manager, boss):
    season = made(boss)

    assert [manager.get(f"/admin/seasons/KSP27/{part}").status_code for part in ("", "settings/", "frame/")] == [
        200
    ] * 3
    assert manager.get("/admin/seasons/KSP27/").context["moves"] == []
    answers = {
        part: manager.post(f"/admin/seasons/KSP27/{part}", FRAME).status_code
        for part in ("settings/", "frame/", "move/open/", "classes/")
    }
    assert set(answers.values()) == {403}
    season.refresh_from_db()
    assert (season.state, season.stored_settings, AwardClass.objects.count()) == ("preparing", {}, 0)


def test_settings_are_changed(desk, boss):
    season = made(boss)
    form = SettingsForm(season=season)

    desk.post(
        "/admin/seasons/KSP27/settings/", {name: form[name].value() for name in form.fields} | {"phone_limit": 120}
    )

    season.refresh_from_db()
    assert (season.settings.phone_limit, season.settings.chat_limit) == (120, 300)


def test_setting_beyond_its_limits_is_told_in_place(desk, boss):
    season = made(boss)
    form = SettingsForm(season=season)

    page = desk.post(
        "/admin/seasons/KSP27/settings/", {name: form[name].value() for name in form.fields} | {"phone_limit": 1}
    )

    season.refresh_from_db()
    assert (list(page.context["form"].errors), season.stored_settings) == (["phone_limit"], {})


def test_name_dates_and_manual_are_changed(desk, boss):
    season = made(boss)

    desk.post("/admin/seasons/KSP27/frame/", FRAME | {"manual": "Les dette."})

    season.refresh_from_db()
    assert (season.name, season.ends_on, season.manual) == ("KSP 2027", date(2027, 3, 26), "Les dette.")


def test_class_is_made_paused_and_let_go_on(desk, manager, boss):
    made(boss)
    desk.post("/admin/seasons/KSP27/classes/", {"name": "Strøm"})
    award_class = AwardClass.objects.get()
    address = f"/admin/seasons/KSP27/classes/{award_class.pk}/pause/"
    reasons = []

    for data in ({"pause": "yes", "reason": "Streik"}, {"pause": "no"}):
        manager.post(address, data)
        award_class.refresh_from_db()
        reasons.append((award_class.paused_at is not None, award_class.pause_reason))

    assert reasons == [(True, "Streik"), (False, "")]


@pytest.mark.parametrize("name", ["", "Strøm"])
def test_class_without_a_name_of_its_own_is_refused(desk, boss, name):
    AwardClassFactory(season=made(boss), name="Strøm")

    page = desk.post("/admin/seasons/KSP27/classes/", {"name": name}, follow=True)

    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert AwardClass.objects.count() == 1


def test_class_of_another_season_is_not_paused(manager, boss):
    made(boss)
    other = AwardClassFactory()

    page = manager.post(f"/admin/seasons/KSP27/classes/{other.pk}/pause/", {"pause": "yes", "reason": "x"})

    other.refresh_from_db()
    assert (page.status_code, other.paused_at) == (404, None)


def test_home_tells_of_seasons_and_imports(desk, boss):
    ImportBatchFactory(organiser=boss.organiser, state=ImportState.PREVIEWED)
    ImportBatchFactory(organiser=boss.organiser, state=ImportState.APPLIED)
    ImportBatchFactory(state=ImportState.PREVIEWED)
    made(boss, open=True, name="Gammel")
    SeasonFactory(organiser=boss.organiser, name="Ny", starts_on=date(2099, 1, 1), ends_on=date(2099, 4, 1))

    context = desk.get("/admin/").context

    assert [item.title for item in context["urgent"]] == ["1 import venter på deg", "Gammel"]
    assert [(item.title, item.state) for item in context["standing"]] == [("Ny", "preparing")]


def test_paused_season_is_shown_with_its_reason(desk, boss):
    SeasonFactory(organiser=boss.organiser, paused=True, ends_on=date(2099, 1, 1))

    assert [item.text for item in desk.get("/admin/").context["standing"]] == ["Stengt."]


def test_only_staff_read_seasons(browser_of, boss):
    made(boss)

    for role in (Role.OBSERVER, Role.PARTICIPANT):
        client = browser_of(UserFactory(role=role, organiser=boss.organiser))
        assert client.get("/admin/seasons/KSP27/").status_code == 403
    assert AuditEvent.objects.count() == 0
