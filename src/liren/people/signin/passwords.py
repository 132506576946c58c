"""The password policy: what GB/T 22239-2019 (8.1.4.1 a) asks, where software can hold it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SHORT, LONG, KINDS = 8, 14, 3


class MixedValidator:
    """Eight characters of three kinds, or fourteen and more of whatever somebody can remember."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ``ValidationError`` with what is missing."""
        kinds = sum(
            (
                any(c.islower() for c in password),
                any(c.isupper() for c in password),
                any(c.isdigit() for c in password),
                any(not c.isalnum() for c in password) or any(ord(c) > 0x2E7F for c in password),
            )
        )
        if len(password) >= LONG and len(set(password)) >= SHORT:
            return
        if len(password) < SHORT or kinds < KINDS:
            raise ValidationError(self.get_help_text(), code="password_too_simple")

    def get_help_text(self) -> str:
        """Say what is asked."""
        return _(
            "At least 8 characters of three kinds (capital and small letters, digits, signs), or a"
            " sentence of 14 characters and more."
        )
