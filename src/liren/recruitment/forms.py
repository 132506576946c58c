"""Forms of recruitment."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liren.organisation.models import Post

from .queries import Nominee


class _Day(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs
        )


class CallForm(forms.Form):
    """Until when, and what it is about."""

    until = _Day(label=_("Nominations until"))
    text = forms.CharField(
        label=_("What it is about"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In words a neighbour would use. The duties stand below it by themselves."),
    )


class AppointForm(forms.Form):
    """Whom, from when until when, and a word for the others."""

    do = forms.CharField(widget=forms.HiddenInput, initial="appoint", required=False)
    nomination = forms.ChoiceField(label=_("Who is appointed"), widget=forms.RadioSelect)
    starts = _Day(label=_("From"))
    ends = _Day(
        label=pgettext_lazy("a day", "Until"), required=False, help_text=_("Empty: without an end.")
    )
    words = forms.CharField(
        label=_("A word to the others who offered themselves"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Empty: a friendly sentence of ours."),
    )

    def __init__(self, *args: Any, nominees: list[Nominee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["nomination"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(one.nomination.pk), one.name) for one in nominees]


class CloseForm(forms.Form):
    """A word to those who stood, when nobody is appointed."""

    do = forms.CharField(widget=forms.HiddenInput, initial="close", required=False)
    words = forms.CharField(
        label=_("A word to those who offered themselves"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class NominateForm(forms.Form):
    """What one would like to do."""

    do = forms.CharField(widget=forms.HiddenInput, initial="nominate", required=False)
    words = forms.CharField(
        label=_("What I would like to do here"),
        max_length=200,
        required=False,
        help_text=_("The neighbours read it beside your name until the call ends."),
    )


class ProposeForm(forms.Form):
    """A neighbour's number; they are asked."""

    do = forms.CharField(widget=forms.HiddenInput, initial="propose", required=False)
    phone = forms.CharField(
        label=_("Their telephone number"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
        help_text=_("They are asked, and stand only if they say yes."),
    )
    words = forms.CharField(label=_("Why them"), max_length=200, required=False)


class NoteForm(forms.Form):
    """What the next holder should know."""

    do = forms.CharField(widget=forms.HiddenInput, initial="note", required=False)
    term = forms.UUIDField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("What the next one should know"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("For example who needs a knock at the door, what was agreed with whom."),
    )


class ResignForm(forms.Form):
    """The last day; words only if one likes."""

    do = forms.CharField(widget=forms.HiddenInput, initial="resign", required=False)
    term = forms.UUIDField(widget=forms.HiddenInput)
    ends = _Day(label=_("My last day"))
    words = forms.CharField(
        label=_("A word to the office, if you like"), max_length=200, required=False
    )


class ThanksForm(forms.Form):
    """The words of a thank-you."""

    words = forms.CharField(
        label=_("Words of thanks"), max_length=600, widget=forms.Textarea(attrs={"rows": 6})
    )


class ShareForm(forms.Form):
    """With whom, and what they are asked."""

    post = forms.ChoiceField(label=_("With whom"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("What you ask of them"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For staff only. Please no names of neighbours."),
    )

    def __init__(self, *args: Any, posts: list[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["post"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(one.pk), one.title) for one in posts]
