"""The parts that pages are put together from; an unknown or missing argument stops the page."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import template
from django.core.paginator import Page
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from ksp.lib import icons

register = template.Library()

BUTTONS: Final = frozenset({"primary", "secondary", "tertiary"})
CHIPS: Final = {"plain": "", "late": "chip-late", "soon": "chip-soon", "ok": "chip-ok", "own": "chip-own"}
ALERTS: Final = {"info": "info", "success": "circle-check", "warning": "triangle-alert", "danger": "circle-alert"}
METHODS: Final = {
    "phone": _("Phone"),
    "email": _("E-mail"),
    "chat": _("Chat"),
    "messenger": _("Messenger"),
}
# Tone and icon of every state that an assignment, a contact, a report, an import, a plan or a season can be in.
STATES: Final = {
    "draft": ("plain", "file"),
    "submitted": ("own", "send"),
    "resubmitted": ("own", "send"),
    "returned": ("soon", "undo-2"),
    "approved": ("ok", "circle-check"),
    "rejected": ("late", "circle-x"),
    "planned": ("plain", "calendar-days"),
    "offered": ("soon", "mail-open"),
    "accepted": ("own", "check"),
    "declined": ("late", "circle-x"),
    "expired": ("late", "clock"),
    "withdrawn": ("plain", "undo-2"),
    "cancelled": ("plain", "circle-x"),
    "done": ("ok", "circle-check"),
    "preparing": ("plain", "pencil"),
    "open": ("own", "play"),
    "paused": ("soon", "pause"),
    "closed": ("plain", "lock"),
    "published": ("ok", "trophy"),
    "running": ("own", "hourglass"),
    "answered": ("ok", "circle-check"),
    "no_answer": ("late", "phone-off"),
    "previewed": ("own", "eye"),
    "applied": ("ok", "circle-check"),
    "refused": ("late", "circle-x"),
    "taken_back": ("plain", "undo-2"),
    "waiting": ("plain", "hourglass"),
    "ready": ("soon", "calendar-days"),
    "failed": ("late", "circle-alert"),
    "discarded": ("plain", "trash-2"),
}


def _known(value: str, allowed: Mapping[str, Any] | frozenset[str], what: str) -> str:
    """Return the value, or stop the page that asks for something nobody has made."""
    if value not in allowed:
        message = f"There is no {what} called {value!r}; there are {', '.join(sorted(allowed))}."
        raise ValueError(message)
    return value


def _key(key: str, heading: object) -> str:
    return key or slugify(str(heading), allow_unicode=True)


@register.simple_tag
def icon(name: str, css: str = "icon") -> SafeString:
    """Draw an icon beside a word."""
    return icons.svg(name, css=css)


@register.simple_tag
def method_icon(method: str) -> SafeString:
    """Draw the icon of a contact method in its square."""
    _known(method, icons.METHOD_ICONS, "contact method")
    return format_html('<span class="method">{}</span>', icons.svg(icons.METHOD_ICONS[method]))


@register.simple_tag
def method_chip(method: str, note: str = "") -> SafeString:
    """Name a contact method with its icon, and what more is to be said of it."""
    label = METHODS[_known(method, METHODS, "contact method")]
    text = f"{label}, {note}" if note else label
    return chip(text, icon=icons.METHOD_ICONS[method])


@register.simple_tag
def method_name(method: str) -> str:
    """Name a contact method."""
    return str(METHODS[_known(method, METHODS, "contact method")])


@register.simple_tag
def chip(text: object, variant: str = "plain", icon: str = "") -> SafeString:
    """Show a word in a chip; red and yellow chips carry an icon too."""
    css = CHIPS[_known(variant, CHIPS, "chip")]
    if variant in {"late", "soon"} and not icon:
        icon = "triangle-alert" if variant == "late" else "clock"
    drawn = icons.svg(icon) if icon else ""
    return format_html('<span class="chip {}">{}{}</span>', css, drawn, text)


@register.simple_tag
def state_chip(state: str, label: object) -> SafeString:
    """Show which state something is in; the label is the model's own."""
    variant, drawn = STATES[_known(state, STATES, "state")]
    return chip(label, variant=variant, icon=drawn)


@register.simple_tag
def button_link(text: object, url: str, *, variant: str = "primary", icon: str = "", after: str = "") -> SafeString:
    """Show a link that looks like a button, with an icon before or after the words."""
    return format_html(
        '<a class="ds-button" data-variant="{}" href="{}">{}{}{}</a>',
        _known(variant, BUTTONS, "button"),
        url,
        icons.svg(icon) if icon else "",
        text,
        icons.svg(after) if after else "",
    )


@register.inclusion_tag("components/_back_link.html")
def back_link(label: object, url: str) -> dict[str, Any]:
    """Lead back to the page above."""
    return {"label": label, "url": url}


@register.inclusion_tag("components/_breadcrumbs.html")
def breadcrumbs(steps: Sequence[tuple[str, str]], current: object) -> dict[str, Any]:
    """Show where the page lies: pairs of label and address, then the page itself."""
    return {"steps": steps, "current": current}


@register.simple_block_tag
def page_heading(
    content: str, *, title: object, eyebrow: object = "", lead: object = "", back: object = "", back_url: str = ""
) -> SafeString:
    """Show the page's one h1, with the actions of the page inside the block."""
    context = {"title": title, "eyebrow": eyebrow, "lead": lead, "back": back, "back_url": back_url}
    actions = {"content": content, "has_actions": bool(content.strip())}
    return render_to_string("components/_page_heading.html", {**context, **actions})


@register.simple_block_tag
def panel(
    content: str, *, heading: object, note: object = "", key: str = "", level: int = 2, css: str = ""
) -> SafeString:
    """Show a white panel, a section named by its heading; two equal headings on a page need a key each."""
    context = {"heading": heading, "note": note, "key": _key(key, heading), "level": level, "css": css}
    return render_to_string("components/_panel.html", {**context, "content": content})


@register.simple_block_tag
def card(content: str, *, heading: object, url: str = "", eyebrow: object = "", level: int = 3) -> SafeString:
    """Show one thing of several alike; with an address the heading leads to it."""
    context = {"heading": heading, "url": url, "eyebrow": eyebrow, "level": level}
    return render_to_string("components/_card.html", {**context, "content": content})


@register.simple_block_tag
def alert(content: str, *, tone: str = "info", heading: object = "", level: int = 2) -> SafeString:
    """Show something that the reader must know before going on."""
    context = {"tone": _known(tone, ALERTS, "tone"), "heading": heading, "level": level}
    return render_to_string("components/_alert.html", {**context, "content": content})


@register.inclusion_tag("components/_empty_state.html")
def empty_state(
    title: object, text: object = "", *, action: object = "", url: str = "", icon: str = ""
) -> dict[str, Any]:
    """Say what will be here, why it is not yet, and the one thing to do."""
    return {"title": title, "text": text, "action": action, "url": url, "icon": icon}


@register.simple_block_tag
def kpis(content: str) -> SafeString:
    """Hold a row of key figures."""
    return format_html('<dl class="kpis">{}</dl>', content)


@register.inclusion_tag("components/_kpi.html")
def kpi(label: object, value: object, note: object = "", url: str = "") -> dict[str, Any]:
    """Show one key figure, what it is, and what it is of."""
    return {"label": label, "value": value, "note": note, "url": url}


@register.simple_block_tag
def tabs(content: str, *, label: object) -> SafeString:
    """Hold the tabs of a page; each is a page of its own with its own address."""
    return format_html('<nav class="tabs" aria-label="{}"><ul>{}</ul></nav>', label, content)


@register.inclusion_tag("components/_tab.html")
def tab(label: object, url: str, *, current: bool = False, count: int | None = None) -> dict[str, Any]:
    """Show one tab."""
    return {"label": label, "url": url, "current": current, "count": count}


@register.simple_block_tag
def table_region(content: str, *, label: object) -> SafeString:
    """Let a wide table scroll by itself, as a named region that the keyboard reaches."""
    markup = '<div class="scroll" role="region" aria-label="{}" tabindex="0">{}</div>'
    return format_html(markup, label, content)


@register.simple_block_tag
def details_table(content: str, *, label: object) -> SafeString:
    """Fold a table away under a chart that shows the same figures."""
    return render_to_string("components/_details_table.html", {"label": label, "content": content})


@register.simple_block_tag
def confirm_dialog(
    content: str, *, key: str, heading: object, action: str, button: object, tone: str = "neutral"
) -> SafeString:
    """Ask before something is done; opened by a button with ``data-opens`` set to the key.

    The block holds the form's fields, ``{% csrf_token %}`` among them.
    """
    _known(tone, frozenset({"neutral", "danger"}), "tone")
    context = {"key": key, "heading": heading, "action": action, "button": button, "tone": tone}
    return render_to_string("components/_confirm_dialog.html", {**context, "content": content})


@register.inclusion_tag("components/_pagination.html", takes_context=True)
def pagination(context: template.RequestContext, page: "Page[Any]", noun: object = "") -> dict[str, Any]:
    """Lead to the other pages of a list, keeping filters and sorting as they are."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"page": page, "numbers": list(numbers), "request": context["request"], "noun": noun}


@register.inclusion_tag("components/_save_indicator.html")
def save_indicator(text: object, key: str = "saved") -> dict[str, Any]:
    """Show whether what was typed is safe; the page's script rewrites it."""
    return {"text": text, "key": key}


@register.inclusion_tag("components/_signal.html")
def signal(name: object, evidence: object, icon: str = "triangle-alert") -> dict[str, Any]:
    """Show a hint to whoever decides: what was noticed, and what it rests on."""
    return {"name": name, "evidence": evidence, "icon": icon}


@register.inclusion_tag("components/_changed_answer.html")
def changed_answer(before: object, after: object, note: object = "") -> dict[str, Any]:
    """Show an answer that was changed: before, now, then who, when and why."""
    return {"before": before, "after": after, "note": note}


@register.inclusion_tag("components/_choice.html")
def choice(name: str, value: object, label: object, *, checked: bool = False, kind: str = "radio") -> dict[str, Any]:
    """Show one answer to choose, a whole row to press."""
    _known(kind, frozenset({"radio", "checkbox"}), "kind of choice")
    return {"name": name, "value": value, "label": label, "checked": checked, "kind": kind}
