"""Filters that write numbers, dates, times and weeks as the reader's language does."""

from datetime import date, datetime

from django import template

from ksp.lib import formatting

register = template.Library()

register.filter("number", formatting.number)
register.filter("plain_number", formatting.plain)
register.filter("score", formatting.score)
register.filter("signed", formatting.signed)
register.filter("percent", formatting.percent)
register.filter("interval", formatting.interval)
register.filter("signed_interval", formatting.signed_interval)
register.filter("probability", formatting.probability)
register.filter("iso_week", formatting.iso_week)
register.filter("week_number", formatting.week_number)
register.filter("clock", formatting.clock)
register.filter("long_date", formatting.long_date)
register.filter("weekday_date", formatting.weekday_date)
register.filter("short_date", formatting.short_date)
register.filter("day_month", formatting.day_month)
register.filter("moment", formatting.moment)
register.filter("duration", formatting.duration)


@register.filter
def full_date(day: date | None) -> str:
    """Return «1. desember 2021»."""
    return formatting.long_date(day, with_year=True)


@register.filter
def exact_clock(when: datetime | None) -> str:
    """Return «kl. 13.04.10»."""
    return formatting.clock(when, with_seconds=True)


@register.filter
def two_decimals(value: formatting.Number | None) -> str:
    """Return a number with two decimals, for parts that are to be added by eye."""
    return formatting.number(value, 2)


@register.filter
def signed_whole(value: formatting.Number | None) -> str:
    """Return a whole number with its sign."""
    return formatting.signed(value, 0)


@register.filter
def share(value: float | None) -> str:
    """Return a share of one as a percentage with one decimal."""
    return formatting.percent(None if value is None else 100 * value, 1)
