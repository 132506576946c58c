"""Forms of people's pages. What they check is shape only; the actions decide."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liren.base import clock

from . import labels
from .enums import MandateScope, RequestKind, Tenure
from .rules import DESK_CORRECTABLE, MANDATE_DAYS_MAX
from .signin.forms import PhoneField, digits


class AgreeField(forms.BooleanField):
    """The consent box; never ticked beforehand."""

    def __init__(self) -> None:
        super().__init__(
            label=_("I have read this and agree"),
            error_messages={"required": _("Please read what is kept, and agree to it.")},
        )


class JoinPhoneForm(forms.Form):
    """Join with a phone number."""

    phone = PhoneField()
    name = forms.CharField(
        label=_("How may we call you? (optional)"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    agree = AgreeField()


class ProofForm(forms.Form):
    """The code that came by message."""

    code = forms.CharField(max_length=12)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        digits(self.fields["code"])


class JoinCodeForm(forms.Form):
    """Join with a printed code."""

    code = forms.CharField(
        label=_("Code on the paper"),
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    name = forms.CharField(
        label=_("How may we call you? (optional)"), max_length=60, required=False
    )
    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=40,
        required=False,
        help_text=_("Letters or characters, no spaces. Not needed if you have an account already."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        help_text=_(
            "At least 8 characters of three kinds (capital and small letters, digits, signs), or a"
            " sentence of 14 characters and more."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "data-no-draft": ""}),
    )
    agree = AgreeField()


class HouseholdCodeForm(forms.Form):
    """Belong to the household a printed code is for."""

    code = forms.CharField(
        label=_("Code on the paper"),
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    tenure = forms.ChoiceField(
        label=_("How do you live there?"),
        choices=Tenure.choices,
        initial=Tenure.OWNER,
        widget=forms.RadioSelect,
    )


class TenureForm(forms.Form):
    """How somebody lives in a household they claim."""

    tenure = forms.ChoiceField(
        label=_("How do you live there?"),
        choices=Tenure.choices,
        initial=Tenure.OWNER,
        widget=forms.RadioSelect,
    )


class DisplayForm(forms.Form):
    """Language and type size."""

    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("zh-hans", "简体中文"), ("en", "English")],
        widget=forms.RadioSelect,
    )
    large_type = forms.BooleanField(label=_("Large type, fewer things on a page"), required=False)


class MandateForm(forms.Form):
    """Let somebody act for oneself."""

    phone = PhoneField(
        label=_("Their mobile number"),
        required=False,
        help_text=_("Leave it empty to get a code you hand over."),
    )
    # What a mandate can be used for today; booking services joins with the services.
    scopes = forms.MultipleChoiceField(
        label=_("What may they do?"),
        choices=[(one.value, one.label) for one in (MandateScope.MATTERS, MandateScope.PRIVACY)],
        initial=[MandateScope.MATTERS],
        widget=forms.CheckboxSelectMultiple,
    )
    until = forms.DateField(
        label=_("Until which day?"),
        help_text=_("Two years at most. You can end it earlier at any time."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        field = self.fields["until"]
        field.initial = today + timedelta(days=365)
        field.widget.attrs["min"] = (today + timedelta(days=1)).isoformat()
        field.widget.attrs["max"] = (today + timedelta(days=MANDATE_DAYS_MAX)).isoformat()

    def clean_scopes(self) -> list[str]:
        """Acting for somebody begins with their matters."""
        scopes: list[str] = self.cleaned_data["scopes"]
        if MandateScope.MATTERS not in scopes:
            said = _("Please tick reporting and following too: acting for you begins with it.")
            raise forms.ValidationError(said)
        return scopes


class DeskMandateForm(MandateForm):
    """A mandate written down at the desk, with two persons present."""

    witness = forms.CharField(
        label=_("Second person present"),
        max_length=80,
        help_text=_("Name and post of the colleague who is present beside you."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].required = True
        self.fields["phone"].help_text = _("They have joined and proved this number.")


class MandateCodeForm(forms.Form):
    """Accept a mandate with the code one was handed."""

    code = forms.CharField(
        label=_("Code you were handed"),
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class RequestForm(forms.Form):
    """Ask the office about one's data."""

    kind = forms.ChoiceField(
        label=_("What should be done?"), choices=RequestKind.choices, widget=forms.RadioSelect
    )
    detail = forms.CharField(
        label=_("What exactly?"),
        max_length=1000,
        required=False,
        help_text=_("For a correction: what is wrong, and how it should read."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AnswerForm(forms.Form):
    """The office's answer to a request or a claim."""

    words = forms.CharField(
        label=_("Answer to the person"),
        max_length=1000,
        required=False,
        help_text=_("A refusal says why, and what they can do about it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ClaimAnswerForm(AnswerForm):
    """The office's answer to a claim: shorter."""

    words = forms.CharField(
        label=_("Answer to the person"),
        max_length=200,
        required=False,
        help_text=_("A refusal says why, and what they can do about it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CorrectAnswerForm(AnswerForm):
    """The office's answer to a correction: it can be made here."""

    field = forms.ChoiceField(label=_("Correct this entry now"), required=False)
    value = forms.CharField(
        label=_("How it should read"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("field", "value", "words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["field"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [
            ("", _("none of these; the answer says what was done")),
            *((name, labels.FIELDS[name]) for name in DESK_CORRECTABLE),
        ]

    def clean(self) -> dict[str, Any] | None:
        """An entry that is granted needs what it should read."""
        found = super().clean() or {}
        if self.data.get("decision") == "grant" and found.get("field") and not found.get("value"):
            self.add_error("value", _("Please write how it should read."))
        return found


class EraseAnswerForm(AnswerForm):
    """The office's answer to a deletion, which nobody can undo."""

    sure = forms.BooleanField(
        label=_("Delete everything no law keeps; it cannot be brought back"), required=False
    )
    field_order = ("words", "sure")

    def clean(self) -> dict[str, Any] | None:
        """A deletion is granted with the box ticked only."""
        found = super().clean() or {}
        if self.data.get("decision") == "grant" and not found.get("sure"):
            self.add_error("sure", _("Please tick that you are sure."))
        return found


class FindForm(forms.Form):
    """Find people at the desk: by number, by name or how it sounds, by place."""

    q = forms.CharField(
        label=_("Phone number, name or pinyin"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "data-search": ""}),
    )
    place = forms.CharField(
        label=_("Building, unit or door"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class CorrectForm(forms.Form):
    """Correct one field, with the reason the person reads."""

    value = forms.CharField(label=_("New entry"), max_length=80, required=False)
    reason = forms.CharField(
        label=_("Why (the person reads this)"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class OwnForm(forms.Form):
    """Correct one of one's own entries."""

    value = forms.CharField(max_length=60, required=False)

    def __init__(self, *args: Any, field: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        value = self.fields["value"]
        value.label = str(labels.FIELDS[field])
        if field == "name":
            value.required = True
            value.widget.attrs["autocomplete"] = "name"
        else:
            value.help_text = _("Four digits. Leave it empty and it is no longer kept.")
            value.widget.attrs |= {"inputmode": "numeric", "autocomplete": "bday-year"}


class ContactForm(forms.Form):
    """A new number or address for signing in."""

    target = forms.CharField(max_length=190)

    def __init__(self, *args: Any, what: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["target"]
        if what == "phone":
            field.label = _("Mobile number")
            field.widget.attrs = {"type": "tel", "inputmode": "tel", "autocomplete": "tel"}
        else:
            field.label = _("E-mail address")
            field.widget.attrs = {"type": "email", "autocomplete": "email"}
