"""The signed cookie that remembers which matters an anonymous reporter has opened by code."""

from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "liren_receipts"
SALT = "liren.receipts"
KEEP = 10
MAX_AGE = 60 * 60 * 24 * 30


def opened(request: HttpRequest) -> list[UUID]:
    """Return the matters this browser has opened by receipt, newest first; [] when forged."""
    raw = request.COOKIES.get(COOKIE, "")
    if not raw:
        return []
    try:
        listed = signing.loads(raw, salt=SALT, max_age=MAX_AGE)
        return [UUID(hex=one) for one in listed][:KEEP]
    except (signing.BadSignature, ValueError, TypeError):
        return []


def remember(request: HttpRequest, response: HttpResponse, matter: UUID) -> None:
    """Add a matter to the cookie."""
    kept = [matter, *(one for one in opened(request) if one != matter)][:KEEP]
    response.set_cookie(
        COOKIE,
        signing.dumps([one.hex for one in kept], salt=SALT, compress=True),
        max_age=MAX_AGE,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
