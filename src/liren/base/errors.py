"""The refusals a person may meet, each with its words and its status code.

Actions raise them; the faces turn them into pages, fragments or JSON. The message is written for
the person who reads it and is translated when it is shown, not when it is raised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Refused(Exception):  # noqa: N818 -- it is an answer, not a fault of the program
    """The request is understood and not done. Base of all below.

    `message` is shown to the person; `code` is a stable word for programs; `status` is the HTTP
    status; `headers` are added to the answer.
    """

    default_message: ClassVar[StrOrPromise] = _("This cannot be done.")
    default_code: ClassVar[str] = "refused"
    default_status: ClassVar[int] = 400

    def __init__(
        self,
        message: StrOrPromise | None = None,
        code: str | None = None,
        status: int | None = None,
    ) -> None:
        self.message: StrOrPromise = self.default_message if message is None else message
        self.code = code or self.default_code
        self.status = status or self.default_status
        super().__init__(self.code)

    @property
    def headers(self) -> dict[str, str]:
        """HTTP headers to add to the answer."""
        return {}

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(Refused):
    """403: the person is known, and this is not theirs to do."""

    default_message = _("You may not do this.")
    default_code = "not_allowed"
    default_status = 403


class NotFound(Refused):
    """404: nothing there, or nothing there for this person: the two look alike on purpose."""

    default_message = _("Nothing was found here.")
    default_code = "not_found"
    default_status = 404


class Changed(Refused):
    """409: somebody changed the thing after this person opened it.

    `mine` holds what this person wanted to write and `theirs` what is stored now, field by field
    in words fit to show, so that nobody has to type anything twice. Neither appears in the
    exception's text, which may reach a log.
    """

    default_message = _("Somebody changed this while you had it open. Please compare and choose.")
    default_code = "changed"
    default_status = 409

    def __init__(
        self,
        message: StrOrPromise | None = None,
        *,
        mine: Mapping[str, Any] | None = None,
        theirs: Mapping[str, Any] | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message, code)
        self.mine = dict(mine or {})
        self.theirs = dict(theirs or {})


class Gone(Refused):
    """410: it was here and is no longer, for example an expired link or query code."""

    default_message = _("This is no longer available.")
    default_code = "gone"
    default_status = 410


class Invalid(Refused):
    """422: what was sent cannot be used as it is.

    `fields` maps a field's name to what is wrong with it and what to do; the empty name stands
    for the whole form.
    """

    default_message = _("Please check what you entered.")
    default_code = "invalid"
    default_status = 422

    def __init__(
        self,
        message: StrOrPromise | None = None,
        *,
        fields: Mapping[str, StrOrPromise | Sequence[StrOrPromise]] | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message, code)
        self.fields: dict[str, list[StrOrPromise]] = {
            name: list(said) if isinstance(said, (list, tuple)) else [said]  # type: ignore[list-item]  # a lazy string is no Sequence at run time, whatever its stub says
            for name, said in (fields or {}).items()
        }


class TooMany(Refused):
    """429: too often in too short a time. `retry_after` is in whole seconds, at least 1."""

    default_message = _("That was too often. Please wait a moment and try again.")
    default_code = "too_many"
    default_status = 429

    def __init__(
        self,
        message: StrOrPromise | None = None,
        *,
        retry_after: int = 60,
        code: str | None = None,
    ) -> None:
        super().__init__(message, code)
        self.retry_after = max(1, retry_after)

    @property
    def headers(self) -> dict[str, str]:
        """Says when to come back."""
        return {"Retry-After": str(self.retry_after)}
