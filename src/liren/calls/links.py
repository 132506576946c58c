"""One-tap links to answer a call without signing in: signed, for one person and one call.

The token is 60 characters: call, person, a 104-bit keyed hash. Nothing is stored. It answers only
while the call runs and only for whom the call asked; afterwards it shows that the call is over.
"""

import base64
import binascii
from uuid import UUID

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from liren.access.actor import Actor, Kind
from liren.base.errors import NotFound
from liren.base.rows import prepared

PREFIX = "/r/"
_SALT = "liren.calls.answer"
_MAC = 13


def _mac(body: bytes) -> bytes:
    return salted_hmac(_SALT, body, algorithm="sha256").digest()[:_MAC]


def path_to(call: UUID, person: UUID) -> str:
    """Return the path by which a person answers a call."""
    body = call.bytes + person.bytes
    return f"{PREFIX}{base64.urlsafe_b64encode(body + _mac(body)).decode()}/"


def read(token: str) -> tuple[UUID, UUID]:
    """Return the call and the person of a token. Raises ``NotFound`` for a forged one."""
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii"))
    except (binascii.Error, ValueError, UnicodeEncodeError) as error:
        raise NotFound from error
    body, mac = raw[:-_MAC], raw[-_MAC:]
    if len(body) != 32 or not constant_time_compare(mac, _mac(body)):
        raise NotFound
    return UUID(bytes=body[:16]), UUID(bytes=body[16:])


def resolve(request: HttpRequest) -> Actor | None:
    """Return the actor of a link to a call, None for any other address; one statement.

    The actor has no grants. Their range is where the call was spread, so that the request needs no
    further setting of it.
    """
    path = request.path_info
    if not path.startswith(PREFIX):
        return None
    call, person = read(path[len(PREFIX) :].split("/", 1)[0])
    with prepared() as cursor:
        cursor.execute("SELECT left(place_code, reach) FROM calls_call WHERE id = %s", [call])
        row = cursor.fetchone()
    if row is None:
        raise NotFound
    return Actor(
        kind=Kind.LINK,
        name=f"link:{person}",
        person=person,
        home=row[0],
        matters=frozenset({call}),
    )
