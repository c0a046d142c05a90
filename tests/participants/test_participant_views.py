from datetime import date, timedelta

import pytest
from django.utils import timezone

from ksp.accounts.models import Role, User
from participants.models import Representative
from tests.factories.accounts import UserFactory
from tests.factories.participants import (
    ContactChannelFactory,
    EnrolmentFactory,
    ParticipantFactory,
    RepresentativeFactory,
    SeasonFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def season():
    return SeasonFactory(open=True, code="KSP22")


@pytest.fixture
def desk(season, browser_of):
    return browser_of(UserFactory(manager=True, organiser=season.organiser))


@pytest.fixture
def admin(season, browser_of):
    return browser_of(UserFactory(administrator=True, organiser=season.organiser))


def names(page):
    return [enrolment.participant.name for enrolment in page.context["page"].object_list]


def enrol(season, name, **fields):
    return EnrolmentFactory(season=season, participant__name=name, **fields)


@pytest.mark.parametrize("rows", [1, 3])
def test_list_has_a_constant_number_of_queries(desk, season, rows, count_queries):
    for _row in range(rows):
        enrolment = EnrolmentFactory(season=season)
        ContactChannelFactory(enrolment=enrolment)
        ContactChannelFactory(enrolment=enrolment, method="email", kind="email")

    with count_queries(9):
        page = desk.get("/participants/")

    assert len(names(page)) == rows


def test_list_is_in_norwegian_order_and_of_the_own_organiser(desk, season):
    for name in ("Ås Kraft", "Øy Strøm", "Aker", "Ære Bank", "Zoo", "bekk"):
        enrol(season, name)
    EnrolmentFactory()

    assert names(desk.get("/participants/")) == ["Aker", "bekk", "Zoo", "Ære Bank", "Øy Strøm", "Ås Kraft"]


def test_list_is_narrowed(desk, season):
    fjell = enrol(season, "Fjellvakt Strøm", package="competitor", employees_informed_on=date(2021, 11, 1))
    ContactChannelFactory(enrolment=fjell, method="chat", kind="chat")
    havet = enrol(season, "Havgapet Bank", package="none")
    ContactChannelFactory(enrolment=havet)
    queries = {
        "q=strøm+fjell": ["Fjellvakt Strøm"],
        f"q={havet.participant.code}": ["Havgapet Bank"],
        f"award_class={fjell.award_class_id}": ["Fjellvakt Strøm"],
        "package=none": ["Havgapet Bank"],
        "method=chat": ["Fjellvakt Strøm"],
        "informed=no": ["Havgapet Bank"],
        "informed=yes": ["Fjellvakt Strøm"],
        "q=ingen": [],
    }

    assert {query: names(desk.get(f"/participants/?{query}")) for query in queries} == queries


def test_list_without_a_season_says_where_to_begin(browser_of):
    page = browser_of(UserFactory(manager=True)).get("/participants/")

    assert "Det finnes ingen sesong ennå" in page.content.decode()


# One participant


@pytest.mark.parametrize("rows", [1, 3])
def test_participant_has_a_constant_number_of_queries(admin, season, rows, count_queries):
    participant = ParticipantFactory(organiser=season.organiser)
    for _row in range(rows):
        year = SeasonFactory(organiser=season.organiser, closed=True)
        ContactChannelFactory(enrolment=EnrolmentFactory(season=year, participant=participant))
        RepresentativeFactory(participant=participant)

    with count_queries(9):
        page = admin.get(f"/participants/{participant.public_id}/")

    assert (len(page.context["enrolments"]), len(page.context["people"])) == (rows, rows)


def test_participant_shows_the_season_under_way_unless_another_is_asked_for(desk, season):
    now = EnrolmentFactory(season=season)
    before = EnrolmentFactory(
        season=SeasonFactory(organiser=season.organiser, code="KSP21", closed=True), participant=now.participant
    )
    address = f"/participants/{now.participant.public_id}/"

    assert desk.get(address).context["enrolment"] == now
    assert desk.get(f"{address}?season=KSP21").context["enrolment"] == before


def test_participant_without_an_enrolment_has_a_page(desk, season):
    participant = ParticipantFactory(organiser=season.organiser)

    page = desk.get(f"/participants/{participant.public_id}/")

    assert (page.status_code, page.context["enrolment"], page.context["form"]) == (200, None, None)


FIELDS = {"package": "competitor", "contact_name": "Kari", "contact_email": "", "employees_informed_on": "2021-11-01"}


def test_enrolment_is_changed_in_the_season_that_is_looked_at(desk, season):
    now = EnrolmentFactory(season=season, package="none")
    before = EnrolmentFactory(
        season=SeasonFactory(organiser=season.organiser, code="KSP21", closed=True),
        participant=now.participant,
        package="none",
    )

    page = desk.post(f"/participants/{now.participant.public_id}/?season=KSP21", FIELDS | {"extra_help": "Si det."})

    now.refresh_from_db()
    before.refresh_from_db()
    assert (page.status_code, now.package, before.package) == (302, "none", "competitor")
    assert (before.employees_informed_on, before.extra_help) == (date(2021, 11, 1), "Si det.")


def test_day_that_has_not_come_is_told_in_place(desk, season):
    enrolment = EnrolmentFactory(season=season, package="none")
    tomorrow = timezone.localdate() + timedelta(days=1)

    page = desk.post(f"/participants/{enrolment.participant.public_id}/", FIELDS | {"employees_informed_on": tomorrow})

    enrolment.refresh_from_db()
    assert (list(page.context["form"].errors), enrolment.package) == (["employees_informed_on"], "none")


def test_participant_of_another_organiser_is_not_there(admin):
    link = RepresentativeFactory()
    address = f"/participants/{link.participant.public_id}/"

    answers = [
        admin.get(address),
        admin.post(address, FIELDS),
        admin.post(f"{address}people/", {"name": "Kari", "email": "kari@ksp.example"}),
        admin.post(f"{address}people/{link.user.public_id}/remove/"),
    ]

    assert {page.status_code for page in answers} == {404}
    assert (Representative.objects.count(), User.objects.filter(email="kari@ksp.example").count()) == (1, 0)


# Who represents it


def test_person_is_invited_and_removed(admin, season):
    participant = ParticipantFactory(organiser=season.organiser)
    address = f"/participants/{participant.public_id}/"

    admin.post(f"{address}people/", {"name": "Kari", "email": "kari@ksp.example"})
    user = User.objects.get(email="kari@ksp.example")
    invited = list(participant.representatives.values_list("user", flat=True))
    admin.post(f"{address}people/{user.public_id}/remove/")

    assert (invited, participant.representatives.count()) == ([user.pk], 0)


@pytest.mark.parametrize("data", [{"name": "", "email": "kari@ksp.example"}, {"name": "Kari", "email": "kari"}])
def test_half_a_person_is_refused(admin, season, data):
    participant = ParticipantFactory(organiser=season.organiser)

    page = admin.post(f"/participants/{participant.public_id}/people/", data, follow=True)

    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert Representative.objects.count() == 0


def test_person_with_another_role_is_told(admin, season):
    participant = ParticipantFactory(organiser=season.organiser)
    UserFactory(organiser=season.organiser, email="ola@ksp.example", name="Ola")

    page = admin.post(
        f"/participants/{participant.public_id}/people/", {"name": "Ola", "email": "ola@ksp.example"}, follow=True
    )

    assert [str(message) for message in page.context["messages"]] == [
        "Ola logger inn som Observatør her. Bruk en annen e-postadresse for deltakeren."
    ]


def test_manager_sees_who_represents_but_changes_nothing(desk, season):
    link = RepresentativeFactory(participant__organiser=season.organiser, user__role=Role.PARTICIPANT)
    address = f"/participants/{link.participant.public_id}/"

    page = desk.get(address)

    assert (list(page.context["people"]), page.context["may_invite"]) == ([link], False)
    assert desk.post(f"{address}people/", {"name": "Kari", "email": "kari@ksp.example"}).status_code == 403
    assert desk.post(f"{address}people/{link.user.public_id}/remove/").status_code == 403
    assert Representative.objects.count() == 1


def test_channel_is_closed_with_a_reason(desk, season):
    enrolment = enrol(season, "Måkeberg Kraft")
    phone, chat = (
        ContactChannelFactory(enrolment=enrolment, method=method, kind=method, planned_contacts=planned)
        for method, planned in (("phone", 15), ("chat", 10))
    )
    address = f"/participants/{enrolment.participant.public_id}/channels/{chat.pk}/close/"

    refused = desk.post(address, {"reason": " "}, follow=True)
    done = desk.post(address, {"reason": "Chatten er lagt ned"}, follow=True)

    assert [str(message) for message in refused.context["messages"]] == [
        "Skriv hvorfor kontaktkanalen ikke brukes lenger."
    ]
    assert [str(message) for message in done.context["messages"]] == [
        "Måkeberg Kraft: Chat brukes ikke lenger. Det lages en ny plan for det som endres av det."
    ]
    assert list(enrolment.channels.values_list("pk", "planned_contacts")) == [(phone.pk, 25)]


def test_channel_of_another_participant_is_not_there(desk, season):
    mine, others = enrol(season, "Måkeberg Kraft"), ContactChannelFactory()

    answer = desk.post(f"/participants/{mine.participant.public_id}/channels/{others.pk}/close/", {"reason": "Nei"})

    assert answer.status_code == 404
    assert others.enrolment.channels.exists()
