"""The pages of published results: the latest version for all, the earlier ones, and what each reader sees of why."""

import pytest
from django.urls import reverse
from django.utils import timezone

from participants.models import Enrolment
from reports.models import PublicationCheck
from reports.services import check_publications
from responses.models import SurveyResponse
from scoring.models import ScoreSummary
from scoring.services import settle_owed_recomputes
from tests.factories.accounts import UserFactory
from tests.factories.participants import RepresentativeFactory
from tests.factories.questionnaires import season_with_battery
from tests.reports.publishing import REASON, contacts_of, correct, published_season, text_of
from tests.scoring.seasons import approve, report

pytestmark = pytest.mark.django_db
RESULTS = reverse("reports:results")


def versions_page(season):
    return reverse("reports:versions", args=[season.code])


def version_page(season, number):
    return reverse("reports:version", args=[season.code, number])


def test_list_shows_the_latest_version_and_the_first_stays_as_it_was(client):
    season = published_season()
    first = text_of(client.get(version_page(season, 1)))
    correct(season, agent_needs="no", agent_engaged="none", agent_advice="none")

    latest, earlier = text_of(client.get(RESULTS)), text_of(client.get(version_page(season, 1)))

    assert "Best i test Best Strøm 100,0 av 100" in first
    assert "Best i test Nest Strøm 95,0 av 100" in latest
    assert "Versjon 2, publisert" in latest
    assert "Best i test Best Strøm 100,0 av 100" in earlier
    assert "Dette er versjon 1, slik den ble publisert" in earlier
    assert "Dette er versjon" not in first + latest + text_of(client.get(version_page(season, 2)))


def test_public_list_is_not_moved_by_what_is_stored_of_scores(client):
    published_season()
    before = text_of(client.get(RESULTS))
    ScoreSummary.objects.all().delete()

    assert text_of(client.get(RESULTS)) == before


def test_foot_tells_version_rules_and_fingerprints(client):
    season = published_season()
    publication = season.publications.get()

    page = text_of(client.get(RESULTS))

    assert "Totalresultatet er gjennomsnittet av kontaktenes resultater." in page
    assert f"Fingeravtrykk {publication.short_fingerprint}" in page
    assert f"verify_results --season {season.code} --version 1" in page
    for name in ("", "answers_", "questionnaire_", "rules_"):
        assert getattr(publication, f"{name}fingerprint") in page
    assert "Alle tall er like" not in page


def test_foot_tells_that_the_numbers_were_computed_anew_only_while_they_agree(client):
    published_season()
    check_publications()
    assert "Alle tall er like" in text_of(client.get(RESULTS))

    PublicationCheck.objects.update(count=2)

    assert "Alle tall er like" not in text_of(client.get(RESULTS))


@pytest.mark.parametrize("address", ["NONE/versions/", "NONE/versions/1/", "KSP22/versions/3/"])
def test_what_is_not_published_is_not_found(client, address):
    published_season(code="KSP22")

    assert client.get(f"{RESULTS}{address}").status_code == 404


def test_versions_of_another_organiser_are_not_found(browser_of):
    season = published_season()
    browser = browser_of(UserFactory(participant=True))

    assert [browser.get(page).status_code for page in (versions_page(season), version_page(season, 1))] == [404, 404]


def people(season):
    """Give a reader of each kind, nobody and the participant who was corrected among them."""
    representative = RepresentativeFactory(participant=Enrolment.objects.get(participant__code="A1").participant)
    return {
        "nobody": None,
        "participant": representative.user,
        "observer": UserFactory(organiser=season.organiser),
        "manager": UserFactory(organiser=season.organiser, manager=True),
        "administrator": UserFactory(organiser=season.organiser, administrator=True),
    }


@pytest.mark.parametrize("who", ["nobody", "participant", "observer", "manager", "administrator"])
def test_what_moved_is_public_and_which_answer_was_corrected_is_the_organisers(who, client, browser_of):
    season = published_season()
    correct(season, agent_needs="no", overall_efficient="none")
    person = people(season)[who]
    contact = contacts_of(season)[0].code

    page = text_of((browser_of(person) if person else client).get(versions_page(season)))

    is_staff = who in {"manager", "administrator"}
    assert "Svar om 1 kontakt ble rettet." in page
    assert "Totalresultat 100,00 95,50" in page
    assert [words in page for words in (contact, REASON, "Marte Hovde", "Totalinntrykk")] == [is_staff] * 4


def test_nothing_tells_who_made_a_corrected_contact(browser_of):
    season = published_season()
    correct(season)
    observer = contacts_of(season)[0].observer
    secrets = {observer.first_name, observer.last_name, observer.code, observer.user.name, observer.user.email}

    pages = [
        browser_of(person).get(page).content.decode()
        for person in people(season).values()
        if person is not None
        for page in (versions_page(season), version_page(season, 1), RESULTS)
    ]

    assert [secret for secret in secrets for page in pages if secret in page] == []


def test_results_without_a_place_are_nobodys_but_the_organisers(client, browser_of):
    season = published_season(code="KSP22")
    correct(season)
    publication = season.publications.get(version=2)
    moved = {**publication.changes[0], "name": "Få Bank", "ranked": [False, False]}
    season.publications.create(
        version=3,
        published_at=timezone.now(),
        published_by=publication.published_by,
        results=publication.results,
        changes=[moved],
        rests_on=publication.rests_on,
    )

    assert "Få Bank" not in text_of(client.get(versions_page(season)))
    assert "Få Bank" in text_of(
        browser_of(UserFactory(organiser=season.organiser, manager=True)).get(versions_page(season))
    )


def test_awards_that_changed_hands_are_told_by_name(client):
    season = published_season()
    correct(season, agent_needs="no", agent_engaged="none", agent_advice="none")

    page = text_of(client.get(versions_page(season)))

    assert (
        "Priser som skiftet eier Best i test Best Strøm → Nest Strøm Best på telefon Best Strøm → Nest Strøm "
        "Klassevinner, Strøm Best Strøm → Nest Strøm" in page
    )
    assert "1 deltaker har en annen plass bare fordi andre flyttet seg" in page


def test_award_for_both_surveys_and_their_mean_are_told(client):
    season = published_season()
    first = season.publications.get()
    award = {"kind": "award", "award": "best_of_both", "award_class": None, "method": None}
    moved = {
        "kind": "result",
        "participant": "A1",
        "name": "Best Strøm",
        "award_class": "Strøm",
        "ranked": [True, True],
    }
    season.publications.create(
        version=2,
        published_at=timezone.now(),
        published_by=first.published_by,
        results=first.results,
        changes=[
            {**moved, "lines": [["combined.mean", 90.0, 89.5], ["combined.place", 1, 2]]},
            {**award, "old": ["Best Strøm"], "new": []},
        ],
        rests_on=first.rests_on,
    )

    page = text_of(client.get(versions_page(season)))

    assert "Norges beste kundesenter Best Strøm → ingen" in page
    assert "Snitt av KSP og NBK 90,00 89,50 Plass etter snittet av KSP og NBK 1 2" in page


def test_contacts_approved_after_publication_are_counted_for_all_and_named_for_staff(client, browser_of):
    season = published_season()
    late = report(contacts_of(season)[0].enrolment)
    approve(late)
    settle_owed_recomputes()
    staff = browser_of(UserFactory(organiser=season.organiser, manager=True))

    assert "1 kontakt ble godkjent etter publiseringen." in text_of(client.get(versions_page(season)))
    assert late.code not in text_of(client.get(versions_page(season)))
    assert f"Godkjent etter publiseringen: {late.code}" in text_of(staff.get(versions_page(season)))


def test_correction_that_moves_nothing_says_so(client):
    season = published_season()
    correct(season, nps="10")

    assert "Svar om 1 kontakt ble rettet. Ingen publiserte resultater flyttet seg." in text_of(
        client.get(versions_page(season))
    )


def test_alarm_is_told_to_staff_alone(client, browser_of):
    season = published_season()
    response = contacts_of(season)[0]
    SurveyResponse.objects.filter(pk=response.pk).update(packed=contacts_of(season, "A2")[0].packed)
    check_publications()
    staff = browser_of(UserFactory(organiser=season.organiser, manager=True))

    assert "følger ikke lenger av svarene" in text_of(staff.get(versions_page(season)))
    assert "A1 total : 100" in text_of(staff.get(versions_page(season)))
    assert "følger ikke lenger" not in text_of(client.get(versions_page(season)))


@pytest.mark.parametrize("corrections", [1, 3])
def test_versions_make_as_many_queries_for_two_as_for_four(corrections, client, browser_of, count_queries):
    season = published_season()
    for _ in range(corrections):
        current = contacts_of(season)[0].answers.get(question__code="agent_needs").option.code
        correct(season, agent_needs="no" if current == "several" else "several")
    browser = browser_of(UserFactory(organiser=season.organiser, manager=True))
    for page in (RESULTS, versions_page(season), version_page(season, 1)):
        client.get(page)

    with count_queries(2):
        client.get(RESULTS)
    with count_queries(2):
        client.get(versions_page(season))
    with count_queries(3):
        client.get(version_page(season, 1))
    with count_queries(6):
        browser.get(versions_page(season))


def test_page_of_a_published_season_leads_to_its_versions(browser_of):
    season = published_season(code="KSP22")
    correct(season)
    browser = browser_of(UserFactory(organiser=season.organiser, manager=True))

    page = browser.get(reverse("participants:season", args=["KSP22"]))

    assert "Versjon 2 fra" in text_of(page)
    assert f'href="{versions_page(season)}"' in page.content.decode()
    assert f'href="{RESULTS}?season=KSP22"' in page.content.decode()


def test_page_of_a_season_that_was_published_unfrozen_says_how_to_freeze_it(browser_of):
    season = season_with_battery("published", code="KSP21")
    browser = browser_of(UserFactory(organiser=season.organiser, manager=True))

    page = text_of(browser.get(reverse("participants:season", args=["KSP21"])))

    assert "manage.py publish_results --season KSP21" in page
