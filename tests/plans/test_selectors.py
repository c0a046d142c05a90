"""What pages read of proposals: figures that add up, in as many queries for many rows as for few."""

import pytest

from assignments import rule_words
from assignments.planning import RULES
from assignments.plans import selectors, services
from assignments.plans.explanations import relaxation_in_words, shortage_in_words
from assignments.plans.models import PlanProposal
from assignments.plans.traits import region_of
from observers.models import Observer
from tests.factories.observers import CustomerRelationFactory
from tests.factories.plans import PlanProposalFactory, ProposedContactFactory
from tests.plans.seasons import enrol, manager_of, person, planned, proposed, repaired, small_season

pytestmark = pytest.mark.django_db


@pytest.fixture
def season():
    return small_season()


@pytest.fixture
def manager(season):
    return manager_of(season)


@pytest.fixture
def proposal(season, manager):
    return PlanProposal.objects.select_related("season").get(pk=proposed(season, manager).pk)


def test_overview_adds_up(proposal):
    overview = selectors.proposal_overview(proposal)

    assert (overview.contacts, overview.participants, overview.observers) == (15, 3, 8)
    assert overview.cost == pytest.approx(proposal.figures["cost"])
    assert overview.cost == pytest.approx(sum(part.cost for part in overview.parts))
    assert 0 <= overview.gap < 0.01
    assert (overview.locked, overview.moved_by_hand, overview.shortages) == (0, 0, [])


def test_heat_map_holds_every_contact_evenly(proposal):
    heat = selectors.heat_map(proposal)

    assert (len(heat.weeks), len(heat.rows), heat.even) == (7, 3, (0, 1))
    assert [row.total for row in heat.rows] == [5, 5, 5]
    assert sum(heat.totals) == 15
    assert all(cell.is_even for row in heat.rows for cell in row.cells)


def test_loads_hold_every_contact_beside_a_fair_share(proposal):
    loads = selectors.loads(proposal)

    assert [load.name for load in loads] == sorted(load.name for load in loads)
    assert sum(load.contacts for load in loads) == sum(sum(load.by_week) for load in loads) == 15
    assert sum(load.target for load in loads) == pytest.approx(15)
    assert all(max(load.by_week) <= load.weekly_capacity for load in loads)


def test_every_rule_is_checked_and_named(proposal):
    check = selectors.rule_check(proposal)

    assert [rule.code for rule in check.rules] == list(RULES)
    assert (check.is_kept, check.examples, {rule.count for rule in check.rules}) == (True, [], {0})


def test_rule_that_is_broken_since_is_shown_with_who_and_when(proposal):
    contact = proposal.contacts.select_related("observer", "participant").first()
    Observer.objects.filter(pk=contact.observer_id).update(carried_score=10.0)
    CustomerRelationFactory(observer=contact.observer, participant=contact.participant)

    check = selectors.rule_check(proposal)

    counts = {rule.code: rule.count for rule in check.rules if rule.count}
    assert counts == {"not_customer": 1, "good_score": contact.observer.proposed_contacts.count()}
    first = check.examples[0]
    assert (first.rule_name, first.participant, first.week, first.observer) == (
        rule_words.name("not_customer"),
        contact.participant.name,
        contact.week,
        str(contact.observer),
    )


def test_demographics_tell_the_teams_mix_and_the_plans(proposal):
    traits = {trait.code: trait for trait in selectors.demographics(proposal)}

    assert set(traits) == {"gender", "age", "region"}
    assert sum(level.contacts for level in traits["gender"].levels) == 15
    assert sum(level.team_share for level in traits["age"].levels) == pytest.approx(1)
    assert sum(level.off for trait in traits.values() for level in trait.levels) == round(
        proposal.figures["costs"]["demographics"]
    )


def test_comparison_counts_what_is_alike(season, manager, proposal):
    other = proposed(season, manager, seed=2)

    alike, different = selectors.compare(proposal, proposal), selectors.compare(proposal, other)

    assert (alike.contacts, alike.same_observer, alike.same_week) == (15, 15, 15)
    assert {figure.is_better for figure in alike.figures} == {""}
    assert different.same_week < 15
    assert [figure.code for figure in different.figures][:2] == ["cost", "unassigned"]


def test_participants_plan_lies_in_its_weeks(proposal):
    enrolment = proposal.season.enrolments.select_related("participant").first()

    plan = selectors.participant_plan(proposal, enrolment.participant.public_id)

    assert (plan.participant, len(plan.contacts), len(plan.weeks)) == (enrolment.participant, 5, 7)
    assert [one for week in plan.weeks for one in week.contacts] == plan.contacts


def test_progress_is_told_until_it_is_over(proposal):
    waiting = PlanProposalFactory(progress={"phase": "search", "share": 0.4, "unassigned": 2})

    assert selectors.progress_of(waiting)["share"] == 0.4
    assert selectors.progress_of(waiting)["phase_label"] == "Leter etter en bedre plan"
    assert selectors.progress_of(waiting)["is_over"] is False
    assert (selectors.progress_of(proposal)["share"], selectors.progress_of(proposal)["is_over"]) == (1.0, True)


def test_what_can_be_asked_follows_the_season(season, manager):
    empty = selectors.what_can_be_asked(small_season(participants=0, code="KSP21"))
    fresh = selectors.what_can_be_asked(season)
    planned(season, manager)
    has_plan = selectors.what_can_be_asked(season)
    season.assignments.update(state="offered")
    offered = selectors.what_can_be_asked(season)

    assert [(one.season, one.repair, bool(one.why)) for one in (empty, fresh, has_plan, offered)] == [
        (False, False, True),
        (True, False, False),
        (True, True, False),
        (False, True, True),
    ]


READS = {
    "overview": (selectors.proposal_overview, 2),
    "heat map": (selectors.heat_map, 2),
    "loads": (selectors.loads, 7),
    "rules": (selectors.rule_check, 10),
    "demographics": (selectors.demographics, 7),
    "changed": (selectors.what_changed, 10),
}


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize("rows", [1, 3])
def test_page_of_a_proposal_takes_the_same_queries_however_large_it_is(count_queries, name, rows):
    season = small_season(participants=rows, observers=6 * rows)
    asked = services.request_plan(season.pk, by=manager_of(season))
    made = services.make_proposal(asked.pk, watch=lambda _progress: True)
    proposal = PlanProposal.objects.select_related("season").get(pk=made.pk)
    read, queries = READS[name]

    with count_queries(queries):
        read(proposal)


@pytest.mark.parametrize("rows", [1, 3])
def test_changes_and_choices_take_the_same_queries_however_many_there_are(count_queries, rows):
    season = small_season(participants=rows, observers=9)
    manager = manager_of(season)
    planned(season, manager)
    Observer.objects.filter(pk__in=season.assignments.values("observer")).update(is_active=False)
    person(season)
    made = PlanProposal.objects.select_related("season").get(pk=repaired(season, manager).pk)

    with count_queries(2):
        assert len(selectors.changes(made)) == 5 * rows
    contact = made.contacts.select_related("proposal__season").first()
    with count_queries(11):
        selectors.choices_for(contact)


def test_every_kind_of_shortage_and_relaxation_has_words():
    someone = {"code": "1001", "name": "Nordkraft", "id": "x"}
    stored = {
        "participants": [someone],
        "observers": [someone] * 5,
        "methods": ["phone"],
        "method": "email",
        "week": "2021-W52",
        "needed": 212,
        "room": 180,
        "amount": 2,
        "score": 55.0,
        "unassigned_after": 0,
    }
    shortages = ("participant", "participants", "week", "method", "season", "days", "no_weeks")
    relaxations = (
        "weekly_capacity",
        "season_capacity",
        "observers",
        "least_score",
        "move_week",
        "open_week",
        "method",
        "fewer_contacts",
    )

    said = [shortage_in_words({**stored, "kind": kind}) for kind in shortages]
    helps = [relaxation_in_words({**stored, "kind": kind}) for kind in relaxations]

    assert said[2] == "I uke\u00a052: 212 kontakter, kapasitet 180."
    assert len({*said, *helps}) == len(said) + len(helps)
    assert not [text for text in (*said, *helps) if "%" in text]
    assert (
        helps[0]
        == "La Nordkraft, Nordkraft, Nordkraft og 2 til ta 2 kontakter mer i uken. Da har hver kontakt en observatør."
    )


def test_counties_of_today_and_before_lie_in_five_regions():
    assert [region_of(county) for county in ("Oslo", "Hedmark", "Rogaland", "Sogn og Fjordane", "Nordland")] == [
        0,
        1,
        2,
        3,
        4,
    ]
    assert region_of("Atlantis") == region_of("") == -1


def test_every_code_has_a_name_a_sentence_and_a_reason():
    assert set(rule_words.PLAN_RULES) == set(RULES)
    for code in (*RULES, "week_is_over", "locked"):
        assert rule_words.name(code)
        assert rule_words.sentence(code).endswith(".")
        assert rule_words.reason(code).endswith(".")


def test_staff_sees_the_own_organisers_proposals(season, manager):
    own, other = PlanProposalFactory(season=season), PlanProposalFactory()

    assert list(PlanProposal.objects.visible_to(manager)) == [own]
    assert list(PlanProposal.objects.visible_to(other.requested_by)) == [other]
    assert not PlanProposal.objects.visible_to(Observer.objects.first().user).exists()
    assert str(own) in {"Forslag 1", f"Forslag {own.number}"}


def test_contact_of_a_proposal_is_called_by_whom_and_when(proposal):
    contact = ProposedContactFactory(enrolment=enrol(proposal.season), proposal=proposal, number=99)

    assert str(contact) == f"{contact.participant} 2021-W48"
