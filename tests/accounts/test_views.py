import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ksp.accounts import services
from ksp.accounts.models import Invitation, OwedMail, Role, User
from observers.models import Observer
from participants.models import Representative
from tests.factories.accounts import OwedMailFactory, UserFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import ParticipantFactory, RepresentativeFactory

pytestmark = pytest.mark.django_db
PASSWORD = "en lang setning om fjellet"


@pytest.fixture
def boss():
    return UserFactory(administrator=True, name="Ada Lie")


@pytest.fixture
def desk(boss, browser_of):
    return browser_of(boss)


def names(page):
    return [user.name for user in page.context["page"].object_list]


# Home


def test_home_says_that_all_is_well(desk):
    page = desk.get("/admin/")

    assert (page.context["urgent"], page.context["standing"]) == ([], [])
    assert "Alt er i orden" in page.content.decode()


def test_home_shows_what_waits_the_worst_first(desk, boss):
    OwedMailFactory(organiser=boss.organiser, tries=5)
    services.invite_user(by=boss, email="ny@ksp.example", name="Ny", role=Role.MANAGER)
    OwedMailFactory(tries=5)

    page = desk.get("/admin/")

    found = [(item.tone, item.title, item.url) for item in page.context["urgent"]]
    assert found == [
        ("danger", "1 e-post kunne ikke sendes", "/admin/mail/"),
        ("warning", "1 person har ikke svart på invitasjonen", "/admin/users/?state=invited"),
    ]


def test_home_counts_open_accounts_by_role(desk, boss):
    UserFactory.create_batch(2, organiser=boss.organiser)
    UserFactory(organiser=boss.organiser, is_active=False)
    UserFactory()

    page = desk.get("/admin/")

    assert [(role, count) for role, _label, count in page.context["people"]] == [
        ("administrator", 1),
        ("manager", 0),
        ("observer", 2),
        ("participant", 0),
    ]


# People


@pytest.mark.parametrize("rows", [1, 3])
def test_list_of_people_has_a_constant_number_of_queries(desk, boss, rows, count_queries):
    UserFactory.create_batch(rows, organiser=boss.organiser)

    with count_queries(6):
        page = desk.get("/admin/users/")

    assert len(names(page)) == rows + 1


def test_list_of_people_leaves_other_organisers_out(desk, boss):
    UserFactory(name="Fremmed")

    assert names(desk.get("/admin/users/")) == ["Ada Lie"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=berg", ["Kari Berg"]),
        ("q=kari+ksp", ["Kari Berg"]),
        ("role=manager", ["Ola Lie"]),
        ("state=closed", ["Ola Lie"]),
        ("state=invited", ["Kari Berg"]),
        ("q=ingen", []),
    ],
)
def test_list_of_people_is_narrowed(desk, boss, query, found):
    kari = UserFactory(organiser=boss.organiser, name="Kari Berg", email="kb@ksp.example")
    kari.set_unusable_password()
    kari.save()
    UserFactory(organiser=boss.organiser, name="Ola Lie", email="ol@ksp.example", manager=True, is_active=False)

    page = desk.get(f"/admin/users/?{query}")

    assert names(page) == found


# Invitations


def test_person_is_invited(desk, boss):
    page = desk.post("/admin/users/invite/?role=manager", {"name": "Kari Lie", "email": "kari@ksp.example"})

    user = User.objects.get(email="kari@ksp.example")
    assert (page.status_code, user.role, user.organiser) == (302, Role.MANAGER, boss.organiser)
    assert OwedMail.objects.get().to == "kari@ksp.example"


def test_address_that_is_taken_is_told_at_its_field(desk):
    UserFactory(email="kari@ksp.example")

    page = desk.post("/admin/users/invite/?role=manager", {"name": "Kari", "email": "KARI@ksp.example"})

    assert list(page.context["form"].errors) == ["email"]
    assert OwedMail.objects.count() == 0


def test_participants_contact_is_tied_to_the_participant(desk, boss):
    centre = ParticipantFactory(organiser=boss.organiser)

    desk.post(
        "/admin/users/invite/?role=participant",
        {"name": "Kari", "email": "kari@ksp.example", "stands_for": centre.pk},
    )

    assert list(Representative.objects.values_list("user__email", "participant")) == [("kari@ksp.example", centre.pk)]


def test_participants_contact_needs_a_participant_of_the_organiser(desk):
    stranger = ParticipantFactory()

    page = desk.post(
        "/admin/users/invite/?role=participant",
        {"name": "Kari", "email": "kari@ksp.example", "stands_for": stranger.pk},
    )

    assert list(page.context["form"].errors) == ["stands_for"]
    assert User.objects.filter(email="kari@ksp.example").count() == 0


def test_observer_is_tied_to_the_profile_with_the_same_address(desk, boss):
    profile = ObserverFactory(organiser=boss.organiser, user=None, email="Kari@ksp.example")

    desk.post("/admin/users/invite/?role=observer", {"name": "Kari", "email": "kari@ksp.example", "stands_for": ""})

    profile.refresh_from_db()
    assert profile.user.email == "kari@ksp.example"


def test_observer_is_tied_to_the_profile_with_the_id(desk, boss):
    ObserverFactory(organiser=boss.organiser, user=None, email="kari@ksp.example")
    profile = ObserverFactory(organiser=boss.organiser, user=None, code="O42")

    desk.post("/admin/users/invite/?role=observer", {"name": "Kari", "email": "kari@ksp.example", "stands_for": "O42"})

    assert list(Observer.objects.exclude(user=None)) == [profile]


def test_unknown_role_is_refused(desk):
    assert desk.get("/admin/users/invite/?role=konge").status_code == 400


def test_invitation_is_sent_again(desk, boss):
    user = UserFactory(organiser=boss.organiser)
    token = services.send_invitation(user.pk, by=boss)

    desk.post(f"/admin/users/{user.public_id}/invite/")

    with pytest.raises(services.InvitationExpired):
        services.find_invitation(token, now=timezone.now())
    assert OwedMail.objects.count() == 2


def test_invited_person_chooses_a_password_and_is_in(boss):
    user = UserFactory(organiser=boss.organiser, role=Role.OBSERVER)
    address = reverse("accounts:accept_invitation", args=[services.send_invitation(user.pk, by=boss)])
    client = Client()

    assert client.get(address).context["invitation"].user == user
    page = client.post(address, {"password": PASSWORD})

    assert (page.status_code, page.url, client.session["_auth_user_id"]) == (302, "/", str(user.pk))
    assert client.get(address).status_code == 410


def test_invited_manager_sets_up_the_second_factor_without_signing_in_again(boss, settings):
    settings.KSP_REQUIRE_SECOND_FACTOR = True
    settings.DEMO = False
    user = UserFactory(organiser=boss.organiser, manager=True)
    client = Client()

    client.post(
        reverse("accounts:accept_invitation", args=[services.send_invitation(user.pk, by=boss)]),
        {"password": PASSWORD},
    )

    page = client.get("/", follow=True)
    assert (page.request["PATH_INFO"], page.status_code) == ("/accounts/2fa/totp/activate/", 200)


@pytest.mark.parametrize("password", ["", "kort", "q1w2e3r4t5y6", "kari.nordmann@ksp.example"])
def test_easy_password_is_told_in_place(boss, password):
    user = UserFactory(organiser=boss.organiser, email="kari.nordmann@ksp.example")
    address = reverse("accounts:accept_invitation", args=[services.send_invitation(user.pk, by=boss)])
    client = Client()

    page = client.post(address, {"password": password})

    assert (page.status_code, list(page.context["form"].errors)) == (200, ["password"])
    assert Invitation.objects.filter(accepted_at=None).count() == 1
    assert "_auth_user_id" not in client.session


def test_other_link_is_gone(client):
    page = client.get("/invitation/finnes-ikke/")

    assert page.status_code == 410


# One account


def test_account_is_changed(desk, boss):
    user = UserFactory(organiser=boss.organiser)

    desk.post(f"/admin/users/{user.public_id}/", {"name": "Nytt Navn", "role": "manager"})

    user.refresh_from_db()
    assert (user.name, user.role) == ("Nytt Navn", Role.MANAGER)


def test_own_role_stays(desk, boss):
    page = desk.post(f"/admin/users/{boss.public_id}/", {"name": "Ada Lie", "role": "manager"})

    boss.refresh_from_db()
    assert (page.status_code, boss.role) == (200, Role.ADMINISTRATOR)
    assert page.context["form"].non_field_errors()


def test_account_shows_whom_it_represents(desk, boss):
    link = RepresentativeFactory(participant__organiser=boss.organiser, participant__name="Fjellvakt")

    page = desk.get(f"/admin/users/{link.user.public_id}/")

    assert [(thing.name, thing.url) for thing in page.context["things"]] == [
        ("Fjellvakt", f"/participants/{link.participant.public_id}/")
    ]


def test_account_is_closed_and_opened(desk, boss):
    user = UserFactory(organiser=boss.organiser)
    states = []

    for is_open in ("no", "yes"):
        desk.post(f"/admin/users/{user.public_id}/open/", {"open": is_open})
        user.refresh_from_db()
        states.append(user.is_active)

    assert states == [False, True]


def test_own_account_is_not_closed(desk, boss):
    desk.post(f"/admin/users/{boss.public_id}/open/", {"open": "no"})

    boss.refresh_from_db()
    assert boss.is_active is True


@pytest.mark.parametrize("address", ["", "open/", "invite/"])
def test_account_of_another_organiser_is_not_there(desk, address):
    stranger = UserFactory()

    page = desk.post(f"/admin/users/{stranger.public_id}/{address}", {"name": "X", "role": "manager"})

    stranger.refresh_from_db()
    assert (page.status_code, stranger.role, OwedMail.objects.count()) == (404, Role.OBSERVER, 0)


# Mail


def test_failed_mail_is_shown_and_tried_again(desk, boss):
    mail = OwedMailFactory(organiser=boss.organiser, tries=5, last_error="Connection refused")
    OwedMailFactory(tries=5)

    assert list(desk.get("/admin/mail/").context["page"].object_list) == [mail]
    desk.post("/admin/mail/")

    mail.refresh_from_db()
    assert mail.tries == 0
