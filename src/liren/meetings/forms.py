"""Forms of meetings at the desk."""

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liren.base.clock import SHANGHAI
from liren.organisation.models import Organisation, Post

from .enums import MeetingKind

QUORUMS = [
    ("1/2+", _("more than half")),
    ("1/2", _("half")),
    ("2/3", _("two thirds")),
    ("3/4", _("three quarters")),
    ("", _("none is asked")),
]


class WhenField(forms.DateTimeField):
    """A day and a time on China's clocks, as one control."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            **kwargs,
        )

    def to_python(self, value: Any) -> datetime | None:
        """Return an aware moment."""
        found = super().to_python(value)
        try:
            return found.astimezone(SHANGHAI) if found else None
        except OverflowError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class MeetingForm(forms.Form):
    """What a meeting is called with."""

    organisation = forms.ChoiceField(
        label=_("Of which body"), required=False, help_text=_("All its posts are asked.")
    )
    post = forms.ChoiceField(label=_("Who calls it"))
    kind = forms.ChoiceField(label=_("Kind of meeting"), choices=MeetingKind.choices)
    title = forms.CharField(label=pgettext_lazy("of a meeting", "Title"), max_length=80)
    starts = WhenField(label=_("When"))
    venue = forms.CharField(label=_("Where"), max_length=120)
    agenda = forms.CharField(
        label=_("Agenda"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=4000,
        help_text=_("One point a line."),
    )
    posts = forms.MultipleChoiceField(
        label=_("Who else is asked"), required=False, widget=forms.CheckboxSelectMultiple
    )
    quorum = forms.ChoiceField(label=_("How many must be there"), choices=QUORUMS, required=False)
    notice_days = forms.IntegerField(
        label=_("Days everybody is to know before"), min_value=0, max_value=30, initial=3
    )
    short_reason = forms.CharField(
        label=_("If sooner: why it cannot wait"), max_length=200, required=False
    )
    public = forms.BooleanField(label=_("Everybody in the community may read it"), required=False)

    def __init__(
        self,
        *args: Any,
        bodies: Iterable[Organisation],
        conveners: Iterable[Post],
        others: Iterable[Post],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "organisation": [("", "—"), *((str(b.pk), b.name) for b in bodies)],
            "post": [(str(p.pk), p.title) for p in conveners],
            "posts": [(str(p.pk), p.title) for p in others],
        }
        for name, listed in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = listed

    def asked_quorum(self) -> tuple[int, int, bool] | None:
        """Return the chosen quorum as (part, whole, more than)."""
        chosen = str(self.cleaned_data.get("quorum") or "")
        if not chosen:
            return None
        part = Fraction(chosen.rstrip("+"))
        return part.numerator, part.denominator, chosen.endswith("+")


class MoveForm(forms.Form):
    """Another time or place, and why."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    starts = WhenField(label=_("When"))
    venue = forms.CharField(label=_("Where"), max_length=120)
    reason = forms.CharField(label=_("Why"), max_length=200)


class MinutesForm(forms.Form):
    """The text of the minutes, and why confirmed ones change."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Minutes"), widget=forms.Textarea(attrs={"rows": 12}), max_length=20_000
    )
    reason = forms.CharField(label=_("Why they change"), max_length=200, required=False)


class DecisionForm(forms.Form):
    """What was decided, who does it, until when."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(label=_("What was decided"), max_length=300)
    post = forms.ChoiceField(label=_("Who does it"), required=False)
    due = forms.DateField(
        label=pgettext_lazy("a day", "Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, posts: Iterable[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["post"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *((str(p.pk), p.title) for p in posts)]
