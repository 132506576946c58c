"""Tables that copy a place's code, so that scopes and row-level security need no join.

A place keeps its identity when it moves; its code changes, and every copy of the code with it.
Apps name their tables here as they start; a test finds a copied code that nobody named.
"""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import Promise

CODE, PLACE = "place_code", "place"


@dataclass(frozen=True, slots=True)
class Follower:
    """A table that follows places.

    ``model`` is "app.Model" with a field ``place_code``, or ``place`` (a foreign key), or both.
    ``via`` names the foreign key to another follower whose code it repeats. ``in_use`` says which
    of its rows keep a place from being closed, and ``label`` how to call them to a person.
    """

    model: str
    via: str = ""
    in_use: models.Q | None = None
    label: str | Promise = ""

    @property
    def cls(self) -> type[models.Model]:
        """The model."""
        return apps.get_model(self.model)

    def has(self, field: str) -> bool:
        """Tell whether the table has a field."""
        return any(f.name == field for f in self.cls._meta.concrete_fields)


_followers: dict[str, Follower] = {}


def register(
    model: str, *, via: str = "", in_use: models.Q | None = None, label: str | Promise = ""
) -> None:
    """Name a table that follows places. Called when apps start; parents before ``via`` children."""
    _followers[model.lower()] = Follower(model, via, in_use, label)


def registered() -> list[Follower]:
    """Return all of them in the order in which they were named: lower layers first."""
    return list(_followers.values())


def in_use(code: str) -> dict[str, int]:
    """Count what keeps the place with this code, or one below it, from being closed, by label."""
    found: dict[str, int] = {}
    for follower in registered():
        if follower.in_use is None:
            continue
        rows: models.QuerySet[Any] = follower.cls._default_manager.filter(
            follower.in_use, place_code__gte=code, place_code__lt=code + ":"
        )
        count = rows.count()
        if count:
            found[str(follower.label)] = count
    return found
