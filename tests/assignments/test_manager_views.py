import pytest
from django.urls import reverse

from assignments.letters.models import Letter
from assignments.models import Assignment, RolePlay
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory, RolePlayFactory
from tests.factories.observers import CustomerRelationFactory, ObserverFactory
from tests.factories.participants import AwardClassFactory, ContactChannelFactory, EnrolmentFactory, SeasonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def season():
    return SeasonFactory(open=True, code="KSP22")


@pytest.fixture
def desk(season, browser_of):
    return browser_of(UserFactory(manager=True, organiser=season.organiser))


def add(season, **fields):
    return AssignmentFactory(season=season, **fields)


def page_of(assignment, name="detail"):
    return reverse(f"assignments:{name}", args=[assignment.public_id])


def codes(page):
    return [assignment.code for assignment in page.context["page"].object_list]


# The list


@pytest.mark.parametrize("rows", [1, 3])
def test_list_has_a_constant_number_of_queries(desk, season, rows, count_queries):
    for _row in range(rows):
        add(season, offered=True)

    with count_queries(9):
        page = desk.get("/assignments/")

    assert len(codes(page)) == rows


def test_contacts_without_an_observer_come_first_by_week(desk, season):
    add(season, offered=True, code="tilbudt", week="2021-W48")
    add(season, with_observer=True, code="foreslått", week="2021-W48")
    add(season, code="sen", week="2022-W01")
    add(season, code="tidlig", week="2021-W49")

    assert codes(desk.get("/assignments/")) == ["tidlig", "sen", "foreslått", "tilbudt"]


def test_list_is_the_current_seasons_unless_another_is_asked_for(desk, season):
    earlier = SeasonFactory(organiser=season.organiser, code="KSP21", closed=True)
    add(season, code="ny")
    add(earlier, code="gammel")
    add(SeasonFactory(code="KSP21", closed=True), code="fremmed")

    assert codes(desk.get("/assignments/")) == ["ny"]
    assert codes(desk.get("/assignments/?season=KSP21")) == ["gammel"]
    assert codes(desk.get("/assignments/?season=KSP99")) == ["ny"]


def test_list_is_narrowed(desk, season):
    fjell = EnrolmentFactory(season=season, participant__name="Fjellvakt Strøm")
    observer = ObserverFactory(organiser=season.organiser, first_name="Kari", last_name="Berg")
    add(season, code="K-1", enrolment=fjell, method="chat", week="2021-W50")
    add(season, code="K-2", offered=True, observer=observer)
    queries = {
        "q=fjellvakt+str": ["K-1"],
        "q=kari+berg": ["K-2"],
        "q=K-2": ["K-2"],
        "week=2021-W50": ["K-1"],
        "method=chat": ["K-1"],
        "state=unassigned": ["K-1"],
        "state=offered": ["K-2"],
        f"award_class={fjell.award_class_id}": ["K-1"],
        f"observer={observer.public_id}": ["K-2"],
        f"participant={fjell.participant.public_id}": ["K-1"],
        "q=ingen": [],
    }

    assert {query: codes(desk.get(f"/assignments/?{query}")) for query in queries} == queries


@pytest.mark.parametrize("query", ["method=brevdue", "observer=x", "week=48", "page=x", "page=99", "award_class=0"])
def test_filter_that_is_none_hides_nothing(desk, season, query):
    add(season, code="K-1")

    assert codes(desk.get(f"/assignments/?{query}")) == ["K-1"]


def test_list_counts_where_the_contacts_stand(desk, season):
    for state in ("offered", "offered", "accepted", "done"):
        add(season, **{state: True})
    add(season)
    add(season, with_observer=True)

    standing = desk.get("/assignments/").context["standing"]

    assert (standing.unassigned, standing.offered, standing.accepted, standing.done) == (1, 2, 1, 1)


def test_list_says_where_to_begin_without_a_season(browser_of):
    page = browser_of(UserFactory(manager=True)).get("/assignments/")

    assert "Det finnes ingen sesong ennå" in page.content.decode()


def test_menu_counts_what_nobody_has_been_found_for(desk, season):
    add(season)
    add(season, with_observer=True)
    add(SeasonFactory(organiser=season.organiser))

    links = [link for group in desk.get("/assignments/").context["shell"].groups for link in group.links]

    assert [link.count for link in links if link.url == "/assignments/"] == [1]


# One contact


@pytest.mark.parametrize("rows", [1, 3])
def test_contact_has_a_constant_number_of_queries(desk, season, rows, count_queries):
    contact = add(season)
    for _row in range(rows):
        ObserverFactory(organiser=season.organiser)

    with count_queries(13):
        page = desk.get(page_of(contact))

    assert (page.context["eligible"], page.context["everybody"]) == (rows, rows)


def test_contact_shows_the_eligible_and_on_request_the_others_with_why_not(desk, season):
    contact = add(season, method="chat")
    able = ObserverFactory(organiser=season.organiser, methods=["chat"])
    unable = ObserverFactory(organiser=season.organiser, methods=["phone"])

    short, whole = desk.get(page_of(contact)), desk.get(page_of(contact) + "?show=all")

    shown = [[one.facts.observer for one in page.context["page"].object_list] for page in (short, whole)]
    assert shown == [[able], [able, unable]]
    assert "Bruker ikke denne kontaktmåten." in whole.content.decode()
    assert "Bruker ikke denne kontaktmåten." not in short.content.decode()


def test_contact_that_nobody_can_make_shows_everybody(desk, season):
    contact = add(season, method="chat")
    ObserverFactory(organiser=season.organiser, methods=["phone"])

    page = desk.get(page_of(contact))

    assert (page.context["with_refused"], len(page.context["page"].object_list)) == (True, 1)


def test_contact_that_is_given_away_judges_nobody(desk, season):
    page = desk.get(page_of(add(season, offered=True)))

    assert "page" not in page.context
    assert page.context["moves"] == {"withdrawn", "expired", "cancelled"}


@pytest.mark.parametrize("way", ["get", "offer", "withdraw", "expire", "cancel"])
def test_contact_of_another_organiser_is_not_there(desk, way):
    contact = AssignmentFactory(offered=True)

    page = desk.get(page_of(contact)) if way == "get" else desk.post(page_of(contact, way), {"reason": "x"})

    contact.refresh_from_db()
    assert (page.status_code, contact.state) == (404, "offered")


def test_contact_is_offered(desk, season):
    contact, observer = add(season), ObserverFactory(organiser=season.organiser)

    page = desk.post(page_of(contact, "offer"), {"observer": observer.public_id}, follow=True)

    contact.refresh_from_db()
    assert (contact.state, contact.observer) == ("offered", observer)
    assert [str(message) for message in page.context["messages"]] == [f"{observer} har fått tilbud om oppdraget."]


def test_offer_that_is_refused_says_why(desk, season):
    contact = add(season, method="chat")
    observer = ObserverFactory(organiser=season.organiser, methods=["phone"])

    page = desk.post(page_of(contact, "offer"), {"observer": observer.public_id}, follow=True)

    contact.refresh_from_db()
    (message,) = page.context["messages"]
    assert (contact.state, message.level_tag) == ("planned", "error")
    assert "Bruker ikke denne kontaktmåten." in str(message)


@pytest.mark.parametrize("chosen", ["", "x", "00000000-0000-0000-0000-000000000000", "stranger"])
def test_offer_to_nobody_is_not_found(desk, season, chosen):
    contact = add(season)
    observer = ObserverFactory().public_id if chosen == "stranger" else chosen

    page = desk.post(page_of(contact, "offer"), {"observer": observer})

    contact.refresh_from_db()
    assert (page.status_code, contact.state) == (404, "planned")


@pytest.mark.parametrize(("way", "state"), [("withdraw", "withdrawn"), ("expire", "expired"), ("cancel", "cancelled")])
def test_contact_is_taken_back(desk, season, way, state):
    contact = add(season, offered=True)

    desk.post(page_of(contact, way), {"reason": "Feil uke"})

    contact.refresh_from_db()
    assert contact.state == state
    assert Assignment.objects.filter(replaces=contact).count() == (way != "cancel")


def test_history_names_what_was_done(desk, season):
    contact = add(season)
    observer = ObserverFactory(organiser=season.organiser)
    desk.post(page_of(contact, "offer"), {"observer": observer.public_id})
    desk.post(page_of(contact, "withdraw"), {"reason": "Feil uke"})

    page = desk.get(page_of(contact))

    assert [event.what for event in page.context["history"]] == ["Trukket tilbake", "Tilbudt"]
    assert "Feil uke" in page.content.decode()


# Planned by hand


@pytest.fixture
def enrolment(season):
    return ContactChannelFactory(enrolment__season=season, method="phone").enrolment


def test_contact_is_planned_by_hand(desk, enrolment):
    page = desk.post(
        "/assignments/new/", {"enrolment": enrolment.pk, "method": "phone", "week": "2021-W48", "role_play": ""}
    )

    contact = Assignment.objects.get()
    assert (page.url, contact.enrolment, contact.week) == (page_of(contact), enrolment, "2021-W48")


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"method": "chat"}, ["__all__"]),
        ({"week": "2023-W01"}, ["week"]),
        ({"enrolment": ""}, ["enrolment"]),
        ({"method": "brevdue"}, ["method"]),
    ],
)
def test_contact_that_does_not_fit_is_told_in_place(desk, enrolment, fields, errors):
    wanted = {"enrolment": enrolment.pk, "method": "phone", "week": "2021-W48", "role_play": ""} | fields

    page = desk.post("/assignments/new/", wanted)

    assert (page.status_code, list(page.context["form"].errors)) == (200, errors)
    assert Assignment.objects.count() == 0


def test_form_offers_the_seasons_own_participants_and_role_plays(desk, season, enrolment):
    RolePlayFactory(season=season)
    AssignmentFactory()

    form = desk.get("/assignments/new/?season=KSP22").context["form"]

    assert list(form.fields["enrolment"].queryset) == [enrolment]
    assert list(form.fields["role_play"].queryset) == list(season.role_plays.all())


# Role-plays


@pytest.mark.parametrize("rows", [1, 3])
def test_role_plays_have_a_constant_number_of_queries(desk, season, rows, count_queries):
    for _row in range(rows):
        RolePlayFactory(season=season)

    with count_queries(7):
        page = desk.get("/admin/seasons/KSP22/role-plays/")

    assert len(page.context["role_plays"]) == rows


def test_classes_without_a_role_play_are_named(desk, season):
    RolePlayFactory(season=season)
    lacking = AwardClassFactory(season=season)

    assert list(desk.get("/admin/seasons/KSP22/role-plays/").context["without"]) == [lacking]


def test_role_play_is_written_and_changed(desk, season):
    award_class = AwardClassFactory(season=season)
    words = {
        "award_class": award_class.pk,
        "code": "rp",
        "title": "Ny i byen",
        "story": "Du har flyttet.",
        "choosing": "",
    }

    desk.post("/admin/seasons/KSP22/role-plays/new/", words)
    role_play = RolePlay.objects.get()
    desk.post(f"/admin/seasons/KSP22/role-plays/{role_play.pk}/", words | {"title": "Ny kunde"})

    role_play.refresh_from_db()
    assert (role_play.award_class, role_play.title) == (award_class, "Ny kunde")


def test_role_play_with_a_taken_code_is_told_in_place(desk, season):
    role_play = RolePlayFactory(season=season, code="rp")
    words = {"award_class": role_play.award_class_id, "code": "RP", "title": "x", "story": "x", "choosing": ""}

    page = desk.post("/admin/seasons/KSP22/role-plays/new/", words)

    assert (list(page.context["form"].errors), RolePlay.objects.count()) == (["code"], 1)


def test_role_play_of_another_season_is_not_there(desk, season):
    assert desk.get(f"/admin/seasons/KSP22/role-plays/{RolePlayFactory().pk}/").status_code == 404


# Many offers


def offer_many(desk, **data):
    page = desk.post("/assignments/offer/", {"season": "KSP22", **data}, follow=True)
    return [str(message) for message in page.context["messages"]]


def in_state(state):
    return set(Assignment.objects.filter(state=state).values_list("code", flat=True))


def test_ticked_contacts_are_offered_to_whom_they_are_planned_for(desk, season):
    ticked = [add(season, with_observer=True, code=code) for code in ("K-1", "K-2")]
    add(season, with_observer=True, code="K-3")
    nobody = add(season, code="K-4")

    said = offer_many(desk, contact=[one.public_id for one in (*ticked, nobody)])

    assert said == ["2 kontakter er tilbudt."]
    assert in_state("offered") == {"K-1", "K-2"}
    assert set(Letter.objects.values_list("is_held", flat=True)) == {False}


def test_all_up_to_a_week_are_offered_and_their_letters_may_be_held(desk, season):
    for code, week in [("K-1", "2021-W48"), ("K-2", "2021-W50"), ("K-3", "2021-W51")]:
        add(season, with_observer=True, code=code, week=week)
    unable = add(season, with_observer=True, code="K-4", week="2021-W49")
    CustomerRelationFactory(observer=unable.observer, participant=unable.participant)

    page = desk.post("/assignments/offer/", {"season": "KSP22", "until": "2021-W50", "is_held": "on"}, follow=True)

    assert [str(message) for message in page.context["messages"]] == [
        "2 kontakter er tilbudt.",
        "1 kontakt er fortsatt planlagt: En regel sier nei nå, eller klassen er satt på pause.",
    ]
    assert page.redirect_chain[0][0] == "/outbox/"
    assert (in_state("offered"), Letter.objects.held().count()) == ({"K-1", "K-2"}, 2)


def test_offering_nothing_in_particular_is_refused(desk, season):
    add(season, with_observer=True)
    foreign = AssignmentFactory(with_observer=True)

    said = [offer_many(desk), offer_many(desk, until="2030-W01"), offer_many(desk, contact=foreign.public_id)]

    assert said == [["Velg noen kontakter, eller uken du vil tilby til og med."]] * 3
    assert in_state("offered") == set()


def test_nothing_is_offered_while_the_season_is_paused(desk, season):
    add(season, with_observer=True)
    season.state = "paused"
    season.save()

    assert "/assignments/offer/" not in desk.get("/assignments/").content.decode()
    assert offer_many(desk, until="2021-W50") == ["Sesongen er ikke åpen. Åpne den før du tilbyr oppdrag."]
    assert in_state("offered") == set()


def test_offering_without_a_season_leads_to_the_list(browser_of):
    assert browser_of(UserFactory(manager=True)).post("/assignments/offer/").url == "/assignments/"
