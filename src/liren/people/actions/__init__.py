"""Writes about persons: one function a verb, keyword-only, ``by`` an actor.

Each runs: atomic → lock → gate → rule → save → messages. Nothing is saved when any of them
refuses (``liren.base.errors``).
"""

from .codes import issue_code, use_household_code
from .joining import confirm_email, confirm_phone, join_by_code, join_by_phone
from .mandates import (
    accept_mandate,
    give_at_desk,
    offer_mandate,
    revoke_mandate,
    take_back_offer,
)
from .office import answer_claim, answer_request, correct, unmask
from .own import (
    ask,
    claim_household,
    correct_own,
    erase,
    give_consent,
    leave_household,
    set_display,
    take_back_claim,
    take_back_request,
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
    "correct_own",
    "erase",
    "give_at_desk",
    "give_consent",
    "issue_code",
    "join_by_code",
    "join_by_phone",
    "leave_household",
    "offer_mandate",
    "revoke_mandate",
    "set_display",
    "take_back_claim",
    "take_back_offer",
    "take_back_request",
    "unmask",
    "use_household_code",
    "withdraw_consent",
]
