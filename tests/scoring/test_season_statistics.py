from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.core.exceptions import PermissionDenied

from ksp.accounts.services import system_user
from participants.models import Season
from responses.models import AnswerRevision, ReviewNote
from responses.questionnaires.models import Question
from scoring.computing import compute_season
from scoring.engine.rules import Rules
from scoring.models import EnrolmentStatistics, ScoringState
from scoring.models import SeasonStatistics as StoredStatistics
from scoring.season_statistics import (
    compute_statistics,
    enrolment_figures,
    enrolments_figures,
    known_statistics,
    previous_season,
)
from scoring.services import (
    NothingScored,
    recompute_season,
    recompute_statistics,
    refresh_owed_statistics,
    settle_owed_recomputes,
    store_statistics,
)
from scoring.statistics.figures import EnrolmentFigures
from scoring.tasks import refresh_statistics
from tests.factories.accounts import UserFactory
from tests.factories.participants import AwardClassFactory, EnrolmentFactory, SeasonFactory
from tests.factories.questionnaires import season_with_battery
from tests.scoring.seasons import RANKED, administrator, approve, random_report, report, small_season

pytestmark = pytest.mark.django_db

OPENED = datetime(2023, 1, 1, tzinfo=UTC)


def played(contacts=4, **kwargs):
    """A small season with approved reports, its scores computed."""
    season, enrolments = small_season(**kwargs)
    UserFactory(administrator=True, organiser=season.organiser, is_system=True)
    rng = Random(7)
    for enrolment in enrolments:
        for _ in range(contacts):
            approve(random_report(enrolment, rng))
    settle_owed_recomputes()
    return season, enrolments


def test_stored_figures_are_those_that_were_computed(count_queries):
    season, enrolments = played()

    assert refresh_owed_statistics() == 1

    computed = compute_statistics(season)
    with count_queries(2):
        known = known_statistics(season)
    assert (known.figures, known.is_current) == (computed.season, True)
    with count_queries(1):
        assert enrolment_figures(enrolments[0]) == computed.enrolments[enrolments[0].pk]
    with count_queries(1):
        assert enrolments_figures(season) == computed.enrolments


def test_statistics_follow_when_scores_move_and_rest_when_they_do_not():
    season, (enrolment, *_) = played()
    refresh_owed_statistics()

    assert refresh_owed_statistics() == 0

    approve(report(enrolment))
    settle_owed_recomputes()
    assert not known_statistics(season).is_current
    assert refresh_statistics() == 1
    assert known_statistics(season).is_current
    assert enrolment_figures(enrolment).estimates["total"].n == 5


def test_nothing_is_known_before_the_first_computation():
    season, (enrolment, *_) = small_season()

    assert known_statistics(season) is None
    assert enrolment_figures(enrolment) == EnrolmentFigures()


def test_only_who_may_recompute_stores_statistics():
    season, _ = played()
    found = compute_statistics(season)

    with pytest.raises(PermissionDenied):
        store_statistics(season.pk, found, scores_at=None, by=UserFactory(manager=True, organiser=season.organiser))

    assert not StoredStatistics.objects.exists()
    assert not EnrolmentStatistics.objects.exists()


def test_computing_takes_the_same_queries_whatever_the_size(count_queries):
    small, _ = played(contacts=2)
    large, _ = played(contacts=5, participants=4)

    for season in (small, large):
        compute_statistics(season)
        with count_queries(6):
            compute_statistics(season)


def test_answers_of_a_report_that_came_back_are_compared_with_those_first_sent():
    season, (enrolment, *_) = played()
    response = approve(report(enrolment, overall_impression="bad"))
    question = season.questions.get(code="overall_impression")
    by = response.observer.user or UserFactory(manager=True, organiser=season.organiser)
    ReviewNote.objects.create(response=response, question=question, text="Er du sikker?", written_by=by)
    AnswerRevision.objects.create(
        response=response,
        question=question,
        old_option=question.options.exclude(code="bad").first(),
        new_option=question.options.get(code="bad"),
        changed_by=by,
        after_submission=True,
    )

    reread = {one.code: one for one in compute_statistics(season).season.reread}

    assert (reread["overall_impression"].n, reread["overall_impression"].agreement) == (1, 0)
    assert (reread["welcome_easy"].n, reread["welcome_easy"].agreement) == (1, 1)


def test_answer_that_was_changed_and_changed_back_is_as_it_was_first_sent():
    season, (enrolment, *_) = played()
    response = approve(report(enrolment, overall_impression="bad"))
    question = season.questions.get(code="overall_impression")
    options = [question.options.exclude(code="bad").first(), question.options.get(code="bad")]
    by = response.observer.user or UserFactory(manager=True, organiser=season.organiser)
    for old, new in (options[::-1], options):
        AnswerRevision.objects.create(
            response=response, question=question, old_option=old, new_option=new, changed_by=by, after_submission=True
        )

    reread = {one.code: one for one in compute_statistics(season).season.reread}

    assert (reread["overall_impression"].n, reread["overall_impression"].agreement) == (1, 1)


# Since the season before


def two_seasons():
    """Two seasons of the same participants; in the later one a question is worded anew."""
    old, enrolments = played(contacts=6)
    Season.objects.filter(pk=old.pk).update(state="closed")
    new = season_with_battery(
        state="preparing",
        organiser=old.organiser,
        starts_on=old.starts_on + timedelta(days=365),
        ends_on=old.ends_on + timedelta(days=365),
        stored_settings=RANKED,
    )
    Question.objects.filter(season=new, code="welcome_easy").update(text_nb="Var det lett?")
    Season.objects.filter(pk=new.pk).update(state="open", opened_at=OPENED)
    new.refresh_from_db()
    group, rng = AwardClassFactory(season=new), Random(8)
    again = [EnrolmentFactory(season=new, award_class=group, participant=one.participant) for one in enrolments[:3]]
    stranger = EnrolmentFactory(season=new, award_class=group)
    for enrolment in (*again, stranger):
        for _ in range(6):
            approve(random_report(enrolment, rng))
    settle_owed_recomputes()
    return old, new, again, stranger


def total_of(computed, enrolment):
    participants = computed.participants
    return participants.matrix[participants.enrolments == enrolment.pk, 0, participants.layout.total].item()


def test_change_since_the_season_before_is_over_what_is_the_same():
    old, new, (enrolment, *_), stranger = two_seasons()

    found = compute_statistics(new)

    since = found.enrolments[enrolment.pk].since
    assert since.season == old.code
    assert "welcome_easy" not in {*since.kept, *(drift.code for drift in since.left_out)}
    assert since.change.total.value == pytest.approx(since.change.comparable.value + since.change.battery.value)
    assert found.enrolments[stranger.pk].since is None
    assert found.season.season.since.season == old.code


@pytest.mark.parametrize("mean", ["contacts", "pooled"])
def test_change_is_that_of_the_totals_by_the_rules_of_the_season(mean):
    old, new, (enrolment, *_), _ = two_seasons()
    rules = Rules(mean=mean, min_contacts_ranked=1)

    since = compute_statistics(new, rules).enrolments[enrolment.pk].since

    now = compute_season(new, rules)
    then = compute_season(old, rules)
    before = old.enrolments.get(participant=enrolment.participant_id)
    assert since.change.total.value == pytest.approx(total_of(now, enrolment) - total_of(then, before))


def test_season_before_is_the_latest_of_the_organiser_that_is_over():
    old, new, *_ = two_seasons()
    SeasonFactory(state="closed", starts_on=old.starts_on - timedelta(days=365), opened_at=OPENED)

    assert previous_season(new) == old
    assert previous_season(old) is None


def test_only_who_may_recompute_asks_for_statistics():
    season, _ = played()

    with pytest.raises(PermissionDenied):
        recompute_statistics(season.pk, by=UserFactory(manager=True, organiser=season.organiser))
    assert not StoredStatistics.objects.exists()

    recompute_statistics(season.pk, by=administrator(season))
    assert known_statistics(season).is_current


def test_nothing_is_computed_of_a_season_without_scores():
    season, _ = small_season()

    with pytest.raises(NothingScored):
        recompute_statistics(season.pk, by=administrator(season))

    assert not StoredStatistics.objects.exists()


def test_everything_is_kept_when_statistics_are_stored_anew():
    season, _ = played()
    recompute_season(season.pk, by=administrator(season))
    state = ScoringState.objects.get(season=season)
    found = compute_statistics(season)

    for _ in range(2):
        store_statistics(season.pk, found, scores_at=state.computed_at, by=system_user(season.organiser))

    assert StoredStatistics.objects.count() == 1
    assert EnrolmentStatistics.objects.count() == len(found.enrolments)
