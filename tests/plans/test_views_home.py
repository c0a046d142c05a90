import pytest
from django.urls import reverse
from django.utils import timezone

from assignments import rule_words
from assignments.plans import services
from assignments.plans.models import PlanProposal
from tests.factories.participants import SeasonFactory
from tests.factories.plans import PlanProposalFactory
from tests.plans.seasons import manager_of, planned, proposed, small_season

pytestmark = pytest.mark.django_db

HOME = "/plan/"
FILLED = {
    "season": "KSP22",
    "kind": "season",
    "time_limit": "10",
    "seed": "7",
    "weight_weeks": "1",
    "weight_methods": "1",
    "weight_hours": "1",
    "weight_role_plays": "2",
    "weight_demographics": "1",
    "weight_load": "0.1",
    "weight_score": "0.1",
}


@pytest.fixture
def season():
    return small_season()


@pytest.fixture
def manager(season):
    return manager_of(season)


@pytest.fixture
def desk(manager, browser_of):
    return browser_of(manager)


def test_without_a_season_the_page_says_so(browser_of):
    stranger = manager_of(SeasonFactory())
    stranger.organiser.seasons.all().delete()

    assert browser_of(stranger).get(HOME).context["season"] is None


def test_what_is_missing_is_said_with_where_to_mend_it(browser_of):
    season = small_season(participants=0, observers=0)
    season.stored_settings = {"least_working_days": 6}
    season.save()

    page = browser_of(manager_of(season)).get(HOME)

    assert [one.url for one in page.context["missing"]] == [
        reverse("participants:list"),
        reverse("observers:list"),
        reverse("plans:settings", args=["KSP22"]),
    ]
    assert "form" in page.context
    assert 'name="time_limit"' not in page.content.decode()


def test_a_season_without_a_plan_offers_to_make_one(desk):
    page = desk.get(HOME)

    standing = page.context["standing"]
    assert (standing.wanted, standing.contacts, standing.unassigned, standing.sent) == (15, 0, 0, 0)
    assert page.context["missing"] == []
    assert page.context["askable"].season
    assert 'name="time_limit"' in page.content.decode()


def test_proposal_is_asked_for_as_it_was_filled_in(desk, season):
    answer = desk.post(reverse("plans:request"), FILLED)

    made = PlanProposal.objects.get()
    assert (answer.status_code, answer.url) == (302, made.get_absolute_url())
    assert (made.season, made.kind, made.seed, made.time_limit) == (season, "season", 7, 10)
    assert made.weights["role_plays"] == 2.0


def test_wrong_numbers_come_back_with_what_was_typed(desk):
    page = desk.post(reverse("plans:request"), {**FILLED, "seed": "0", "weight_load": "-1"})

    assert page.status_code == 200
    assert set(page.context["form"].errors) == {"seed", "weight_load"}
    assert PlanProposal.objects.count() == 0


def test_second_proposal_at_a_time_is_refused_in_words(desk, season, manager):
    services.request_plan(season.pk, by=manager)

    answer = desk.post(reverse("plans:request"), FILLED)

    assert answer.url == "/plan/?season=KSP22"
    assert "lages" in desk.get(answer.url).content.decode()
    assert PlanProposal.objects.count() == 1


def test_locked_contacts_are_kept_by_a_search_anew(desk, season, manager):
    base = proposed(season, manager, seed=5, time_limit=10)

    desk.post(reverse("plans:request"), {"season": "KSP22", "kind": "season", "based_on": str(base.public_id)})

    made = PlanProposal.objects.first()
    assert (made.figures["based_on"], made.seed, made.time_limit) == (base.pk, 5, 10)


@pytest.mark.parametrize("key", ["nonsense", "9b2c7b3e-7a3c-4b0e-8f43-6f8a8cf0ba3a"])
def test_search_on_the_ground_of_nothing_is_not_found(desk, key):
    answer = desk.post(reverse("plans:request"), {"season": "KSP22", "kind": "season", "based_on": key})

    assert answer.status_code == 404
    assert PlanProposal.objects.count() == 0


def test_another_organisers_season_is_not_found(desk):
    SeasonFactory(code="FREMMED", open=True)

    assert desk.post(reverse("plans:request"), {**FILLED, "season": "FREMMED"}).status_code == 404
    assert desk.post(reverse("plans:request"), {**FILLED, "kind": "magic"}).status_code == 404
    assert PlanProposal.objects.count() == 0


def test_what_has_to_be_planned_anew_is_counted_by_reason(desk, season, manager):
    contacts = list(planned(season, manager))
    left = contacts[0].observer
    left.is_active = False
    left.save()
    lost = sum(contact.observer_id == left.pk for contact in contacts)

    page = desk.get(HOME)

    orphans = page.context["orphans"]
    assert (orphans.count, [(one.words, one.count) for one in orphans.reasons]) == (
        lost,
        [(rule_words.reason("active"), lost)],
    )
    assert page.context["applied"].applied_by == manager


def test_repair_is_asked_for_with_one_press(desk, season, manager):
    planned(season, manager)

    desk.post(reverse("plans:request"), {"season": "KSP22", "kind": "repair"})

    assert PlanProposal.objects.first().kind == "repair"


def test_ready_ones_wait_in_the_list_and_in_the_menu(desk, season):
    ready = PlanProposalFactory(season=season, ready=True)
    running = PlanProposalFactory(season=season, running=True)
    PlanProposalFactory(ready=True)

    page = desk.get(HOME)

    assert (page.context["ready"], page.context["running"]) == ([ready], [running])
    [entry] = [link for group in page.context["shell"].groups for link in group.links if link.url == HOME]
    assert (entry.count, entry.current) == (1, "page")


@pytest.mark.parametrize("rows", [1, 3])
def test_page_has_a_constant_number_of_queries(desk, season, rows, count_queries):
    for _row in range(rows):
        PlanProposalFactory(season=season, applied=True, applied_at=timezone.now(), applied_by=manager_of(season))

    with count_queries(15):
        page = desk.get(HOME)

    assert len(page.context["page"].object_list) == rows


@pytest.mark.parametrize("participants", [1, 3])
def test_page_with_a_plan_has_a_constant_number_of_queries(browser_of, participants, count_queries):
    season = small_season(participants=participants)
    manager = manager_of(season)
    planned(season, manager)
    desk = browser_of(manager)

    with count_queries(30):
        desk.get(HOME)
