import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from ksp.rehearsal.names import CREATURES, PLACES, centre_names, class_sizes, invented_stems, sectors, texts, web_name

# What companies and public bodies that everybody in Norway knows are called, as whole words.
REAL = set((Path(__file__).parent / "real_names.txt").read_text(encoding="utf-8").split())


@pytest.fixture(scope="module")
def every_name():
    stems = invented_stems(np.random.default_rng(1))
    known = [name for sector in sectors() for name in centre_names(sector, 5, list(stems))]
    return {*known, *(f"{stem} {tail}" for stem in stems for sector in sectors() for tail in sector.tails)}


def test_no_name_is_that_of_a_company_that_exists(every_name):
    assert {name for name in every_name if set(re.findall(r"[\wæøå]+", name.lower())[:1]) & REAL} == set()
    assert {stem for stem in map("".join, product(CREATURES, PLACES)) if stem.lower() in REAL} == set()


def test_names_of_a_season_are_all_different():
    stems = invented_stems(np.random.default_rng(7))

    names = [name for sector in sectors() for name in centre_names(sector, 19, stems)]

    assert len(names) == len({name.split()[0] for name in names}) == 19 * len(sectors())


def test_web_names_are_plain():
    assert web_name("Måkeberg Kraft") == "makeberg-kraft"
    assert web_name("Lyd og Bilde Ærø") == "lyd-og-bilde-aero"


@pytest.mark.parametrize(("participants", "classes"), [(188, 23), (12, 3), (5, 5), (9, 2), (400, 20)])
def test_class_sizes_add_up(participants, classes):
    sizes = class_sizes(participants, classes, np.random.default_rng(3))

    assert (sum(sizes), len(sizes)) == (participants, classes)
    assert min(sizes) >= min(4, participants // classes)
    assert max(sizes) <= max(19, -(-participants // classes))


def test_every_sector_has_what_a_season_needs():
    for sector in sectors():
        assert len(sector.role_plays) >= 1
        assert all(len(play["story"]) > 80 for play in sector.role_plays)
        assert len(sector.details) == 5
        assert sector.extra.startswith("for eksempel")


def every_sentence(node):
    if isinstance(node, str):
        yield node
    else:
        for child in node.values() if isinstance(node, dict) else node:
            yield from every_sentence(child)


def test_sentences_have_gaps_that_can_be_filled_and_choices_that_end():
    gaps = {"Hun", "hun", "sa", "dialogen", "Dialogen", "company", "topic", "extra", "dag", "ventet", "n", "option"}
    sentences = [*every_sentence(dict(texts())), *(text for sector in sectors() for text in sector.details)]

    for text in sentences:
        assert set(re.findall(r"{(\w+)}", text)) <= gaps
        assert text.count("[") == text.count("]")
        assert "!" not in text
