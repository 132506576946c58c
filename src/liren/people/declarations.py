"""Every personal field says why it exists, on what ground, for how long and who reads it (G3).

A model that holds data about a person carries three class attributes:

``personal``     field name → ``Field``: purpose, legal basis, readers, retention.
``impersonal``   the names of its other fields in one text, so that nothing is left out in silence.
``personal_rows`` how a row leads to the person, when its purpose ends, what happens then.

A system check (``people.checks``) refuses to start when one of them is missing or a field bears a
name that must never exist (G1, G2). The resident's own pages, the export, deletion and the
retention job read nothing but these declarations, so a new table is in all of them at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Model

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Basis(StrEnum):
    """Legal bases of the Personal Information Protection Law, article 13."""

    CONSENT = "PIPL 13(1) consent"
    CONTRACT = "PIPL 13(2) contract"
    DUTY = "PIPL 13(3) statutory duty"
    EMERGENCY = "PIPL 13(4) emergency"


class Reader(StrEnum):
    """Who may read a personal field."""

    SELF = "the person"
    MANDATE = "whoever holds the person's mandate"
    HANDLER = "whoever holds a matter of the person, masked"
    CALLER = "whoever calls, of who comes, masked"
    OFFICE = "community workers, masked"
    UNMASK = "community workers, unmasked with a reason the person sees"
    NEIGHBOURS = "the community"
    NOBODY = "nobody, only compared"


class Then(StrEnum):
    """What happens to a row whose purpose has ended."""

    EMPTY = "empty"  # its personal fields are emptied, each when its own time is over
    DELETE = "delete"  # the row goes when the longest time is over
    APP = "app"  # the app that owns it does it (registered in ``people.rights``)


@dataclass(frozen=True, slots=True)
class Field:
    """The declaration of one personal field.

    ``retention_days`` counts from the day the purpose ends (moved away, matter closed …); None
    means as long as the account or residence lasts. ``law`` names the provision that keeps the
    field for that time even when the person asks for deletion (PIPL 47); "" when nothing does.
    """

    purpose: "StrOrPromise"
    basis: Basis
    readers: tuple[Reader, ...]
    retention_days: int | None = None
    sensitive: bool = False
    law: "StrOrPromise" = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """How the rows of a model hang on a person.

    ``of``: look-ups from the row to the person ("person", "term__person", "pk"); a row belongs to
    whoever one of them names. ``ends``: the field with the day or moment the purpose ends; empty
    or NULL there means it has not ended, "" means never by itself.
    ``shown``: False for rows that carry no readable content (a hash, a key).
    """

    of: tuple[str, ...]
    ends: str = ""
    then: Then = Then.EMPTY
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Declared:
    """All three declarations of one model."""

    model: type[Model]
    personal: Mapping[str, Field]
    impersonal: frozenset[str]
    rows: Rows | None


_foreign: dict[str, tuple[Mapping[str, Field], frozenset[str], Rows]] = {}


def declare_foreign(
    label: str, *, personal: Mapping[str, Field], impersonal: str, rows: Rows
) -> None:
    """Declare the personal fields of a model that is not ours ("account.emailaddress")."""
    _foreign[label] = (personal, frozenset(impersonal.split()), rows)


def declared(model: type[Model]) -> Declared | None:
    """Return what a model declares; None when it declares nothing."""
    foreign = _foreign.get(model._meta.label_lower)
    if foreign is not None:
        return Declared(model, *foreign)
    personal = model.__dict__.get("personal")
    if personal is None:
        return None
    return Declared(
        model,
        personal,
        frozenset(model.__dict__.get("impersonal", "").split()),
        model.__dict__.get("personal_rows"),
    )


def all_declared() -> Iterator[Declared]:
    """Yield every model that declares personal fields, in a stable order."""
    for model in sorted(apps.get_models(), key=lambda m: m._meta.label_lower):
        found = declared(model)
        if found is not None:
            yield found
