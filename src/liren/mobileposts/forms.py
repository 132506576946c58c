"""Forms of mobile posts."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from liren.look.components.small import icon

from . import sights
from .actions import WORDS_MAX
from .enums import Trade


class JoinForm(forms.Form):
    """The trade, and having agreed."""

    trade = forms.ChoiceField(
        label=_("What do you do?"), choices=Trade.choices, widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label=_("I agree"), required=False)


class TellForm(forms.Form):
    """What was seen; a word only where one wants to."""

    place = forms.CharField(widget=forms.HiddenInput, max_length=24)
    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    what = forms.ChoiceField(label=_("What did you see?"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("A word more, if you like"),
        max_length=WORDS_MAX,
        required=False,
        widget=forms.TextInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["what"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (one.key, format_html("{} {}", icon(one.icon), one.label)) for one in sights.SIGHTS
        ]
