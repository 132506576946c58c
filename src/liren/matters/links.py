"""One-tap links: signed, expiring, opening exactly one matter for one term of one post.

Volunteers will not install or sign in to anything, so a message carries the key to the one matter
it is about. The token is 64 characters: matter, term, day of expiry, and a 96-bit keyed hash.
Nothing is stored: a term that ended, a post that closed or a key that was changed ends the link.
"""

import base64
import binascii
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from liren.access.actor import Actor, Grant, Kind, Permission
from liren.base import clock
from liren.base.errors import Gone, NotFound
from liren.organisation.models import Term
from liren.organisation.queries import holding

DAYS = 7
PREFIX = "/l/"
_SALT = "liren.one-tap"
_MAC = 12


@dataclass(frozen=True, slots=True)
class OneTap:
    """What a link says: which matter, for whose term, until when."""

    matter: UUID
    term: UUID
    expires: datetime


def _mac(body: bytes) -> bytes:
    return salted_hmac(_SALT, body, algorithm="sha256").digest()[:_MAC]


def make(matter: UUID, term: UUID, *, days: int = DAYS) -> str:
    """Return the token for a matter and a term, good for ``days`` days."""
    expires = int((clock.now() + timedelta(days=days)).timestamp())
    body = matter.bytes + term.bytes + struct.pack(">I", expires)
    return base64.urlsafe_b64encode(body + _mac(body)).decode()


def path_to(matter: UUID, term: UUID) -> str:
    """Return the path of the one-tap link."""
    return f"{PREFIX}{make(matter, term)}/"


def read(token: str) -> OneTap:
    """Return what a token says. Raises ``NotFound`` for a forged one, ``Gone`` for an old one."""
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii"))
    except (binascii.Error, ValueError, UnicodeEncodeError) as error:
        raise NotFound from error
    body, mac = raw[:-_MAC], raw[-_MAC:]
    if len(body) != 36 or not constant_time_compare(mac, _mac(body)):
        raise NotFound
    (expires,) = struct.unpack(">I", body[32:])
    found = OneTap(
        UUID(bytes=body[:16]), UUID(bytes=body[16:32]), datetime.fromtimestamp(expires, UTC)
    )
    if found.expires < clock.now():
        raise Gone(_("This link is older than a week. Please sign in, or ask for a new message."))
    return found


def resolve(request: HttpRequest) -> Actor | None:
    """Return the actor of a one-tap link, or None for any other address.

    Raises ``Gone`` when the term has ended: whoever left the post has lost the link at once.
    """
    path = request.path_info
    if not path.startswith(PREFIX):
        return None
    tap = read(path[len(PREFIX) :].split("/", 1)[0])
    term = (
        Term.objects.filter(holding(), pk=tap.term, post__closed_on__isnull=True)
        .select_related("post__type")
        .first()
    )
    if term is None:
        raise Gone(_("This link has ended with the term of the post."))
    may = [p for p in term.post.type.permissions if p == Permission.MATTER_HANDLE]
    return Actor(
        kind=Kind.LINK,
        name=f"link:{term.pk}",
        person=term.person_id,
        posts=frozenset({term.post_id}),
        grants=tuple(Grant(p, term.post.place_code, term.post_id, term.ends) for p in may),
        matters=frozenset({tap.matter}),
        label=term.post.title,
    )
