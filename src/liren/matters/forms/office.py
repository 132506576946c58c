"""The desk's forms. What they check is shape only; the actions decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liren.territory.models import PlaceSet

from ..desk import COLUMNS, SORTS
from ..enums import Ending, Origin, Status


class ListForm(forms.Form):
    """The filters of the list; all of them live in the address."""

    q = forms.CharField(
        label=_("Words or number"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "data-search": "", "size": 14}),
    )
    status = forms.ChoiceField(label=_("State"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    origin = forms.ChoiceField(label=_("How it came"), required=False)
    since = forms.DateField(
        label=_("Reported from"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("to"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    overdue = forms.BooleanField(label=_("Overdue"), required=False)
    shielded = forms.BooleanField(label=_("Reporter unknown"), required=False)

    def __init__(self, *args: Any, kinds: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [("", _("all"))]
        states = [(s.value, s.label) for s in Status]
        self._choices("status", [*every, ("open", _("all open")), *states])
        self._choices("category", [*every, *kinds])
        self._choices("origin", [*every, *Origin.choices])

    def _choices(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class HiddenListForm(forms.Form):
    """What else narrows the list: set by links, kept in the address."""

    view = forms.ChoiceField(required=False, choices=[(c, c) for c in COLUMNS])
    ending = forms.ChoiceField(required=False, choices=Ending.choices)
    place = forms.RegexField(r"^\d{2,24}$", required=False)
    compound = forms.ModelChoiceField(PlaceSet.objects.all(), required=False)
    holder = forms.UUIDField(required=False)
    reopened = forms.BooleanField(required=False)
    sort = forms.ChoiceField(required=False, choices=[(s, s) for s in SORTS])
    after = forms.CharField(required=False, max_length=80)
    before = forms.CharField(required=False, max_length=80)


class VerbForm(forms.Form):
    """Words, and the version the person looked at."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    back = forms.CharField(widget=forms.HiddenInput, required=False, max_length=500)

    needs_words = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.needs_words and "words" in self.fields:
            self.fields["words"].required = True
            self.fields["words"].error_messages["required"] = _("Please say why, in a few words.")


def words_field(label: Any = "", *, required: bool = False, rows: int = 2) -> forms.CharField:
    """Return the field for what the person has to say."""
    return forms.CharField(
        label=label or _("A few words"),
        required=required,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": _("Please say why, in a few words.")},
    )


class NothingForm(VerbForm):
    """A button."""


class WordsForm(VerbForm):
    """Words, if there are any."""

    words = words_field()


class HandleForm(VerbForm):
    """What was done; the reporter reads it."""

    words = words_field(_("What was done (the reporter reads it)"), required=True)


class ReasonForm(VerbForm):
    """Why."""

    words = words_field(_("Why"), required=True)
