import pytest
from django.urls import reverse

from ksp.accounts.models import OwedMail
from observers.applications.models import Application, TeamMember
from tests.factories.accounts import UserFactory
from tests.factories.applications import (
    ApplicationFactory,
    ClassDeclarationFactory,
    DeclaredRelationFactory,
    TeamMemberFactory,
)
from tests.factories.assignments import AssignmentFactory
from tests.factories.observers import CustomerRelationFactory, ObserverFactory, PriorContactFactory
from tests.factories.participants import AwardClassFactory, EnrolmentFactory, SeasonFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import filled_response

pytestmark = pytest.mark.django_db
LIST, DECIDE = reverse("applications:list"), reverse("applications:decide")


@pytest.fixture
def season():
    return SeasonFactory(code="KSP22")


@pytest.fixture
def manager(season):
    return UserFactory(manager=True, organiser=season.organiser)


@pytest.fixture
def browser(browser_of, manager):
    return browser_of(manager)


def applicant(season, **fields):
    own = {name: fields.pop(name) for name in ("birth_year", "gender", "internal_score", "last_name") if name in fields}
    observer = ObserverFactory(organiser=season.organiser, **own)
    return ApplicationFactory(season=season, observer=observer, **{"submitted": True, **fields})


def names(answer):
    return [row.observer.last_name for row in answer.context["rows"]]


def test_list_shows_those_who_wait_and_no_draft_nor_anothers(browser, season):
    waits = applicant(season)
    applicant(season, submitted=False)
    applicant(season, submitted=False, declined=True)
    applicant(SeasonFactory())

    answer = browser.get(LIST)

    assert [row.application for row in answer.context["rows"]] == [waits]
    assert answer.context["counts"] == {"submitted": 1, "accepted": 0, "declined": 1, "withdrawn": 0}
    assert len(browser.get(LIST, {"state": ""}).context["rows"]) == 2


def test_row_tells_what_a_decision_rests_on(browser, season):
    application = applicant(season, birth_year=1985, internal_score=88.0, weekly_capacity=3, season_capacity=5)
    observer = application.observer
    declared, customer, met, planned, free = EnrolmentFactory.create_batch(5, season=season)
    DeclaredRelationFactory(application=application, participant=declared.participant)
    CustomerRelationFactory(observer=observer, participant=customer.participant)
    CustomerRelationFactory(observer=observer, participant=declared.participant)
    CustomerRelationFactory(observer=observer)
    PriorContactFactory(observer=observer, participant=met.participant)
    earlier = SeasonFactory(organiser=season.organiser, open=True, code="KSP20")
    before = EnrolmentFactory(season=earlier, participant=planned.participant)
    AssignmentFactory(season=earlier, enrolment=before, observer=observer, done=True)
    AssignmentFactory(season=season, enrolment=free, observer=observer)

    (row,) = browser.get(LIST, {"season": "KSP22"}).context["rows"]

    assert (row.age.value, row.weeks, row.capacity, row.barred) == ("30-44", 2, 5, 4)


def test_history_counts_reports_over_all_seasons(browser_of):
    season = season_with_battery("open")
    observer = ObserverFactory(organiser=season.organiser)
    for state in ("approved", "submitted", "rejected"):
        filled_response(state, season=season, observer=observer)
    filled_response(season=season, observer=observer)
    application = ApplicationFactory(season=season, observer=observer, submitted=True)

    answer = browser_of(UserFactory(manager=True, organiser=season.organiser)).get(application.get_absolute_url())

    record = answer.context["applicant"].record
    assert (record.seasons, record.handed_in, record.approved, record.rejected) == (1, 3, 1, 1)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "ada"}, ["Ada"]),
        ({"method": "chat"}, ["Eva"]),
        ({"week": "2022-W01"}, ["Eva"]),
        ({"county": "Troms"}, ["Eva"]),
        ({"gender": "woman"}, ["Ada"]),
        ({"age": "60-"}, ["Ada"]),
        ({"known": "new"}, ["Eva"]),
        ({"known": "known"}, ["Ada"]),
        ({"least": "80"}, ["Ada"]),
        ({"least": "70", "sort": "name"}, ["Ada", "Eva"]),
        ({"sort": "score"}, ["Ada", "Eva"]),
        ({"sort": "capacity"}, ["Eva", "Ada"]),
        ({"sort": "oldest"}, ["Ada", "Eva"]),
    ],
)
def test_list_is_narrowed_and_sorted(browser, season, asked, found):
    applicant(season, last_name="Ada", gender="woman", birth_year=1950, internal_score=90.0, weekly_capacity=2)
    applicant(season, last_name="Eva", county="Troms", methods=["chat"], weeks=["2022-W01"], weekly_capacity=9)

    assert names(browser.get(LIST, asked)) == found


@pytest.mark.parametrize("rows", [1, 3])
def test_list_needs_the_same_queries_for_one_and_for_three(browser, season, count_queries, rows):
    for _ in range(rows):
        application = applicant(season)
        DeclaredRelationFactory(application=application)
        CustomerRelationFactory(observer=application.observer)

    with count_queries(14):
        browser.get(LIST)


def test_many_are_accepted_at_once_and_told(browser, season):
    ticked, left = [applicant(season), applicant(season)], applicant(season)

    answer = browser.post(
        DECIDE,
        {"decision": "accept", "application": [one.public_id for one in ticked], "filters": "season=KSP22&page=2"},
        follow=True,
    )

    assert answer.redirect_chain[0][0] == f"{LIST}?season=KSP22&page=2"
    assert "2 er tatt inn i teamet og får beskjed." in answer.text
    assert set(TeamMember.objects.values_list("observer", flat=True)) == {one.observer_id for one in ticked}
    left.refresh_from_db()
    assert (left.state, OwedMail.objects.count()) == ("submitted", 2)


def test_all_that_the_filters_find_are_declined(browser, season):
    good, poor = applicant(season, internal_score=90.0), applicant(season, internal_score=40.0)
    decided = applicant(season, submitted=False, accepted=True)

    browser.post(
        DECIDE,
        {"decision": "decline", "reason": "Vi er nok.", "all": "yes", "filters": "season=KSP22&state=&least=60"},
    )

    states = dict(Application.objects.values_list("pk", "state"))
    assert states == {good.pk: "declined", poor.pk: "submitted", decided.pk: "accepted"}


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({}, "Velg om du vil ta inn eller avslå."),
        ({"decision": "accept"}, "Kryss av minst én søknad først."),
        ({"decision": "accept", "application": "x"}, "Kryss av minst én søknad først."),
        ({"decision": "decline", "tick": True}, "Skriv en begrunnelse. Observatøren leser den."),
    ],
)
def test_decision_that_lacks_something_changes_nothing(browser, season, posted, words):
    application = applicant(season)
    if posted.get("tick"):
        posted = posted | {"application": application.public_id}

    answer = browser.post(DECIDE, {"filters": "season=KSP22", **posted}, follow=True)

    assert words in answer.text
    application.refresh_from_db()
    assert application.state == "submitted"


def test_anothers_application_is_not_decided(browser):
    strange = applicant(SeasonFactory())

    browser.post(DECIDE, {"decision": "accept", "application": strange.public_id})

    strange.refresh_from_db()
    assert strange.state == "submitted"


def test_who_was_decided_meanwhile_is_passed_over(browser, season):
    waits, decided = applicant(season), applicant(season, submitted=False, accepted=True)

    answer = browser.post(
        DECIDE, {"decision": "accept", "application": [waits.public_id, decided.public_id]}, follow=True
    )

    assert "1 var allerede avgjort og er som før." in answer.text


def test_page_names_classes_that_are_not_gone_through(browser, season):
    application = applicant(season)
    done = EnrolmentFactory(season=season).award_class
    ClassDeclarationFactory(application=application, award_class=done)
    EnrolmentFactory(season=season, award_class=AwardClassFactory(season=season, name="Ny klasse"))

    answer = browser.get(application.get_absolute_url())

    assert answer.context["undeclared"] == ["Ny klasse"]


def test_decision_is_made_undone_and_made_again_on_the_page(browser, season):
    application = applicant(season)
    page = application.get_absolute_url()
    team = reverse("applications:change_team", args=[application.public_id])
    chosen = {"application": application.public_id, "detail": application.public_id}

    accepted = browser.post(DECIDE, {"decision": "accept", **chosen})
    refused = browser.post(team, {"move": "leave", "reason": ""}, follow=True)
    browser.post(team, {"move": "leave", "reason": "En feil."})
    left = TeamMember.objects.get()
    browser.post(team, {"move": "join"})

    assert accepted.url == page
    assert "Skriv en begrunnelse." in refused.text
    assert (left.left_at is None, left.left_reason) == (False, "En feil.")
    assert TeamMember.objects.current().count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_page_needs_the_same_queries_for_one_relation_and_for_three(browser, season, count_queries, rows):
    application = applicant(season, submitted=False, accepted=True)
    TeamMemberFactory(season=season, observer=application.observer)
    for _ in range(rows):
        enrolment = EnrolmentFactory(season=season)
        DeclaredRelationFactory(application=application, participant=enrolment.participant)

    with count_queries(15):
        browser.get(application.get_absolute_url())


def test_menu_counts_what_waits_in_seasons_that_have_not_ended(browser, season):
    applicant(season)
    applicant(SeasonFactory(organiser=season.organiser, published=True))
    applicant(SeasonFactory())

    answer = browser.get(reverse("observers:list"))

    entries = {link.url: link.count for group in answer.context["shell"].groups for link in group.links}
    assert entries[LIST] == 1


def test_without_a_season_the_list_says_so(browser_of):
    assert browser_of(UserFactory(manager=True)).get(LIST).context["season"] is None
