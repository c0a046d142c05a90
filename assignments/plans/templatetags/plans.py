"""Filters that say what a proposal holds in words."""

from functools import partial

from django import template

from assignments import rule_words
from assignments.plans import explanations, sheet, wording
from ksp.lib import formatting

register = template.Library()

register.filter("advised", sheet.advice)
register.filter("advised_briefly", partial(sheet.advice, pattern="D"))
register.filter("brief", partial(formatting.plain, most=1))
register.filter("rule_name", rule_words.name)
register.filter("rule_sentence", rule_words.sentence)
register.filter("rule_reason", rule_words.reason)
register.filter("shortage", explanations.shortage_in_words)
register.filter("distance", wording.distance)
