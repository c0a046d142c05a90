"""Form fields as Designsystemet draws them: label, description, control, error."""

from typing import Any, Final

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

register = template.Library()

# Controls whose label stands after a small box, and those that are a group of such boxes.
BOXES: Final = (forms.CheckboxInput,)
GROUPS: Final = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@register.inclusion_tag("components/_field.html")
def field(bound: BoundField, description: object = "", *, with_help: bool = True) -> dict[str, Any]:
    """Draw one field with its label, its help and its errors, tied together for screen readers."""
    widget = bound.field.widget
    description = description or (bound.help_text if with_help else "")
    kind = "group" if isinstance(widget, GROUPS) else "box" if isinstance(widget, BOXES) else "text"
    if kind == "group":
        widget.attrs.setdefault("class", "ds-input")
    return {
        "bound": bound,
        "kind": kind,
        "description": description,
        "control": _control(bound, has_description=bool(description)),
        "description_id": f"{bound.auto_id}_help",
        "error_id": f"{bound.auto_id}_error",
        "is_invalid": bool(bound.errors),
    }


@register.simple_tag
def control(bound: BoundField) -> SafeString:
    """Draw a field's control alone, for where the page writes the label itself."""
    return _control(bound, has_description=False)


@register.inclusion_tag("components/_form_fields.html")
def form_fields(form: forms.BaseForm) -> dict[str, Any]:
    """Draw all the fields of a form, hidden ones and the form's own errors included."""
    return {"form": form, "hidden": form.hidden_fields(), "visible": form.visible_fields()}


@register.inclusion_tag("components/_error_summary.html")
def error_summary(form: forms.BaseForm) -> dict[str, Any]:
    """List what is wrong first on the page, each with a link to its field."""
    rows = [
        {"label": form[name].label, "text": text, "target": _target(form[name])}
        for name, texts in form.errors.items()
        if name in form.fields
        for text in texts
    ]
    return {"rows": rows, "general": form.non_field_errors()}


def _target(bound: BoundField) -> str:
    return bound.id_for_label or bound.auto_id


def _control(bound: BoundField, *, has_description: bool) -> SafeString:
    described = [f"{bound.auto_id}_help"] if has_description else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    # A placeholder is no label, and the label is there already.
    attrs: dict[str, str | bool] = {"class": " ".join(["ds-input", *_own_classes(bound)]), "placeholder": False}
    if described and not isinstance(bound.field.widget, GROUPS):
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return bound.as_widget(attrs=attrs)


def _own_classes(bound: BoundField) -> list[str]:
    return str(bound.field.widget.attrs.get("class", "")).split()
