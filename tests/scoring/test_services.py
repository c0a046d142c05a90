import random
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from ksp.accounts.models import AuditEvent
from responses.models import SurveyResponse
from scoring import computing, store
from scoring.engine.layout import Layout
from scoring.models import RecomputeOwed, ResponseScore, Scope, ScoreSummary, ScoringState
from scoring.selectors import enrolment_results
from scoring.services import MOST_TRIES, recompute_season, retry_set_aside, set_aside, settle_owed_recomputes
from scoring.tasks import recompute_owed_scores
from tests.factories.accounts import UserFactory
from tests.factories.scoring import RecomputeOwedFactory
from tests.scoring.seasons import administrator, approve, from_scratch, random_report, report, small_season, stored

pytestmark = pytest.mark.django_db


def places(season):
    rows = ScoreSummary.objects.filter(season=season, scope=Scope.PARTICIPANT, method="")
    return {
        key: (in_class, overall)
        for key, in_class, overall in rows.values_list("enrolment_id", "rank_class", "rank_overall")
    }


def totals(season, scope):
    rows = ScoreSummary.objects.filter(season=season, scope=scope).order_by("pk")
    return list(rows.values_list("method", "contacts", "answered", "total", "answered_score"))


def test_settling_stores_participant_class_season_and_ranks():
    season, (best, other, silent, alone, *_) = small_season()
    approve(report(best))
    approve(report(best, answered=False))
    approve(report(other, agent_listened_phone="none", overall_impression="very_bad"))
    approve(report(silent, method="email", answered=False))
    approve(report(alone, method="email"))

    assert settle_owed_recomputes() == 5

    assert places(season) == {best.pk: (2, 3), other.pk: (1, 2), silent.pk: (3, 4), alone.pk: (1, 1)}
    assert totals(season, Scope.PARTICIPANT)[:4] == [
        ("", 2, 1, 50, 100),
        ("phone", 2, 1, 50, 100),
        ("", 1, 1, 84, 84),
        ("phone", 1, 1, 84, 84),
    ]
    assert totals(season, Scope.CLASS)[0] == ("", 4, 2, (50 + 84 + 0) / 3, (100 + 84) / 2)
    assert totals(season, Scope.SEASON) == [
        ("", 5, 3, (50 + 84 + 0 + 100) / 4, (100 + 84 + 100) / 3),
        ("phone", 3, 2, (50 + 84) / 2, (100 + 84) / 2),
        ("email", 2, 1, 50, 100),
    ]
    assert stored(season) == from_scratch(season)
    assert not RecomputeOwed.objects.exists()


def test_score_of_a_report_is_stored_with_its_areas():
    season, (enrolment, *_) = small_season()
    answered = approve(report(enrolment, welcome_easy="very_hard", agent_additional="na"))
    silent = approve(report(enrolment, answered=False))

    settle_owed_recomputes()

    rows = {row.response_id: row for row in ResponseScore.objects.filter(season=season)}
    assert {key: (row.points, row.possible) for key, row in rows.items()} == {
        answered.pk: (92, 95),
        silent.pk: (0, 100),
    }
    assert rows[answered.pk].score == 100 * 92 / 95
    assert bytes(rows[answered.pk].areas) == b"".join(
        number.to_bytes(4, "little") for number in (5, 5, 17, 20, 45, 45, 25, 25)
    )
    assert str(rows[answered.pk]) == f"{answered.pk}: 92/95"


def test_participant_whose_contacts_were_never_answered_has_a_total_and_nothing_else():
    _, (enrolment, *_) = small_season()
    approve(report(enrolment, answered=False))

    settle_owed_recomputes()

    own = enrolment_results(enrolment).own.all_methods
    assert (own.contacts, own.answered, own.total, own.answered_score, own.waiting_all) == (1, 0, 0, None, 0)
    assert {area.score for area in own.areas.values()} == {None}
    assert own.cx["nps"].score is None


def test_class_without_an_approved_report_has_no_row():
    season, (enrolment, *_, elsewhere) = small_season()
    report(elsewhere)
    approve(report(enrolment))

    settle_owed_recomputes()

    rows = ScoreSummary.objects.filter(season=season, scope=Scope.CLASS, method="")
    assert list(rows.values_list("award_class_id", flat=True)) == [enrolment.award_class_id]
    assert enrolment_results(elsewhere).award_class.all_methods.total is None


def test_report_that_no_longer_counts_leaves_no_row():
    season, (enrolment, *_) = small_season()
    response = approve(report(enrolment))
    settle_owed_recomputes()

    SurveyResponse.objects.filter(pk=response.pk).update(state="rejected")
    RecomputeOwedFactory(enrolment=enrolment)
    settle_owed_recomputes()

    assert stored(season) == [[], []]


def test_settling_again_changes_nothing():
    season, (enrolment, other, *_) = small_season()
    approve(report(enrolment))
    approve(report(other, answered=False))
    settle_owed_recomputes()
    before = stored(season)

    RecomputeOwedFactory.create_batch(2, enrolment=enrolment)
    assert recompute_owed_scores() == 2
    assert recompute_owed_scores() == 0

    assert stored(season) == before


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_approvals_ends_in_the_rows_of_a_computation_from_scratch(seed):
    rng = random.Random(seed)
    season, enrolments = small_season(settings={"least_contacts_ranked": 2, "mean": rng.choice(["contacts", "pooled"])})
    waiting = [random_report(rng.choice(enrolments), rng) for _ in range(14)]
    rng.shuffle(waiting)

    for number, response in enumerate(waiting):
        approve(response)
        if rng.random() < 1 / 2:
            settle_owed_recomputes()
            assert stored(season) == from_scratch(season), f"after {number + 1} approvals"
    settle_owed_recomputes()

    assert stored(season) == from_scratch(season)
    assert len(stored(season)[0]) == 14
    assert min(place for _, place in places(season).values() if place) == 1


def test_ranks_of_others_move_with_an_approval():
    season, (first, second, third, *_) = small_season(classes=1)
    approve(report(first, overall_impression="fair"))
    approve(report(second, overall_impression="bad"))
    settle_owed_recomputes()
    before = places(season)

    approve(report(third))
    settle_owed_recomputes()

    assert before == {first.pk: (1, 1), second.pk: (2, 2)}
    assert places(season) == {third.pk: (1, 1), first.pk: (2, 2), second.pk: (3, 3)}


def test_too_few_contacts_give_no_place():
    season, (enrolment, *_) = small_season(settings={"least_contacts_ranked": 2})
    approve(report(enrolment))

    settle_owed_recomputes()

    assert places(season) == {enrolment.pk: (None, None)}


def test_computation_notes_when_it_was_made():
    season, (enrolment, *_) = small_season()
    approve(report(enrolment))

    settle_owed_recomputes()

    state = ScoringState.objects.get(season=season)
    assert timezone.now() - state.computed_at < timedelta(minutes=1)
    assert str(state) == str(season)


def test_recomputing_a_season_settles_what_is_owed_and_is_recorded():
    season, (enrolment, *_) = small_season()
    approve(report(enrolment))
    by = administrator(season)

    assert recompute_season(season.pk, by=by) == 1

    assert stored(season) == from_scratch(season)
    assert not RecomputeOwed.objects.exists()
    event = AuditEvent.objects.get(verb="scores.recomputed")
    assert (event.actor, event.target_key, event.detail) == (by, str(season.pk), {"reports": 1})


def test_what_comes_to_be_owed_during_a_recomputation_stays_owed(monkeypatch):
    season, (enrolment, *_) = small_season()
    write = store.write_season

    def write_while_another_approves(found):
        count = write(found)
        RecomputeOwedFactory(enrolment=enrolment)
        return count

    monkeypatch.setattr(store, "write_season", write_while_another_approves)
    recompute_season(season.pk, by=administrator(season))

    assert RecomputeOwed.objects.get().enrolment == enrolment


@pytest.mark.parametrize("role", ["manager", "observer", "participant", "administrator elsewhere"])
def test_recomputing_is_for_the_organisers_administrator(role):
    season, (enrolment, *_) = small_season()
    approve(report(enrolment))
    elsewhere = {"role": "administrator"} if " " in role else {"role": role, "organiser": season.organiser}
    by = UserFactory(**elsewhere)

    with pytest.raises(PermissionDenied):
        recompute_season(season.pk, by=by)

    assert stored(season) == [[], []]
    assert RecomputeOwed.objects.count() == 1
    assert not ScoringState.objects.exists()
    assert not AuditEvent.objects.filter(actor=by).exists()


@pytest.mark.parametrize("step", ["_write_scores", "copy_rows", "_move"])
def test_computation_that_fails_half_way_leaves_the_old_scores(step, monkeypatch):
    season, (enrolment, other, *_) = small_season()
    approve(report(enrolment, overall_impression="bad"))
    settle_owed_recomputes()
    before, computed_at = stored(season), ScoringState.objects.get().computed_at
    approve(report(other))

    def fail(*_args, **_kwargs):
        raise RuntimeError(step)

    with monkeypatch.context() as broken:
        broken.setattr(store, step, fail)
        assert settle_owed_recomputes() == 0

    assert stored(season) == before
    assert ScoringState.objects.get().computed_at == computed_at
    assert RecomputeOwed.objects.values_list("enrolment_id", "tries", "last_error").get() == (
        other.pk,
        1,
        f"RuntimeError('{step}')",
    )
    assert settle_owed_recomputes() == 1
    assert stored(season) == from_scratch(season)


def poison(response):
    """Leave a report with packed answers of another length."""
    SurveyResponse.objects.filter(pk=response.pk).update(packed=b"\1\0")
    return response


def test_poisoned_row_is_set_aside_after_five_tries_while_the_others_settle():
    season, (poisoned, healthy, *_) = small_season()
    next_season, (elsewhere, *_) = small_season()
    poison(approve(report(poisoned)))
    approve(report(healthy))
    approve(report(elsewhere))

    assert settle_owed_recomputes() == 2

    left = RecomputeOwed.objects.get()
    assert (left.enrolment, left.tries) == (poisoned, 2)
    assert "belong to another questionnaire" in left.last_error
    assert set(places(season)) == {healthy.pk}
    assert stored(next_season) == from_scratch(next_season)
    assert [settle_owed_recomputes() for _ in range(4)] == [0, 0, 0, 0]
    left.refresh_from_db()
    assert left.tries == MOST_TRIES == 5


def test_row_that_was_mended_is_settled_at_the_next_look():
    season, (enrolment, *_) = small_season()
    response = report(enrolment)
    packed = response.packed
    poison(approve(response))
    settle_owed_recomputes()

    SurveyResponse.objects.filter(pk=response.pk).update(packed=packed)

    assert settle_owed_recomputes() == 1
    assert stored(season) == from_scratch(season)


@pytest.mark.parametrize("participants", [2, 5])
def test_settling_one_approval_takes_the_same_queries_in_a_season_of_any_size(participants, count_queries):
    season, enrolments = small_season(participants=participants)
    for enrolment in enrolments:
        approve(report(enrolment))
    settle_owed_recomputes()
    approve(report(enrolments[0]))

    with count_queries(13):
        settle_owed_recomputes()

    assert stored(season) == from_scratch(season)


@pytest.mark.parametrize("participants", [2, 5])
def test_recomputing_a_season_takes_the_same_queries_whatever_its_size(participants, count_queries):
    season, enrolments = small_season(participants=participants)
    for enrolment in enrolments:
        approve(report(enrolment))
    by = administrator(season)
    recompute_season(season.pk, by=by)

    # PostgreSQL is first asked what of the participants is stored, which here is right.
    with count_queries(10 if connection.vendor == "postgresql" else 9):
        recompute_season(season.pk, by=by)


def test_layout_of_the_stored_vectors_is_that_of_the_season():
    season, (enrolment, *_) = small_season()
    approve(report(enrolment))
    settle_owed_recomputes()

    layout = Layout.of(computing.Book.of(season).battery)

    for row in ScoreSummary.objects.filter(season=season):
        assert len(row.vector) == 8 * layout.length
        assert len(row.sums) == (8 * layout.added_length if row.scope == Scope.CLASS else len(row.sums))


@pytest.mark.parametrize("role", ["manager", "observer", "participant"])
def test_what_was_set_aside_is_the_administrators(role):
    owed = RecomputeOwedFactory(tries=MOST_TRIES)
    by = UserFactory(role=role, organiser=owed.season.organiser)

    with pytest.raises(PermissionDenied):
        retry_set_aside(by=by)

    owed.refresh_from_db()
    assert (owed.tries, list(set_aside(by=by))) == (MOST_TRIES, [])
