"""Forms of demands and supervision orders."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liren.base.errors import Invalid
from liren.base.money import parse_yuan
from liren.organisation.models import Post
from liren.territory.models import Place

from .enums import Came, Often, What


class _Day(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}), **kwargs)


class YuanField(forms.CharField):
    """An amount as people write it, kept in fen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=24, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs
        )

    def clean(self, value: Any) -> int:
        """Return fen; nothing written is nothing."""
        text = super().clean(value)
        if not text:
            return 0
        try:
            return parse_yuan(text)
        except Invalid as error:
            raise ValidationError(str(error)) from error


class DemandForm(forms.Form):
    """Who asks for what on which ground, and what comes with it."""

    community = forms.ChoiceField(label=_("Community"))
    asked_by = forms.CharField(
        label=_("Who asks"), max_length=120, help_text=_("The office, as it stands on the paper.")
    )
    title = forms.CharField(label=_("What is asked"), max_length=120)
    what = forms.ChoiceField(label=_("What it is"), choices=What.choices)
    basis = forms.CharField(
        label=_("On what ground: the document"),
        max_length=200,
        required=False,
        help_text=_("Name and number. Empty: none was shown."),
    )
    article = forms.CharField(label=_("Its article"), max_length=120, required=False)
    since = _Day(label=_("From"))
    often = forms.ChoiceField(label=_("How often"), choices=Often.choices)
    hours = forms.DecimalField(
        label=_("Hours of work each time"),
        min_value=0,
        max_value=700,
        decimal_places=1,
        required=False,
    )
    replaces = forms.CharField(label=_("What it replaces"), max_length=200, required=False)
    money = YuanField(label=_("Money promised, yuan"), required=False)
    people = forms.IntegerField(
        label=_("People promised"), min_value=0, max_value=1000, required=False
    )
    powers = forms.CharField(label=_("Powers promised"), max_length=200, required=False)
    promised_by = _Day(label=_("Promised until"), required=False)
    form = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, communities: Iterable[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["community"]
        assert isinstance(field, forms.ChoiceField)
        listed = [(p.code, p.name) for p in communities]
        field.choices = listed
        if len(listed) == 1:
            field.widget = forms.HiddenInput()
            field.initial = listed[0][0]


class DecideForm(forms.Form):
    """The decision: its reason, and what the duty list says."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    on_duty_list = forms.ChoiceField(
        label=_("Is it on the community's duty list?"),
        choices=[
            ("", _("not looked at")),
            ("yes", pgettext_lazy("on the duty list", "yes")),
            ("no", pgettext_lazy("on the duty list", "no")),
        ],
        required=False,
    )
    duty_article = forms.CharField(label=_("By which article"), max_length=120, required=False)
    words = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class ArrivedForm(forms.Form):
    """What arrived, how much, when."""

    kind = forms.ChoiceField(label=_("What arrived"), choices=Came.choices)
    amount = forms.CharField(
        label=_("How much arrived"),
        max_length=24,
        required=False,
        help_text=_("Yuan for money, a number for people, nothing for powers."),
    )
    on = _Day(label=pgettext_lazy("a day", "On"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class OrderForm(forms.Form):
    """To whom, what, until when."""

    to_post = forms.ChoiceField(label=_("To which post"))
    text = forms.CharField(
        label=_("What is to be done"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )
    due = _Day(label=pgettext_lazy("a day", "Until"))

    def __init__(self, *args: Any, posts: Iterable[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to_post"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(p.pk), p.title) for p in posts]
