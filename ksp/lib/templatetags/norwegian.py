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
register.filter("iso_week", formatting.iso_week)
register.filter("week_number", formatting.week_number)
register.filter("clock", formatting.clock)
register.filter("long_date", formatting.long_date)
register.filter("weekday_date", formatting.weekday_date)
register.filter("short_date", formatting.short_date)
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
