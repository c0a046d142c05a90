"""Leads from the numbers of results to how they came about."""

from collections.abc import Mapping

from django import template

from ksp.lib.templatetags.figures import Links
from participants.models import Enrolment
from reports import links

register = template.Library()


@register.simple_tag
def explanations(enrolment: Enrolment, figure: str, method: str = "") -> Links:
    """Return where a figure and the means that it is compared with are explained."""
    return links.explanation_links(enrolment, figure, method=method)


@register.simple_tag
def listed_explanation_url(explainable: Mapping[str, Enrolment], participant: str, figure: str) -> str:
    """Return where a figure of somebody in a list is explained; nothing where that is not the reader's to see."""
    enrolment = explainable.get(participant)
    return "" if enrolment is None else links.explanation_url(enrolment, figure)


@register.simple_tag
def explanation_url(enrolment: Enrolment, figure: str, method: str = "") -> str:
    """Return where a figure is explained."""
    return links.explanation_url(enrolment, figure, method=method)
