"""Writes of the place tree: the only ones."""

from .calendar import clear_day, set_day
from .details import add_compound, delete_compound, describe, edit_compound
from .divisions import Loaded, load_divisions
from .tree import (
    add_place,
    close,
    give_tag,
    hold,
    hold_and_draw,
    merge,
    move,
    rename,
    reopen,
    split,
)

__all__ = [
    "Loaded",
    "add_compound",
    "add_place",
    "clear_day",
    "close",
    "delete_compound",
    "describe",
    "edit_compound",
    "give_tag",
    "hold",
    "hold_and_draw",
    "load_divisions",
    "merge",
    "move",
    "rename",
    "reopen",
    "set_day",
    "split",
]
