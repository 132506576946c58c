"""Writes of the joint council: the only ones."""

from .claims import claim, close_to_institutions, decide_claim, open_to_institutions, withdraw_claim
from .lists import Line, add_item, change_item, close_item, keep_kind, leave
from .pledges import confirm, deliver, hand_over, promise, reopen, start, withdraw

__all__ = [
    "Line",
    "add_item",
    "change_item",
    "claim",
    "close_item",
    "close_to_institutions",
    "confirm",
    "decide_claim",
    "deliver",
    "hand_over",
    "keep_kind",
    "leave",
    "open_to_institutions",
    "promise",
    "reopen",
    "start",
    "withdraw",
    "withdraw_claim",
]
