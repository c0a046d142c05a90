"""The public result list, and the stored results that it and the exports rest on."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from reports.selectors.publications import publication_of
from reports.selectors.result_list import result_list
from scoring.engine.ranks import BEST_IN_TEST, BEST_ON_METHOD, CLASS_WINNER
from scoring.selectors import season_results
from tests.factories.accounts import UserFactory
from tests.factories.participants import AwardClassFactory, EnrolmentFactory
from tests.factories.questionnaires import season_with_battery
from tests.reports.scenes import PARTLY, approved, enrolled, scored, season_that_ranks

pytestmark = pytest.mark.django_db
URL = reverse("reports:results")


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())).strip()


def listed(season, **chosen):
    return result_list(publication_of(season), reader=AnonymousUser(), **chosen)


def season_of_three(state="published", **fields):
    """Give a season with a class of two and a class of one: the best, one without an answer, one in between."""
    season = season_that_ranks(state, **fields)
    power = AwardClassFactory(season=season, name="Strøm")
    bank = AwardClassFactory(season=season, name="Bank")
    best = EnrolmentFactory(season=season, award_class=power, participant__name="Best Strøm")
    last = EnrolmentFactory(season=season, award_class=power, participant__name="Sist Strøm")
    middle = EnrolmentFactory(season=season, award_class=bank, participant__name="Midt Bank")
    approved(best)
    approved(last, answered=False)
    approved(middle, choose=PARTLY, method="email")
    return season


def test_season_results_hold_summaries_places_and_awards(count_queries):
    season = season_of_three()
    empty = EnrolmentFactory(season=season, participant__name="Tom Bank")
    scored(season)
    season_results(season)

    with count_queries(3):
        found = season_results(season)

    by_name = {item.enrolment.participant.name: item for item in found.participants}
    assert {
        name: (item.results.all_methods.total, item.results.rank_class, item.results.rank_overall)
        for name, item in by_name.items()
    } == {
        "Best Strøm": (100.0, 1, 1),
        "Sist Strøm": (0.0, 2, 3),
        "Midt Bank": (91.0, 1, 2),
        "Tom Bank": (None, None, None),
    }
    assert [(one.award_class.name, one.enrolled) for one in found.classes] == [
        ("Bank", 1),
        (empty.award_class.name, 1),
        ("Strøm", 2),
    ]
    assert found.classes[2].results.all_methods.total == 50.0
    assert round(found.season_results.all_methods.total, 6) == 63.666667
    assert list(by_name["Midt Bank"].results.by_method) == ["", "email"]
    assert found.computed_at is not None
    assert [(one.award, one.method, one.winner.enrolment.participant.name, one.score) for one in found.awards] == [
        (CLASS_WINNER, "", "Best Strøm", 100.0),
        (BEST_IN_TEST, "", "Best Strøm", 100.0),
        (BEST_ON_METHOD, "phone", "Best Strøm", 100.0),
        (BEST_ON_METHOD, "email", "Midt Bank", 91.0),
    ]


def test_season_results_before_any_score_are_empty():
    season = season_with_battery()
    enrolled(season)

    found = season_results(season)

    assert [item.results.all_methods.contacts for item in found.participants] == [0]
    assert (found.awards, found.computed_at, found.season_results.all_methods.total) == ([], None, None)


def test_list_ranks_all_or_one_class():
    season = season_of_three()
    scored(season)

    everybody, one_class = listed(season), listed(season, award_class="Bank")

    assert [(row.place, row.name, row.total) for row in everybody.rows] == [
        (1, "Best Strøm", 100.0),
        (2, "Midt Bank", 91.0),
        (3, "Sist Strøm", 0.0),
    ]
    assert [(row.place, row.name, row.answered_score, row.agent) for row in one_class.rows] == [
        (1, "Midt Bank", 91.0, 90.0)
    ]
    assert (one_class.award_class, everybody.award_class) == ("Bank", "")
    assert [(one.name, one.enrolled) for one in everybody.classes] == [("Bank", 1), ("Strøm", 2)]
    assert (everybody.centres, everybody.contacts) == (3, 3)


def test_list_shares_places_and_prizes_between_equals():
    season = season_that_ranks("published")
    award_class = AwardClassFactory(season=season)
    for name in ("Åse", "Ærlig", "Zetlitz"):
        approved(EnrolmentFactory(season=season, award_class=award_class, participant__name=name))
    approved(EnrolmentFactory(season=season, award_class=award_class, participant__name="Annen"), answered=False)
    scored(season)

    found = listed(season)

    assert [(row.place, row.is_shared, row.name) for row in found.rows] == [
        (1, True, "Zetlitz"),
        (1, True, "Ærlig"),
        (1, True, "Åse"),
        (4, False, "Annen"),
    ]
    assert [(one.name, one.shared) for one in found.class_winners] == [
        ("Zetlitz", True),
        ("Ærlig", True),
        ("Åse", True),
    ]


def test_list_names_those_with_too_few_contacts_without_their_scores(client):
    season = season_with_battery("published", stored_settings={"least_contacts_ranked": 2})
    approved(EnrolmentFactory(season=season, participant__name="Nok Bank"), weeks=["2021-W48"] * 2, choose=PARTLY)
    approved(EnrolmentFactory(season=season, participant__name="Få Bank"))
    scored(season)

    page = text_of(client.get(URL))

    assert "Nok Bank" in page
    assert "91,0" in page
    assert "Uten plass Færre enn 2 godkjente kontakter. Få Bank n = 1" in page
    assert "100,0" not in page


@pytest.mark.parametrize("state", ["open", "paused", "closed"])
def test_nothing_is_public_before_publication(client, state):
    season = season_of_three(state)
    scored(season)

    pages = [client.get(URL), client.get(URL, {"season": season.code})]

    for page in pages:
        assert page.status_code == 200
        assert "Her står vinnerne når de er kåret" in text_of(page)
        assert "Best Strøm" not in text_of(page)


def test_unpublished_season_is_not_found_beside_a_published_one(client):
    scored(season_of_three())
    hidden = season_of_three("closed")
    scored(hidden)

    assert client.get(URL, {"season": hidden.code}).status_code == 404


def test_winners_and_three_results_are_public_with_one_decimal(client):
    season = season_of_three()
    scored(season)

    page = text_of(client.get(URL))

    assert "Årets kundesenter – Best i test Best Strøm 100,0 av 100" in page
    assert "3 kundesentre i 2 klasser. 3 kontakter fra uke 48 til uke 13." in page
    assert "2. Midt Bank Bank 91,0 Score for Besvarte 91,0 Kundebehandleren 90,0" in page


def test_earlier_seasons_can_be_chosen(client):
    new = season_of_three(name="KSP 2022")
    old = season_of_three(name="KSP 2021", starts_on="2020-11-30", ends_on="2021-03-31", organiser=new.organiser)
    scored(new)
    scored(old)

    page = client.get(URL, {"season": old.code})

    assert "Vinnerne av KSP 2021" in text_of(page)
    assert f'href="{URL}?season={new.code}"' in page.content.decode()
    assert "Vinnerne av KSP 2022" in text_of(client.get(URL))


def test_person_signed_in_sees_their_own_organisers_list(browser_of):
    own, foreign = season_of_three(name="Vår"), season_of_three(name="Deres")
    scored(own)
    scored(foreign)
    user = UserFactory(participant=True, organiser=own.organiser)

    page = browser_of(user).get(URL)

    assert "Vinnerne av Vår" in text_of(page)
    assert browser_of(user).get(URL, {"season": foreign.code}).status_code == 404


@pytest.mark.parametrize("participants", [1, 3])
def test_list_makes_as_many_queries_for_one_participant_as_for_three(client, count_queries, participants):
    season = season_that_ranks("published")
    for _ in range(participants):
        approved(EnrolmentFactory(season=season))
    scored(season)
    client.get(URL)

    with count_queries(2):
        page = client.get(URL)

    assert page.status_code == 200
