"""Forms of branches and their tasks."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liren.organisation.models import Post
from liren.territory.models import Place

from .models import Branch


def _fill(form: forms.Form, name: str, choices: Iterable[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


class BranchForm(forms.Form):
    """A branch: where, its name, how the public reaches it, its duties."""

    place = forms.ChoiceField(label=_("Place"))
    name = forms.CharField(label=pgettext_lazy("of a branch", "Name"), max_length=120)
    contact = forms.CharField(
        label=_("Public contact"),
        max_length=120,
        required=False,
        help_text=_("An office number or a place; never a private phone."),
    )
    duties = forms.CharField(
        label=_("Duties"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=5000,
        required=False,
        help_text=_("One duty a line."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, places: Iterable[Place] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if places is None:
            del self.fields["place"]
        else:
            _fill(self, "place", ((str(p.pk), str(p)) for p in places))


class TaskForm(forms.Form):
    """What is to be done, where, until when, who says that it is done, which branch takes it on."""

    title = forms.CharField(label=_("What is to be done"), max_length=80)
    text = forms.CharField(
        label=_("More about it"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    place = forms.ChoiceField(label=_("Place"))
    due = forms.DateField(
        label=pgettext_lazy("a day", "Until"), widget=forms.DateInput(attrs={"type": "date"})
    )
    receiver = forms.ChoiceField(label=_("Who confirms that it is done"))
    branch = forms.ChoiceField(
        label=_("Which branch takes it on"),
        required=False,
        help_text=_("Empty: any branch may take it on."),
    )

    def __init__(
        self,
        *args: Any,
        places: Iterable[Place],
        receivers: Iterable[Post],
        branches: Iterable[Branch],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        _fill(self, "place", ((str(p.pk), str(p)) for p in places))
        _fill(self, "receiver", ((str(p.pk), p.title) for p in receivers))
        _fill(self, "branch", [("", "—"), *((str(b.pk), b.organisation.name) for b in branches)])
