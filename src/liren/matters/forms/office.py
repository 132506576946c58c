"""The desk's forms. What they check is shape only; the actions decide."""

from dataclasses import fields
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from liren.base import clock
from liren.organisation.models import Line
from liren.territory.enums import Level
from liren.territory.models import PlaceSet

from ..actions.categories import LIMIT_MAX, Wording
from ..actions.office import HEARD_HOW
from ..actions.reporting import TEXT_MAX
from ..desk import COLUMNS, NO_KIND, SORTS
from ..enums import Ending, Origin, Status, SuspendCause, Unit
from ..kinds import kind_name
from ..models import Category
from .portal import Keys, Phone, Photos, Words

if TYPE_CHECKING:
    from ..views.office.situation import Seat, Situation


class ListForm(forms.Form):
    """The filters of the list; all of them live in the address."""

    q = forms.CharField(
        label=_("Words or number"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "data-search": "", "size": 16}),
    )
    status = forms.ChoiceField(label=_("State"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    at = forms.CharField(label=_("Place"), required=False, max_length=40)
    origin = forms.ChoiceField(label=_("How it came"), required=False)
    since = forms.DateField(
        label=_("Reported from"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("to"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    overdue = forms.BooleanField(label=_("Overdue"), required=False)
    reopened = forms.BooleanField(label=_("Came back"), required=False)
    shielded = forms.BooleanField(label=_("Reporter unknown"), required=False)

    MORE = ("origin", "since", "until", "overdue", "reopened", "shielded")

    def __init__(self, *args: Any, kinds: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [("", _("all"))]
        states = [(s.value, s.label) for s in Status]
        self._choices("status", [*every, ("open", _("all open")), *states])
        self._choices("category", [*every, (NO_KIND, _("no category yet")), *kinds])
        self._choices("origin", [*every, *Origin.choices])

    def _choices(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def folded(self) -> list[Any]:
        """The fields that are folded away until they are used."""
        return [self[name] for name in self.MORE]

    def unfolded(self) -> bool:
        """Tell whether one of the folded fields is in use."""
        return any(self.data.get(name) for name in self.MORE)


class HiddenListForm(forms.Form):
    """What else narrows the list: set by links, kept in the address."""

    view = forms.ChoiceField(required=False, choices=[(c, c) for c in COLUMNS])
    ending = forms.ChoiceField(required=False, choices=Ending.choices)
    place = forms.RegexField(r"^\d{2,24}$", required=False)
    compound = forms.ModelChoiceField(PlaceSet.objects.all(), required=False)
    holder = forms.UUIDField(required=False)
    figure = forms.CharField(required=False, max_length=300)
    sort = forms.ChoiceField(required=False, choices=[(s, s) for s in SORTS])
    after = forms.CharField(required=False, max_length=80)
    before = forms.CharField(required=False, max_length=80)


class VerbForm(forms.Form):
    """One thing to do: the version the person looked at, and where to go back to."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    back = forms.CharField(widget=forms.HiddenInput, required=False, max_length=500)

    def __init__(self, *args: Any, situation: "Situation | None" = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if situation is not None:
            self.place(situation)

    def place(self, situation: "Situation") -> None:
        """Fill the choices from what is known of the matter."""

    def choices(self, name: str, choices: Any) -> None:
        """Set the choices of a field."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


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


class ReasonForm(VerbForm):
    """Why."""

    words = words_field(_("Why"), required=True)


class HandleForm(VerbForm):
    """What was done; the reporter reads it."""

    words = words_field(_("What was done (the reporter reads it)"), required=True)


class ExplainForm(VerbForm):
    """Why no more can be done; the reporter reads it."""

    words = words_field(_("Why it cannot be done (the reporter reads it)"), required=True, rows=3)


class CommentForm(VerbForm):
    """A note: for staff, or a word to the reporter."""

    words = words_field(_("Note"), required=True)
    to_reporter = forms.BooleanField(label=_("The reporter reads it too"), required=False)


class AssignForm(VerbForm):
    """Whom to send it to."""

    to = forms.TypedChoiceField(label=_("To"), coerce=UUID)
    words = words_field()

    def place(self, situation: "Situation") -> None:
        """Offer the posts that answer for the place, nearest first."""
        holder = situation.matter.holder_id
        self.choices("to", _seats([s for s in situation.own if s.post.pk != holder]))


class WhistleForm(VerbForm):
    """Which department or partner to call, and what for."""

    called = forms.TypedChoiceField(label=_("Whom to call"), coerce=UUID)
    words = words_field(_("What is needed"), required=True)

    def place(self, situation: "Situation") -> None:
        """Offer departments and partners whose posts cover the place."""
        self.choices("called", _seats(situation.called))


def _seats(seats: "list[Seat]") -> list[tuple[str, Any]]:
    return [
        ("", "—"),
        *(
            (
                str(seat.post.pk),
                format_lazy(_("{title} (vacant)"), title=seat.post.title)
                if seat.vacant
                else seat.post.title,
            )
            for seat in seats
        ),
    ]


class SuspendForm(VerbForm):
    """Why the clock stands still, and until when."""

    cause = forms.ChoiceField(label=_("Cause"), choices=[("", "—"), *SuspendCause.choices])
    until = forms.DateField(
        label=_("Until, if known"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    words = words_field(_("What are we waiting for (the reporter reads it)"), required=True)

    def clean_until(self) -> "datetime | None":
        """Return the end of that day; refuse a day that has passed."""
        day: date | None = self.cleaned_data["until"]
        if day is None:
            return None
        if day < clock.today():
            raise forms.ValidationError(_("This day has passed."))
        return datetime.combine(day, time(17), tzinfo=clock.SHANGHAI)


class ExtensionForm(VerbForm):
    """How many more working days, and why."""

    days = forms.IntegerField(label=_("Working days"), min_value=1, max_value=30)
    words = words_field(_("Why"), required=True)


class OutsideForm(VerbForm):
    """Who is responsible, if not we."""

    authority = forms.CharField(label=_("Who is responsible"), max_length=120)
    words = words_field(_("What the reporter should know"), required=True)

    def place(self, situation: "Situation") -> None:
        """Start with the authority the category names."""
        if situation.matter.category and not self.is_bound:
            self.initial.setdefault("authority", situation.matter.category.authority)


class CategoriseForm(VerbForm):
    """Another category; perhaps sent anew."""

    category = forms.TypedChoiceField(label=_("Category"), coerce=UUID)
    resend = forms.BooleanField(
        label=_("Send it anew to whoever is nearest for this category"), required=False
    )

    def place(self, situation: "Situation") -> None:
        """Offer the categories in force."""
        self.choices("category", kind_choices(situation.kinds))
        if situation.matter.status not in (Status.SUBMITTED, Status.HANDLING):
            del self.fields["resend"]


class MergeForm(VerbForm):
    """The matter it goes on with: picked from what was found, or by its number."""

    into = forms.CharField(label=_("Number of the other matter"), max_length=40, required=False)
    words = words_field()

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two; what was typed outranks what was picked."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        values["into"] = values.get("into") or str(self.data.get("pick", ""))[:40]
        if not values["into"]:
            self.add_error("into", _("Please choose the matter it goes on with."))
        return values


class SplitForm(VerbForm):
    """A part with its own handler."""

    text = forms.CharField(
        label=_("What this part is"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    category = forms.TypedChoiceField(
        label=_("Category"), coerce=UUID, required=False, empty_value=None
    )
    to = forms.TypedChoiceField(
        label=_("Who handles it"), coerce=UUID, required=False, empty_value=None
    )

    def place(self, situation: "Situation") -> None:
        """Offer categories and posts."""
        self.choices("category", kind_choices(situation.kinds, empty=_("as the whole")))
        self.choices("to", [("", _("whoever is nearest")), *_seats(situation.own)[1:]])


class HeardForm(VerbForm):
    """What the reporter said, and how it was heard."""

    how = forms.ChoiceField(
        label=_("How they told us"),
        choices=[(o.value, o.label) for o in HEARD_HOW],
    )
    words = words_field(_("What they said"), required=True)


class HeardSolvedForm(HeardForm):
    """Solved, and perhaps how satisfied."""

    satisfied = forms.ChoiceField(
        label=_("Satisfied"),
        required=False,
        choices=[
            ("", _("not said")),
            ("yes", _("satisfied")),
            ("soso", _("so-so")),
            ("no", _("not satisfied")),
        ],
    )


class RevealForm(VerbForm):
    """Why the number is needed."""

    words = words_field(_("Why you need to see the telephone number"), required=True)


def kind_choices(kinds: "list[Category]", *, empty: Any = "") -> list[tuple[str, Any]]:
    """Return categories as grouped choices."""
    found: list[tuple[str, Any]] = [("", empty or "—")]
    for group in (k for k in kinds if not k.parent_key):
        inside = [(str(k.pk), kind_name(k)) for k in kinds if k.parent_key == group.key]
        found.append((kind_name(group), [*inside, (str(group.pk), kind_name(group))]))
    return found


class RecordForm(forms.Form):
    """A need as it was told: on the telephone, on paper, at the door, at the station."""

    HOW = (Origin.PHONE, Origin.STATION, Origin.PAPER, Origin.DOOR)

    origin = forms.ChoiceField(
        label=_("How it came"),
        choices=[(o.value, o.label) for o in HOW],
        initial=Origin.PHONE,
        widget=forms.RadioSelect,
    )
    text = Words(
        most=TEXT_MAX,
        label=_("What is it? In their own words"),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
    )
    place = forms.RegexField(
        r"^\d{12,24}$",
        label=_("Where"),
        error_messages={
            "required": _("Please choose the place."),
            "invalid": _("Please choose the place."),
        },
    )
    place_note = Words(most=120, line=True, required=False, label=_("Where exactly"))
    category = forms.TypedChoiceField(
        label=_("Category"), coerce=UUID, required=False, empty_value=None
    )
    contact_name = Words(most=60, line=True, required=False, label=_("Name"))
    contact_phone = Phone(required=False, label=_("Telephone"))
    shielded = forms.BooleanField(
        required=False, label=_("Keep them unknown to the people it is about")
    )
    about = Keys(several=True, label=_("Who is it about?"), widget=forms.CheckboxSelectMultiple())
    photos = Photos(label=_("Photos or the scanned paper"), required=False)
    once = forms.CharField(widget=forms.HiddenInput(), required=False, max_length=16)

    def __init__(self, *args: Any, kinds: "list[Category]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = kind_choices(kinds, empty=_("not sure yet"))


class RootForm(forms.Form):
    """What the root cause may be, and what is to be done."""

    text = Words(
        most=TEXT_MAX,
        label=_("What is to be found out and ended"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CategoryForm(forms.Form):
    """One category: its name, its limits, where it starts, the words that suggest it."""

    seen = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = Words(most=40, line=True, label=_("Name of the category"))
    name_en = Words(most=60, line=True, required=False, label=_("English name"))
    accept_within = forms.IntegerField(label=_("Accept within"), min_value=1, max_value=LIMIT_MAX)
    accept_unit = forms.ChoiceField(label=_("Unit"), choices=Unit.choices)
    handle_within = forms.IntegerField(label=_("Done within"), min_value=1, max_value=LIMIT_MAX)
    handle_unit = forms.ChoiceField(label=_("Unit"), choices=Unit.choices)
    line = forms.TypedChoiceField(label=_("Line"), coerce=UUID)
    start_level = forms.ChoiceField(label=_("Starts at"))
    needs_check = forms.BooleanField(
        label=_("Somebody looks on the spot before the reporter is asked"), required=False
    )
    keywords = forms.CharField(
        label=_("Words that suggest it"),
        help_text=_("Separated by spaces"),
        required=False,
        max_length=900,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    authority = Words(
        most=80, line=True, required=False, label=_("Who is responsible when it is not ours")
    )
    urgent_advice = Words(
        most=120, line=True, required=False, label=_("What to do at once (shown while reporting)")
    )
    why = Words(most=200, line=True, required=False, label=_("Why it changes"))

    def __init__(self, *args: Any, community: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = Line.objects.filter(community__in=("", community)).prefetch_related("steps")
        levels: dict[str, Any] = {}
        for line in lines:
            for step in line.steps.all():
                levels.setdefault(step.level, Level(step.level).label)
        for name, choices in (
            ("line", [(str(line.pk), line.name) for line in lines]),
            ("start_level", list(levels.items())),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def wording(self) -> Wording:
        """Return what a valid form says."""
        values = self.cleaned_data
        names = [f.name for f in fields(Wording) if f.name != "keywords"]
        return Wording(
            **{name: values[name] for name in names},
            keywords=tuple(values["keywords"].replace("，", " ").replace(",", " ").split()),
        )
