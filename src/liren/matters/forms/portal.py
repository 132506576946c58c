"""What residents type: cleaned like everything else, what is wrong said beside the field."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from liren.base.errors import Invalid
from liren.base.identifiers import normalise_phone
from liren.base.ids import new_code
from liren.base.text import TextEmpty, clean_line, clean_text
from liren.matters.actions.core import WORDS_MAX
from liren.matters.actions.reporting import PHOTOS_MAX, SATISFACTION, TEXT_MAX
from liren.matters.kinds import kind_name
from liren.matters.models import Category
from liren.organisation.queries import Holder

SATISFIED = {"yes": _("satisfied"), "soso": _("so-so"), "no": _("not satisfied")}


class Words(forms.Field):
    """Free text as people type it: any script, emoji, no length told before it matters.

    Control characters vanish instead of being complained about: nobody can see them.
    """

    def __init__(self, *, most: int, line: bool = False, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput() if line else forms.Textarea())
        # Django's own words for a missing field are for forms of figures and dates.
        self.says = "required" in options.get("error_messages", {})
        super().__init__(**options)
        self.most, self.line = most, line

    def clean(self, value: Any) -> str:
        """Return the cleaned text; raise ``ValidationError`` when empty or too long."""
        clean = clean_line if self.line else clean_text
        try:
            return clean(str(value or ""), self.most, empty_ok=not self.required)
        except TextEmpty as error:
            said = self.error_messages["required"] if self.says else str(error)
            raise ValidationError(said, code="required") from error
        except Invalid as error:
            raise ValidationError(str(error)) from error


class Phone(forms.Field):
    """A phone number we could call."""

    # Not kept on the phone between visits: it may be a borrowed one.
    widget = forms.TextInput(
        attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel", "data-no-draft": ""}
    )

    def clean(self, value: Any) -> str:
        """Return the number as it is stored, "" when left out."""
        text = str(value or "").strip()
        if not text:
            return ""
        try:
            return normalise_phone(text)
        except Invalid as error:
            raise ValidationError(str(error)) from error


class PhotosInput(forms.ClearableFileInput):
    """A file input that takes several pictures."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"accept": "image/*", "multiple": True, "data-max": PHOTOS_MAX})
        self.template_name = "django/forms/widgets/input.html"


class Photos(forms.FileField):
    """Up to six photos; what they hold is looked at when they are re-encoded."""

    widget = PhotosInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the uploaded files; raise ``ValidationError`` when there are too many."""
        files = [one for one in (data if isinstance(data, (list, tuple)) else [data]) if one]
        if len(files) > PHOTOS_MAX:
            raise ValidationError(_("At most six photos, please."))
        return files


def put(form: forms.Form, refused: Invalid, names: Mapping[str, str] | None = None) -> None:
    """Put what an action refused beside the fields of the form it came from."""
    if not refused.fields:
        form.add_error(None, str(refused))
    for name, said in refused.fields.items():
        field = (names or {}).get(name, name)
        for one in said:
            form.add_error(field if field in form.fields else None, str(one))


def new_once() -> str:
    """Return a key for one shown form: sent twice, it still makes one matter."""
    return new_code(16)


class Keys(forms.Field):
    """Identities chosen from a list; whether they may be chosen is the action's to say."""

    def __init__(self, *, several: bool = False, **options: Any) -> None:
        super().__init__(required=False, **options)
        self.several = several

    def clean(self, value: Any) -> list[UUID]:
        """Return the identities; raise ``ValidationError`` for what is none."""
        listed = value if isinstance(value, (list, tuple)) else [value]
        try:
            return [UUID(str(one)) for one in listed if one]
        except ValueError as error:
            raise ValidationError(_("Please choose from the list.")) from error


class ReportForm(forms.Form):
    """A need in a resident's words."""

    text = Words(
        most=TEXT_MAX,
        label=_("What is it?"),
        error_messages={"required": _("Please say in a sentence what it is about.")},
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}),
    )
    photos = Photos(label=_("Photos"), required=False)
    # Offered while typing, chosen by a person or not at all (G11); the list is always there.
    suggested = Keys(widget=forms.HiddenInput())
    category = Keys(label=_("What kind?"), widget=forms.Select())
    place_note = Words(most=120, line=True, required=False, label=_("Where exactly?"))
    shielded = forms.BooleanField(
        required=False, label=_("Keep me unknown to the people it is about")
    )
    about = Keys(several=True, label=_("Who is it about?"), widget=forms.CheckboxSelectMultiple())
    contact_name = Words(
        most=60,
        line=True,
        required=False,
        label=_("How may we call you?"),
        widget=forms.TextInput(attrs={"autocomplete": "name", "data-no-draft": ""}),
    )
    contact_phone = Phone(required=False, label=_("Phone"))
    place = forms.CharField(widget=forms.HiddenInput(), required=False, max_length=24)
    longitude = forms.DecimalField(
        required=False, min_value=-180, max_value=180, widget=forms.HiddenInput()
    )
    latitude = forms.DecimalField(
        required=False, min_value=-90, max_value=90, widget=forms.HiddenInput()
    )
    via = forms.ChoiceField(
        choices=[("web", "web"), ("qr", "qr")], required=False, widget=forms.HiddenInput()
    )
    once = forms.CharField(widget=forms.HiddenInput(), required=False, max_length=16)

    def __init__(self, *args: Any, signed_in: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if signed_in:
            del self.fields["contact_name"], self.fields["contact_phone"]

    def clean_longitude(self) -> Any:
        """Six decimals are a tenth of a metre."""
        return self._rounded("longitude")

    def clean_latitude(self) -> Any:
        """Six decimals are a tenth of a metre."""
        return self._rounded("latitude")

    def _rounded(self, name: str) -> Any:
        value = self.cleaned_data.get(name)
        return None if value is None else round(value, 6)

    @property
    def kind(self) -> UUID | None:
        """The category the reporter chose: a suggestion taken up, or one from the list."""
        chosen = [*self.cleaned_data.get("suggested", []), *self.cleaned_data.get("category", [])]
        return chosen[0] if chosen else None

    def offer(self, categories: Sequence[Category], leaders: Sequence[Holder]) -> None:
        """Fill the lists to choose from; only a page that shows the form needs them."""
        kinds, about = self.fields["category"].widget, self.fields["about"].widget
        assert isinstance(kinds, forms.Select)
        assert isinstance(about, forms.CheckboxSelectMultiple)
        kinds.choices = [
            ("", _("I do not know; please look yourselves")),
            *grouped(categories),
        ]
        about.choices = [(str(one.post), one.title) for one in leaders]


class SpotForm(forms.Form):
    """Where on the map somebody tapped: WGS84 degrees, and the building beside it."""

    lon = forms.DecimalField(required=False, min_value=-180, max_value=180)
    lat = forms.DecimalField(required=False, min_value=-90, max_value=90)
    near = forms.RegexField(regex=r"^[0-9]{15,24}$", required=False)


def grouped(categories: Sequence[Category]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the choices two levels deep: the names of groups, and the kinds below them."""
    heads = {c.key: kind_name(c) for c in categories if not c.parent_key}
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in categories:
        if one.parent_key:
            head = heads.get(one.parent_key, "")
            groups.setdefault(head, []).append((str(one.pk), kind_name(one)))
    return list(groups.items())


class LookupForm(forms.Form):
    """Number and query code of a receipt."""

    number = forms.CharField(
        label=_("Number"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "autocapitalize": "characters"}
        ),
    )
    code = forms.CharField(
        label=_("Query code"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class AddForm(forms.Form):
    """More words or photos on one's own matter."""

    words = Words(
        most=WORDS_MAX,
        label=_("What would you like to add?"),
        help_text=_("A photo alone is enough too."),
        error_messages={"required": _("Please write something, or add a photo.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    photos = Photos(label=_("Photos"), required=False)
    use_required_attribute = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "photos" in self.files:
            self.fields["words"].required = False


class WhyForm(forms.Form):
    """A reason in a few words: reopening."""

    words = Words(
        most=WORDS_MAX,
        label=_("What is still not right?"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(forms.Form):
    """Solved or not, satisfied or not, and why."""

    solved = forms.ChoiceField(
        label=_("Is it solved?"),
        choices=[("yes", _("Solved")), ("no", _("Not solved"))],
        widget=forms.RadioSelect(),
    )
    satisfied = forms.ChoiceField(
        label=_("How was it handled?"),
        required=False,
        choices=[(key, SATISFIED[key]) for key in SATISFACTION],
        widget=forms.RadioSelect(),
    )
    words = Words(
        most=WORDS_MAX,
        required=False,
        label=_("Why? What is missing?"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RateForm(forms.Form):
    """How a closed matter was handled."""

    satisfied = forms.ChoiceField(
        label=_("How was it handled?"),
        choices=[(key, SATISFIED[key]) for key in SATISFACTION],
        widget=forms.RadioSelect(),
    )
    words = Words(
        most=500,
        required=False,
        label=_("Would you like to say more?"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
