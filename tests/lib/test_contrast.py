"""The colours of the style sheet: enough contrast, the same dark twice, and a token for each colour of a chart."""

import re
from pathlib import Path

import pytest

from ksp.lib import charts

ROOT = Path(__file__).resolve().parents[2]
CSS = (ROOT / "ksp/static/ksp/css/ksp.css").read_text(encoding="utf-8")
TOKEN = re.compile(r"--(?:ksp|ds)-([a-z0-9-]+):\s*([^;]+);")
COLOUR = re.compile(r'(?:fill|stroke)="(#[0-9a-f]{3,6}|[a-z]+)"')
TEXT, MARK = 4.5, 3.0

# What lies on what, and how clearly it must be seen.
PAIRS = [
    *[("ink", surface, TEXT) for surface in ("page", "card", "sunken", "own-soft")],
    *[("ink-2", surface, TEXT) for surface in ("page", "card", "sunken")],
    *[("own", surface, TEXT) for surface in ("page", "card", "own-soft")],
    *[("good", surface, TEXT) for surface in ("good-soft", "card", "page")],
    *[("warn", surface, TEXT) for surface in ("warn-soft", "card", "page")],
    *[("bad", surface, TEXT) for surface in ("bad-soft", "card", "page")],
    *[(ink, "bar", TEXT) for ink in ("bar-ink", "bar-ink-2")],
    *[(ink, cell, TEXT) for ink, cell in (("ink", "h0"), ("h-ink", "h1"), ("h-ink", "h2"))],
    *[("h-ink-inv", cell, TEXT) for cell in ("h3", "h4")],
    *[("control", surface, MARK) for surface in ("card", "page")],
    *[(mark, "card", MARK) for mark in ("own", "class", "season", "bad")],
    # The value of the class and the word "plan" are written in the colours of their lines.
    ("class", "card", TEXT),
    ("season", "card", TEXT),
]


def block(opening):
    start = CSS.index(opening) + len(opening)
    return dict(TOKEN.findall(CSS[start : CSS.index("}", start)]))


LIGHT = block(":root {")
DARK = block('[data-color-scheme="dark"] {')


def luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, {**LIGHT, **DARK}], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_everything_is_seen_clearly(scheme, front, ground, least):
    assert contrast(scheme[front], scheme[ground]) >= least


def test_contrast_is_measured_as_the_guideline_says():
    assert (contrast("#ffffff", "#000000"), round(contrast("#767676", "#ffffff"), 2)) == (21, 4.54)


def test_dark_by_choice_is_the_dark_of_the_device():
    assert block('[data-color-scheme="auto"] {') == DARK


def test_dark_changes_every_colour_but_those_of_shape():
    assert set(LIGHT) - set(DARK) == {"radius", "gap"}


@pytest.mark.parametrize("colour", sorted(charts.PALETTE))
def test_every_colour_of_a_chart_has_its_token(colour):
    rules = re.findall(rf'\[(?:fill|stroke)="{colour}"\] {{ (?:fill|stroke): var\(--ksp-([a-z0-9-]+)\)', CSS)

    assert {LIGHT[token] for token in rules} == {colour}


def test_templates_draw_with_the_colours_of_charts_alone():
    drawn = {
        (path.name, colour)
        for path in (ROOT / "templates/components").glob("_*.html")
        for colour in COLOUR.findall(path.read_text(encoding="utf-8"))
        if colour not in charts.PALETTE
    }

    assert drawn == set()


def test_a_stylesheet_names_no_other_host():
    sheets = [CSS, (ROOT / "ksp/static/vendor/designsystemet/designsystemet.css").read_text(encoding="utf-8")]
    addresses = {address for sheet in sheets for address in re.findall(r"url\([\"']?([^)\"']+)", sheet)}

    assert {address for address in addresses if not address.startswith(("data:", "../../vendor/inter/"))} == set()
