"""Who comes in where: every address of the site × every role, and nobody may add an address without a row."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLResolver

from assignments.calendars.tokens import token_of
from ksp.accounts.models import Role
from ksp.accounts.services import send_invitation
from reports.services import freeze_results
from tests.factories.accounts import ApiTokenFactory, UserFactory
from tests.factories.applications import ApplicationFactory, TeamMemberFactory
from tests.factories.assignments import AssignmentFactory, RolePlayFactory
from tests.factories.calendars import CalendarFeedFactory
from tests.factories.letters import NoticeFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import AwardClassFactory, ImportBatchFactory, RepresentativeFactory
from tests.factories.plans import PlanProposalFactory, ProposedContactFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import filled_response

WHO = ("anonymous", *Role.values)
# What each sees who may: 200 a page, 302 led on, 400 the empty form is not understood, 409 the state does not allow
# it. Who may not: 302 to the sign-in, 403 the page is another role's, 404 the thing is not theirs to see.
LOGIN, PAGE, MOVED, FORBIDDEN, HIDDEN = "login", 200, 302, 403, 404


def row(administrator, manager, observer, participant, *, anonymous=LOGIN):
    return dict(zip(WHO, (anonymous, administrator, manager, observer, participant), strict=True))


EVERYBODY = row(PAGE, PAGE, PAGE, PAGE)
ANYBODY = row(PAGE, PAGE, PAGE, PAGE, anonymous=PAGE)
ADMINISTRATORS = row(PAGE, FORBIDDEN, FORBIDDEN, FORBIDDEN)
STAFF = row(PAGE, PAGE, FORBIDDEN, FORBIDDEN)
ADMINISTRATORS_ACT = row(MOVED, FORBIDDEN, FORBIDDEN, FORBIDDEN)
STAFF_ACT = row(MOVED, MOVED, FORBIDDEN, FORBIDDEN)
EVERYBODY_ACTS = row(MOVED, MOVED, MOVED, MOVED)
STAFF_CONFLICT = row(409, 409, FORBIDDEN, FORBIDDEN)
OBSERVERS = row(HIDDEN, HIDDEN, PAGE, HIDDEN)
OBSERVERS_ACT = row(HIDDEN, HIDDEN, MOVED, HIDDEN)
OBSERVERS_MISUNDERSTOOD = row(HIDDEN, HIDDEN, 400, HIDDEN)
# Read before it is asked whose the report is: an empty message means nothing to anybody.
MISUNDERSTOOD = row(400, 400, 400, 400, anonymous=401)
REPORTERS_ACT = row(FORBIDDEN, FORBIDDEN, MOVED, HIDDEN)
READERS = row(PAGE, PAGE, FORBIDDEN, PAGE)
API_READERS = row(PAGE, PAGE, FORBIDDEN, PAGE, anonymous=401)

# Each address: how it is asked, with which of the world's things, and what each role is answered.
ACCESS = {
    "home": ("get", {}, EVERYBODY_ACTS),
    "accounts:profile": ("get", {}, EVERYBODY),
    "accounts:set_appearance": ("post", {}, EVERYBODY_ACTS),
    "accounts:create_token": ("get", {}, READERS),
    "accounts:revoke_token": ("post", {"key": "api_token"}, row(MOVED, HIDDEN, FORBIDDEN, HIDDEN)),
    "accounts:administration": ("get", {}, ADMINISTRATORS),
    "accounts:users": ("get", {}, ADMINISTRATORS),
    "accounts:invite": ("get", {}, ADMINISTRATORS),
    "accounts:user": ("get", {"key": "account"}, ADMINISTRATORS),
    "accounts:set_open": ("post", {"key": "account"}, ADMINISTRATORS_ACT),
    "accounts:send_invitation": ("post", {"key": "account"}, ADMINISTRATORS_ACT),
    "accounts:mail": ("get", {}, ADMINISTRATORS),
    "accounts:audit": ("get", {}, ADMINISTRATORS),
    "accounts:accept_invitation": ("get", {"token": "token"}, ANYBODY),
    "participants:seasons": ("get", {}, STAFF),
    "participants:create_season": ("get", {}, ADMINISTRATORS),
    "participants:season": ("get", {"code": "season"}, STAFF),
    "participants:season_settings": ("get", {"code": "season"}, STAFF),
    "participants:season_frame": ("get", {"code": "season"}, STAFF),
    "participants:move_season": ("post", {"code": "season", "move": "close"}, ADMINISTRATORS_ACT),
    "participants:create_class": ("post", {"code": "season"}, ADMINISTRATORS_ACT),
    "participants:pause_class": ("post", {"code": "season", "key": "award_class"}, STAFF_ACT),
    "participants:imports": ("get", {}, ADMINISTRATORS),
    "participants:import_participants": ("get", {}, ADMINISTRATORS),
    "participants:import_template": ("get", {"code": "participants", "form": "csv"}, ADMINISTRATORS),
    "participants:import": ("get", {"key": "batch"}, ADMINISTRATORS),
    "participants:apply_import": ("post", {"key": "batch"}, ADMINISTRATORS_ACT),
    "participants:take_back_import": ("post", {"key": "batch"}, ADMINISTRATORS_ACT),
    "participants:list": ("get", {}, STAFF),
    "participants:detail": ("get", {"key": "participant"}, STAFF),
    "participants:close_channel": ("post", {"key": "participant", "channel": "channel"}, STAFF_ACT),
    "participants:invite_representative": ("post", {"key": "participant"}, ADMINISTRATORS_ACT),
    "participants:remove_representative": ("post", {"key": "participant", "person": "person"}, ADMINISTRATORS_ACT),
    "questionnaires:detail": ("get", {"code": "season"}, STAFF),
    "questionnaires:install": ("post", {"code": "season"}, STAFF_ACT),
    "observers:list": ("get", {}, STAFF),
    "observers:detail": ("get", {"key": "observer"}, STAFF),
    "observers:own_page": ("get", {}, OBSERVERS),
    "applications:own": ("get", {}, OBSERVERS),
    # The season of this world is past, so that an application is only read.
    "applications:own_work": ("get", {}, OBSERVERS_ACT),
    "applications:own_relations": ("get", {}, OBSERVERS_ACT),
    "applications:submit": ("post", {}, OBSERVERS_ACT),
    "applications:withdraw": ("post", {}, OBSERVERS_ACT),
    "applications:list": ("get", {}, STAFF),
    "applications:decide": ("post", {}, STAFF_ACT),
    "applications:detail": ("get", {"key": "application"}, STAFF),
    "applications:change_team": ("post", {"key": "application"}, STAFF_ACT),
    "teams:team": ("get", {}, STAFF),
    "teams:add": ("post", {}, STAFF_ACT),
    # The empty form is not understood.
    "teams:remove": ("post", {}, row(400, 400, FORBIDDEN, FORBIDDEN)),
    "teams:choose": ("get", {}, STAFF),
    "teams:take_in": ("post", {}, STAFF_ACT),
    "teams:advice": ("get", {}, STAFF),
    "teams:report_relation": ("get", {}, OBSERVERS),
    "assignments:list": ("get", {}, STAFF),
    "assignments:create": ("get", {}, STAFF),
    "assignments:detail": ("get", {"key": "planned"}, STAFF),
    "assignments:offer": ("post", {"key": "planned"}, STAFF_ACT),
    "assignments:withdraw": ("post", {"key": "offered"}, STAFF_ACT),
    "assignments:expire": ("post", {"key": "offered"}, STAFF_ACT),
    "assignments:cancel": ("post", {"key": "planned"}, STAFF_ACT),
    "assignments:role_plays": ("get", {"code": "season"}, STAFF),
    "assignments:create_role_play": ("get", {"code": "season"}, STAFF),
    "assignments:role_play": ("get", {"code": "season", "key": "role_play"}, STAFF),
    "plans:home": ("get", {}, STAFF),
    "plans:request": ("post", {}, row(HIDDEN, HIDDEN, FORBIDDEN, FORBIDDEN)),
    "plans:compare": ("get", {}, row(HIDDEN, HIDDEN, FORBIDDEN, FORBIDDEN)),
    "plans:proposal": ("get", {"key": "proposal"}, STAFF),
    "plans:progress": ("get", {"key": "proposal"}, STAFF),
    "plans:cancel": ("post", {"key": "proposal"}, STAFF_ACT),
    "plans:discard": ("post", {"key": "proposal"}, STAFF_ACT),
    "plans:apply": ("post", {"key": "proposal"}, STAFF_ACT),
    "plans:participant": ("get", {"key": "proposal", "participant": "proposed_participant"}, STAFF),
    "plans:choices": ("get", {"key": "proposal", "number": "proposed"}, STAFF),
    "plans:move": ("post", {"key": "proposal", "number": "proposed"}, STAFF_ACT),
    "plans:lock": ("post", {"key": "proposal", "number": "proposed"}, STAFF_ACT),
    "plans:settings": ("get", {"code": "season"}, STAFF),
    "assignments:observer_home": ("get", {}, OBSERVERS),
    "assignments:own_list": ("get", {}, OBSERVERS),
    "assignments:own_detail": ("get", {"key": "offered"}, OBSERVERS),
    "assignments:accept": ("post", {"key": "offered"}, OBSERVERS_ACT),
    "assignments:decline": ("post", {"key": "offered"}, OBSERVERS_MISUNDERSTOOD),
    "assignments:manual": ("get", {}, OBSERVERS),
    "assignments:read_manual": ("post", {"code": "season"}, OBSERVERS_ACT),
    "assignments:offer_many": ("post", {}, STAFF_ACT),
    "letters:outbox": ("get", {}, STAFF),
    "letters:letter": ("get", {"key": "letter"}, STAFF),
    "letters:send_held": ("post", {}, STAFF_ACT),
    "letters:send": ("post", {"key": "letter"}, STAFF_ACT),
    "letters:hold": ("post", {"key": "letter"}, STAFF_ACT),
    "letters:let_go": ("post", {"key": "letter"}, STAFF_ACT),
    "letters:drop": ("post", {"key": "letter"}, STAFF_ACT),
    "letters:offers": ("get", {}, OBSERVERS),
    "letters:accept_week": ("post", {}, OBSERVERS_ACT),
    "letters:change_week": ("post", {"key": "offered"}, OBSERVERS_ACT),
    "letters:report_relation": ("post", {"key": "offered"}, OBSERVERS_ACT),
    "calendars:own": ("get", {}, OBSERVERS),
    "calendars:make_address": ("post", {}, OBSERVERS_ACT),
    "calendars:show_names": ("post", {}, OBSERVERS_ACT),
    "calendars:close": ("post", {}, OBSERVERS_ACT),
    # Whoever holds the address reads the calendar: programs do not sign in.
    "calendars:feed": ("get", {"token": "calendar"}, ANYBODY),
    "responses:start_contact": ("post", {"key": "accepted"}, OBSERVERS_ACT),
    "responses:contact": ("get", {"key": "draft"}, OBSERVERS),
    "responses:start_attempt": ("post", {"key": "draft"}, OBSERVERS_ACT),
    "responses:end_attempt": ("post", {"key": "draft"}, OBSERVERS_ACT),
    "responses:register_attempt": ("post", {"key": "draft"}, OBSERVERS_MISUNDERSTOOD),
    "responses:correct_attempt": ("post", {"key": "draft"}, OBSERVERS_MISUNDERSTOOD),
    "responses:form": ("get", {"key": "draft"}, OBSERVERS),
    "responses:save_answer": ("post", {"key": "draft"}, MISUNDERSTOOD),
    "responses:save_reply": ("post", {"key": "draft", "note": "1"}, MISUNDERSTOOD),
    "responses:submit": ("post", {"key": "draft"}, REPORTERS_ACT),
    "scoring:retry": ("post", {}, ADMINISTRATORS_ACT),
    "scoring:rules": ("get", {"code": "season"}, STAFF),
    "scoring:change_rules": ("post", {"code": "season"}, ADMINISTRATORS_ACT),
    "scoring:change_readers": ("post", {"code": "season"}, ADMINISTRATORS_ACT),
    "scoring:check": ("post", {"code": "season"}, ADMINISTRATORS_ACT),
    "scoring:recompute": ("post", {"code": "season"}, ADMINISTRATORS_ACT),
    "responses:queue": ("get", {}, STAFF),
    "responses:review": ("get", {"key": "submitted"}, STAFF),
    "responses:correct": ("get", {"key": "approved"}, STAFF),
    "responses:approve": ("post", {"key": "submitted"}, STAFF_CONFLICT),
    "responses:return": ("post", {"key": "submitted"}, STAFF_CONFLICT),
    "responses:reject": ("post", {"key": "submitted"}, STAFF_CONFLICT),
    "reports:control": ("get", {}, STAFF),
    "reports:control_export": ("get", {"code": "season", "view": "weeks", "form": "csv"}, STAFF),
    "reports:follow_up": ("get", {}, STAFF),
    "reports:behind": ("get", {}, STAFF),
    "reports:shifts": ("get", {}, STAFF),
    "reports:remind": ("post", {"code": "season"}, STAFF_ACT),
    "reports:statistics": ("get", {}, STAFF),
    "reports:statistics_fairness": ("get", {}, STAFF),
    "reports:statistics_reliability": ("get", {}, STAFF),
    "reports:statistics_drivers": ("get", {}, STAFF),
    "reports:statistics_questions": ("get", {}, STAFF),
    "reports:statistics_seasons": ("get", {}, STAFF),
    "reports:statistics_methods": ("get", {}, STAFF),
    # Nothing is computed in this world, so there is no table to give to those who may have it.
    "reports:statistics_export": (
        "get",
        {"code": "season", "table": "items", "form": "csv"},
        row(HIDDEN, HIDDEN, FORBIDDEN, FORBIDDEN),
    ),
    "reports:compute_statistics": ("post", {"code": "season"}, ADMINISTRATORS_ACT),
    "reports:dashboard": ("get", {}, READERS),
    "reports:drivers": ("get", {}, READERS),
    "reports:answers": ("get", {}, READERS),
    "reports:answer": ("get", {"key": "approved"}, READERS),
    "reports:comments": ("get", {}, READERS),
    "reports:results": ("get", {}, ANYBODY),
    "reports:versions": ("get", {"season": "published"}, ANYBODY),
    "reports:version": ("get", {"season": "published", "number": "1"}, ANYBODY),
    "reports:explain": ("get", {"season": "season", "participant": "participant", "figure": "total"}, READERS),
    "reports:explain_class": ("get", {"season": "season", "key": "own_class", "figure": "total"}, READERS),
    "reports:explain_season": ("get", {"season": "season", "figure": "cx.nps"}, READERS),
    "reports:explain_contact": ("get", {"key": "approved"}, READERS),
    "reports:api_results": ("get", {"season": "season", "participant": "participant"}, API_READERS),
    "reports:api_explanation": (
        "get",
        {"season": "season", "participant": "participant", "figure": "rank_class"},
        API_READERS,
    ),
    "reports:api_contact": (
        "get",
        {"season": "season", "participant": "participant", "key": "approved"},
        API_READERS,
    ),
    "api_nothing": ("get", {"rest": "nothing/"}, row(HIDDEN, HIDDEN, HIDDEN, HIDDEN, anonymous=401)),
    "live": ("get", {}, ANYBODY),
    "ready": ("get", {}, ANYBODY),
}

# What is sent along where an address alone means nothing.
SENT = {
    "assignments:offer": {"observer": "candidate"},
    "teams:add": {"season": "season", "observer": "candidate"},
    "teams:remove": {"season": "season", "observer": "member", "reason": ""},
    "teams:take_in": {"season": "season"},
}

NO_ROWS = dict.fromkeys(("new", "changed", "unchanged", "error", "rows", "warnings", "absent"), 0) | {"new_classes": []}

# Addresses of libraries: they know no roles, only whether somebody has signed in.
LIBRARIES = {
    "account_change_password",
    "account_confirm_email",
    "account_confirm_login_code",
    "account_email",
    "account_email_verification_sent",
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_set_password",
    "account_signup",
    "mfa_activate_totp",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_view_recovery_codes",
    "prometheus-django-metrics",
    "set_language",
    "usersessions_list",
}


def names_of(resolver, space=""):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names_of(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        else:
            yield f"{space}{pattern.name}"


@pytest.fixture
def world(db):
    """One organiser with a season under way, and the addresses of its things."""
    season = season_with_battery("open", code="KSP22")
    organiser = season.organiser
    people = {role: UserFactory(role=role, organiser=organiser) for role in Role.values}
    observer = ObserverFactory(organiser=organiser, user=people[Role.OBSERVER])
    approved = filled_response("approved", season=season, observer=observer)
    participant = approved.enrolment.participant
    RepresentativeFactory(user=people[Role.PARTICIPANT], participant=participant)
    draft = filled_response(season=season, observer=observer)
    submitted = filled_response("submitted", season=season, observer=observer)
    planned = AssignmentFactory(season=season)
    offered = AssignmentFactory(season=season, offered=True, observer=observer)
    accepted = AssignmentFactory(season=season, accepted=True, observer=observer)
    calendar = CalendarFeedFactory(observer=observer)
    published = season_with_battery("published", code="KSP21", organiser=organiser)
    freeze_results(published.pk, by=people[Role.ADMINISTRATOR])
    stranger = UserFactory(organiser=organiser)
    proposed = ProposedContactFactory(proposal=PlanProposalFactory(season=season, ready=True))
    invited = send_invitation(stranger.pk, by=people[Role.ADMINISTRATOR])
    things = {
        "accepted": accepted.public_id,
        "application": ApplicationFactory(season=season, observer=observer, submitted=True).public_id,
        "member": TeamMemberFactory(season=season).observer.public_id,
        "api_token": ApiTokenFactory(user=people[Role.ADMINISTRATOR]).pk,
        "own_class": approved.enrolment.award_class_id,
        "account": stranger.public_id,
        "award_class": AwardClassFactory(season=season).pk,
        "calendar": token_of(calendar.public_id, calendar.version),
        "batch": ImportBatchFactory(organiser=organiser, season=season, counts=NO_ROWS).public_id,
        "channel": approved.enrolment.channels.get_or_create(method="chat", kind="chat", address="x")[0].pk,
        "candidate": ObserverFactory(organiser=organiser).public_id,
        "draft": draft.public_id,
        "letter": NoticeFactory(letter__season=season, letter__observer=observer).letter.public_id,
        "observer": observer.public_id,
        "offered": offered.public_id,
        "participant": participant.public_id,
        "person": people[Role.PARTICIPANT].public_id,
        "planned": planned.public_id,
        "proposal": proposed.proposal.public_id,
        "proposed": proposed.number,
        "proposed_participant": proposed.participant.public_id,
        "approved": approved.public_id,
        "role_play": RolePlayFactory(season=season).pk,
        "season": season.code,
        "submitted": submitted.public_id,
        "published": published.code,
        "token": invited,
    }
    return people, things


def status_of(client, method, address, data):
    """The answer to one request, of which nothing remains."""
    place = transaction.savepoint()
    try:
        answer = getattr(client, method)(address, data)
    finally:
        transaction.savepoint_rollback(place)
    if answer.status_code == MOVED and answer.url.startswith("/accounts/login/"):
        return LOGIN
    return answer.status_code


@pytest.mark.parametrize("who", WHO)
def test_everybody_comes_in_where_the_table_says_and_nowhere_else(world, who):
    people, things = world
    client = Client()
    if who in people:
        client.force_login(people[who])
    found = {}

    for name, (method, arguments, _statuses) in ACCESS.items():
        address = reverse(name, kwargs={key: things.get(value, value) for key, value in arguments.items()})
        data = {key: things.get(value, value) for key, value in SENT.get(name, {}).items()}
        found[name] = status_of(client, method, address, data)

    assert found == {name: statuses[who] for name, (_method, _arguments, statuses) in ACCESS.items()}


def test_every_address_has_a_row():
    assert set(names_of(get_resolver())) == ACCESS.keys() | LIBRARIES
