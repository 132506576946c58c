"""Proving that a number or an address is one's own: a code goes out, the code comes back.

Used when joining and when adding a phone or an e-mail. What is being proved is kept in the session
for ten minutes, the code only as a keyed hash; five wrong tries end it.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _

from liren.access import limits
from liren.base import clock
from liren.base.crypto import decrypt, encrypt, key_hash
from liren.base.errors import Gone, Invalid

from .. import hooks
from .adapter import MINUTES, code_text, six_digits

KEY = "proof"
TRIES = 5
# Codes an hour to one number: a gateway costs money, and a stranger's phone is not ours to ring.
PER_TARGET = 5
SEALED = "people.proof"


@dataclass(frozen=True, slots=True)
class Proof:
    """A running proof: where the code went, and what for."""

    channel: str
    target: str
    purpose: str


def start(request: HttpRequest, *, channel: str, target: str, purpose: str) -> None:
    """Send a code. Raises ``Invalid`` where no such channel is set up, ``TooMany``."""
    if not hooks.reaches(channel):
        raise Invalid(_("This community sends no such codes yet. Please ask at the office."))
    limits.count_one("code-to", f"{channel}:{target}", PER_TARGET)
    code = six_digits()
    request.session[KEY] = {
        "channel": channel,
        "target": encrypt(target, SEALED).hex(),
        "purpose": purpose,
        "hash": key_hash(f"{target}:{code}", SEALED).hex(),
        "until": (clock.now() + timedelta(minutes=MINUTES)).isoformat(),
        "tries": 0,
    }
    hooks.send(channel, target, str(_("Your code")), code_text(code))


def running(request: HttpRequest, purpose: str) -> Proof | None:
    """Return the running proof for a purpose; None when there is none or its time is over."""
    kept = request.session.get(KEY)
    if not kept or kept["purpose"] != purpose:
        return None
    if datetime.fromisoformat(kept["until"]) <= clock.now():
        del request.session[KEY]
        return None
    return Proof(kept["channel"], decrypt(bytes.fromhex(kept["target"]), SEALED), purpose)


def finish(request: HttpRequest, *, purpose: str, code: str) -> Proof:
    """Return what was proved; it cannot be proved again.

    Raises ``Invalid`` for a wrong code, ``Gone`` when the time or the tries are used up.
    """
    found = running(request, purpose)
    if found is None:
        raise Gone(_("The time for this code is over. Please ask for a new one."))
    kept = request.session[KEY]
    typed = "".join(c for c in code if c.isalnum())
    expected = bytes.fromhex(kept["hash"])
    if not hmac.compare_digest(key_hash(f"{found.target}:{typed}", SEALED), expected):
        kept["tries"] += 1
        request.session.modified = True
        if kept["tries"] >= TRIES:
            del request.session[KEY]
            raise Gone(_("Too many wrong codes. Please ask for a new one."))
        raise Invalid(fields={"code": _("This code is not right.")})
    del request.session[KEY]
    return found


def stop(request: HttpRequest) -> None:
    """Forget a running proof."""
    request.session.pop(KEY, None)
