"""The crossed model on any csv file: what it prints, what it reads, what it refuses and why."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from scoring.ratings import MOST_BYTES, RatingsRefused, read_ratings
from scoring.statistics.crossed import fit_crossed
from tests.scoring.statistics.ratings import DATA, textbook

ROOT = Path(__file__).resolve().parents[2]
RATINGS = "participant,observer,score\nA,x,80\nA,y,90\nB,x,60\nB,y,75.5\n"


@pytest.fixture
def write(tmp_path):
    def written(content):
        path = tmp_path / "ratings.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def run(path, **options):
    out, err = StringIO(), StringIO()
    status = 0
    try:
        call_command("fit_severity", path, json=True, stdout=out, stderr=err, **options)
    except CommandError as error:
        status = error.returncode
        err.write(str(error))
    return json.loads(out.getvalue()) if out.getvalue() else None, err.getvalue(), status


def read(content):
    ratings = read_ratings(content if isinstance(content, bytes) else content.encode())
    names = zip(ratings.participant.tolist(), ratings.observer.tolist(), ratings.score.tolist(), strict=True)
    return [(ratings.participants[one], ratings.observers[other], score) for one, other, score in names]


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("participants", ["fixed", "random"])
def test_one_object_tells_the_whole_fit(participants, method):
    told, err, status = run(DATA / "unbalanced.csv", participants=participants, method=method)

    fit = fit_crossed(*textbook("unbalanced"), participants=participants, method=method)
    assert (err, status) == ("29 vurderinger av 6 deltakere er lest\n", 0)
    assert {name: told[name] for name in ("method", "participants", "ratings")} == {
        "method": method,
        "participants": participants,
        "ratings": 29,
    }
    assert told["criterion"] == pytest.approx(fit.criterion, abs=1e-9)
    assert told["variances"] == {
        "observer": pytest.approx(fit.observer_variance),
        "participant": fit.participant_variance and pytest.approx(fit.participant_variance),
        "residual": pytest.approx(fit.residual_variance),
    }
    assert told["adjusted"] == [
        {
            "participant": name,
            "mean": pytest.approx(fit.means[place]),
            "standard_error": pytest.approx(fit.standard_errors[place]),
            "ratings": fit.counts[place],
        }
        for place, name in enumerate("ABCDEF")
    ]
    assert sorted(told["observers"], key=lambda one: one["observer"]) == [
        {
            "observer": name,
            "effect": pytest.approx(fit.observer_effects[place], abs=1e-9),
            "standard_deviation": pytest.approx(fit.observer_errors[place]),
            "ratings": fit.observer_counts[place],
        }
        for place, name in enumerate("tuvwxyz")
    ]


def test_fixed_participants_and_reml_are_the_rule():
    assert run(DATA / "unbalanced.csv") == run(DATA / "unbalanced.csv", participants="fixed", method="REML")


def test_people_are_told_in_a_few_lines(capsys):
    call_command("fit_severity", DATA / "unbalanced.csv", participants="random")

    assert capsys.readouterr().out.splitlines() == [
        "29 vurderinger av 6 deltakere fra 7 observatører",
        "Kriterium (REML): 206,8896",
        "Varians mellom observatører: 18,8956",
        "Varians mellom deltakere: 69,5325",
        "Restvarians: 48,2561",
        "Legg til --json for å se hver deltaker og observatør.",
    ]


def test_people_are_not_told_of_a_variance_that_is_not_there(write, capsys):
    call_command("fit_severity", write("participant,observer,score\nA,x,100\nA,y,100\nB,x,100\n"))

    assert capsys.readouterr().out.splitlines()[:4] == [
        "3 vurderinger av 2 deltakere fra 2 observatører",
        "Kriterium (REML): –",
        "Varians mellom observatører: 0,0000",
        "Restvarians: 0,0000",
    ]


def test_scores_that_are_all_equal_have_no_criterion(write):
    told, _, status = run(write("participant,observer,score\nA,x,100\nA,y,100\nB,x,100\n"))

    assert (told["criterion"], status) == (None, 0)
    assert told["variances"] == {"observer": 0, "participant": None, "residual": 0}
    assert [one["mean"] for one in told["adjusted"]] == [100, 100]


@pytest.mark.parametrize(
    "content",
    [
        RATINGS,
        RATINGS.replace(",", ";"),
        RATINGS.replace(",", ";").replace("75.5", "75,5"),
        RATINGS.replace("75.5", '"75,5"'),
        RATINGS.replace("\n", "\r\n"),
        RATINGS.replace("participant,observer,score", " Deltaker ,OBSERVATØR,poeng"),
        RATINGS.replace("participant,observer,score", "deltaker,observatør,poeng").encode("cp1252"),
        RATINGS.encode("utf-8-sig"),
        RATINGS.encode("utf-16"),
        RATINGS + "\n,,\n",
        "score,participant,observer\n80,A,x\n90,A,y\n+60,B,x\n75.50,B,y\n",
    ],
    ids=[
        "comma",
        "semicolon",
        "decimal comma",
        "quoted",
        "crlf",
        "headings",
        "1252",
        "bom",
        "utf-16",
        "blank",
        "order",
    ],
)
def test_ratings_are_read_as_spreadsheets_save_them(content):
    assert read(content) == [("A", "x", 80), ("A", "y", 90), ("B", "x", 60), ("B", "y", 75.5)]


@pytest.mark.parametrize(
    ("written", "score"), [("-3", -3), ("−3,25", -3.25), ("1 234,5", 1234.5), ("1e2", 100), (".5", 0.5), ("7.", 7)]
)
def test_a_score_is_any_number(written, score):
    assert read(f"participant;observer;score\nA;x;{written}\n") == [("A", "x", score)]


def test_names_are_text_and_letters_outside_ascii_survive():
    content = "participant;observer;score\n007;Bjørn;1\n7;Bjørn;2\n".encode("cp1252")

    assert read(content) == [("007", "Bjørn", 1), ("7", "Bjørn", 2)]


REFUSED = [
    ("", None, "Filen er tom. Første rad skal være: participant,observer,score."),
    ("participant,observer,score\n", None, "Filen har overskrifter, men ingen vurderinger. Legg dem til under."),
    (
        "participant,observer\nA,x\n",
        None,
        "Kolonnen «poeng» mangler. Legg den til. Første rad skal være: participant,observer,score.",
    ),
    (
        RATINGS.replace("observer", "rater"),
        None,
        (
            "Kolonnen «rater» er ikke kjent. Slett den, eller se hvilke kolonner listen kan ha. "
            "Kolonnen «observatør» mangler. Legg den til. Første rad skal være: participant,observer,score."
        ),
    ),
    (
        "participant,observer,score,score\nA,x,1,2\n",
        None,
        "Kolonnen «score» står to ganger. Behold én. Første rad skal være: participant,observer,score.",
    ),
    (
        RATINGS.replace("75.5", "many"),
        {"row": 5, "column": "score", "message": "«many» er ikke et tall. Skriv det som 87,5 eller 87.5."},
        "Rad 5, kolonne «score»: «many» er ikke et tall. Skriv det som 87,5 eller 87.5.",
    ),
    (
        RATINGS.replace("A,y", ",y"),
        {"row": 3, "column": "participant", "message": "Cellen er tom. Fyll den ut."},
        "Rad 3, kolonne «participant»: Cellen er tom. Fyll den ut.",
    ),
    (
        RATINGS.replace("75.5", "75,5"),
        None,
        "Rad 5 har flere celler enn det er overskrifter. Sett desimalkomma i anførselstegn, eller skill med semikolon.",
    ),
    (b"PK\x03\x04\x00\x00", None, "Filen er ikke csv. Lagre vurderingene som «CSV UTF-8»."),
    (
        RATINGS.encode().replace(b"A,x", b"\x81,x"),
        None,
        "Noen tegn i filen kan ikke leses. Lagre den som «CSV UTF-8».",
    ),
    (
        RATINGS.replace("B,x", '"B,x'),
        None,
        "Rad 4: et anførselstegn åpnes og lukkes ikke slik csv krever. Rett det, eller utelat anførselstegnene.",
    ),
]


@pytest.mark.parametrize(
    ("content", "error", "message"),
    REFUSED,
    ids=["empty", "headings", "missing", "unknown", "twice", "word", "blank", "comma", "xlsx", "encoding", "quote"],
)
def test_what_is_not_ratings_is_refused_in_one_line(write, content, error, message):
    told, err, status = run(write(content))

    assert told == {
        "refused": "ratings_refused",
        "message": message,
        "errors": [error or {"row": None, "column": None, "message": message}],
    }
    assert (err, status) == (message, 1)


@pytest.mark.parametrize("score", ["nan", "inf", "1_000", "0x1", "12%", "1.2.3", "１"])
def test_what_only_looks_like_a_number_is_refused(score):
    with pytest.raises(RatingsRefused, match=r"^Rad 2, kolonne «score»: «.*» er ikke et tall"):
        read(f"participant;observer;score\nA;x;{score}\n")


def test_every_mistake_is_listed_and_the_first_one_told(write):
    told, err, status = run(write(RATINGS.replace("80", "eighty").replace("B,y", "B,").replace("60", "sixty")))

    assert [(one["row"], one["column"]) for one in told["errors"]] == [(2, "score"), (4, "score"), (5, "observer")]
    assert err == "Rad 2, kolonne «score»: «eighty» er ikke et tall. Skriv det som 87,5 eller 87.5. Det er 2 feil til."
    assert status == 1


@pytest.mark.parametrize(
    ("rows", "participants", "message"),
    [
        (
            "A,x,1\nB,x,2\n",
            "fixed",
            "Det må være flere vurderinger enn deltakere. Legg til vurderinger, eller bruk --participants random.",
        ),
        ("A,x,1\n", "random", "Det må være mer enn én vurdering. Legg til vurderinger."),
    ],
)
def test_too_few_ratings_are_refused(write, rows, participants, message):
    told, _, status = run(write(f"participant,observer,score\n{rows}"), participants=participants)

    assert (told, status) == ({"refused": "too_few_ratings", "message": message, "errors": []}, 1)


def test_a_file_too_large_is_refused_before_it_is_read():
    with pytest.raises(RatingsRefused, match=r"^Filen er større"):
        read_ratings(b"x" * (MOST_BYTES + 1))


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path):
    told, err, status = run(tmp_path / "none.csv")

    assert (told, status) == (None, 2)
    assert err == f"{tmp_path / 'none.csv'} kan ikke leses: No such file or directory."


def test_wrong_arguments_end_with_status_2_and_nothing_on_standard_output(tmp_path, write):
    environment = {**os.environ, "KSP_DEMO": "1", "KSP_DATA_DIR": str(tmp_path)}
    environment.pop("DATABASE_URL", None)
    manage = [sys.executable, str(ROOT / "manage.py"), "fit_severity"]

    wrong = subprocess.run(
        [*manage, write(RATINGS), "--method", "MCMC"], capture_output=True, text=True, env=environment, check=False
    )
    fitted = subprocess.run(
        [*manage, write(RATINGS), "--json"], capture_output=True, text=True, env=environment, check=False
    )

    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "MCMC" in wrong.stderr
    assert fitted.returncode == 0
    assert json.loads(fitted.stdout)["ratings"] == 4
