"""Taking tickets in, and writing their reply."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..actions.hotline import REPLY_MAX
from ..enums import External
from ..hotline import PASTE_MAX
from .portal import Words


class IntakeForm(forms.Form):
    """A sheet, or pasted text."""

    system = forms.ChoiceField(label=_("Where the tickets come from"), choices=External.choices)
    file = forms.FileField(
        label=_("Sheet"),
        required=False,
        help_text=_("Excel (.xlsx, .xls), OpenDocument or CSV, as the system exports it"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv"}),
    )
    pasted = forms.CharField(
        label=_("Or paste the text"),
        required=False,
        max_length=PASTE_MAX,
        help_text=_("One ticket or several, as they stand in the message"),
        widget=forms.Textarea(attrs={"rows": 8, "data-no-draft": ""}),
        strip=False,
    )

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return values
        if not values.get("file") and not str(values.get("pasted", "")).strip():
            self.add_error("file", _("Please choose a sheet or paste the tickets."))
        return values


class ReplyForm(forms.Form):
    """The reply, to be changed before it is copied."""

    text = Words(
        most=REPLY_MAX,
        required=False,
        label=_("Reply"),
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
