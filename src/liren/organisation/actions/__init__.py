"""Writes about organisations, posts, lines and workplaces: the only ones."""

from .bodies import close_organisation, open_liaison, register_organisation
from .branches import close_branch, edit_branch, open_branch, seat_in_branch
from .duties import edit_duties
from .liaisons import close_liaison, open_own_liaison, seat_liaison
from .lines import Step, edit_line
from .posts import close_post, fill, not_needed, open_post, stand_in, unarrange
from .terms import (
    AWAY_MAX_DAYS,
    be_away,
    be_back,
    begin_term,
    end_term,
    hand_over,
    read_first_day,
    write_hand_over,
)
from .workplaces import close_workplace, give_workplace, register_workplace

__all__ = [
    "AWAY_MAX_DAYS",
    "Step",
    "be_away",
    "be_back",
    "begin_term",
    "close_branch",
    "close_liaison",
    "close_organisation",
    "close_post",
    "close_workplace",
    "edit_branch",
    "edit_duties",
    "edit_line",
    "end_term",
    "fill",
    "give_workplace",
    "hand_over",
    "not_needed",
    "open_branch",
    "open_liaison",
    "open_own_liaison",
    "open_post",
    "read_first_day",
    "register_organisation",
    "register_workplace",
    "seat_in_branch",
    "seat_liaison",
    "stand_in",
    "unarrange",
    "write_hand_over",
]
