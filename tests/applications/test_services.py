from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from ksp.accounts.models import AuditEvent, OwedMail
from ksp.lib.workflow import TransitionNotAllowed
from observers.applications import services
from observers.applications.contents import Ties, Work
from observers.applications.models import Application, TeamMember
from observers.applications.signals import relations_reported, team_changed
from observers.applications.workflow import TRANSITIONS, ApplicationState
from observers.models import CustomerRelation
from tests.factories.accounts import UserFactory
from tests.factories.applications import (
    ApplicationFactory,
    ClassDeclarationFactory,
    DeclaredRelationFactory,
    TeamMemberFactory,
)
from tests.factories.observers import CustomerRelationFactory, ObserverFactory
from tests.factories.participants import AwardClassFactory, EnrolmentFactory, SeasonFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2021, 12, 1, 9, tzinfo=UTC)
AFTER = datetime(2022, 4, 1, 9, tzinfo=UTC)
WORK = Work(methods=["phone", "chat"], weeks=["2021-W49", "2021-W48"], weekly_capacity=3, county="Oslo", about="Hei")


@pytest.fixture
def season():
    return SeasonFactory()


@pytest.fixture
def observer(season):
    return ObserverFactory(organiser=season.organiser, county="Troms")


@pytest.fixture
def manager(season):
    return UserFactory(manager=True, organiser=season.organiser)


@pytest.fixture
def heard():
    """What is told of teams and relations while a test runs."""
    told = []

    def hear_team(observer_ids, has_left, **_rest):
        told.append(("left" if has_left else "joined", sorted(observer_ids)))

    def hear_relations(pairs, **_rest):
        told.append(("relations", sorted(pairs)))

    team_changed.connect(hear_team)
    relations_reported.connect(hear_relations)
    yield told
    team_changed.disconnect(hear_team)
    relations_reported.disconnect(hear_relations)


def verbs():
    return list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))


def save(season, observer, *, by=None, now=NOW, **parts):
    return services.save_application(season.pk, observer.pk, by=by or observer.user, now=now, **parts)


def test_draft_comes_into_being_with_the_first_part_and_keeps_it(season, observer):
    saved = save(season, observer, work=WORK)

    assert (saved.state, saved.methods, saved.weeks) == ("draft", ["phone", "chat"], ["2021-W48", "2021-W49"])
    assert (saved.weekly_capacity, saved.county, saved.about) == (3, "Oslo", "Hei")
    assert verbs() == ["application.created"]


def test_weeks_without_enough_working_days_are_not_kept(season, observer):
    saved = save(season, observer, work=Work(weeks=["2021-W48", "2022-W40", "nonsense"]))

    assert saved.weeks == ["2021-W48"]


def test_declaring_replaces_what_was_declared_and_a_tick_is_stronger_than_none(season, observer):
    tied, free, strange = EnrolmentFactory(season=season), EnrolmentFactory(season=season), EnrolmentFactory()
    kinds = {tied.participant_id: "registered", strange.participant_id: "customer"}
    none_in = [tied.award_class_id, free.award_class_id, strange.award_class_id]
    save(season, observer, ties=Ties(kinds={free.participant_id: "customer"}))

    saved = save(season, observer, ties=Ties(kinds=kinds, none_in=none_in))

    assert list(saved.relations.values_list("participant", "kind")) == [(tied.participant_id, "registered")]
    declared = dict(saved.declarations.values_list("award_class", "has_none"))
    assert declared == {tied.award_class_id: False, free.award_class_id: True}


def test_one_part_leaves_the_other_alone(season, observer):
    enrolment = EnrolmentFactory(season=season)
    save(season, observer, work=WORK)

    saved = save(season, observer, ties=Ties(none_in=[enrolment.award_class_id]))

    assert (saved.methods, saved.declarations.count()) == (["phone", "chat"], 1)


@pytest.mark.parametrize("who", ["manager", "stranger"])
def test_nobody_writes_anothers_application(season, observer, manager, who):
    by = {"manager": manager, "stranger": ObserverFactory(organiser=season.organiser).user}[who]

    with pytest.raises(PermissionDenied):
        save(season, observer, work=WORK, by=by)

    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("state", "settings", "now"),
    [("preparing", {}, AFTER), ("preparing", {"applications_until": "2021-11-30"}, NOW), ("paused", {}, NOW)],
)
def test_season_that_takes_no_applications_takes_none(observer, state, settings, now):
    season = SeasonFactory(paused=state == "paused", organiser=observer.organiser, stored_settings=settings)

    with pytest.raises(services.ApplicationsClosed):
        save(season, observer, work=WORK, now=now)

    assert not Application.objects.exists()


def test_sending_says_all_that_is_missing_and_sends_nothing(season, observer):
    EnrolmentFactory(season=season, award_class=AwardClassFactory(season=season, name="Strøm"))
    draft = ApplicationFactory(season=season, observer=observer, methods=[], weeks=[], county="")

    with pytest.raises(services.ApplicationIncomplete) as refused:
        services.submit_application(draft.pk, by=observer.user, now=NOW)

    assert str(refused.value) == (
        "Velg minst én kontaktmåte. Velg minst én uke. Velg fylket ditt. "
        "Strøm: kryss av dem du er kunde hos, eller «Ingen av disse»."
    )
    draft.refresh_from_db()
    assert (draft.state, draft.submitted_at, verbs()) == ("draft", None, [])


def test_whole_application_is_sent_withdrawn_and_sent_again(season, observer):
    enrolment = EnrolmentFactory(season=season)
    draft = ApplicationFactory(season=season, observer=observer)
    ClassDeclarationFactory(application=draft, award_class=enrolment.award_class)

    services.submit_application(draft.pk, by=observer.user, now=NOW)
    services.withdraw_application(draft.pk, by=observer.user)
    sent = services.submit_application(draft.pk, by=observer.user, now=NOW)

    assert (sent.state, sent.submitted_at) == ("submitted", NOW)
    assert verbs() == ["application.submitted", "application.withdrawn", "application.submitted"]


def test_sent_application_is_not_written_in(season, observer):
    ApplicationFactory(season=season, observer=observer, submitted=True)

    with pytest.raises(TransitionNotAllowed):
        save(season, observer, work=WORK)


def test_accepting_makes_a_member_with_what_was_offered(season, observer, manager, heard):
    observer.available_to = date(2021, 12, 24)
    observer.save()
    known, new = EnrolmentFactory(season=season), EnrolmentFactory(season=season)
    application = ApplicationFactory(
        season=season, observer=observer, submitted=True, weekly_capacity=2, season_capacity=40
    )
    CustomerRelationFactory(observer=observer, participant=known.participant, kind="loyalty_club")
    for enrolment in (known, new):
        DeclaredRelationFactory(application=application, participant=enrolment.participant)

    outcome = services.decide_applications([application.pk], accept=True, by=manager, now=NOW)

    observer.refresh_from_db()
    assert (observer.methods, observer.weeks) == (["phone", "email"], ["2021-W48", "2021-W49"])
    assert (observer.weekly_capacity, observer.season_capacity, observer.county) == (2, 40, "Oslo")
    assert (observer.available_from, observer.available_to) == (None, None)
    assert sorted(CustomerRelation.objects.values_list("participant", "kind")) == sorted(
        [(known.participant_id, "loyalty_club"), (new.participant_id, "customer")]
    )
    assert [one.observer for one in TeamMember.objects.current()] == [observer]
    assert (outcome.decided, outcome.passed_over) == ([application], [])
    assert heard == [("relations", [(observer.pk, new.participant_id)]), ("joined", [observer.pk])]
    assert verbs() == ["application.accepted", "observer.changed", "team.joined"]
    (mail,) = OwedMail.objects.all()
    assert (mail.to, mail.subject) == (observer.user.email, f"Velkommen til teamet for {season.name}")


def test_accepting_leaves_the_weeks_of_another_season_alone(season, observer, manager):
    observer.weeks = ["2021-W20", "2021-W50", "2022-W40"]
    observer.save()
    application = ApplicationFactory(season=season, observer=observer, submitted=True)

    services.decide_applications([application.pk], accept=True, by=manager, now=NOW)

    observer.refresh_from_db()
    assert observer.weeks == ["2021-W20", "2021-W48", "2021-W49", "2022-W40"]


def test_who_had_no_weeks_stays_free_in_the_other_seasons(season, observer, manager):
    days = {"starts_on": date(2020, 9, 7), "ends_on": date(2020, 9, 27)}
    SeasonFactory(organiser=season.organiser, **days)
    SeasonFactory(starts_on=date(2020, 6, 1), ends_on=date(2020, 6, 7))
    observer.weeks, observer.available_to = [], date(2020, 9, 18)
    observer.save()
    application = ApplicationFactory(season=season, observer=observer, submitted=True, weeks=["2021-W48"])

    services.decide_applications([application.pk], accept=True, by=manager, now=NOW)

    observer.refresh_from_db()
    assert observer.weeks == ["2020-W37", "2020-W38", "2021-W48"]


def test_declining_needs_a_reason_which_the_applicant_reads(season, observer, manager, heard):
    application = ApplicationFactory(season=season, observer=observer, submitted=True)

    with pytest.raises(services.ReasonMissing):
        services.decide_applications([application.pk], accept=False, reason="  ", by=manager, now=NOW)
    services.decide_applications([application.pk], accept=False, reason="Vi er mange nok.", by=manager, now=NOW)

    application.refresh_from_db()
    assert (application.state, application.decision_reason, application.decided_by) == (
        "declined", "Vi er mange nok.", manager,
    )  # fmt: skip
    (mail,) = OwedMail.objects.all()
    assert "Hvorfor: Vi er mange nok." in mail.body
    assert (TeamMember.objects.count(), heard) == (0, [])


def test_deciding_about_many_takes_a_constant_number_of_statements(season, manager, count_queries):
    def decide(number):
        applications = ApplicationFactory.create_batch(number, season=season, submitted=True)
        for application in applications:
            DeclaredRelationFactory(application=application)
        with count_queries() as queries:
            services.decide_applications([one.pk for one in applications], accept=True, by=manager, now=NOW)
        return len(queries)

    assert decide(2) == decide(6)


def test_mail_goes_to_the_profiles_address_where_there_is_no_account(season, manager):
    observer = ObserverFactory(organiser=season.organiser, user=None, email="ola@ksp.example")
    silent = ObserverFactory(organiser=season.organiser, user=None, email="")
    keys = [ApplicationFactory(season=season, observer=one, submitted=True).pk for one in (observer, silent)]

    services.decide_applications(keys, accept=True, reason="Bra at du søkte.", by=manager, now=NOW)

    (mail,) = OwedMail.objects.all()
    assert mail.to == "ola@ksp.example"
    assert "Fra prosjektlederen din: Bra at du søkte." in mail.body


def test_nobody_decides_for_another_organiser(season, observer):
    application = ApplicationFactory(season=season, observer=observer, submitted=True)

    with pytest.raises(PermissionDenied):
        services.decide_applications([application.pk], accept=True, by=UserFactory(manager=True), now=NOW)

    application.refresh_from_db()
    assert (application.state, OwedMail.objects.count()) == ("submitted", 0)


# Every state × move: whether the service makes it.
MOVES = [(state, move) for state in ApplicationState.values for move in TRANSITIONS]


@pytest.mark.parametrize(("state", "move"), MOVES)
def test_only_the_moves_of_the_table_are_made(season, observer, manager, state, move):
    trait = {} if state == "draft" else {state: True}
    application = ApplicationFactory(season=season, observer=observer, **trait)
    is_allowed = state in TRANSITIONS[move].sources

    def make():
        if move == "submit":
            services.submit_application(application.pk, by=observer.user, now=NOW)
        elif move == "withdraw":
            services.withdraw_application(application.pk, by=observer.user)
        else:
            done = services.decide_applications(
                [application.pk], accept=move == "accept", reason="Fordi.", by=manager, now=NOW
            )
            if done.passed_over:
                raise TransitionNotAllowed

    if is_allowed:
        make()
    else:
        with pytest.raises(TransitionNotAllowed):
            make()
    application.refresh_from_db()
    assert application.state == (TRANSITIONS[move].target if is_allowed else state)


def test_member_leaves_with_a_reason_and_comes_back(season, observer, manager, heard):
    TeamMemberFactory(season=season, observer=observer)

    left = services.leave_team(season.pk, observer.pk, reason="Flyttet.", by=manager, now=NOW)
    again = services.join_team(season.pk, [observer.pk], by=manager)

    assert (left.left_at, left.left_reason) == (NOW, "Flyttet.")
    assert [(one.observer, one.left_at, one.left_reason) for one in again] == [(observer, None, "")]
    assert TeamMember.objects.count() == 1
    assert heard == [("left", [observer.pk]), ("joined", [observer.pk])]
    assert verbs() == ["team.left", "team.joined"]


def test_leaving_needs_a_reason_and_a_member(season, observer, manager, heard):
    with pytest.raises(services.NotOnTheTeam):
        services.leave_team(season.pk, observer.pk, reason="Flyttet.", by=manager, now=NOW)
    TeamMemberFactory(season=season, observer=observer)
    with pytest.raises(services.ReasonMissing):
        services.leave_team(season.pk, observer.pk, reason="", by=manager, now=NOW)

    assert (TeamMember.objects.current().count(), heard, verbs()) == (1, [], [])


def test_joining_twice_changes_nothing_and_strangers_stay_outside(season, observer, manager, heard):
    stranger = ObserverFactory()
    services.join_team(season.pk, [observer.pk, stranger.pk], by=manager)

    again = services.join_team(season.pk, [observer.pk], by=manager)

    assert (again, [one.observer for one in TeamMember.objects.all()]) == ([], [observer])
    assert heard == [("joined", [observer.pk])]


def test_only_managers_of_the_organiser_change_a_team(season, observer):
    TeamMemberFactory(season=season, observer=observer)

    for by in (observer.user, UserFactory(manager=True)):
        with pytest.raises(PermissionDenied):
            services.join_team(season.pk, [observer.pk], by=by)
        with pytest.raises(PermissionDenied):
            services.leave_team(season.pk, observer.pk, reason="Nei.", by=by, now=NOW)

    assert TeamMember.objects.current().count() == 1


def test_only_the_applicant_sends_and_withdraws(season, observer, manager):
    draft = ApplicationFactory(season=season, observer=observer)

    for move in (lambda: services.submit_application(draft.pk, by=manager, now=NOW),
                 lambda: services.withdraw_application(draft.pk, by=manager)):  # fmt: skip
        with pytest.raises(PermissionDenied):
            move()

    draft.refresh_from_db()
    assert draft.state == "draft"


@pytest.mark.parametrize("state", ["closed", "published"])
def test_nobody_joins_the_team_of_a_season_that_is_over(observer, manager, season, state):
    now = timezone.now()
    type(season).objects.filter(pk=season.pk).update(state=state, opened_at=now, closed_at=now)

    with pytest.raises(services.SeasonOver):
        services.join_team(season.pk, [observer.pk], by=manager)

    assert not season.team.exists()
