"""Every personal field says why it exists, on what ground, for how long and who reads it (G3).

A model that holds data about a person lists its fields in a ``Personal`` declaration. A system
check refuses to start when a field is missing from it, or bears a name that must never exist
(G1, G2).
"""

from dataclasses import dataclass
from enum import StrEnum


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
    OFFICE = "community workers, masked"
    UNMASK = "community workers, unmasked with a reason the person sees"
    NEIGHBOURS = "the community"
    NOBODY = "nobody, only compared"


@dataclass(frozen=True, slots=True)
class Field:
    """The declaration of one personal field.

    ``retention_days`` counts from the day the purpose ends (moved away, matter closed …); None
    means as long as the account or residence lasts.
    """

    purpose: str
    basis: Basis
    readers: tuple[Reader, ...]
    retention_days: int | None = None
    sensitive: bool = False
