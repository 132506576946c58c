"""Pure rules about persons: what a reason is, how long a mandate runs, which fields are shown."""

from datetime import date, timedelta
from enum import StrEnum

REASON_MIN = 4
MANDATE_DAYS_MAX = 2 * 366
# A field somebody may ask to see unmasked; anything else stays as it is.
UNMASKABLE = ("name", "phone", "identity", "place_code")
# What a person corrects at once; the rest is proved by a code, or corrected by the office.
OWN_CORRECTABLE = ("name", "birth_year")
CORRECTABLE = ("name", "phone", "identity", "birth_year", "left_on")
# What a worker corrects while answering a request; moving out is the household's own page.
DESK_CORRECTABLE = ("name", "phone", "identity", "birth_year")


class MandateFault(StrEnum):
    """Why a mandate cannot be given as asked."""

    SAME = "same"
    SCOPES = "scopes"
    PAST = "past"
    LONG = "long"


def mandate_fault(
    *, grantor: object, agent: object, scopes: list[str], known: list[str], until: date, today: date
) -> MandateFault | None:
    """Return what is wrong with a mandate; None when it can be given.

    It names two different persons, at least one known scope, and ends after today and within two
    years: nobody hands themselves over for ever.
    """
    if grantor == agent:
        return MandateFault.SAME
    if not scopes or any(scope not in known for scope in scopes):
        return MandateFault.SCOPES
    if until <= today:
        return MandateFault.PAST
    if until > today + timedelta(days=MANDATE_DAYS_MAX):
        return MandateFault.LONG
    return None


def mandate_runs(*, until: date, revoked: bool, today: date) -> bool:
    """Tell whether a mandate can be used today."""
    return not revoked and until >= today


def is_reason(text: str) -> bool:
    """Tell whether a typed reason says something: four signs that are not all the same."""
    said = [c for c in text if not c.isspace()]
    return len(said) >= REASON_MIN and len(set(said)) > 1
