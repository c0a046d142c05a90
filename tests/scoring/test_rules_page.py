import pytest
from django.core.exceptions import PermissionDenied

from ksp.accounts.models import AuditEvent
from participants.models import Season
from participants.services import change_season_settings
from scoring.fingerprints import rules_fingerprint
from scoring.forms import TIE_ORDERS, RulesForm
from scoring.models import RecomputeOwed, ResponseScore, ScoreCheck
from scoring.services import change_rules, settle_owed_recomputes
from tests.factories.accounts import UserFactory
from tests.factories.participants import SeasonFactory
from tests.factories.scoring import ScoreCheckFactory
from tests.scoring.seasons import administrator, approve, from_scratch, report, small_season, stored

pytestmark = pytest.mark.django_db

# The defaults, as the form has them; the small season ranks from one contact.
FIELDS = {
    "mean": "contacts",
    "ties": "answered_score-agent",
    "least_contacts_ranked": "1",
    "best_on": ["phone", "email", "chat", "messenger"],
    "least_contacts_method": "5",
    "least_class_size": "3",
}


@pytest.fixture
def played():
    season, (first, second, third) = small_season(classes=1)
    approve(report(first, overall_impression="bad"))
    approve(report(second))
    approve(report(third, method="email", answered=False))
    settle_owed_recomputes()
    return season


@pytest.fixture
def boss(played):
    return administrator(played)


def page_of(season):
    return f"/admin/seasons/{season.code}/scoring/"


def trial(browser, season, **changes):
    return browser.get(page_of(season), {"try": "1", **FIELDS, **changes})


def use(browser, season, **changes):
    data = {"based_on": rules_fingerprint(season), **FIELDS, **changes}
    return browser.post(f"{page_of(season)}change/", data)


def test_page_shows_the_rules_in_use(played, boss, browser_of):
    page = browser_of(boss).get(page_of(played))

    html = page.content.decode()
    assert "En plass krever minst 1 godkjent kontakt." in html
    assert page.context["trial"] is None
    assert {name: page.context["form"][name].value() for name in FIELDS} == FIELDS | {
        "least_contacts_ranked": 1,
        "least_contacts_method": 5,
        "least_class_size": 3,
    }
    assert "Ikke kontrollert ennå." in html


def test_trial_shows_what_moves_and_stores_nothing(played, boss, browser_of):
    before = (stored(played), played.stored_settings, AuditEvent.objects.count())

    page = trial(browser_of(boss), played, least_contacts_ranked="2", least_class_size="4")

    html = page.content.decode()
    assert "Regnet ut nå fra 3 godkjente rapporter" in html
    assert "1 → <strong>ingen plass</strong>" in html
    assert "Klassevinner, " in html
    assert [len(moved) for moved in (page.context["trial"].moves.participants, page.context["trial"].moves.awards)] == [
        3,
        2,
    ]
    played.refresh_from_db()
    assert (stored(played), played.stored_settings, AuditEvent.objects.count()) == before
    assert not RecomputeOwed.objects.exists()


def test_trial_of_the_rules_in_use_moves_nothing_and_offers_nothing(played, boss, browser_of):
    html = trial(browser_of(boss), played).content.decode()

    assert "Ingenting flytter seg." in html
    assert "Bruk reglene" not in html


def test_trial_without_reports_says_so(browser_of):
    season = SeasonFactory()

    html = trial(browser_of(administrator(season)), season, mean="pooled").content.decode()

    assert "Ingen godkjente rapporter ennå, så ingenting flytter seg." in html
    assert "Bruk reglene" in html


def test_trial_that_cannot_be_understood_is_told_in_place(played, boss, browser_of):
    page = trial(browser_of(boss), played, least_contacts_ranked="0", mean="median")

    assert (set(page.context["form"].errors), page.context["trial"]) == ({"least_contacts_ranked", "mean"}, None)


def test_rules_are_put_to_use_and_scores_follow(played, boss, browser_of):
    answer = use(
        browser_of(boss),
        played,
        mean="pooled",
        areas_over_all=["waiting", "agent"],
        ties="agent-answered_score",
        best_on=["chat", "phone"],
    )

    settings = Season.objects.get(pk=played.pk).settings
    assert answer.url == page_of(played)
    assert (settings.mean, settings.areas_over_all) == ("pooled", ["waiting", "agent"])
    assert (settings.ties, settings.best_on) == (["agent", "answered_score"], ["phone", "chat"])
    assert (settings.least_contacts_ranked, settings.phone_limit) == (1, 300)
    assert settle_owed_recomputes() == 3
    assert stored(played) == from_scratch(played)
    event = AuditEvent.objects.get(verb="season.settings_changed")
    assert set(event.detail["after"]) == {"mean", "areas_over_all", "ties", "best_on"}


def test_trial_of_rules_that_others_have_changed_is_not_put_to_use(played, boss, browser_of):
    browser = browser_of(boss)
    based_on = rules_fingerprint(played)
    change_season_settings(played.pk, settings={"least_contacts_ranked": 2}, by=boss)

    answer = use(browser, played, mean="pooled", based_on=based_on)

    assert Season.objects.get(pk=played.pk).settings.mean == "contacts"
    page = browser.get(answer.url)
    assert page.context["form"].data["mean"] == "pooled"
    assert [len(pair) for pair in page.context["trial"].sentences] == [2, 2]
    assert "Noen har endret reglene i mellomtiden." in page.content.decode()


def test_empty_form_changes_nothing(played, boss, browser_of):
    for part in ("change/", "readers/"):
        browser_of(boss).post(page_of(played) + part)

    assert Season.objects.get(pk=played.pk).stored_settings == played.stored_settings


def test_who_sees_uncertainty_is_changed_without_a_trial(played, boss, browser_of):
    before = stored(played)

    browser_of(boss).post(f"{page_of(played)}readers/", {"intervals_for": "managers", "probabilities_for": "managers"})

    settings = Season.objects.get(pk=played.pk).settings
    assert (settings.intervals_for, settings.probabilities_for, settings.mean) == ("managers", "managers", "contacts")
    assert (stored(played), RecomputeOwed.objects.count()) == (before, 0)


def test_rules_of_published_results_are_only_read(played, boss, browser_of):
    Season.objects.filter(pk=played.pk).update(state="published", published_at="2022-05-01T12:00:00Z")
    browser = browser_of(boss)

    page = trial(browser, played, mean="pooled")
    use(browser, played, mean="pooled")
    browser.post(f"{page_of(played)}readers/", {"intervals_for": "managers", "probabilities_for": "managers"})

    html = page.content.decode()
    assert "Resultatene er publisert. Reglene ble frosset" in html
    assert ("Vis hva som flytter seg" in html, page.context["trial"]) == (False, None)
    assert "Intervaller vises til prosjektledere og deltakere." in html
    assert '<input type="radio"' not in html
    assert Season.objects.get(pk=played.pk).stored_settings == played.stored_settings


def test_manager_reads_the_rules_without_buttons(played, browser_of):
    manager = UserFactory(manager=True, organiser=played.organiser)
    browser = browser_of(manager)

    page = trial(browser, played, mean="pooled")
    answers = [browser.post(page_of(played) + part).status_code for part in ("change/", "readers/", "check/")]

    html = page.content.decode()
    assert "En klasse har en vinner når den har minst 3 deltakere." in html
    assert [word for word in ("Vis hva", "Bruk reglene", "Lagre hvem", "Kontroller nå") if word in html] == []
    assert (page.context["trial"], answers) == (None, [403, 403, 403])


def test_season_of_another_organiser_is_not_found(played, browser_of):
    stranger = browser_of(UserFactory(administrator=True))

    assert stranger.get(page_of(played)).status_code == 404
    assert use(stranger, played, mean="pooled").status_code == 404
    assert Season.objects.get(pk=played.pk).settings.mean == "contacts"


def test_check_is_made_told_and_mended(played, boss, browser_of):
    browser = browser_of(boss)
    ResponseScore.objects.filter(season=played).update(points=1)
    right = from_scratch(played)

    browser.post(f"{page_of(played)}check/")
    page = browser.get(page_of(played))
    (item,) = [item for item in browser.get("/admin/").context["urgent"] if item.is_post]

    assert page.context["check"].differences == 3
    assert "poeng er lagret som 1, men regnes ut til" in page.content.decode()
    assert item.title == f"Lagrede resultater i {played.name} stemmer ikke"
    browser.post(item.url)
    assert stored(played) == right
    assert list(ScoreCheck.objects.order_by("pk").values_list("differences", flat=True)) == [3, 0]
    assert not [item for item in browser.get("/admin/").context["urgent"] if item.is_post]
    assert "Kontrollert" in browser.get(page_of(played)).context["check_words"]


def test_home_tells_only_of_the_latest_check_of_the_own_seasons(played, boss, browser_of):
    ScoreCheckFactory(season=played, differences=1)
    ScoreCheckFactory(season=played, differences=0)
    ScoreCheckFactory(differences=1)
    manager = UserFactory(manager=True, organiser=played.organiser)

    assert not [item for item in browser_of(boss).get("/admin/").context["urgent"] if item.is_post]
    assert browser_of(manager).get("/admin/").status_code == 403


def test_form_offers_every_order_of_ties_and_the_scored_areas(played):
    form = RulesForm(season=played)

    assert [label for _value, label in form.fields["ties"].choices] == [
        "Score for Besvarte, så Kundebehandleren",
        "Kundebehandleren, så Score for Besvarte",
        "Score for Besvarte",
        "Kundebehandleren",
        "Ingenting: de deler plassen",
    ]
    assert [value for value, _label in form.fields["ties"].choices] == list(TIE_ORDERS)
    assert [value for value, _label in form.fields["areas_over_all"].choices] == [
        "waiting",
        "welcome",
        "agent",
        "overall",
    ]
    assert "areas_over_all" not in RulesForm(season=SeasonFactory()).fields


@pytest.mark.parametrize("participants", [1, 3])
def test_trial_takes_the_same_queries_whatever_its_size(participants, browser_of, count_queries):
    season, enrolments = small_season(classes=1, participants=participants)
    for enrolment in enrolments:
        approve(report(enrolment))
    settle_owed_recomputes()
    browser = browser_of(administrator(season))
    trial(browser, season, least_contacts_ranked="2")

    with count_queries(10):
        trial(browser, season, least_contacts_ranked="2")


@pytest.mark.parametrize("role", ["manager", "observer", "participant", "administrator elsewhere"])
def test_changing_the_rules_is_for_the_organisers_administrator(played, role):
    elsewhere = {"role": "administrator"} if " " in role else {"role": role, "organiser": played.organiser}

    with pytest.raises(PermissionDenied):
        change_rules(
            played.pk, settings={"mean": "pooled"}, based_on=rules_fingerprint(played), by=UserFactory(**elsewhere)
        )

    assert Season.objects.get(pk=played.pk).settings.mean == "contacts"
