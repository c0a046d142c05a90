"""Headings are recognised or refused by name; cells become values or say what is wrong."""

import pytest
from django.utils import translation

from ksp.lib.sheets.columns import Column, HeadingsRefused, ListResource
from ksp.lib.sheets.problems import CellRefused, Problem
from ksp.lib.sheets.reading import Line, Sheet
from ksp.lib.sheets.widgets import (
    AddressCell,
    CodeCell,
    DateCell,
    EmailCell,
    NumberCell,
    PhoneCell,
    TextCell,
    UrlCell,
    WeeksCell,
    WordCell,
    WordsCell,
    YesNoCell,
)

WORDS = {"telefon": "phone", "e-post": "email", "phone": "phone", "email": "email"}
LABELS = {"phone": "Telefon", "email": "E-post"}


class Friends(ListResource):
    friend = Column("venn", CodeCell(10), label="Venn", required=True)
    contact_email = Column("kontakt e-post", EmailCell(50), label="Kontakt e-post")
    birth_year = Column("fødselsår", NumberCell(1900, 2100), label="Fødselsår")


def checked(headings, *rows):
    lines = [Line(number, cells) for number, cells in enumerate(rows, start=2)]
    with translation.override("nb"):
        return Friends().check(Sheet(1, headings, lines))


@pytest.mark.parametrize(
    "headings",
    [
        ["venn", "kontakt e-post", "fødselsår"],
        ["VENN", "Kontakt-E-post", "FØDSELSÅR"],
        ["friend", "contact_email", "birth_year"],
        ["Friend", "Contact-EMAIL", "birth year"],
        [" venn ", "kontakt_epost", "fødselsa\u030ar"],
        ["Venn", "kontakt\u00a0e\u2011post", "Fødsels-år"],
    ],
)
def test_headings_are_known_in_both_languages_however_they_are_written(headings):
    (row,) = checked(headings, ["A1", "a@ksp.example", "1984"])

    assert row.values == {"friend": "A1", "contact_email": "a@ksp.example", "birth_year": 1984}


@pytest.mark.parametrize(
    ("headings", "sentences"),
    [
        (["venn", "fødselår"], ["Kolonnen «fødselår» finnes ikke. Mente du «fødselsår»?"]),
        (["venn", "xyz"], ["Kolonnen «xyz» er ikke kjent. Slett den, eller se hvilke kolonner listen kan ha."]),
        (
            ["venn", "xyz", "qqq"],
            ["Kolonnene «xyz», «qqq» er ikke kjent. Slett dem, eller se hvilke kolonner listen kan ha."],
        ),
        (["venn", "friend"], ["Kolonnen «friend» står to ganger. Behold én."]),
        (["venn", ""], ["Kolonne B har ingen overskrift. Gi den en, eller slett den."]),
        (["fødselsår"], ["Kolonnen «venn» mangler. Legg den til."]),
    ],
)
def test_headings_that_are_wrong_are_refused_by_name(headings, sentences):
    with pytest.raises(HeadingsRefused) as refused:
        checked(headings, ["1984"] * len(headings))

    assert refused.value.sentences == sentences
    assert str(refused.value) == " ".join([*sentences, "Ingenting er importert."])


def test_a_heading_less_column_without_text_does_not_count():
    (row,) = checked(["venn", "", "fødselsår"], ["A1", " ", ""])

    assert (row.values, row.problems) == ({"friend": "A1", "birth_year": None}, [])


def test_cells_that_are_wrong_are_all_named():
    (row,) = checked(["venn", "kontakt e-post", "fødselsår"], ["", "hei", "1850"])

    with translation.override("nb"):
        told = [(problem.column, problem.sentence()) for problem in row.problems]
    assert told == [
        ("friend", "Cellen er tom. Fyll den ut."),
        ("contact_email", "«hei» er ikke en e-postadresse. Skriv den slik: navn@firma.no."),
        ("birth_year", "«1850» er ikke et tall fra 1900 til 2100."),
    ]
    assert row.has_errors
    assert not row.has_warnings


def test_what_an_export_escaped_is_read_as_it_was():
    (row,) = checked(["venn"], ["'=A1"])

    assert row.values == {"friend": "=A1"}


def test_a_problem_is_stored_and_said_in_the_readers_language():
    problem = Problem(
        "“%(value)s” is not a date. Write it like 24.12.2021.", {"value": "i går"}, "day", is_warning=True
    )

    again = Problem.from_dict(problem.to_dict())

    assert again == problem
    with translation.override("nb"):
        assert again.sentence() == "«i går» er ikke en dato. Skriv den slik: 24.12.2021."
    with translation.override("en"):
        assert again.sentence() == "“i går” is not a date. Write it like 24.12.2021."


@pytest.mark.parametrize(
    ("widget", "text", "value"),
    [
        (TextCell(20), "  to\u00a0ord \n", "to ord"),
        (TextCell(20), "Bla\u030abær\u202e\u200b", "Blåbær"),
        (TextCell(20), "=1+1", "=1+1"),
        (CodeCell(20), "987 654 321", "987654321"),
        (CodeCell(20), "A 1", "A 1"),
        (EmailCell(50), "", ""),
        (EmailCell(50), "kari@blåbær.example", "kari@blåbær.example"),
        (PhoneCell(40), "+47 21 49 00 00", "+47 21 49 00 00"),
        (PhoneCell(40), "02800", "02800"),
        (PhoneCell(40), "", ""),
        (UrlCell(300), "", ""),
        (UrlCell(300), "www.ksp.example", "https://www.ksp.example"),
        (UrlCell(300), "http://ksp.example/a?b=c", "http://ksp.example/a?b=c"),
        (AddressCell(300), "Fjellvakt Strøm", "Fjellvakt Strøm"),
        (AddressCell(300), "m.me/fjellvakt", "m.me/fjellvakt"),
        (AddressCell(300), "https://ksp.example/chat", "https://ksp.example/chat"),
        (AddressCell(300), "www.ksp.example", "https://www.ksp.example"),
        (WordCell(WORDS, LABELS, blank="phone"), "", "phone"),
        (WordCell(WORDS, LABELS), "E-Post", "email"),
        (WordCell(WORDS, LABELS), "epost", "email"),
        (YesNoCell(), "Ja", True),
        (YesNoCell(), "true", True),
        (YesNoCell(), "nei", False),
        (YesNoCell(), "FALSE", False),
        (YesNoCell(), "", False),
        (WordsCell(WORDS, LABELS), "e-post, telefon og phone", ["phone", "email"]),
        (WordsCell(WORDS, LABELS), "", []),
        (NumberCell(0, 10), "", None),
        (NumberCell(0, 10), "10", 10),
        (NumberCell(0, 100, decimals=True), "47,5", 47.5),
        (DateCell(), "", None),
        (DateCell(), "24.12.2021", "2021-12-24"),
        (DateCell(), "1.2.2022", "2022-02-01"),
        (DateCell(), "2021-12-24", "2021-12-24"),
        (DateCell(), "2021-12-24T13:05:00", "2021-12-24"),
        (WeeksCell(), "2021-W50 2021-w48  2021-W50", ["2021-W48", "2021-W50"]),
        (WeeksCell(), "", []),
    ],
)
def test_a_cell_becomes_a_value(widget, text, value):
    assert widget.clean(text) == value


@pytest.mark.parametrize(
    ("widget", "text", "sentence"),
    [
        (TextCell(3), "fire", "Teksten har 4 tegn. Bruk høyst 3."),
        (EmailCell(50), "a@b", "«a@b» er ikke en e-postadresse. Skriv den slik: navn@firma.no."),
        (PhoneCell(40), "ring", "«ring» er ikke et telefonnummer. Skriv det slik: 21 49 00 00 eller +47 21 49 00 00."),
        (PhoneCell(40), "12", "«12» er ikke et telefonnummer. Skriv det slik: 21 49 00 00 eller +47 21 49 00 00."),
        (UrlCell(300), "x y", "«x y» er ikke en nettadresse. Skriv den slik: https://www.firma.no."),
        (
            UrlCell(300),
            "javascript:alert(1)",
            "«javascript:alert(1)» er ikke en nettadresse. Skriv den slik: https://www.firma.no.",
        ),
        (
            AddressCell(300),
            "data:text/html,x",
            "«data:text/html,x» er ikke en nettadresse. Skriv den slik: https://www.firma.no.",
        ),
        (WordCell(WORDS, LABELS), "telfon", "«telfon» er ikke et av valgene. Mente du «telefon»?"),
        (
            WordCell(WORDS, LABELS),
            "xyz",
            "«xyz» er ikke et av valgene. Skriv ett av disse: telefon, e-post, phone, email.",
        ),
        (
            WordsCell(WORDS, LABELS),
            "telefon, chatt",
            "«chatt» er ikke et av valgene. Skriv ett av disse: telefon, e-post, phone, email.",
        ),
        (YesNoCell(), "kanskje", "«kanskje» er ikke et av valgene. Skriv ett av disse: ja, nei."),
        (NumberCell(0, 10), "11", "«11» er ikke et tall fra 0 til 10."),
        (NumberCell(0, 10), "1,5", "«1,5» er ikke et tall fra 0 til 10."),
        (NumberCell(0, 10), "nan", "«nan» er ikke et tall fra 0 til 10."),
        (DateCell(), "31.2.2022", "«31.2.2022» er ikke en dato. Skriv den slik: 24.12.2021."),
        (WeeksCell(), "2021-W60", "«2021-W60» er ikke en uke. Skriv den slik: 2021-W48."),
    ],
)
def test_a_cell_that_is_wrong_says_so_with_a_remedy(widget, text, sentence):
    with pytest.raises(CellRefused) as refused:
        widget.clean(text)

    with translation.override("nb"):
        assert Problem(refused.value.text, refused.value.params).sentence() == sentence


@pytest.mark.parametrize(
    ("widget", "value", "words"),
    [
        (TextCell(5), None, ""),
        (TextCell(5), "hei", "hei"),
        (YesNoCell(), True, "ja"),
        (YesNoCell(), False, "nei"),
        (WordCell(WORDS, LABELS), "email", "E-post"),
        (WordCell(WORDS, LABELS), "gone", ""),
        (WordsCell(WORDS, LABELS), ["phone", "email"], "Telefon, E-post"),
        (NumberCell(0, 3000), 1984, "1984"),
        (NumberCell(0, 100, decimals=True), 47.5, "47,5"),
        (NumberCell(0, 10), None, ""),
        (DateCell(), "2021-12-24", "24.12.2021"),
        (DateCell(), None, ""),
        (WeeksCell(), ["2021-W48", "2021-W50"], "2021-W48 2021-W50"),
    ],
)
def test_a_value_is_shown_in_words(widget, value, words):
    with translation.override("nb"):
        assert widget.render(value) == words
