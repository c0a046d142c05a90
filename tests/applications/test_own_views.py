from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from observers.applications.models import Application
from tests.factories.applications import ApplicationFactory, ClassDeclarationFactory, TeamMemberFactory
from tests.factories.observers import CustomerRelationFactory, ObserverFactory
from tests.factories.participants import AwardClassFactory, EnrolmentFactory, SeasonFactory

pytestmark = pytest.mark.django_db
OWN, WORK, TIES, SUBMIT, WITHDRAW = (
    reverse(f"applications:{name}") for name in ("own", "own_work", "own_relations", "submit", "withdraw")
)
FILLED = {
    "methods": ["phone"],
    "weeks": ["2021-W49", "2021-W50"],
    "weekly_capacity": "3",
    "season_capacity": "",
    "county": "Oslo",
    "about": "",
}


@pytest.fixture(autouse=True)
def _in_time():
    with time_machine.travel(datetime(2021, 12, 1, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def season():
    return SeasonFactory(code="KSP22")


@pytest.fixture
def observer(season):
    return ObserverFactory(organiser=season.organiser)


@pytest.fixture
def browser(browser_of, observer):
    return browser_of(observer.user)


@pytest.fixture
def classes(season):
    """Two classes with two participants each."""
    made = [AwardClassFactory(season=season, name=name) for name in ("Bank", "Strøm")]
    return [(one, EnrolmentFactory.create_batch(2, season=season, award_class=one)) for one in made]


def test_page_invites_until_something_is_written(browser, season):
    answer = browser.get(OWN)

    assert [part.url for part in answer.context["parts"]] == [
        f"{WORK}?season=KSP22",
        f"{TIES}?season=KSP22",
    ]
    assert "Start søknaden" in answer.text
    assert not Application.objects.exists()


def test_first_part_is_kept_and_leads_to_the_second(browser, observer, season):
    answer = browser.post(WORK, {"season": "KSP22", **FILLED})

    assert answer.url == f"{TIES}?season=KSP22"
    kept = Application.objects.get(observer=observer, season=season)
    assert (kept.methods, kept.weeks, kept.weekly_capacity) == (["phone"], ["2021-W49", "2021-W50"], 3)


def test_draft_is_kept_as_it_is_written_without_a_page(browser):
    answer = browser.post(WORK, {"weekly_capacity": "4"}, headers={"X-Autosave": "yes"})

    assert (answer.status_code, answer.content, Application.objects.get().weekly_capacity) == (204, b"", 4)


def test_what_cannot_be_kept_is_said_and_nothing_typed_is_lost(browser):
    filled = FILLED | {"weekly_capacity": "200", "about": "Jeg snakker polsk."}
    silent = browser.post(WORK, filled, headers={"X-Autosave": "yes"})
    answer = browser.post(WORK, filled)

    assert (silent.status_code, answer.status_code) == (400, 400)
    assert answer.context["form"].errors.keys() == {"weekly_capacity"}
    assert "Jeg snakker polsk." in answer.text
    assert not Application.objects.exists()


@pytest.mark.parametrize(("button", "kept"), [("all_weeks", True), ("no_weeks", False)])
def test_all_weeks_or_none_are_chosen_without_script(browser, button, kept):
    answer = browser.post(WORK, FILLED | {"then": button})

    weeks = Application.objects.get().weeks
    assert answer.url.endswith("#weeks")
    assert (len(weeks) > 10, "2021-W48" in weeks) == (kept, kept)


def test_week_names_its_holidays_and_past_weeks_are_gone(browser_of, observer):
    with time_machine.travel(datetime(2021, 12, 28, 9, tzinfo=UTC)):
        answer = browser_of(observer.user).get(WORK)

    offered = {week.week: (week.working_days, week.holidays) for week, _chosen in answer.context["weeks"]}
    assert next(iter(offered)) == "2021-W52"
    assert offered["2022-W01"] == (5, ())
    assert "2021-W51" not in offered


def test_week_with_a_holiday_says_so(browser_of):
    season = SeasonFactory(starts_on=date(2022, 5, 9), ends_on=date(2022, 6, 10))
    observer = ObserverFactory(organiser=season.organiser)

    answer = browser_of(observer.user).get(WORK)

    offered = {week.week: (week.working_days, week.holidays) for week, _chosen in answer.context["weeks"]}
    assert offered["2022-W20"] == (4, ("Grunnlovsdag",))
    assert "Grunnlovsdag: 4 virkedager" in answer.text


def test_class_by_class_is_kept_and_shown_again(browser, observer, classes):
    (_bank, banks), (power, _powers) = classes
    tied = banks[0].participant

    answer = browser.post(TIES, {"tied": [tied.pk, "x"], f"kind-{tied.pk}": "registered", "none": [power.pk, "y"]})

    assert answer.url == f"{OWN}?season=KSP22"
    first, second = browser.get(TIES).context["sections"]
    assert [(row.name, row.kind) for row in first.card.tied] == [(tied.name, "registered")]
    assert (first.card.has_none, second.card.has_none, second.card.is_answered) == (False, True, True)


def test_known_relation_stands_there_but_the_class_is_still_asked_about(browser, observer, classes):
    known = classes[0][1][0].participant
    CustomerRelationFactory(observer=observer, participant=known)

    answer = browser.get(TIES)

    card = answer.context["sections"][0].card
    assert ([row.name for row in card.known], card.tied, card.is_answered) == ([known.name], [], False)
    assert "Ingen flere av disse" in answer.text


def test_search_without_script_keeps_the_ticks_and_hides_the_rest(browser, classes):
    (_bank, banks), _power = classes
    wanted = banks[1].participant
    answer = browser.post(TIES, {"tied": banks[0].participant_id, "then": "search", "q": wanted.name})
    sections = browser.get(answer.url).context["sections"]

    assert Application.objects.get().relations.count() == 1
    found = {row.name for section in sections for row, is_found in section.rows if is_found}
    assert found == {wanted.name}
    assert [section.is_open for section in sections] == [True, False]


def test_sending_too_early_leads_to_every_gap(browser, observer, season, classes):
    draft = ApplicationFactory(season=season, observer=observer, weeks=[])
    bank, power = classes[0][0], classes[1][0]
    ClassDeclarationFactory(application=draft, award_class=bank)

    answer = browser.get(browser.post(SUBMIT, {"season": "KSP22"}).url)

    assert answer.context["is_checking"]
    assert [url for _gap, url in answer.context["gaps"]] == [
        f"{WORK}?season=KSP22&check=yes#weeks",
        f"{TIES}?season=KSP22&check=yes#class-{power.pk}",
    ]
    assert [card.pk for card in browser.get(f"{TIES}?check=yes").context["lacking"]] == [power.pk]
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_whole_application_is_sent_read_and_withdrawn(browser, observer, season, classes):
    draft = ApplicationFactory(season=season, observer=observer)
    for award_class, _enrolled in classes:
        ClassDeclarationFactory(application=draft, award_class=award_class)

    sent = browser.get(browser.post(SUBMIT, {"season": "KSP22"}).url)
    closed = browser.get(WORK)
    withdrawn = browser.get(browser.post(WITHDRAW, {"season": "KSP22"}).url)

    assert (sent.context["can_write"], sent.context["can_withdraw"]) == (False, True)
    assert closed.url == f"{OWN}?season=KSP22"
    assert (withdrawn.context["can_write"], withdrawn.context["application"].state) == (True, "withdrawn")


def test_text_typed_into_a_sent_application_is_refused_with_words(browser, observer, season):
    ApplicationFactory(season=season, observer=observer, submitted=True)

    answer = browser.post(WORK, FILLED, follow=True)
    silent = browser.post(WORK, FILLED, headers={"X-Autosave": "yes"})

    assert "Søknaden er sendt. Trekk den hvis du vil endre noe." in answer.text
    assert silent.status_code == 409


@pytest.mark.parametrize(
    ("trait", "is_member", "words"),
    [
        ("accepted", True, "Du er med i teamet"),
        ("accepted", False, "Du er ikke med i teamet lenger"),
        ("declined", False, "Hvorfor: Fullt."),
    ],
)
def test_decision_is_read_with_its_reason(browser, observer, season, trait, is_member, words):
    ApplicationFactory(season=season, observer=observer, **{trait: True})
    if is_member:
        TeamMemberFactory(season=season, observer=observer)

    answer = browser.get(OWN)

    assert words in answer.text
    assert not answer.context["can_write"]


def test_anothers_application_is_never_shown(browser, season):
    ApplicationFactory(season=season, county="Finnmark", about="Hemmelig")

    answer = browser.get(OWN)

    assert answer.context["application"] is None
    assert "Hemmelig" not in answer.text


def test_season_that_is_over_is_not_offered(browser_of):
    season = SeasonFactory(closed=True)
    observer = ObserverFactory(organiser=season.organiser)

    answer = browser_of(observer.user).get(OWN)

    assert answer.context["choice"] is None
    assert "Ingen sesong tar imot søknader nå" in answer.text
    assert browser_of(observer.user).get(WORK).status_code == 404


def test_home_invites_only_those_who_are_not_on_the_team(browser, observer, season):
    home = reverse("assignments:observer_home")
    invited = browser.get(home).text
    TeamMemberFactory(season=season, observer=observer)

    assert "Søk om å være med" in invited
    assert "Søk om å være med" not in browser.get(home).text


def test_my_page_lists_own_applications(browser, observer, season):
    ApplicationFactory(season=season, observer=observer, submitted=True)
    ApplicationFactory(season=SeasonFactory(organiser=season.organiser, name="Hemmelig"), submitted=True)

    answer = browser.get(reverse("observers:own_page"))

    assert "Søknadene dine" in answer.text
    assert "Hemmelig" not in answer.text.partition("Søknadene dine")[2].partition("Søk om")[0]


@pytest.mark.parametrize("size", [1, 3])
def test_pages_need_the_same_queries_for_one_class_and_for_three(browser, observer, season, count_queries, size):
    draft = ApplicationFactory(season=season, observer=observer)
    for _ in range(size):
        award_class = AwardClassFactory(season=season)
        EnrolmentFactory.create_batch(size, season=season, award_class=award_class)
        ClassDeclarationFactory(application=draft, award_class=award_class)

    for address, expected in ((OWN, 13), (WORK, 7), (TIES, 11)):
        with count_queries(expected):
            browser.get(address)
