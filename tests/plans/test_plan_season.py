"""The plan of a whole season by its commands, judged from outside: by what is exported, and by what is said."""

import json
import re
from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from assignments.models import Assignment
from assignments.plans.models import PlanProposal
from ksp.lib.weeks import IsoWeek
from observers.models import CustomerRelation, Observer
from participants.models import Enrolment, Season
from tests.factories.accounts import UserFactory
from tests.plans import plan_checker

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
SMALL = {"participants": 12, "classes": 2, "observers": 45, "pool": 50, "contacts": 12, "seed": 3}
WHOLE = {"participants": 188, "classes": 23, "observers": 100, "pool": 120, "contacts": 25, "seed": 1}
EVEN = {"weeks": 0, "method_weeks": 0, "hours": 0, "role_plays": 0}


def command(name, *words, **options):
    """Give the one object that a command prints."""
    out = StringIO()
    call_command(name, *words, "--json", stdout=out, stderr=StringIO(), **options)
    return json.loads(out.getvalue())


def rehearse(shape):
    """Make the lists of a season that nobody has planned yet."""
    command("rehearse", "--progress", "0", season="T22", **shape)
    return Season.objects.get(code="T22")


def plan_season(*words):
    return command("plan_season", "--season", "T22", *words)


def exported(folder):
    """Give the plan as its files tell it."""
    command("export_plan", "--season", "T22", "--out", str(folder))
    return plan_checker.read(folder)


def told(figures):
    """Give the figures as an independent reader counts them, to be compared with the command's."""
    return {name: pytest.approx(value, rel=1e-6, abs=1e-6) for name, value in figures.items()}


def without_names(plan):
    """Give who contacts whom, how and when, whatever the contacts are numbered."""
    return sorted(tuple(value for key, value in row.items() if key != "assignment") for row in plan.assignments)


@pytest.fixture
def season():
    return rehearse(SMALL)


def test_small_plan_breaks_no_rule_and_says_of_itself_what_a_reader_counts(season, tmp_path):
    said = plan_season()

    plan = exported(tmp_path)
    counted = plan_checker.spread(plan)
    assert plan_checker.broken(plan) == {}
    assert (said["season"], said["contacts"], said["unassigned"]) == ("T22", 144, 0)
    assert len(plan.assignments) == said["contacts"]
    assert said["costs"] == told(counted)
    assert said["cost"] == pytest.approx(plan_checker.cost(counted))
    assert {name: counted[name] for name in EVEN} == EVEN


def test_whole_season_meets_its_figures(tmp_path):
    rehearse(WHOLE)

    said = plan_season()

    plan = exported(tmp_path)
    counted = plan_checker.spread(plan)
    assert plan_checker.broken(plan) == {}
    assert (said["contacts"], said["unassigned"], said["bound"]["unassigned"]) == (4700, 0, 0)
    assert said["costs"] == told(counted)
    assert {name: counted[name] for name in EVEN} == EVEN
    assert plan_checker.cost(counted) <= 1.005 * said["bound"]["cost"]
    assert said["gap"] <= 0.005
    in_week = Counter(row["week"] for row in plan.assignments)
    assert in_week.keys() == set(plan.open_weeks)
    assert max(in_week.values()) <= 1.15 * min(in_week.values())


def test_same_seed_gives_the_same_plan_and_another_seed_another(season, tmp_path):
    plans = []
    for number, seed in enumerate(("5", "5", "6")):
        plan_season("--seed", seed)
        plans.append(without_names(exported(tmp_path / str(number))))

    assert plans[0] == plans[1]
    assert plans[0] != plans[2]


def test_plan_replaces_the_one_before_without_offering_anything(season):
    plan_season()
    plan_season()

    assert set(Assignment.objects.values_list("state", flat=True)) == {"planned"}
    assert Assignment.objects.count() == 144


def standing(**wanted):
    rows = Assignment.objects.filter(**wanted).order_by("pk")
    return {row.pk: (row.state, row.observer_id, row.week, row.weekday, row.slot) for row in rows}


@pytest.fixture
def offered(season):
    """A planned season, of which somebody has been offered the first week."""
    plan_season()
    first = Assignment.objects.order_by("week").values_list("week", flat=True)[0]
    Assignment.objects.filter(week=first).update(state="offered", offered_at=timezone.now())
    return season


def test_season_that_was_offered_is_refused(offered):
    before = standing()

    with pytest.raises(CommandError) as refusal:
        plan_season()

    assert refusal.value.returncode == 1
    assert standing() == before


def test_repair_of_a_plan_that_holds_changes_nothing(offered):
    before = standing()

    said = plan_season("--replan")

    assert (said["changed"], said["orphans"], said["unassigned"]) == (0, 0, 0)
    assert standing() == before


def test_repair_changes_what_a_drop_out_leaves_and_nothing_else(offered, tmp_path):
    gone = Observer.objects.filter(assignments__state="offered").order_by("pk").first()
    lost = standing(observer=gone)
    others = standing()
    Observer.objects.filter(pk=gone.pk).update(is_active=False)

    said = plan_season("--replan")

    plan = exported(tmp_path)
    assert (said["orphans"], said["changed"], said["unassigned"]) == (len(lost), len(lost), 0)
    assert {key: row for key, row in standing().items() if key in others.keys() - lost.keys()} == {
        key: row for key, row in others.items() if key not in lost
    }
    assert plan_checker.broken(plan) == {}
    assert len(plan.assignments) == 144
    assert gone.code not in {row["observer"] for row in plan.assignments}


# Seasons that no plan can fill


def words_of(client, address):
    """Give the text of a page's main part, its figures without their thin spaces."""
    html = client.get(address).content.decode().partition("<main")[2].partition("</main")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u202f", "").replace("\xa0", " ").split())


@pytest.fixture
def manager(season, browser_of):
    return browser_of(UserFactory(manager=True, organiser=season.organiser))


def eligible(plan, whom):
    """Give those who may contact a participant at all."""
    barred = plan.met | plan.customers
    return [who for who, row in plan.observers.items() if (who, whom) not in barred and float(row["score"] or 70) >= 60]


def proposal_page(manager):
    return words_of(manager, PlanProposal.objects.order_by("pk").last().get_absolute_url())


def test_too_few_observers_are_counted_and_said(season, manager, tmp_path):
    few = Observer.objects.filter(user__isnull=False).order_by("pk")[:4].values_list("pk", flat=True)
    Observer.objects.exclude(pk__in=list(few)).update(is_active=False)

    said = plan_season()

    plan = exported(tmp_path)
    counted = plan_checker.spread(plan)
    assert plan_checker.broken(plan) == {}
    assert 0 < said["unassigned"] == said["bound"]["unassigned"] == counted["unassigned"]
    # Nobody meets a participant twice, so four observers reach four of each one's twelve contacts at most.
    assert said["unassigned"] >= 12 * (12 - 4)
    assert {shortage["kind"] for shortage in said["shortages"]} == {"participant"}
    # Each participant's own shortage, counted from the files: how many observers may contact it, and how many must.
    lacking = {shortage["participants"][0]["code"]: shortage["room"] for shortage in said["shortages"]}
    assert lacking == {whom: len(eligible(plan, whom)) for whom in lacking}
    assert sum(shortage["lacking"] for shortage in said["shortages"]) == said["unassigned"]
    assert said["relaxations"][0]["unassigned_after"] == 0
    page = proposal_page(manager)
    assert f"{said['unassigned']} av 144 kontakter mangler observatør." in page
    for shortage in said["shortages"]:
        assert shortage["participants"][0]["name"] in page


def test_participant_whose_customers_everybody_is_goes_without_and_is_named(season, manager, tmp_path):
    enrolment = Enrolment.objects.select_related("participant").order_by("pk").first()
    participant = enrolment.participant
    CustomerRelation.objects.filter(participant=participant).delete()
    CustomerRelation.objects.bulk_create(
        CustomerRelation(observer=observer, participant=participant) for observer in Observer.objects.all()
    )

    said = plan_season()

    plan = exported(tmp_path)
    assert plan_checker.broken(plan) == {}
    nobody = {row["participant"] for row in plan.assignments if not row["observer"]}
    assert (said["unassigned"], said["bound"]["unassigned"], nobody) == (12, 12, {participant.code})
    (shortage,) = said["shortages"]
    assert (shortage["kind"], shortage["needed"], shortage["room"]) == ("participant", 12, 0)
    assert shortage["participants"][0]["name"] == participant.name
    assert [item["participants"][0]["name"] for item in said["relaxations"] if item["kind"] == "fewer_contacts"] == [
        participant.name
    ]
    assert {refused["participant"] for refused in said["refused"]} == {participant.code}
    assert {max(refused["rules"], key=refused["rules"].get) for refused in said["refused"]} == {"not_customer"}
    page = proposal_page(manager)
    assert "12 av 144 kontakter mangler observatør." in page
    assert page.count(f"{participant.name} · ") == 12


def test_week_of_holidays_only_is_left_out_and_the_rest_is_even(season, tmp_path):
    closed = IsoWeek.parse("2022-W02")
    days = [day.isoformat() for day in closed.days()]
    Season.objects.update(stored_settings={**season.stored_settings, "closed_on": days})

    said = plan_season()

    plan = exported(tmp_path)
    assert plan.working_days[str(closed)] == 0
    assert plan_checker.broken(plan) == {}
    assert (said["unassigned"], {row["week"] for row in plan.assignments} & {str(closed)}) == (0, set())
    assert {name: plan_checker.spread(plan)[name] for name in EVEN} == EVEN


def test_season_of_holidays_only_says_that_there_is_no_week(season, manager):
    last = season.starts_on + timedelta(days=4)
    days = [(season.starts_on + timedelta(days=n)).isoformat() for n in range(5)]
    Season.objects.update(ends_on=last, stored_settings={**season.stored_settings, "closed_on": days})

    said = plan_season()

    assert (said["unassigned"], said["bound"]["unassigned"]) == (144, 144)
    (shortage,) = said["shortages"]
    assert (shortage["kind"], shortage["needed"], shortage["room"]) == ("no_weeks", 144, 0)
    assert not said["applied"]
    assert {item["week"] for item in said["refused"]} == {None}
    assert "144 av 144 kontakter mangler observatør." in proposal_page(manager)
