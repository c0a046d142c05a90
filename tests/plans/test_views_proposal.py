import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from assignments.models import Assignment
from assignments.plans import selectors, services
from assignments.plans.models import PlanProposal
from assignments.workflow import AssignmentState
from observers.models import Observer
from tests.factories.accounts import UserFactory
from tests.factories.plans import PlanProposalFactory
from tests.plans.seasons import manager_of, planned, proposed, repaired, small_season

pytestmark = pytest.mark.django_db


@pytest.fixture
def season():
    return small_season()


@pytest.fixture
def manager(season):
    return manager_of(season)


@pytest.fixture
def desk(manager, browser_of):
    return browser_of(manager)


def address(proposal, name):
    return reverse(f"plans:{name}", args=[proposal.public_id])


def told(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


# While it is made


def test_waiting_proposal_says_that_it_waits_and_can_be_cancelled(desk, season):
    waiting = PlanProposalFactory(season=season)

    page = desk.get(waiting.get_absolute_url())

    assert page.context["making"].share is None
    assert "Stopp og behold det beste" not in page.content.decode()
    desk.post(address(waiting, "cancel"))
    waiting.refresh_from_db()
    assert waiting.state == "cancelled"


def test_running_proposal_tells_how_far_it_has_come(desk, season):
    progress = {"phase": "search", "share": 0.25, "unassigned": 2, "cost": 101.0, "bound": 100.0}
    running = PlanProposalFactory(season=season, running=True, progress=progress)

    page = desk.get(running.get_absolute_url())
    answer = desk.get(address(running, "progress")).json()

    assert 'value="0.250"' in page.content.decode()
    assert answer == {
        "state": "running",
        "is_done": False,
        "share": 0.25,
        "phase": page.context["making"].phase,
        "words": "Beste så langt: 2 kontakter mangler observatør.",
        "note": "Planen er 1,0\xa0% fra det beste som er mulig.",
    }


@pytest.mark.parametrize(("keep", "state"), [("yes", "ready"), ("", "cancelled")])
def test_search_is_stopped_with_its_best_plan_or_with_nothing(desk, season, manager, monkeypatch, keep, state):
    monkeypatch.setattr("assignments.plans.watching.PAUSE_SECONDS", 0.0)
    asked = services.request_plan(season.pk, by=manager, time_limit=5)

    def watch(progress):
        if PlanProposal.objects.get(pk=asked.pk).cancel_asked_at is None:
            desk.post(address(asked, "cancel"), {"keep": keep})
        return False

    made = services.make_proposal(asked.pk, watch=watch)

    assert (made.state, made.contacts.exists()) == (state, state == "ready")


def test_cancelled_and_failed_ones_say_what_became_of_them(desk, season):
    failed = PlanProposalFactory(season=season, state="failed", error="ValueError('nei')")
    cancelled = PlanProposalFactory(season=season, state="cancelled")

    assert "Forslaget kunne ikke lages" in desk.get(failed.get_absolute_url()).content.decode()
    assert "stoppet før det var en plan" in desk.get(cancelled.get_absolute_url()).content.decode()
    assert desk.get(address(cancelled, "progress")).json()["is_done"]


# What it comes to


def test_ready_proposal_shows_figures_map_rules_loads_and_mix(desk, season, manager):
    proposal = proposed(season, manager)

    page = desk.get(proposal.get_absolute_url())

    shown = page.context
    assert shown["headline"] == "Alle 15 kontakter har en observatør."
    assert (shown["check"].is_kept, shown["outdated"]) == (True, ())
    assert [row.total for row in shown["page"].object_list] == [5, 5, 5]
    assert [trait.code for trait in shown["traits"]] == ["gender", "age", "region"]
    assert sum(bar.load.contacts for bar in [*shown["loads"].furthest, *shown["loads"].rest]) == 15
    assert shown["moves"] == {"applied", "discarded"}


def test_map_is_narrowed_by_class_and_by_what_is_lacking(desk, season, manager):
    proposal = proposed(season, manager)
    name = season.classes.first().name
    one = proposal.contacts.first()
    proposal.contacts.filter(pk=one.pk).update(observer=None)

    def names(query):
        return [row.name for row in desk.get(f"{proposal.get_absolute_url()}?{query}").context["page"].object_list]

    everybody = sorted(item.participant.name for item in season.enrolments.filter(award_class__name=name))
    assert sorted(names(f"class={name}")) == everybody
    assert names("class=Annen") == []
    assert names("show=lacking") == [one.participant.name]


def test_too_few_observers_are_explained(manager, browser_of):
    season = small_season(participants=1, observers=3)
    proposal = proposed(season, manager_of(season))

    page = browser_of(manager_of(season)).get(proposal.get_absolute_url())

    overview = page.context["overview"]
    assert page.context["headline"] == "2 av 5 kontakter mangler observatør."
    assert (overview.unassigned, overview.unavoidable, len(overview.refused)) == (2, 2, 2)
    assert overview.shortages
    assert overview.shortages[0] in page.content.decode()


def test_what_has_changed_since_is_said(desk, season, manager):
    proposal = proposed(season, manager)
    Observer.objects.filter(pk=proposal.contacts.first().observer_id).update(is_active=False)

    assert len(desk.get(proposal.get_absolute_url()).context["outdated"]) == 1


@pytest.mark.parametrize("participants", [1, 3])
def test_page_has_a_constant_number_of_queries(browser_of, participants, count_queries):
    season = small_season(participants=participants)
    proposal = proposed(season, manager_of(season))
    desk = browser_of(manager_of(season))

    with count_queries(49):
        page = desk.get(proposal.get_absolute_url())

    assert len(page.context["page"].object_list) == participants


def test_nobody_sees_another_organisers_proposal(desk):
    strange = PlanProposalFactory(ready=True)

    for name in ("proposal", "progress"):
        assert desk.get(address(strange, name)).status_code == 404
    for name in ("cancel", "discard", "apply"):
        assert desk.post(address(strange, name)).status_code == 404
    strange.refresh_from_db()
    assert strange.state == "ready"


# What becomes of it


@pytest.mark.parametrize(
    ("filled", "offered"),
    [({"offer": "none"}, 0), ({"offer": "all"}, 15), ({"offer": "week", "week": "2021-W49"}, None)],
)
def test_plan_is_approved_and_what_was_chosen_is_offered(desk, season, manager, filled, offered):
    proposal = proposed(season, manager)
    weeks = list(proposal.contacts.values_list("week", flat=True))
    offered = weeks.count("2021-W49") if offered is None else offered

    answer = desk.post(address(proposal, "apply"), filled)

    proposal.refresh_from_db()
    assert (answer.url, proposal.state) == (proposal.get_absolute_url(), "applied")
    assert season.assignments.count() == 15
    assert season.assignments.filter(state=AssignmentState.OFFERED).count() == offered
    assert told(answer)[0].startswith("Planen er godkjent.")


@pytest.mark.parametrize("filled", [{}, {"offer": "week", "week": "2030-W01"}, {"offer": "now"}])
def test_approval_without_a_choice_changes_nothing(desk, season, manager, filled):
    proposal = proposed(season, manager)

    desk.post(address(proposal, "apply"), filled)

    proposal.refresh_from_db()
    assert (proposal.state, Assignment.objects.count()) == ("ready", 0)


def test_outdated_proposal_is_refused_in_words(desk, season, manager):
    proposal = proposed(season, manager)
    Observer.objects.filter(pk=proposal.contacts.first().observer_id).update(is_active=False)

    answer = desk.post(address(proposal, "apply"), {"offer": "none"})

    assert told(answer) == [str(services.PlanOutdated(selectors.what_changed(proposal)))]
    assert Assignment.objects.count() == 0


def test_discarded_proposal_cannot_be_approved(desk, season, manager):
    proposal = proposed(season, manager)

    desk.post(address(proposal, "discard"))
    desk.post(address(proposal, "apply"), {"offer": "none"})

    proposal.refresh_from_db()
    assert (proposal.state, Assignment.objects.count()) == ("discarded", 0)
    assert desk.get(proposal.get_absolute_url()).context["moves"] == set()


# Repairs


def test_repair_shows_exactly_what_changes_and_what_does_not(desk, season, manager):
    contacts = list(planned(season, manager))
    gone = contacts[0].observer
    Observer.objects.filter(pk=gone.pk).update(is_active=False)
    lost = [contact for contact in contacts if contact.observer_id == gone.pk]

    proposal = repaired(season, manager)
    page = desk.get(proposal.get_absolute_url())

    shown = page.context
    assert [one.code for one in shown["changes"]] == [contact.code for contact in lost]
    assert {one.before.observer for one in shown["changes"]} == {str(gone)}
    assert (shown["untouched"], shown["check"].is_kept) == (15 - len(lost), True)


@pytest.mark.parametrize("gone", [1, 3])
def test_page_of_a_repair_has_a_constant_number_of_queries(desk, season, manager, gone, count_queries):
    contacts = list(planned(season, manager))
    keys = sorted({contact.observer_id for contact in contacts})[:gone]
    Observer.objects.filter(pk__in=keys).update(is_active=False)
    proposal = repaired(season, manager)

    with count_queries(34):
        desk.get(proposal.get_absolute_url())


# Two beside each other


def test_two_proposals_are_compared(desk, season, manager):
    first, second = proposed(season, manager, seed=1), proposed(season, manager, seed=2)

    page = desk.get(f"{reverse('plans:compare')}?a={first.public_id}&b={second.public_id}")

    found = page.context["found"]
    assert (found.contacts, page.context["a"], page.context["b"]) == (15, first, second)
    assert sum(one.contacts for one in page.context["differences"].participants) == 15 - found.same_week
    assert sum(one.change for one in page.context["differences"].observers) == 0


@pytest.mark.parametrize("query", ["", "a=x&b=y"])
def test_comparison_of_nothing_is_not_found(desk, query):
    assert desk.get(f"{reverse('plans:compare')}?{query}").status_code == 404


def test_seasons_are_not_compared_with_each_other(desk, season, manager):
    other = small_season(code="KSP23", organiser=season.organiser)
    own, strange = proposed(season, manager), proposed(other, manager)

    assert desk.get(f"{reverse('plans:compare')}?a={own.public_id}&b={strange.public_id}").status_code == 404


@pytest.mark.parametrize("participants", [1, 3])
def test_comparison_has_a_constant_number_of_queries(browser_of, participants, count_queries):
    season = small_season(participants=participants)
    manager = manager_of(season)
    first, second = proposed(season, manager, seed=1), proposed(season, manager, seed=2)
    desk = browser_of(manager)

    with count_queries(16):
        desk.get(f"{reverse('plans:compare')}?a={first.public_id}&b={second.public_id}")


def test_observers_and_participants_are_kept_out(season, browser_of):
    for role in ("observer", "participant"):
        client = browser_of(UserFactory(role=role, organiser=season.organiser))
        assert client.get("/plan/").status_code == 403
