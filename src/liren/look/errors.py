"""Pages for what went wrong, in words that say what to do; one template for all of them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from liren.base.errors import Changed, Refused

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Words:
    title: str | Promise
    text: str | Promise
    icon: str


WORDS: dict[int, _Words] = {
    400: _Words(
        gettext_lazy("This could not be read"),
        gettext_lazy(
            "Something in the address or the form was not as it should be. Go back and try again."
        ),
        "alert",
    ),
    403: _Words(
        gettext_lazy("This page is not open to you"),
        gettext_lazy(
            "It belongs to somebody else or to another post. "
            "If you should see it, ask the community office."
        ),
        "lock",
    ),
    404: _Words(
        gettext_lazy("Nothing here"),
        gettext_lazy("The address is mistyped, or what was here has been withdrawn."),
        "search",
    ),
    405: _Words(
        gettext_lazy("This could not be read"),
        gettext_lazy(
            "Something in the address or the form was not as it should be. Go back and try again."
        ),
        "alert",
    ),
    409: _Words(
        gettext_lazy("Somebody changed this just before you"),
        gettext_lazy("Look at what it says now, then decide whether your change is still needed."),
        "merge",
    ),
    410: _Words(
        gettext_lazy("This link has ended"),
        gettext_lazy("It has been used or its time is over. Ask whoever sent it for a new one."),
        "clock",
    ),
    413: _Words(
        gettext_lazy("Too large to send"),
        gettext_lazy("Choose fewer or smaller files and send again."),
        "upload",
    ),
    422: _Words(
        gettext_lazy("Please look at this again"),
        gettext_lazy("Something that was sent cannot be used as it is. Go back and correct it."),
        "alert",
    ),
    429: _Words(
        gettext_lazy("A little too fast"),
        gettext_lazy("Please wait a minute and try again. Nothing you wrote is lost."),
        "clock",
    ),
    500: _Words(
        gettext_lazy("Something went wrong on our side"),
        gettext_lazy(
            "It has been noted. Please try again in a while; what you wrote is kept on this device."
        ),
        "tool",
    ),
    503: _Words(
        gettext_lazy("Closed for a moment"),
        gettext_lazy("We will be back shortly; what you wrote is kept on this device."),
        "tool",
    ),
}
CSRF_WORDS = _Words(
    gettext_lazy("This page was open too long"),
    gettext_lazy(
        "Go back, refresh the page and send again. What you wrote is kept on this device."
    ),
    "refresh",
)


def error_page(
    request: HttpRequest,
    *,
    status: int,
    title: str = "",
    text: str = "",
    detail: str = "",
    retry: str = "",
) -> HttpResponse:
    """The page for `status`, with its usual words unless others are given.

    `detail` adds one more sentence; `retry` is the address of a "try again" button. Reads nothing
    from the database and runs no context processor, so that it can be shown when the database is
    away. Raises KeyError for a status without words.
    """
    words = WORDS[status]
    return _page(
        request,
        status,
        title or words.title,
        text or words.text,
        words.icon,
        detail=detail,
        retry=retry,
    )


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The page for a refusal raised by an action: its own words, status and headers.

    `Changed` shows what the person wanted to write beside what is stored now. A request by htmx
    gets the sentence alone, as text, for the toast.
    """
    status = refusal.status
    if request.headers.get("HX-Request"):
        response = HttpResponse(
            str(refusal), status=status, content_type="text/plain; charset=utf-8"
        )
        response["Cache-Control"] = "no-store"
    else:
        words = WORDS.get(status, WORDS[400])
        # What was sent cannot be sent again by a link: whoever sent it goes back to their form.
        again = status in (429, 503) and request.method in ("GET", "HEAD")
        more: dict[str, Any] = {"retry": request.get_full_path() if again else ""}
        if isinstance(refusal, Changed):
            more["versions"] = [
                (name, mine, refusal.theirs.get(name, "")) for name, mine in refusal.mine.items()
            ]
        response = _page(request, status, words.title, str(refusal), words.icon, **more)
    for name, value in refusal.headers.items():
        response[name] = value
    return response


def _page(
    request: HttpRequest,
    status: int,
    title: str | Promise,
    text: str | Promise,
    icon: str,
    **more: Any,
) -> HttpResponse:
    context = {
        "request": request,
        "status": status,
        "title": title,
        "text": text,
        "icon_name": icon,
        **more,
    }
    acting = getattr(request, "acting_name", "")
    if acting:
        # Known since the request began: nothing is read for it.
        context |= {
            "acting_for": acting,
            "acting_stop": getattr(request, "acting_stop", ""),
            "csrf_token": get_token(request),
        }
    response = HttpResponse(render_to_string("look/error.html", context), status=status)
    response["Cache-Control"] = "no-store"
    if status in (429, 503):
        response["Retry-After"] = "60"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400. A body larger than we take reads as 413."""
    if isinstance(exception, (RequestDataTooBig, TooManyFilesSent)):
        return error_page(request, status=413)
    return error_page(request, status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403."""
    return error_page(request, status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404."""
    return error_page(request, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: the page, or a bare sentence when even the page fails."""
    try:
        return error_page(request, status=500)
    except Exception:
        log.exception("the error page itself failed")
        return HttpResponse(
            "500 · 系统出了点问题，请稍后再试。",
            status=500,
            content_type="text/plain; charset=utf-8",
        )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: nearly always a page left open for days, and said so."""
    return _page(request, 403, CSRF_WORDS.title, CSRF_WORDS.text, CSRF_WORDS.icon)
