"""How numbers, dates, times and weeks are written, in Norwegian and in English."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ksp.lib.weeks import IsoWeek

Number = int | float | Decimal
NARROW_SPACE: Final = "\u202f"
SPACE: Final = "\u00a0"
MINUS: Final = "\u2212"
EN_DASH: Final = "\u2013"
MISSING: Final = EN_DASH
SECONDS_IN_MINUTE: Final = 60
LEAST_SAID: Final = 0.01


def is_norwegian() -> bool:
    """Tell whether the person reads Norwegian; nobody in particular does."""
    return (get_language() or "nb") in {"nb", "nn", "no"}


def number(value: Number | None, decimals: int = 0) -> str:
    """Return the number rounded half up on its exact value, with separators of the language."""
    if value is None:
        return MISSING
    step = Decimal(1).scaleb(-decimals)
    rounded = Decimal(value).quantize(step, rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,f}"
    if is_norwegian():
        text = text.translate({ord(","): NARROW_SPACE, ord("."): ","})
    return f"{MINUS}{text}" if rounded < 0 else text


def plain(value: Number | None, most: int = 3) -> str:
    """Return the number with the decimals it has, and no more than three, or ``most``."""
    if value is None:
        return MISSING
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-most), rounding=ROUND_HALF_UP).normalize()
    exponent = exact.as_tuple().exponent
    return number(exact, max(0, -exponent) if isinstance(exponent, int) else 0)


def unrounded(value: Number | None) -> str:
    """Return a computed number with all its decimals; the ninth is the last that says anything."""
    return plain(value, 9)


def rounded(value: Number | None, decimals: int = 1) -> float | None:
    """Return the number itself as ``number`` writes it."""
    if value is None:
        return None
    return float(Decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))


def score(value: Number | None) -> str:
    """Return a score with one decimal."""
    return number(value, 1)


def signed(value: Number | None, decimals: int = 1) -> str:
    """Return a difference with its sign; nothing is neither more nor less."""
    if value is None:
        return MISSING
    text = number(value, decimals)
    is_zero = not any(mark in "123456789" for mark in text)
    return text.lstrip(MINUS) if is_zero else text if text[0] == MINUS else f"+{text}"


def percent(value: Number | None, decimals: int = 0) -> str:
    """Return a percentage; 40 is written as 40 %."""
    if value is None:
        return MISSING
    space = SPACE if is_norwegian() else ""
    return f"{number(value, decimals)}{space}%"


def interval(bounds: Sequence[Number], decimals: int = 1) -> str:
    """Return «probably between a and b», without the words."""
    low, high = bounds
    separator = EN_DASH if low >= 0 else f" {_('to')} "
    return f"{number(low, decimals)}{separator}{number(high, decimals)}"


def signed_interval(bounds: Sequence[Number], decimals: int = 1) -> str:
    """Return «−1,0 til +5,6»: between which values a difference lies."""
    low, high = bounds
    return f"{signed(low, decimals)} {_('to')} {signed(high, decimals)}"


def probability(value: Number | None) -> str:
    """Return a probability (0-1) as «61 %»; what is computed is never quite impossible and never quite certain."""
    if value is None:
        return MISSING
    if value < LEAST_SAID:
        return _("under %(share)s") % {"share": percent(100 * LEAST_SAID)}
    if value > 1 - LEAST_SAID:
        return _("over %(share)s") % {"share": percent(100 * (1 - LEAST_SAID))}
    return percent(100 * value)


def iso_week(value: date | IsoWeek | str | int | None) -> str:
    """Return «uke 48» for a date, a week, «2021-W48» or the week's number alone."""
    if value is None or value == "":
        return MISSING
    return (_("week %(week)s") % {"week": week_number(value)}).replace(" ", SPACE)


def week_number(value: date | IsoWeek | str | int) -> int:
    """Return the number of the week alone, for heads of columns and axes."""
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        return IsoWeek.parse(value).week
    return value.week if isinstance(value, IsoWeek) else IsoWeek.of(value).week


def clock(moment: datetime | None, *, with_seconds: bool = False) -> str:
    """Return «kl. 13.04» in the time of Oslo."""
    if moment is None:
        return MISSING
    here = _local(moment)
    if is_norwegian():
        return f"kl.{SPACE}{here:%H.%M.%S}" if with_seconds else f"kl.{SPACE}{here:%H.%M}"
    return f"{here:%H:%M:%S}" if with_seconds else f"{here:%H:%M}"


def long_date(day: date | None, *, with_year: bool = False) -> str:
    """Return «1. desember», and the year if it is wanted."""
    if day is None:
        return MISSING
    pattern = "j.\xa0F" if is_norwegian() else "j\xa0F"
    return date_format(_local(day), f"{pattern} Y" if with_year else pattern, use_l10n=False)


def weekday_date(day: date | None) -> str:
    """Return «onsdag 1. desember»."""
    if day is None:
        return MISSING
    return f"{date_format(_local(day), 'l', use_l10n=False)} {long_date(day)}"


def short_date(day: date | None) -> str:
    """Return «1.12.2021», or «1 Dec 2021» in English."""
    if day is None:
        return MISSING
    pattern = "j.n.Y" if is_norwegian() else "j\xa0M\xa0Y"
    return date_format(_local(day), pattern, use_l10n=False)


def day_month(day: date | None) -> str:
    """Return «1.12.», or «1 Dec» in English: for ranges whose year is known."""
    if day is None:
        return MISSING
    pattern = "j.n." if is_norwegian() else "j\xa0M"
    return date_format(_local(day), pattern, use_l10n=False)


def moment(when: datetime | None) -> str:
    """Return «1. desember kl. 13.04»."""
    if when is None:
        return MISSING
    glue = " " if is_norwegian() else " at "
    return f"{long_date(when)}{glue}{clock(when)}"


def duration(seconds: Number | None) -> str:
    """Return «2 min 14 s»; less than a minute in seconds alone."""
    if seconds is None:
        return MISSING
    minutes, rest = divmod(int(seconds), SECONDS_IN_MINUTE)
    parts = [f"{number(minutes)}{SPACE}min"] if minutes else []
    if rest or not minutes:
        parts.append(f"{rest}{SPACE}s")
    return " ".join(parts)


def _local(value: date) -> date:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value
