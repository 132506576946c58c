"""What a caller fills in; most of it is filled in already."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.base import clock
from liren.base.errors import Invalid
from liren.base.text import fold

from .actions import Draft
from .audiences import Choice
from .kinds import Kind
from .rules import Role

_MOMENT = "%Y-%m-%dT%H:%M"


def _moment(**attributes: str) -> forms.DateTimeInput:
    return forms.DateTimeInput(format=_MOMENT, attrs={"type": "datetime-local", **attributes})


class CallForm(forms.Form):
    """One call. ``roles`` are lines of a name and a number: "推雪 6"."""

    place = forms.ChoiceField(label=gettext_lazy("For which place"))
    audiences = forms.MultipleChoiceField(
        label=gettext_lazy("Who is asked"), widget=forms.CheckboxSelectMultiple
    )
    title = forms.CharField(label=gettext_lazy("What you call for"), max_length=60)
    text = forms.CharField(
        label=gettext_lazy("What they should know"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    where = forms.CharField(label=gettext_lazy("Where to come"), max_length=80, required=False)
    at = forms.DateTimeField(
        label=gettext_lazy("When"),
        required=False,
        widget=_moment(),
        input_formats=[_MOMENT],
        help_text=gettext_lazy("Empty means now."),
    )
    roles = forms.CharField(
        label=gettext_lazy("Who is needed for what"),
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("One a line, with how many: shovel 6"),
    )
    needed = forms.IntegerField(
        label=gettext_lazy("Or how many altogether"),
        required=False,
        help_text=gettext_lazy("Empty when nobody has to come and all should know."),
    )
    closes_at = forms.DateTimeField(
        label=gettext_lazy("Answers until"), widget=_moment(), input_formats=[_MOMENT]
    )
    widen = forms.TypedChoiceField(
        label=gettext_lazy("When too few come"), coerce=int, empty_value="0", required=False
    )
    urgent = forms.BooleanField(label=gettext_lazy("Urgent: also in quiet hours"), required=False)

    def __init__(
        self,
        *args: Any,
        kind: Kind,
        places: Sequence[tuple[str, str]],
        choices: Sequence[Choice],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self._choose("place", places)
        self._choose("audiences", [(one.key, one.label) for one in choices])
        self._choose(
            "widen",
            [
                ("0", _("I decide myself")),
                ("15", _("after 15 minutes the next ring is called")),
                ("30", _("after 30 minutes the next ring is called")),
                ("60", _("after an hour the next ring is called")),
            ],
        )

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)

    @staticmethod
    def first(kind: Kind, choices: Sequence[Choice], place: str) -> dict[str, Any]:
        """Return what stands in the form to begin with."""
        now = clock.local_now()
        return {
            "place": place,
            "audiences": [one.key for one in choices if one.chosen],
            "title": str(kind.title),
            "text": str(kind.text),
            "where": str(kind.where),
            "roles": "\n".join(f"{name} {count}" for name, count in kind.roles),
            "needed": kind.needed,
            "closes_at": (now + kind.open_for).replace(tzinfo=None, second=0, microsecond=0),
            "urgent": kind.urgent,
            "widen": 0,
        }

    def roles_said(self) -> list[Role]:
        """Return the roles as they were written. Raises ``Invalid`` for a line without number."""
        found = []
        for line in self.cleaned_data["roles"].splitlines():
            # Chinese keyboards type wide spaces and wide digits.
            name, _space, count = " ".join(line.split()).rpartition(" ")
            if not name and not count:
                continue
            count = fold(count).removesuffix("人")
            if not name or not (count.isascii() and count.isdigit()) or len(count) > 6:
                raise Invalid(
                    fields={"roles": _("Please write a name and a number, such as: shovel 6")}
                )
            found.append(Role(name.strip(), int(count)))
        return found

    def draft(self) -> Draft:
        """Return the call as it was filled in. Raises ``Invalid``."""
        data = self.cleaned_data
        minutes = int(data["widen"])
        return Draft(
            kind=self.kind.key,
            place=data["place"],
            audiences=data["audiences"],
            title=data["title"],
            text=data["text"],
            at=data["at"],
            where=data["where"],
            needed=data["needed"],
            roles=self.roles_said(),
            urgent=data["urgent"],
            closes_at=data["closes_at"],
            widen_at=clock.now() + timedelta(minutes=minutes) if minutes else None,
        )
