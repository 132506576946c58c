"""Which kinds a text speaks of. Suggests with its reason, never decides (G11).

From the words each category lists at first; from the community's own closed matters once there are
``ENOUGH``. Everything stays on this machine.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from django.conf import settings

from liren.base.text import fold

from . import queries
from .enums import Ending, Status, WhistleState
from .kernel import words
from .models import Category, Matter, Whistle

SHOWN = 3
ENOUGH = 200
# A kind with fewer closed matters is left to its keywords.
ENOUGH_OF_A_KIND = 5
NEWEST = 20_000
# Below this the model says nothing: silence is better than a wrong word.
LEAST = 0.2
# A post is suggested when it solved at least so many, and half, of the last ones of the kind.
BEFORE, LATELY = 5, 40


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A kind that may fit, and the words it was found by."""

    kind: Category
    reason: tuple[str, ...]
    learned: bool = False


def suggest(kinds: Iterable[Category], text: str, community: str = "") -> list[Suggestion]:
    """Return up to three kinds that may fit ``text``, the likeliest first.

    Learned ones come first where the community has a model; the words of the categories fill up.
    """
    listed = [kind for kind in kinds if kind.parent_key]
    found = _learned(listed, text, community) if community else []
    have = {one.kind.pk for one in found}
    found += [one for one in _by_keywords(listed, text) if one.kind.pk not in have]
    return found[:SHOWN]


def urgent(community: str, text: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the key of a kind that cannot wait and its words that stand in ``text``, if any do.

    Such kinds have advice what to do at once. Found by their own words only, so that the reason
    can be said. People are called to look: kind and promise stay as they are (G11).
    """
    folded = fold(text)
    found = [
        (key, tuple(word for word in words_ if fold(word) in folded))
        for key, words_ in queries.urgent_words(community)
    ]
    noticed = [one for one in found if one[1]]
    return max(noticed, key=lambda one: sum(map(len, one[1])), default=None)


def _by_keywords(kinds: Iterable[Category], text: str) -> list[Suggestion]:
    folded = fold(text)
    found = []
    for kind in kinds:
        hits = [word for word in kind.keywords if fold(word) in folded]
        # A word that stands inside another found one says nothing more.
        kept = tuple(w for w in hits if not any(w != other and w in other for other in hits))
        if kept:
            found.append(Suggestion(kind, kept))
    found.sort(key=lambda one: (-sum(len(w) for w in one.reason), one.kind.order))
    return found


def _learned(kinds: Iterable[Category], text: str, community: str) -> list[Suggestion]:
    model = model_of(community)
    if model is None or len(text.strip()) < 4:
        return []
    by_key = {kind.key: kind for kind in kinds}
    return [
        Suggestion(by_key[one.label], one.because, learned=True)
        for one in model.guess(fold(text), SHOWN, LEAST)
        if one.label in by_key and one.because
    ]


# -- who handled such matters before --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Handler:
    """A post that mostly solved matters of the kind before; ``called`` by a whistle."""

    post: UUID
    called: bool


def suggest_handler(
    matter: Matter, kind: Category, own: Iterable[UUID], called: Iterable[UUID]
) -> Handler | None:
    """Return which of the posts answering for the place mostly solved this kind lately.

    ``own`` and ``called`` are the posts to choose from, the reader's list; a matter's own holder
    is none. None where the last ``LATELY`` matters name no post in at least half of them, or
    fewer than ``BEFORE`` times: two are no habit. Two statements. It is a hint for one matter; no
    number of anybody's is told, kept or compared (G2).
    """
    alike = Matter.objects.filter(
        community=matter.community,
        category__key=kind.key,
        status=Status.CLOSED,
        ending=Ending.SOLVED,
        shielded=False,
        about_posts=[],
        about_persons=[],
    ).exclude(pk=matter.pk)
    last = dict(alike.order_by("-closed_at").values_list("pk", "holder")[:LATELY])
    done = Whistle.objects.filter(matter__in=last, state=WhistleState.DONE)
    whistled = dict(done.order_by("pk").values_list("matter", "called"))
    solved = [Handler(whistled.get(pk, holder), pk in whistled) for pk, holder in last.items()]
    usual = max(set(solved), key=lambda one: (solved.count(one), str(one.post)), default=None)
    if usual is None or solved.count(usual) < max(BEFORE, len(solved) / 2):
        return None
    if usual.called:
        return usual if usual.post in set(called) else None
    return usual if usual.post in set(own) - {matter.holder_id} else None


# -- learning ----------------------------------------------------------------------------------


def path_of(community: str) -> Path:
    """Return where the model of a community lies."""
    return Path(settings.MEDIA_ROOT).parent / "models" / f"{community}.npz"


def model_of(community: str) -> words.Model | None:
    """Return the community's model, or None while there is none (or it cannot be read)."""
    path = path_of(community)
    try:
        return _read(str(path), path.stat().st_mtime_ns)
    except FileNotFoundError:
        return None


@lru_cache(maxsize=64)
def _read(path: str, _changed: int) -> words.Model | None:
    try:
        return words.load(Path(path).read_bytes())
    except ValueError:
        return None


def learn(community: str) -> int:
    """Learn from the community's closed matters; return from how many, 0 when there are too few.

    Shielded matters take no part: their words could tell. Erased ones have no words left.
    """
    rows = list(
        Matter.objects.filter(
            community=community, status="closed", shielded=False, category__isnull=False
        )
        .exclude(ending__in=["withdrawn", "merged"])
        .exclude(text="")
        .order_by("-reported_at")
        .values_list("text", "category__key")[:NEWEST]
    )
    many = {key for key, n in Counter(key for _, key in rows).items() if n >= ENOUGH_OF_A_KIND}
    rows = [(text, key) for text, key in rows if key in many]
    if len(rows) < ENOUGH or len(many) < 2:
        return 0
    listed = {
        kind.key: [fold(word) for word in kind.keywords] for kind in queries.categories(community)
    }
    model = words.learn([fold(text) for text, _ in rows], [key for _, key in rows], listed)
    path = path_of(community)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.part")
    partial.write_bytes(model.dump())
    os.replace(partial, path)
    return len(rows)
