"""Identities: time-ordered UUIDs for rows, short codes for people to read aloud and type."""

import os
import secrets
import threading
import time
import unicodedata
from typing import Final
from uuid import UUID

# 31 signs: no 0/O, no 1/I/L, so that a code survives a telephone line and bad handwriting.
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

_COUNTER_BITS: Final = 42
_TAIL_BITS: Final = 32

_lock = threading.Lock()
_last_ms = -1
_counter = 0


def _forget() -> None:
    """A forked child starts its own sequence, and must not inherit a held lock."""
    global _lock, _last_ms, _counter
    _lock, _last_ms, _counter = threading.Lock(), -1, 0


os.register_at_fork(after_in_child=_forget)


def uuid7() -> UUID:
    """A version-7 UUID (RFC 9562, 5.7): 48 bits of Unix milliseconds, then a counter, then chance.

    Inside one process every call returns a greater value than the call before, from any thread,
    even when the machine's clock is set back (6.2, method 1: the 42-bit counter, freshly seeded
    each millisecond, and the last time seen are kept). The frozen clock of tests has no part here:
    identities stay unique whatever the time is said to be.
    """
    global _last_ms, _counter
    with _lock:
        ms = time.time_ns() // 1_000_000
        if ms > _last_ms:
            # The top bit stays free, so that counting up within the millisecond has room.
            _last_ms, _counter = ms, secrets.randbits(_COUNTER_BITS - 1)
        else:
            _counter += 1
            if _counter >> _COUNTER_BITS:
                _last_ms, _counter = _last_ms + 1, secrets.randbits(_COUNTER_BITS - 1)
        ms, counter = _last_ms, _counter
    high, low = counter >> 30, counter & ((1 << 30) - 1)
    return UUID(
        int=(ms << 80)
        | (0x7 << 76)
        | (high << 64)
        | (0b10 << 62)
        | (low << _TAIL_BITS)
        | secrets.randbits(_TAIL_BITS)
    )


def new_code(n: int = 8) -> str:
    """`n` signs drawn by the system's secure generator from ALPHABET (about 4.95 bits each).

    Eight signs are 8.5 × 10¹¹ codes: enough against collisions, not against an unlimited guesser;
    whoever checks codes also limits the tries. Raises ValueError for n < 1.
    """
    if n < 1:
        raise ValueError("a code needs at least one sign")
    return "".join(secrets.choice(ALPHABET) for _ in range(n))


def normalise_code(text: str) -> str:
    """What somebody typed, in the form codes are stored in: upper case, half-width, unspaced.

    Spaces, hyphens, dots and invisible characters go. Signs outside ALPHABET stay (as does a 0):
    nothing is guessed, the look-up simply finds nothing. At most 64 characters are looked at.
    """
    folded = unicodedata.normalize("NFKC", text[:64]).upper()
    return "".join(c for c in folded if c.isalnum())
