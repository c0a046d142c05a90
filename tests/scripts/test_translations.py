"""The catalogues: adding, bringing up to date, finding faults."""

import json

import polib
import pytest

from scripts import translations
from scripts.translations import Key


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Give an empty project whose catalogues the commands work on."""
    path = translations.catalogue_path
    lock = translations.locked
    monkeypatch.setattr(translations, "catalogue_path", lambda domain, *, root=tmp_path: path(domain, root=root))
    monkeypatch.setattr(translations, "locked", lambda: lock(tmp_path))
    return tmp_path


def add(root, words, *options):
    (root / "words.json").write_text(json.dumps(words), encoding="utf-8")
    return translations.main(["add", str(root / "words.json"), *options])


def stored(root):
    entries = translations.load(translations.catalogue_path("django", root=root))
    return {tuple(key): translations.translations_of(entry) for key, entry in entries.items()}


def test_add_stores_texts_plurals_and_contexts_and_compiles_them(root):
    status = add(root, {"Week": "Uke", "%(n)s day|%(n)s days": ["%(n)s dag", "%(n)s dager"], "month\x04May": "mai"})

    assert status == 0
    assert stored(root) == {
        (None, "Week"): ["Uke"],
        (None, "%(n)s day"): ["%(n)s dag", "%(n)s dager"],
        ("month", "May"): ["mai"],
    }
    compiled = polib.mofile(str(translations.catalogue_path("django", root=root).with_suffix(".mo")))
    assert {entry.msgid for entry in compiled} == {"Week", "%(n)s day", "May"}


def test_add_keeps_the_earlier_translation_and_says_so(root, capsys):
    add(root, {"Week": "Uke"})

    add(root, {"Week": "Veke", "Day": "Dag"})

    assert stored(root) == {(None, "Week"): ["Uke"], (None, "Day"): ["Dag"]}
    assert capsys.readouterr().err == "kept the earlier translation of 'Week'\n"


def test_add_replaces_when_asked(root):
    add(root, {"Week": "Uke"})

    add(root, {"Week": "Veke"}, "--replace")

    assert stored(root) == {(None, "Week"): ["Veke"]}


@pytest.mark.parametrize("words", [{"one day": ["én dag", "dager"]}, {"one|many": ["bare én"]}])
def test_add_refuses_half_a_plural_and_writes_nothing(root, words):
    status = add(root, words)

    assert status == 1
    assert stored(root) == {}


def entry(text, translation="", **fields):
    return polib.POEntry(msgid=text, msgstr=translation, **fields)


def test_brought_up_to_date_keeps_translations_and_drops_what_the_code_lost():
    entries = {
        Key(None, text): entry(text, "tekst", tcomment=note)
        for text, note in (("kept", ""), ("lost", ""), ("theirs", "library: other"))
    }
    code = {Key(None, text): entry(text) for text in ("kept", "new")}

    result = translations.brought_up_to_date(entries, code)

    assert {key.text: entry.msgstr for key, entry in result.items()} == {"kept": "tekst", "theirs": "tekst", "new": ""}


@pytest.mark.parametrize(
    ("entries", "code", "fault"),
    [
        ([], [entry("Week")], "not in the catalogue: 'Week'"),
        ([entry("Week")], [entry("Week")], "not translated: 'Week'"),
        ([entry("Week", "Uke", flags=["fuzzy"])], [entry("Week")], "not translated: 'Week'"),
        ([entry("Week", "Uke")], [], "no longer in the code: 'Week'"),
        ([entry("%(n)s left", "igjen")], [entry("%(n)s left")], "placeholders differ: '%(n)s left'"),
        ([entry("one", "én")], [entry("one", msgid_plural="many")], "plural differs from the code: 'one'"),
    ],
)
def test_faults_names_what_is_wrong(entries, code, fault):
    by_key = [{translations.key_of(each): each for each in side} for side in (entries, code)]

    assert list(translations.faults(*by_key)) == [fault]


def test_faults_finds_none_in_a_whole_catalogue():
    entries = {Key(None, "%(n)s left"): entry("%(n)s left", "%(n)s igjen")}

    assert list(translations.faults(entries, {Key(None, "%(n)s left"): entry("%(n)s left")})) == []


def test_messages_in_code_reads_python_and_templates(tmp_path):
    sources = {
        "ksp/views.py": 'from django.utils.translation import gettext as _\n_("From Python")\n',
        "templates/page.html": "{% load i18n %}{% blocktranslate count n=1 %}1{% plural %}n{% endblocktranslate %}",
        "ksp/static/vendor/other.py": '_("Not ours")\n',
    }
    for name, text in sources.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    found = translations.messages_in_code("django", root=tmp_path)

    assert {key.text: entry.msgid_plural for key, entry in found.items()} == {"From Python": "", "1": "n"}
