"""What explanations say, word for word, as people read it in Norwegian."""

import pytest
from django.utils import translation

from responses.questionnaires.selectors import questionnaire_of
from scoring.engine.rules import Rules
from scoring.explanations import Figure, Kind, words
from scoring.explanations.contact import Counts, _rule, _words
from scoring.explanations.shapes import Left
from tests.factories.questionnaires import season_with_battery

pytestmark = pytest.mark.django_db
POOLED = Rules(mean="pooled", areas_over_all=("welcome",))
PLAIN = Rules(areas_over_all=("welcome",))
AREA, OVER_ALL = Figure(Kind.AREA, "agent"), Figure(Kind.AREA, "welcome")
QUESTION = Figure(Kind.QUESTION, "agent_needs")
SCALE, NPS = Figure(Kind.CX, "csat"), Figure(Kind.CX, "nps")
TOTAL, ANSWERED, WAITING = Figure(Kind.TOTAL), Figure(Kind.ANSWERED_SCORE), Figure(Kind.WAITING_ALL)
PHONE = Figure(Kind.METHOD, "phone", "phone")


@pytest.fixture(autouse=True)
def _norwegian():
    with translation.override("nb"):
        yield


@pytest.fixture
def questionnaire():
    return questionnaire_of(season_with_battery())


LABELS = [
    (TOTAL, "Totalresultat"),
    (PHONE, "Totalresultat på telefon"),
    (Figure(Kind.TOTAL, method="email"), "Totalresultat på e-post"),
    (ANSWERED, "Score for Besvarte"),
    (WAITING, "Svar- og ventetid, alle kontakter"),
    (AREA, "Kundebehandleren"),
    (SCALE, "CSAT"),
    (NPS, "NPS"),
    (Figure(Kind.CX, "ces"), "CES"),
    (Figure(Kind.CX, "ves1"), "VES 1"),
    (Figure(Kind.CX, "ves2"), "VES 2"),
    (Figure(Kind.CX, "joy"), "joy"),
    (Figure(Kind.RANK_CLASS), "Plass i klassen"),
    (Figure(Kind.RANK_OVERALL), "Plass over alle klasser"),
]
ABOUT = {
    Kind.TOTAL: "Hvordan kundesenteret gjorde det i alle kontaktene, fra 0 til 100.",
    Kind.METHOD: "Hvordan kundesenteret gjorde det på denne kontaktmåten, fra 0 til 100.",
    Kind.ANSWERED_SCORE: "Hvordan kundesenteret gjorde det i kontaktene som ble besvart, fra 0 til 100.",
    Kind.WAITING_ALL: "Hvor fort kontaktene ble besvart, også de som ikke ble besvart, fra 0 til 100.",
    Kind.AREA: "Hvordan kundesenteret gjorde det på ett prestasjonsområde, fra 0 til 100.",
    Kind.QUESTION: "Hvordan kundesenteret gjorde det på én prestasjon, fra 0 til 100.",
    Kind.CX: "Hva kundene svarte på en skala for opplevelsen sin.",
    Kind.RANK_CLASS: "Plassen blant deltakerne i klassen som har en plass.",
    Kind.RANK_OVERALL: "Plassen blant alle deltakere som har en plass, uansett klasse.",
}
LEFT = {
    Left.OTHER_METHOD: "Gjort med en annen kontaktmåte",
    Left.UNANSWERED: "Ikke besvart, og tallet gjelder besvarte kontakter",
    Left.NOT_ASKED: "Kontaktmåten har ikke dette spørsmålet",
    Left.NOT_APPLICABLE: "Ikke aktuelt: verken poeng eller mulige poeng",
    Left.MISSING: "Spørsmålet ble ikke besvart",
}
COUNTS = {
    Counts.COUNTED: "",
    Counts.NOT_APPLICABLE: "Ikke aktuelt: tatt ut av både poeng og mulige poeng.",
    Counts.MISSING: "Ikke besvart: tatt ut av både poeng og mulige poeng.",
    Counts.UNANSWERED: "Kontakten ble ikke besvart: 0 av de mulige poengene.",
    Counts.UNSCORED: "Uten poeng: teller aldri i scoren.",
    Counts.CX: "Kundeopplevelse (CX): teller aldri i scoren.",
}
MEAN_OF_ALL = (
    "Totalresultatet er snittet av kontaktenes score, og hver kontakt veier likt. Scoren til en kontakt er "
    "100 × poeng / mulige poeng. En kontakt som ikke ble besvart, teller 0."
)
POOL_OF_ALL = (
    "Alle poeng er delt på alle mulige poeng, så en kontakt med flere mulige poeng veier mer. En kontakt som ikke "
    "ble besvart, teller med 0 av alle poengene kontaktmåten kan gi."
)
MEAN_OF_ANSWERED = (
    "Scoren er snittet av 100 × poeng / mulige poeng i de besvarte kontaktene, og hver kontakt veier likt. "
    "Kontakter som ikke ble besvart, er ikke med."
)
POOL_OF_ANSWERED = (
    "Alle poeng fra de besvarte kontaktene er delt på alle mulige poeng, så en kontakt med flere mulige poeng veier "
    "mer. Kontakter som ikke ble besvart, er ikke med."
)
MEAN_OVER_ALL = (
    "Scoren er snittet av 100 × poeng / mulige poeng i alle kontakter, og hver kontakt veier likt. En kontakt som "
    "ikke ble besvart, teller 0."
)
POOL_OVER_ALL = (
    "Alle poeng fra alle kontakter er delt på alle mulige poeng. En kontakt som ikke ble besvart, teller med 0 av "
    "alle poengene kontaktmåten kan gi her."
)
OF_A_QUESTION = (
    "Poengene fra de besvarte kontaktene er delt på de mulige poengene. En kontakt der spørsmålet ikke var aktuelt "
    "eller ikke ble besvart, er tatt ut av begge."
)
OF_A_SCALE = "Snittet av svarene. Hvert svar veier likt. CX teller aldri i totalresultatet."
OF_NPS = (
    "NPS er 100 × (ambassadører − kritikere) / svar. Ambassadører svarer 9 eller 10, kritikere 0 til 6. CX teller "
    "aldri i totalresultatet."
)
RULES = [
    (TOTAL, MEAN_OF_ALL, POOL_OF_ALL),
    (PHONE, MEAN_OF_ALL, POOL_OF_ALL),
    (ANSWERED, MEAN_OF_ANSWERED, POOL_OF_ANSWERED),
    (AREA, MEAN_OF_ANSWERED, POOL_OF_ANSWERED),
    (OVER_ALL, MEAN_OVER_ALL, POOL_OVER_ALL),
    (WAITING, MEAN_OVER_ALL, POOL_OVER_ALL),
    (QUESTION, OF_A_QUESTION, OF_A_QUESTION),
    (SCALE, OF_A_SCALE, OF_A_SCALE),
    (NPS, OF_NPS, OF_NPS),
]
FORMULAS = [
    (TOTAL, "Summen av kontaktenes score / antall kontakter", "100 × poeng / mulige poeng"),
    (QUESTION, "100 × poeng / mulige poeng", "100 × poeng / mulige poeng"),
    (SCALE, "Summen av svarene / antall svar", "Summen av svarene / antall svar"),
    (NPS, "100 × (ambassadører − kritikere) / svar", "100 × (ambassadører − kritikere) / svar"),
]


@pytest.mark.parametrize(("figure", "label"), LABELS, ids=str)
def test_label(questionnaire, figure, label):
    assert words.label_of(figure, questionnaire) == label


def test_label_of_a_question_is_its_wording(questionnaire):
    wording = "Stilte kundebehandleren deg ett eller flere spørsmål for å kartlegge ditt/dine behov?"

    assert words.label_of(QUESTION, questionnaire) == wording
    assert words.label_of(Figure(Kind.QUESTION, "agent_needs", "chat"), questionnaire) == f"{wording} (chat)"


def test_what_a_figure_measures():
    assert {kind: words.about(Figure(kind)) for kind in Kind} == ABOUT


def test_why_contacts_are_left_out():
    assert {reason: words.left_out(reason) for reason in Left} == LEFT


@pytest.mark.parametrize(("figure", "plain", "pooled"), RULES, ids=str)
def test_rule(questionnaire, figure, plain, pooled):
    assert words.rule_of(figure, PLAIN, questionnaire) == plain
    assert words.rule_of(figure, POOLED, questionnaire) == pooled


@pytest.mark.parametrize(("figure", "plain", "pooled"), FORMULAS, ids=str)
def test_formula_in_words(figure, plain, pooled):
    assert words.formula_in_words(figure, PLAIN) == plain
    assert words.formula_in_words(figure, POOLED) == pooled


def test_how_a_question_of_a_contact_counts():
    assert {counts: _words(counts) for counts in Counts} == COUNTS


def test_rule_of_a_contact():
    assert _rule(is_answered=True) == (
        "Scoren til en kontakt er 100 × poeng / mulige poeng. Et spørsmål som ikke er aktuelt eller ikke er besvart, "
        "er tatt ut av begge. Spørsmål uten poeng og CX teller aldri."
    )
    assert _rule(is_answered=False) == "En kontakt som ikke ble besvart, har 0 av alle poengene kontaktmåten kan gi."


def test_thousands_are_written_as_the_reader_does():
    assert words.share_of(95, 2455) == "95/2\u202f455"
    assert words.nps_formula(1200, 3, 1203) == "100 × (1\u202f200 − 3) / 1\u202f203"
    assert (words.shown(NPS, 12.34), words.shown(SCALE, 4.25)) == ("+12,3", "4,3")
