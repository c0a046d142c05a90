import pytest
from django.urls import reverse

from observers.applications.models import TeamMember
from tests.factories.accounts import UserFactory
from tests.factories.applications import ApplicationFactory, DeclaredRelationFactory, TeamMemberFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import ContactChannelFactory, EnrolmentFactory, SeasonFactory

pytestmark = pytest.mark.django_db
TEAM, ADD, REMOVE, CHOOSE, TAKE_IN, ADVICE = (
    reverse(f"teams:{name}") for name in ("team", "add", "remove", "choose", "take_in", "advice")
)
WEEKS = ["2021-W48", "2021-W49", "2021-W50"]


@pytest.fixture
def season():
    """A season with two participants, three contacts each."""
    season = SeasonFactory(code="KSP22")
    for _ in range(2):
        ContactChannelFactory(enrolment=EnrolmentFactory(season=season), planned_contacts=3)
    return season


@pytest.fixture
def manager(season):
    return UserFactory(manager=True, organiser=season.organiser)


@pytest.fixture
def browser(browser_of, manager):
    return browser_of(manager)


def person(season, **fields):
    return ObserverFactory(organiser=season.organiser, **fields)


def wish(**fields):
    return {"season": "KSP22", "size": 3, "source": "everybody", "least": 0, "keep": "on", **fields}


def test_team_shows_members_with_their_work(browser, season):
    member = TeamMemberFactory(season=season, observer=person(season, weeks=WEEKS, weekly_capacity=2))
    person(season)
    for state in ("done", "accepted"):
        AssignmentFactory(
            season=season, enrolment=EnrolmentFactory(season=season), observer=member.observer, **{state: True}
        )
    AssignmentFactory(season=season, observer=member.observer, state="withdrawn")

    answer = browser.get(TEAM)

    (row,) = answer.context["rows"]
    assert (row.observer, row.room) == (member.observer, 6)
    assert (row.load.total, row.load.done, row.load.open) == (2, 1, 1)
    figures = answer.context["figures"]
    assert (figures.members, figures.room, figures.contacts, figures.without_account) == (1, 6, 6, 0)


def test_mix_is_told_beside_the_pool(browser, season):
    TeamMemberFactory(season=season, observer=person(season, gender="woman", birth_year=1990, county="Oslo"))
    for gender in ("woman", "man", "man", "other"):
        person(season, gender=gender)

    gender = browser.get(TEAM).context["mixes"][0]

    assert [(level.count, level.share, level.wished) for level in gender.levels] == [(1, 100.0, 50.0), (0, 0.0, 50.0)]


@pytest.mark.parametrize("rows", [1, 3])
def test_team_needs_the_same_queries_for_one_and_for_three(browser, season, count_queries, rows):
    for member in TeamMemberFactory.create_batch(rows, season=season):
        AssignmentFactory(season=season, enrolment=EnrolmentFactory(season=season), observer=member.observer)

    with count_queries(15):
        browser.get(TEAM)


def test_search_finds_active_observers_outside_the_team_and_adds_one(browser, season):
    inside, wanted = person(season, last_name="Lunde"), person(season, last_name="Lunde")
    TeamMemberFactory(season=season, observer=inside)
    person(season, last_name="Lunde", is_active=False)
    ObserverFactory(last_name="Lunde")

    found = browser.get(TEAM, {"q": "lunde"}).context["outside"]
    answer = browser.post(ADD, {"season": "KSP22", "observer": wanted.public_id})

    assert (found, answer.url) == ([wanted], f"{TEAM}?season=KSP22")
    assert TeamMember.objects.current().count() == 2


def test_adding_an_applicant_accepts_the_application(browser, season):
    application = ApplicationFactory(season=season, submitted=True, weekly_capacity=2)

    browser.post(ADD, {"season": "KSP22", "observer": application.observer.public_id})

    application.refresh_from_db()
    assert (application.state, application.observer.weekly_capacity) == ("accepted", 2)
    assert TeamMember.objects.get().observer == application.observer


def test_leaving_says_what_follows_and_needs_a_reason(browser, season):
    member = TeamMemberFactory(season=season)
    AssignmentFactory(season=season, observer=member.observer, accepted=True)
    asked = {"season": "KSP22", "observer": member.observer.public_id}

    page = browser.get(REMOVE, asked)
    refused = browser.post(REMOVE, asked)
    left = browser.post(REMOVE, {**asked, "reason": "Har flyttet."})

    assert (page.context["load"].open, refused.status_code, left.url) == (1, 400, f"{TEAM}?season=KSP22")
    member.refresh_from_db()
    assert (member.left_at is None, member.left_reason) == (False, "Har flyttet.")
    assert browser.get(REMOVE, asked).status_code == 404
    assert [one.observer for one in browser.get(TEAM).context["left"]] == [member.observer]


@pytest.mark.parametrize("asked", [{}, {"observer": "x"}, {"season": "NO", "observer": "x"}])
def test_nobody_named_is_not_found(browser, season, asked):
    assert browser.post(ADD, {"season": "KSP22", **asked}).status_code == 404


def test_proposal_keeps_the_team_fills_the_size_and_writes_nothing(browser, season):
    inside = TeamMemberFactory(season=season, observer=person(season, internal_score=61.0))
    best = [person(season, internal_score=90.0) for _ in range(2)]
    person(season, internal_score=70.0)
    person(season, internal_score=99.0, is_active=False)

    proposal = browser.get(CHOOSE, wish()).context["proposal"]

    assert {one.observer for one in proposal.chosen} == {inside.observer, *best}
    assert {one.observer for one in proposal.new} == set(best)
    assert (proposal.contacts, proposal.unassigned, TeamMember.objects.count()) == (6, 0, 1)


def test_applicants_count_with_what_they_offer_and_declare(browser, season):
    application = ApplicationFactory(
        season=season, submitted=True, weeks=WEEKS, weekly_capacity=1, observer__methods=[], methods=["phone"]
    )
    for enrolment in season.enrolments.all():
        DeclaredRelationFactory(application=application, participant=enrolment.participant)
    person(season, internal_score=99.0)

    proposal = browser.get(CHOOSE, wish(source="applicants", size=1)).context["proposal"]

    (chosen,) = proposal.chosen
    assert (chosen.observer, chosen.room, chosen.weeks, chosen.open_to) == (application.observer, 3, 3, 0)
    assert (proposal.unassigned, len(proposal.shortages) > 0) == (6, True)
    application.observer.refresh_from_db()
    assert application.observer.methods == []


def test_wished_shares_are_followed(browser, season):
    for number in range(4):
        person(season, gender="woman", internal_score=90.0 + number)
        person(season, gender="man", internal_score=60.0)

    even = browser.get(CHOOSE, wish(size=4)).context["proposal"].mixes[0]
    wished = browser.get(CHOOSE, wish(size=4, **{"gender-0": 25, "gender-1": 75})).context["proposal"].mixes[0]

    assert [level.count for level in even.levels] == [2, 2]
    assert [(level.count, level.wished) for level in wished.levels] == [(1, 25.0), (3, 75.0)]


def test_shares_that_are_not_a_hundred_are_refused(browser, season):
    answer = browser.get(CHOOSE, wish(**{"gender-0": 20, "gender-1": 20}))

    assert (answer.status_code, answer.context["proposal"]) == (400, None)
    assert "Andelene for kjønn er 40 % til sammen. Gjør dem til 100." in answer.text


def test_chosen_team_is_taken_in_applicants_by_their_application(browser, season):
    application = ApplicationFactory(season=season, submitted=True)
    other, strange = person(season), ObserverFactory()
    keys = f"{application.observer_id},{other.pk},{strange.pk},x"

    answer = browser.post(TAKE_IN, {"season": "KSP22", "observers": keys}, follow=True)

    assert "2 er tatt inn i teamet. 1 søknad er innvilget og besvart på e-post." in answer.text
    members = set(TeamMember.objects.values_list("observer", flat=True))
    assert members == {application.observer_id, other.pk}


def test_advice_names_what_is_short_and_who_would_help(browser, season):
    for _ in range(2):
        TeamMemberFactory(season=season, observer=person(season, methods=["phone"]))
    helper = person(season, methods=["phone"], internal_score=80.0)
    person(season, methods=["chat"], internal_score=95.0)

    advice = browser.get(ADVICE, {"source": "everybody"}).context["advice"]

    assert (advice.members, advice.contacts, advice.unassigned) == (2, 6, 2)
    assert [(row.able, row.contacts, row.spare) for row in advice.scarce] == [(2, 3, -1), (2, 3, -1)]
    assert (advice.helpers[0].observer, advice.helpers[0].contacts) == (helper, 2)
    assert len(advice.profiles) > 0


def test_team_that_is_enough_is_told_so(browser, season):
    for _ in range(3):
        TeamMemberFactory(season=season, observer=person(season))

    answer = browser.get(ADVICE)

    assert (answer.context["advice"].unassigned, answer.context["advice"].shortages) == (0, [])
    assert "Teamet er stort nok: hver kontakt kan få en observatør." in answer.text


@pytest.mark.parametrize("address", [TEAM, CHOOSE, ADVICE])
def test_without_a_season_the_pages_say_so(browser_of, address):
    assert browser_of(UserFactory(manager=True)).get(address).context["season"] is None
