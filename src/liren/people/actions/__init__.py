"""Writes about persons: one function a verb, keyword-only, ``by`` an actor.

Each runs: atomic → lock → gate → rule → save → messages. Nothing is saved when any of them
refuses (``liren.base.errors``).
"""

from .codes import issue_code, use_household_code
from .joining import confirm_email, confirm_phone, join_by_code, join_by_phone
from .mandates import accept_mandate, give_at_desk, offer_mandate, revoke_mandate
from .office import answer_claim, answer_request, correct, unmask
from .own import (
    ask,
    claim_household,
    erase,
    give_consent,
    set_display,
    withdraw_consent,
)

__all__ = [
    "accept_mandate",
    "answer_claim",
    "answer_request",
    "ask",
    "claim_household",
    "confirm_email",
    "confirm_phone",
    "correct",
    "erase",
    "give_at_desk",
    "give_consent",
    "issue_code",
    "join_by_code",
    "join_by_phone",
    "offer_mandate",
    "revoke_mandate",
    "set_display",
    "unmask",
    "use_household_code",
    "withdraw_consent",
]
