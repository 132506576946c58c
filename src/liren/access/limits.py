"""Rate limits on public entries: a leaky bucket in an unlogged table, shared by all workers.

A whole carrier may share one address, so nobody is limited by the address alone at a human pace:
each limit counts several keys at once, the browser tightly, the address with its browser family
looser, the bare address only against floods. Keys are stored hashed.
"""

import hashlib
import hmac
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from liren.base.errors import TooMany
from liren.base.rows import prepared

V = TypeVar("V", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Limit:
    """How often an entry may be used within an hour, by key.

    ``browser``: one browser (its CSRF cookie) or signed-in account; ``family``: one address with
    one kind of browser; ``address``: one bare address (IPv6: its /64), whoever shares it.
    """

    name: str
    browser: int
    family: int
    address: int
    methods: tuple[str, ...] = ("POST",)


REPORT = Limit("report", browser=20, family=200, address=1500)
LOOKUP = Limit("lookup", browser=20, family=100, address=600)
SIGN_IN = Limit("sign-in", browser=20, family=100, address=600)
# Reading what a code would open is a guess at it as well.
MANDATE = Limit("mandate", browser=20, family=100, address=600, methods=("GET", "HEAD", "POST"))
SUGGEST = Limit("suggest", browser=600, family=6000, address=30000, methods=("GET", "POST"))
SMALL = Limit("small", browser=60, family=600, address=3000)


def limited(limit: Limit) -> Callable[[V], V]:
    """Mark a view as limited; the middleware counts before the view's transaction begins."""

    def mark(view: V) -> V:
        view.limit = limit  # type: ignore[attr-defined]  # read by check()
        return view

    return mark


def client_address(request: HttpRequest) -> str:
    """Return the client's address: behind ``LIREN_PROXIES`` trusted proxies, the one they saw."""
    proxies = int(getattr(settings, "LIREN_PROXIES", 0))
    remote = str(request.META.get("REMOTE_ADDR", ""))
    if proxies:
        chain = [p.strip() for p in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if p]
        if len(chain) >= proxies:
            remote = chain[-proxies]
    try:
        address = ipaddress.ip_address(remote)
    except ValueError:
        return "unknown"
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def keys_of(request: HttpRequest, limit: Limit) -> list[tuple[str, int]]:
    """Return the keys one request counts on, each with its capacity."""
    address = client_address(request)
    family = request.META.get("HTTP_USER_AGENT", "")[:200]
    browser = (
        request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        or request.COOKIES.get(settings.CSRF_COOKIE_NAME)
        or ""
    )
    found = [(f"a:{address}", limit.address), (f"f:{address}:{family}", limit.family)]
    if browser:
        found.append((f"b:{address}:{browser}", limit.browser))
    return [(_hashed(f"{limit.name}:{key}"), capacity) for key, capacity in sorted(found)]


def _hashed(key: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), key.encode(), hashlib.sha256).hexdigest()[:32]


# One statement for all keys. The level leaks away within an hour; above capacity it stays there,
# so that whoever goes on hammering waits, and whoever stops is let in again in time.
_COUNT = """
WITH asked(k, c) AS (SELECT * FROM unnest(%s::text[], %s::float8[]))
INSERT INTO access_bucket AS b (key, level, at)
SELECT k, 1, clock_timestamp() FROM asked ORDER BY k
ON CONFLICT (key) DO UPDATE SET
  (level, at) = (
    SELECT least(c + 1, 1 + greatest(
             0, b.level - extract(epoch FROM clock_timestamp() - b.at) * c / 3600)),
           clock_timestamp()
      FROM asked WHERE k = excluded.key)
RETURNING key, level
"""


def count(keys: list[tuple[str, int]]) -> None:
    """Count one use on every key; raise ``TooMany`` when one is above its capacity.

    Must run outside the request's transaction: otherwise everybody behind one address would wait
    for one row until the slowest of them commits.
    """
    names = [key for key, _ in keys]
    capacities = [float(capacity) for _, capacity in keys]
    with prepared() as cursor:
        cursor.execute(_COUNT, [names, capacities])
        levels = dict(cursor.fetchall())
    worst = max((levels[key] - capacity) / (capacity / 3600) for key, capacity in keys)
    if worst > 0:
        raise TooMany(retry_after=int(worst) + 1)


def count_one(name: str, key: str, capacity: int) -> None:
    """Count one use an hour on a single key, such as a typed name or a number a code goes to.

    Runs in the request's transaction: only whoever names the same key waits. Raises ``TooMany``.
    """
    count([(_hashed(f"{name}:{key}"), capacity)])


def check(request: HttpRequest, view: object) -> None:
    """Count a request on the limit of its view, if it has one. Raises ``TooMany``."""
    limit = getattr(view, "limit", None)
    if isinstance(limit, Limit) and request.method in limit.methods:
        count(keys_of(request, limit))


def forget_old() -> int:
    """Delete buckets that have leaked empty; return how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM access_bucket WHERE at < now() - interval '1 hour'")
        return int(cursor.rowcount)
