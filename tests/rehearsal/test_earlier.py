import json
from collections import Counter

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from assignments.models import Assignment
from ksp.accounts.models import AuditEvent
from ksp.lib.calendar import OSLO
from ksp.rehearsal.earlier import draw_earlier, earlier_battery, earlier_code, earlier_shape
from ksp.rehearsal.earlier_files import write_answers
from ksp.rehearsal.lists import draw_cast
from ksp.rehearsal.shape import Shape
from ksp.rehearsal.truth import draw_truth
from observers.models import Observer
from participants.models import Season
from reports.models import Publication
from reports.verification import verify
from responses.models import SurveyResponse
from responses.questionnaires.battery import load_battery
from responses.questionnaires.battery.checks import battery_problems
from responses.questionnaires.comparing import compare_questionnaires
from responses.questionnaires.selectors import forget_questionnaires
from scoring.season_statistics import known_statistics
from tests.rehearsal.playing import SMALL, read

FULL = Shape(season="KSP22")
OPTIONS = [f"--{name}={number}" for name, number in SMALL.items()]


@pytest.fixture(autouse=True)
def _forgetful():
    """Let no test find the questionnaire of another one's season."""
    yield
    forget_questionnaires()


@pytest.fixture(scope="module")
def full():
    """Draw the season before a full one; nothing is stored."""
    cast = draw_cast(FULL)
    return cast, draw_earlier(FULL, cast, draw_truth(FULL, cast))


def rehearse_both(folder, *options):
    truth = folder / "truth.json"
    call_command("rehearse", "--season=T22", *OPTIONS, "--with-previous", f"--truth={truth}", *options, "--json")
    return json.loads(truth.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("code", "before"),
    [("KSP22", "KSP21"), ("KSP10", "KSP09"), ("2022", "2021"), ("KSP00", "KSP00-1"), ("Vår", "Vår-1")],
)
def test_season_before_has_a_code_of_one_less(code, before):
    assert earlier_code(code) == before


def test_season_before_is_a_year_earlier_and_over():
    shape = earlier_shape(FULL)

    assert (shape.season, shape.starts_on.isoformat(), shape.progress) == ("KSP21", "2020-11-30", 1.0)
    assert shape.stops_at().date() < FULL.starts_on


def test_questionnaire_before_differs_in_few_questions_and_reaches_the_same_points():
    now, then = load_battery("KSP22"), earlier_battery(load_battery("KSP22"))
    codes = {item.code for item in now.questions}, {item.code for item in then.questions}

    assert battery_problems(then) == []
    assert codes[0] - codes[1] == {"waiting_callback", "agent_cared", "overall_referred"}
    assert codes[1] - codes[0] == {"agent_more_help", "overall_asked_to_rate"}
    words = {item.code: item.text_nb for item in now.questions}
    changed = [item.code for item in then.questions if words.get(item.code, item.text_nb) != item.text_nb]
    assert changed == ["overall_efficient"]


def test_most_took_part_before_some_are_new_and_some_have_left(full):
    cast, earlier = full
    now = {row["participant"]: row["name"] for row in cast.participants}
    then = {row["participant"]: row["name"] for row in earlier.cast.participants}

    assert (len(then), len(now.keys() & then.keys()), len(now.keys() - then.keys())) == (182, 173, 15)
    assert set(earlier.new) == now.keys() - then.keys()
    assert earlier.changes.keys() == now.keys() & then.keys()
    assert len({*now.values(), *then.values()}) == len({**now, **then})
    assert cast.participants[0]["participant"] in then
    assert {sector.name for sector in earlier.cast.sectors} == {sector.name for sector in cast.sectors}


def test_quality_before_goes_with_quality_now(full):
    cast, earlier = full
    now = draw_truth(FULL, cast).centres

    pairs = np.array([(now[code].quality, earlier.truth.centres[code].quality) for code in earlier.changes])
    assert np.corrcoef(pairs.T)[0, 1] == pytest.approx(0.7, abs=0.08)
    assert pairs.std(axis=0)[1] == pytest.approx(pairs.std(axis=0)[0], rel=0.2)
    assert list(earlier.changes.values()) == pytest.approx((pairs[:, 0] - pairs[:, 1]).tolist())


def test_same_seed_writes_the_same_files(tmp_path):
    shape = Shape(season="T22", **SMALL)
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        cast = draw_cast(shape)
        earlier = draw_earlier(shape, cast, draw_truth(shape, cast))
        write_answers(earlier, earlier_battery(load_battery("KSP22")), tmp_path / name)

    first = read(tmp_path / "first")
    assert first == read(tmp_path / "second")
    assert len(first["contacts.csv"].splitlines()) == 1 + 12 * 8


@pytest.mark.django_db
def test_season_before_is_published_with_a_correction_beside_one_that_is_under_way(tmp_path):
    truth = rehearse_both(tmp_path, "--progress=0.4")["previous"]
    now, then = Season.objects.current_first()

    assert (now.code, now.state, then.code, then.state) == ("T22", "open", "T21", "published")
    assert (then.name, then.starts_on.isoformat()) == ("Kundeserviceprisen 2021", "2020-11-30")
    assert then.opened_at < then.closed_at == then.published_at < now.opened_at
    versions = list(Publication.objects.order_by("version"))
    assert [(item.season, item.version) for item in versions] == [(then, 1), (then, 2)]
    assert [change["question"] for change in versions[1].changes if change["kind"] == "correction"] == [
        "agent_solution"
    ]
    assert verify(versions[1]).differences == ()
    assert {row["participant"] for row in versions[0].results["participants"]} == {
        row["participant"] for row in truth["participants"]
    }
    since = known_statistics(now).figures.season.since
    assert (since.season, known_statistics(then).is_current) == ("T21", True)
    comparison = compare_questionnaires(then, now)
    assert {code for code, what in comparison.marks.items() if what == "new"} == set(truth["questions"]["new"])
    assert list(comparison.gone) == truth["questions"]["gone"]


@pytest.mark.django_db
def test_truth_of_the_season_before_says_what_changed(tmp_path):
    truth = rehearse_both(tmp_path, "--progress=0.1")
    now = {row["participant"]: row["quality"] for row in truth["participants"]}
    before = {row["participant"]: row for row in truth["previous"]["participants"]}

    assert truth["previous"]["season"] == "T21"
    assert now.keys() - before.keys() == set(truth["previous"]["new_since"])
    assert before.keys() - now.keys() == set(truth["previous"]["left_since"])
    assert {code: row["change"] for code, row in before.items()} == {
        code: pytest.approx(now[code] - row["quality"]) if code in now else None for code, row in before.items()
    }
    pseudonyms = set(Observer.objects.filter(imported_with__code="T21").values_list("pseudonym", flat=True))
    assert pseudonyms <= {row["pseudonym"] for row in truth["previous"]["observers"]}


@pytest.mark.django_db
def test_contacts_before_lie_in_their_own_weeks_and_leave_this_seasons_people_alone(tmp_path):
    rehearse_both(tmp_path, "--progress=0.2")
    then = Season.objects.get(code="T21")

    reports = SurveyResponse.objects.filter(season=then)
    assert set(Counter(reports.values_list("enrolment", flat=True)).values()) == {8}
    assert set(reports.values_list("state", flat=True)) == {"approved"}
    starts = [moment.astimezone(OSLO) for moment in reports.values_list("attempts__started_at", flat=True)]
    assert all(then.starts_on <= start.date() and start.hour >= 9 for start in starts)
    assert Observer.objects.filter(is_active=True).count() == SMALL["pool"]
    meetings = Assignment.objects.meeting().values_list("observer_id", "participant_id")
    assert max(Counter(meetings).values()) == 1
    assert not Assignment.objects.filter(season__code="T22", observer__is_active=False).exists()


@pytest.mark.django_db
def test_season_before_that_is_there_is_refused_before_anything_is_made():
    call_command("rehearse", "--season=T21", *OPTIONS, "--progress=0.1", "--json")
    before = AuditEvent.objects.count()

    with pytest.raises(CommandError, match=r"^Sesongen T21 finnes fra før\."):
        call_command("rehearse", "--season=T22", *OPTIONS, "--with-previous")

    assert (AuditEvent.objects.count(), Season.objects.count()) == (before, 1)
