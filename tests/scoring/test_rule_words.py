import pytest
from django.utils.translation import override

from participants.season_settings import SeasonSettings
from scoring.engine.rules import Rules
from scoring.rule_words import all_of, method_names, readers_in_words, rules_in_words, season_rules_in_words
from tests.factories.questionnaires import season_with_battery

AREAS = {"waiting": "Svar- og ventetid", "welcome": "Mottak og velkomst", "agent": "Kundebehandleren"}


def test_the_default_rules_are_said_in_six_sentences() -> None:
    assert rules_in_words(Rules(), AREAS) == (
        "Totalresultatet er gjennomsnittet av kontaktenes resultater. En kontakt uten svar teller 0.",
        "Områdene måles over kontaktene som fikk svar.",
        "Ved likt totalresultat avgjør Score for Besvarte, deretter Kundebehandleren. Er begge like, deles plassen.",
        "En plass krever minst 20 godkjente kontakter.",
        "En klasse har en vinner når den har minst 3 deltakere.",
        (
            "«Best på» deles ut for telefon, e-post, chat og Messenger, "
            "blant dem med minst 5 godkjente kontakter på kontaktmåten."
        ),
    )


def test_other_rules_are_said_otherwise() -> None:
    rules = Rules(
        mean="pooled",
        min_contacts_ranked=1,
        min_contacts_method=1,
        min_class_size=1,
        areas_over_all=("agent", "waiting"),
        ties=(),
        best_on=("email",),
    )

    with override("en"):
        words = rules_in_words(rules, AREAS)

    assert words == (
        (
            "The total result is all points over all points that were possible. "
            "A contact without an answer counts with 0 of what its contact method can give."
        ),
        (
            "Areas are measured over the contacts that were answered, "
            "but in Svar- og ventetid and Kundebehandleren one without an answer counts as 0."
        ),
        "Equal total results share the place.",
        "A place takes at least 1 approved contact.",
        "A class has a winner when it has at least 1 participant.",
        "“Best on” is awarded for e-mail, among those with at least 1 approved contact on the method.",
    )


@pytest.mark.parametrize(
    ("ties", "said"),
    [
        (("answered_score",), "Ved likt totalresultat avgjør Score for Besvarte. Er også den lik, deles plassen."),
        (("agent",), "Ved likt totalresultat avgjør Kundebehandleren. Er også det likt, deles plassen."),
        (
            ("agent", "answered_score"),
            (
                "Ved likt totalresultat avgjør Kundebehandleren, deretter Score for Besvarte. "
                "Er begge like, deles plassen."
            ),
        ),
    ],
)
def test_ties_are_said_in_their_order(ties, said) -> None:
    assert rules_in_words(Rules(ties=ties), AREAS)[2] == said


def test_everything_over_all_and_no_award_on_methods_are_said_shortly() -> None:
    words = rules_in_words(Rules(areas_over_all=tuple(AREAS), best_on=()), AREAS)

    assert words[1] == "Områdene måles over alle kontakter. En uten svar teller 0."
    assert words[5] == "Det deles ikke ut priser for enkelte kontaktmåter."


def test_methods_are_named_in_the_order_of_the_award() -> None:
    assert all_of(method_names(["messenger", "phone"])) == "telefon og Messenger"


@pytest.mark.parametrize(
    ("audience", "who"),
    [
        ("managers", "vises bare til prosjektledere."),
        ("participants", "vises til prosjektledere og deltakere."),
        ("public", "vises til alle."),
    ],
)
def test_readers_of_uncertainty_are_said(audience, who) -> None:
    words = readers_in_words(SeasonSettings(intervals_for=audience, probabilities_for=audience))

    assert words == (f"Intervaller {who}", f"Sannsynligheten for å være best {who}")


@pytest.mark.django_db
def test_a_season_says_its_own_rules_with_its_own_areas() -> None:
    season = season_with_battery(stored_settings={"areas_over_all": ["waiting"], "least_contacts_ranked": 12})

    words = season_rules_in_words(season)

    assert words[1] == (
        "Områdene måles over kontaktene som fikk svar, men i Svar- og ventetid teller en kontakt uten svar 0."
    )
    assert words[3] == "En plass krever minst 12 godkjente kontakter."
