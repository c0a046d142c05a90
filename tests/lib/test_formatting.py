"""Numbers, dates and times as people in Norway and England write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from ksp.lib import formatting
from ksp.lib.weeks import IsoWeek

THIN, FIXED, MINUS = "\u202f", "\u00a0", "\u2212"
AFTERNOON = datetime(2021, 12, 1, 12, 4, 10, tzinfo=UTC)


@pytest.fixture(autouse=True, params=["nb", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


@pytest.mark.parametrize(
    ("written", "norwegian", "english"),
    [
        (lambda: formatting.number(4700), f"4{THIN}700", "4,700"),
        (lambda: formatting.number(999), "999", "999"),
        (lambda: formatting.number(-19), f"{MINUS}19", f"{MINUS}19"),
        (lambda: formatting.number(None), "–", "–"),
        (lambda: formatting.signed_interval((-1.04, 5.6)), f"{MINUS}1,0 til +5,6", f"{MINUS}1.0 to +5.6"),
        (lambda: formatting.signed_interval((-0.04, 0.0)), "0,0 til 0,0", "0.0 to 0.0"),
        (lambda: formatting.probability(0.614), f"61{FIXED}%", "61%"),
        (lambda: formatting.probability(0.0), f"under 1{FIXED}%", "under 1%"),
        (lambda: formatting.probability(1.0), f"over 99{FIXED}%", "over 99%"),
        (lambda: formatting.probability(0.01), f"1{FIXED}%", "1%"),
        (lambda: formatting.probability(0.99), f"99{FIXED}%", "99%"),
        (lambda: formatting.probability(None), "–", "–"),
        (lambda: formatting.score(70.85), "70,8", "70.8"),
        (lambda: formatting.score(Decimal("70.85")), "70,9", "70.9"),
        (lambda: formatting.score(0.25), "0,3", "0.3"),
        (lambda: formatting.score(-0.25), f"{MINUS}0,3", f"{MINUS}0.3"),
        (lambda: formatting.score(-0.04), "0,0", "0.0"),
        (lambda: formatting.score(100), "100,0", "100.0"),
        (lambda: formatting.signed(12.5), "+12,5", "+12.5"),
        (lambda: formatting.signed(-8.1), f"{MINUS}8,1", f"{MINUS}8.1"),
        (lambda: formatting.signed(0.04), "0,0", "0.0"),
        (lambda: formatting.signed(-0.04), "0,0", "0.0"),
        (lambda: formatting.signed(None), "–", "–"),
        (lambda: formatting.percent(40), f"40{FIXED}%", "40%"),
        (lambda: formatting.plain(2.50), "2,5", "2.5"),
        (lambda: formatting.plain(1200), f"1{THIN}200", "1,200"),
        (lambda: formatting.interval((63.2, 77.4)), "63,2–77,4", "63.2–77.4"),
        (lambda: formatting.interval((-19, 41), 0), f"{MINUS}19 til 41", f"{MINUS}19 to 41"),
        (lambda: formatting.iso_week(IsoWeek(2021, 48)), f"uke{FIXED}48", f"week{FIXED}48"),
        (lambda: formatting.iso_week("2022-W01"), f"uke{FIXED}1", f"week{FIXED}1"),
        (lambda: formatting.iso_week(date(2021, 1, 3)), f"uke{FIXED}53", f"week{FIXED}53"),
        (lambda: formatting.iso_week(None), "–", "–"),
        (lambda: formatting.clock(AFTERNOON), f"kl.{FIXED}13.04", "13:04"),
        (lambda: formatting.clock(AFTERNOON, with_seconds=True), f"kl.{FIXED}13.04.10", "13:04:10"),
        (lambda: formatting.long_date(date(2021, 12, 1)), f"1.{FIXED}desember", f"1{FIXED}December"),
        (
            lambda: formatting.long_date(date(2021, 12, 1), with_year=True),
            f"1.{FIXED}desember 2021",
            f"1{FIXED}December 2021",
        ),
        (
            lambda: formatting.weekday_date(date(2021, 12, 1)),
            f"onsdag 1.{FIXED}desember",
            f"Wednesday 1{FIXED}December",
        ),
        (lambda: formatting.short_date(date(2021, 12, 1)), "1.12.2021", f"1{FIXED}Dec{FIXED}2021"),
        (
            lambda: formatting.moment(AFTERNOON),
            f"1.{FIXED}desember kl.{FIXED}13.04",
            f"1{FIXED}December at 13:04",
        ),
        (lambda: formatting.duration(134), f"2{FIXED}min 14{FIXED}s", f"2{FIXED}min 14{FIXED}s"),
        (lambda: formatting.duration(300), f"5{FIXED}min", f"5{FIXED}min"),
        (lambda: formatting.duration(0), f"0{FIXED}s", f"0{FIXED}s"),
    ],
)
def test_text_is_written_as_the_language_does(language, written, norwegian, english):
    assert written() == (norwegian if language == "nb" else english)


def test_a_time_just_before_midnight_utc_belongs_to_the_next_day_in_oslo(language):
    new_year = datetime(2021, 12, 31, 23, 30, tzinfo=UTC)

    assert formatting.week_number(new_year) == 52
    assert formatting.long_date(new_year) == (f"1.{FIXED}januar" if language == "nb" else f"1{FIXED}January")


@pytest.mark.parametrize(
    ("value", "exact", "short"),
    [
        (81.366812345678, "81,366812346", 81.4),
        (67.68, "67,68", 67.7),
        (80.0, "80", 80.0),
        (0.25, "0,25", 0.3),
        (None, "–", None),
    ],
)
def test_unrounded_and_rounded(value, exact, short):
    with translation.override("nb"):
        assert (formatting.unrounded(value), formatting.rounded(value)) == (exact, short)
