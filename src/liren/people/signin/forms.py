"""The forms of signing in, in our words."""

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    ConfirmLoginCodeForm,
    LoginForm,
    ReauthenticateForm,
    SetPasswordForm,
)
from allauth.account.models import EmailAddress
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from liren.base.errors import Invalid
from liren.base.identifiers import normalise_phone

from ..models import Account


class PhoneField(forms.CharField):
    """A Chinese mobile number, however it was typed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Mobile number"))
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault(
            "widget",
            forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        """Return the stored form; say what is wrong otherwise."""
        text = super().clean(value)
        if not text:
            return text
        try:
            return normalise_phone(text)
        except Invalid as error:
            raise ValidationError(str(error)) from None


class SignInForm(LoginForm):
    """Phone number, e-mail or sign-in name, and a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["login"]
        name.label = _("Mobile number, e-mail or sign-in name")
        name.widget.attrs = {"autocomplete": "username", "maxlength": 150, "autocapitalize": "none"}
        password = self.fields["password"]
        password.label, password.help_text = _("Password"), ""
        password.widget.attrs = {"autocomplete": "current-password", "data-no-draft": ""}


class CodeForm(forms.Form):
    """Where a sign-in code is sent. Whether an account is there is not told."""

    to = forms.CharField(
        label=_("Mobile number or e-mail"),
        max_length=190,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )

    def clean_to(self) -> str:
        """Find the confirmed account behind a number or an address, if there is one."""
        typed = str(self.cleaned_data["to"]).strip()
        self._user: Account | None = None
        if "@" in typed:
            try:
                validate_email(typed)
            except ValidationError:
                raise ValidationError(_("Please enter an e-mail address.")) from None
            found = EmailAddress.objects.filter(email=typed.lower(), verified=True).first()
            user = found.user if found else None
            self._user = user if isinstance(user, Account) and user.is_active else None
            self.cleaned_data["email"] = typed.lower()
            return typed
        from .adapter import Adapter

        number = PhoneField().clean(typed)
        phone_user = Adapter().get_user_by_phone(number)
        self._user = phone_user if isinstance(phone_user, Account) else None
        self.cleaned_data["phone"] = number
        return typed


class ConfirmCodeForm(ConfirmLoginCodeForm):
    """Six digits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        digits(self.fields["code"])


def digits(field: forms.Field) -> None:
    """Make a field one for a code: number keys, filled in from the message by the phone."""
    field.label, field.help_text = _("Code"), ""
    field.widget.attrs = {
        "autocomplete": "one-time-code",
        "inputmode": "numeric",
        "maxlength": 12,
        "data-no-draft": "",
    }


class _Passwords:
    fields: dict[str, forms.Field]

    def _say(self) -> None:
        names = {
            "oldpassword": _("Present password"),
            "password1": _("New password"),
            "password2": _("New password once more"),
            "password": _("Password"),
        }
        for name, field in self.fields.items():
            if name in names:
                field.label = names[name]
                field.widget.attrs.pop("placeholder", None)
                field.widget.attrs["data-no-draft"] = ""
                if name != "password1":
                    field.help_text = ""
                else:
                    field.help_text = _(
                        "At least 8 characters of three kinds (capital and small letters, digits,"
                        " signs), or a sentence of 14 characters and more."
                    )


class PasswordChangeForm(_Passwords, ChangePasswordForm):
    """Change a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._say()


class PasswordSetForm(_Passwords, SetPasswordForm):
    """Set a first password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._say()


class AgainForm(_Passwords, ReauthenticateForm):
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._say()
