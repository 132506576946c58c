"""Forms of the joint council. What they check is shape only; the actions decide."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liren.organisation.enums import OrganisationKind
from liren.organisation.models import Organisation
from liren.people.models import Person

from .actions import Line
from .models import Item, Kind
from .words import DAYS, kind_name

Choices = Iterable[tuple[str, Any]]


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **more
    )


def _time(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )


def choices(form: forms.Form, name: str, listed: Choices) -> None:
    """Set the choices of a field."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(listed)


class ItemForm(forms.Form):
    """A line of one of the three lists."""

    title = forms.CharField(label=pgettext_lazy("on a list", "What"), max_length=80)
    kind = forms.ChoiceField(label=pgettext_lazy("on a list", "Kind"))
    capacity = forms.IntegerField(label=_("How much"), min_value=1, max_value=100_000, initial=1)
    place = forms.ChoiceField(label=pgettext_lazy("on a list", "Where"), required=False)
    starts = _day(pgettext_lazy("a day", "From"))
    ends = _day(
        pgettext_lazy("a day", "Until"), required=False, help_text=_("Empty: without an end.")
    )
    weekdays = forms.MultipleChoiceField(
        label=_("Days of the week"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: any day."),
    )
    opens = _time(_("From what time"))
    closes = _time(_("Until what time"))
    details = forms.CharField(
        label=_("More about it"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, kinds: Iterable[Kind], places: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "kind", [(kind.code, kind_name(kind)) for kind in kinds])
        choices(self, "place", places)
        choices(self, "weekdays", [(str(n), day) for n, day in enumerate(DAYS, 1)])

    def line(self) -> Line:
        """Return what was filled in."""
        data = self.cleaned_data
        return Line(
            title=data["title"],
            kind=data["kind"],
            starts=data["starts"],
            ends=data["ends"],
            details=data["details"],
            place=data["place"],
            capacity=data["capacity"],
            weekdays=tuple(int(n) for n in data["weekdays"]),
            opens=data["opens"],
            closes=data["closes"],
        )

    @staticmethod
    def of(row: Item) -> dict[str, Any]:
        """Return what a line holds, to be shown in its form."""
        return {
            "title": row.title,
            "kind": row.kind,
            "capacity": row.capacity,
            "place": row.place_code,
            "starts": row.starts,
            "ends": row.ends,
            "weekdays": [str(n) for n in row.weekdays],
            "opens": row.opens,
            "closes": row.closes,
            "details": row.details,
        }


class PromiseForm(forms.Form):
    """Who gives what to whom by when."""

    need = forms.UUIDField(required=False, widget=forms.HiddenInput)
    resource = forms.UUIDField(required=False, widget=forms.HiddenInput)
    giver = forms.ChoiceField(label=_("Who gives"))
    receiver = forms.ChoiceField(label=_("Who receives"))
    what = forms.CharField(label=_("What is promised"), max_length=120)
    amount = forms.IntegerField(label=_("How much"), min_value=1, max_value=100_000, initial=1)
    due = _day(_("By which day"))
    place = forms.ChoiceField(label=pgettext_lazy("on a list", "Where"), required=False)
    project = forms.ChoiceField(label=_("For a project"), required=False)

    def __init__(
        self,
        *args: Any,
        givers: Iterable[Organisation],
        receivers: Iterable[Organisation],
        projects: Iterable[Item],
        places: Choices,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "giver", [(str(o.pk), o.name) for o in givers])
        choices(self, "receiver", [(str(o.pk), o.name) for o in receivers])
        choices(self, "place", places)
        choices(
            self,
            "project",
            [("", "—"), *((str(p.pk), f"{p.title}（{p.organisation.name}）") for p in projects)],
        )

    def values(self) -> dict[str, Any]:
        """Return what was filled in, as ``actions.promise`` takes it."""
        data = dict(self.cleaned_data)
        for name in ("giver", "receiver", "project"):
            data[name] = UUID(data[name]) if data[name] else None
        return data


class WordsForm(forms.Form):
    """A few words."""

    words = forms.CharField(
        label=_("A few words"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class OpenForm(forms.Form):
    """What institutions read of a matter."""

    words = forms.CharField(
        label=_("What institutions read"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In your own words: no names, no telephone numbers, no doors."),
    )


class ClaimForm(forms.Form):
    """How an institution would do it."""

    words = forms.CharField(
        label=_("How and when would you do it?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MemberForm(forms.Form):
    """An institution put on record."""

    name = forms.CharField(label=_("Name of the institution"), max_length=120)
    kind = forms.ChoiceField(
        label=pgettext_lazy("of an organisation", "Kind"),
        choices=[
            (kind.value, kind.label)
            for kind in (OrganisationKind.INSTITUTION, OrganisationKind.SOCIAL)
        ],
    )
    contact = forms.CharField(
        label=_("Public contact"),
        max_length=120,
        required=False,
        help_text=_("A switchboard or an address; no private telephone."),
    )
    credit_code = forms.CharField(
        label=_("Unified social credit code"), max_length=18, required=False
    )


class LiaisonForm(forms.Form):
    """Who speaks for an institution."""

    person = forms.ChoiceField(label=_("Who"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, persons: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "person", [(str(p.pk), p.name) for p in persons])


class KindForm(forms.Form):
    """What a kind is called, and what it is counted in."""

    code = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20)
    name = forms.CharField(label=pgettext_lazy("of a kind", "Name"), max_length=40)
    unit = forms.CharField(label=_("Counted in"), max_length=10, required=False)
