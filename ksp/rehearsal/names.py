"""Invents customer-service centres: names of creatures and places that no real company has."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

TEXTS = Path(__file__).parent / "texts"

# The names that the pages' examples use come first, so that whoever has seen those finds them again.
KNOWN = {
    "Strøm": ("Trollbekk Strøm", "Måkeberg Kraft", "Skarvøy Strøm", "Brattsnø Kraft", "Tordenskar Strøm"),
    "Mobil": ("Revehi Mobil",),
    "Bredbånd": ("Nissemark Bredbånd",),
    "Bank": ("Ugleheim Bank", "Sølvskog Bank"),
    "Forsikring": ("Perlefjell Forsikring",),
    "Netthandel": ("Lyngrabb Netthandel",),
    "Reise": ("Tussefly Reiser",),
    "Offentlig": ("Kvistholt kommune",),
}
CREATURES = (
    "Alve", "Bever", "Fjære", "Gaupe", "Hubro", "Huldre", "Humle", "Isbjørn", "Jerve", "Jotne", "Kongle", "Krabbe",
    "Kråke", "Lemen", "Lerke", "Ljos", "Lomvi", "Mauren", "Måne", "Nisse", "Nøkke", "Orre", "Oter",
    "Piggsvin", "Ramsløk", "Revepels", "Rimfrost", "Ripse", "Rype", "Røyskatt", "Skogtroll", "Smyge", "Snøugle",
    "Solblom", "Spurve", "Stjerne", "Svale", "Tusse", "Tyttebær", "Tåke", "Veps", "Vette", "Villgås", "Ørne",
)  # fmt: skip
PLACES = (
    "bakke", "bekk", "bro", "flekk", "foss", "glenne", "haug", "heim", "holt", "hule", "hylle", "kolle", "krok",
    "krona", "lye", "mark", "myr", "pytt", "rabb", "ram", "skar", "skog", "snipp", "stein", "sti", "tind", "tjern",
    "topp", "tun", "tuva", "vang", "varde", "vidde", "vik", "åker", "ås",
)  # fmt: skip
_PLAIN = str.maketrans({"æ": "ae", "ø": "o", "å": "a", " ": "-"})


@dataclass(frozen=True)
class Sector:
    """One class of centres, with all that is said about it."""

    name: str
    tails: Sequence[str]
    topic: str
    extra: str
    details: Sequence[str]
    role_plays: Sequence[Mapping[str, str]]
    public: bool = False


@cache
def sectors() -> tuple[Sector, ...]:
    """Return every sector there is a text for."""
    raw = tomllib.loads((TEXTS / "sectors.toml").read_text(encoding="utf-8"))
    return tuple(Sector(**item) for item in raw["sectors"])


@cache
def texts() -> Mapping[str, Any]:
    """Return the sentences that comments and letters are made of."""
    raw: Mapping[str, Any] = tomllib.loads((TEXTS / "comments.toml").read_text(encoding="utf-8"))
    return raw


def class_sizes(participants: int, classes: int, rng: np.random.Generator) -> list[int]:
    """Return how many participants each class has: 4 to 19 where that is possible, uneven as in real seasons."""
    least = min(4, participants // classes)
    most = max(19, -(-participants // classes))
    sizes = np.full(classes, least)
    appeal = rng.gamma(1.6, size=classes)
    while sizes.sum() < participants:
        open_classes = np.flatnonzero(sizes < most)
        weights = appeal[open_classes] / appeal[open_classes].sum()
        sizes[rng.choice(open_classes, p=weights)] += 1
    return [int(size) for size in sizes]


def centre_names(sector: Sector, count: int, stems: "list[str]") -> list[str]:
    """Return names for a class; each takes the next stem off the list."""
    names = list(KNOWN.get(sector.name, ()))[:count]
    while len(names) < count:
        tail = sector.tails[len(names) % len(sector.tails)]
        names.append(f"{stems.pop()} {tail}")
    return names


def invented_stems(rng: np.random.Generator) -> list[str]:
    """Return all first words in a random order, without those that the examples use."""
    taken = {name.split()[0] for names in KNOWN.values() for name in names}
    found = [creature + place for creature in CREATURES for place in PLACES]
    kept = [stem for stem in found if stem not in taken and not re.search(r"(.)\1\1", stem)]
    return [kept[place] for place in rng.permutation(len(kept)).tolist()]


def web_name(name: str) -> str:
    """Return the name as it may stand in an address."""
    return re.sub(r"[^a-z0-9-]", "", name.lower().translate(_PLAIN))
