"""A bound field with its label, help and error; the summary of what is wrong."""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField

register = template.Library()


@register.inclusion_tag("look/parts/field.html")
def field(bound: BoundField, label: str = "", help_text: str = "", **attrs: Any) -> dict[str, Any]:
    """A Django bound field: label above, help, the control, the error beside it, joined by
    aria-describedby.

    Radio and several-checkbox fields become big choices; file fields become a photo picker with
    previews.
    Further keyword arguments become attributes of the control (`rows=4`, `placeholder="…"`,
    `autocomplete="tel"`).
    """
    widget = bound.field.widget
    kind = "control"
    if bound.is_hidden:
        kind = "hidden"
    elif isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        kind = "choices"
    elif isinstance(widget, forms.CheckboxInput):
        kind = "check"
    elif isinstance(widget, forms.FileInput):
        kind = "file"
    elif isinstance(widget, forms.MultiWidget):
        kind = "several"
    html_attrs_ = {key.rstrip("_").replace("_", "-"): value for key, value in attrs.items()}
    css = (
        "form-check-input"
        if kind in ("check", "choices")
        else "form-select"
        if isinstance(widget, forms.Select)
        else "form-control"
    )
    own = str(widget.attrs.get("class", ""))
    html_attrs_["class"] = f"{own} {css}".strip()
    describedby = " ".join(
        ident
        for ident, present in (
            (f"{bound.id_for_label}_help", help_text or bound.help_text),
            (f"{bound.id_for_label}_error", bound.errors),
        )
        if present
    )
    if describedby and kind not in ("choices", "several"):
        html_attrs_["aria-describedby"] = describedby
    if bound.errors and kind not in ("choices", "several"):
        html_attrs_["aria-invalid"] = "true"
    control = "" if kind == "choices" else bound.as_widget(attrs=html_attrs_)
    options = []
    if kind == "choices":
        for option in bound.subwidgets:
            option.data["attrs"] = {**option.data["attrs"], "class": "form-check-input"}
            options.append(
                {
                    "ident": option.id_for_label,
                    "label": option.choice_label,
                    "control": option.tag(),
                }
            )
    return {
        "bound": bound,
        "kind": kind,
        "control": control,
        "options": options,
        "label": label or bound.label,
        "help_text": help_text or bound.help_text,
        "describedby": describedby,
        "ident": bound.id_for_label or bound.auto_id or bound.html_name,
        "required": bound.field.required,
        "many": bool(getattr(widget, "allow_multiple_selected", False)),
        "photos": kind == "file"
        and "image" in str(widget.attrs.get("accept", html_attrs_.get("accept", ""))),
    }


@register.inclusion_tag("look/parts/fields.html")
def fields(form: forms.BaseForm) -> dict[str, Any]:
    """The error summary and every field of a form in order, hidden ones included."""
    return {"form": form}


@register.inclusion_tag("look/parts/errors.html")
def errors(form: forms.BaseForm) -> dict[str, Any]:
    """What is wrong with a form, above it: each message leads to its field. Nothing when nothing
    is wrong."""
    found = [(bound, bound.errors) for bound in form if bound.errors and not bound.is_hidden]
    hidden = [message for bound in form if bound.is_hidden for message in bound.errors]
    return {"found": found, "general": [*form.non_field_errors(), *hidden], "form": form}
