"""What django-allauth asks us: phones, codes through our channels, limits that tell nothing."""

import secrets
from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.access import limits, rls
from liren.base import clock
from liren.base.crypto import decrypt, encrypt, key_hash
from liren.base.errors import Invalid
from liren.base.identifiers import normalise_phone

from .. import hooks
from ..models import Account

# Tries an hour for one typed name, whether or not an account bears it.
TRIES = 20
MINUTES = 10
SEALED = "mfa.authenticator.data"

NOTICES = {
    "account/email/password_changed": gettext_lazy("Your password was changed"),
    "account/email/password_set": gettext_lazy("A password was set for your account"),
    "mfa/email/totp_activated": gettext_lazy("An authenticator app was added to your account"),
    "mfa/email/totp_deactivated": gettext_lazy(
        "The authenticator app was removed from your account"
    ),
    "mfa/email/webauthn_added": gettext_lazy("A passkey was added to your account"),
    "mfa/email/webauthn_removed": gettext_lazy("A passkey was removed from your account"),
    "mfa/email/recovery_codes_generated": gettext_lazy("New recovery codes were made"),
}


def six_digits() -> str:
    """Return a code to read aloud and type: six digits from the system's secure generator."""
    return f"{secrets.randbelow(10**6):06d}"


class Adapter(DefaultAccountAdapter):
    """Accounts: found by phone, told through our inbox, limited by what was typed."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "phone_password_mismatch": gettext_lazy("Name or password is not right."),
        "email_password_mismatch": gettext_lazy("Name or password is not right."),
        "username_password_mismatch": gettext_lazy("Name or password is not right."),
        "incorrect_code": gettext_lazy("This code is not right."),
        "incorrect_password": gettext_lazy("This password is not right."),
        "enter_current_password": gettext_lazy("This password is not right."),
        "too_many_login_attempts": gettext_lazy(
            "Too many tries. Please wait a quarter of an hour, or sign in by a code."
        ),
    }

    # -- phones ------------------------------------------------------------------------------------

    def clean_phone(self, phone: str) -> str:
        """Return the number in its stored form; refuse what is none."""
        try:
            return normalise_phone(phone)
        except Invalid as error:
            raise ValidationError(str(error)) from None

    def phone_form_field(self, **kwargs: Any) -> Any:
        """Return a field for Chinese mobile numbers."""
        from .forms import PhoneField

        return PhoneField(**kwargs)

    def get_user_by_phone(self, phone: str) -> AbstractBaseUser | None:
        """Find the account whose confirmed number this is."""
        try:
            hashed = key_hash(phone, "phone")
        except Invalid:
            return None
        return Account.objects.filter(
            phone_hash=hashed, phone_verified=True, is_active=True
        ).first()

    def get_phone(self, user: AbstractBaseUser) -> tuple[str, bool] | None:
        """Return the account's number, if it is confirmed."""
        if isinstance(user, Account) and user.phone and user.phone_verified:
            return user.phone, True
        return None

    def set_phone(self, user: AbstractBaseUser, phone: str, verified: bool) -> None:
        """Change the number. Ours goes another way (``signin.proof``): never called."""
        raise NotImplementedError

    def set_phone_verified(self, user: AbstractBaseUser, phone: str) -> None:
        """Note that a number was proved again by a sign-in code: nothing to write."""

    def send_verification_code_sms(
        self, user: AbstractBaseUser, phone: str, code: str, **kwargs: Any
    ) -> None:
        """Send a sign-in code through the operator's gateway."""
        hooks.send("sms", phone, str(_("Sign-in code")), code_text(code))

    # -- codes and notices -------------------------------------------------------------------------

    def generate_login_code(self) -> str:
        """Return a fresh code."""
        return six_digits()

    def generate_phone_verification_code(self, *, user: AbstractBaseUser, phone: str) -> str:
        """Return a fresh code."""
        return six_digits()

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a sign-in code; of everything else nothing is sent.

        Nobody hears that an address has no account: the page looks the same, and no stranger is
        written to because somebody mistyped.
        """
        if template_prefix == "account/email/login_code":
            hooks.send("email", email, str(_("Sign-in code")), code_text(context["code"]))

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the person in their inbox what changed about their sign-in."""
        title = NOTICES.get(template_prefix)
        if title is None or not isinstance(user, Account) or user.person_id is None:
            return
        with rls.everywhere():
            hooks.tell(
                hooks.Tell(
                    person=user.person_id,
                    community=user.community,
                    kind="people.sign_in",
                    title=str(title),
                    body=str(_("If this was not you, please tell the community office at once.")),
                    link=f"/c/{user.community}/me/security/",
                    key=f"sign-in:{uuid4()}",
                )
            )

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Show only messages given in words; the library's own chatter is left out."""
        if kwargs.get("message"):
            super().add_message(*args, **kwargs)

    # -- limits and policy -------------------------------------------------------------------------

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a try on the typed name, in the database, for all server processes alike.

        The same for names that exist and names that do not: the lock tells nothing.
        """
        typed = "|".join(str(credentials.get(k, "")) for k in ("username", "email", "phone"))
        limits.count_one("sign-in-name", typed.lower(), TRIES)
        super().pre_authenticate(request, **credentials)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address behind our trusted proxies."""
        return limits.client_address(request)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Set a password and remember when, so that it can be asked for anew in time."""
        if isinstance(user, Account):
            user.password_changed_at = clock.now()
        super().set_password(user, password)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no: joining has its own page in each community (``views.join``)."""
        return False


def code_text(code: str) -> str:
    """Return the message that carries a code."""
    return _("%(code)s is your code. It holds for %(minutes)s minutes. Tell it to nobody.") % {
        "code": code,
        "minutes": MINUTES,
    }


class SecondFactor(DefaultMFAAdapter):
    """Second factors: their secrets are sealed at rest like phones are."""

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        return encrypt(text, SEALED).hex()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret; raises ``CannotDecrypt`` when it was altered."""
        return decrypt(bytes.fromhex(encrypted_text), SEALED)

    def get_totp_issuer(self) -> str:
        """Return the name an authenticator app shows."""
        return "里仁 Liren"

    def _get_site_name(self) -> str:
        return "里仁 Liren"
