"""How a branch's task moves: plain Python."""

OFFERED, CLAIMED, DONE = "offered", "claimed", "done"
CONFIRMED, WITHDRAWN = "confirmed", "withdrawn"

# verb: (from which states, to which, words are required)
MOVES: dict[str, tuple[frozenset[str], str, bool]] = {
    "claim": (frozenset({OFFERED}), CLAIMED, False),
    "give_back": (frozenset({CLAIMED}), OFFERED, True),
    "finish": (frozenset({CLAIMED}), DONE, True),
    "confirm": (frozenset({DONE}), CONFIRMED, False),
    "send_back": (frozenset({DONE}), CLAIMED, True),
    "withdraw": (frozenset({OFFERED, CLAIMED}), WITHDRAWN, True),
}
RUNNING = frozenset({OFFERED, CLAIMED, DONE})


def verbs(state: str, *, branch: bool, receiver: bool, desk: bool) -> list[str]:
    """Return what may be done now by whom: ``branch`` acts for a branch, ``receiver`` is who the
    task is done for, ``desk`` wrote it down. Nobody confirms their own branch's work.
    """
    may = {
        "claim": branch,
        "give_back": branch,
        "finish": branch,
        "confirm": receiver,
        "send_back": receiver,
        "withdraw": desk,
    }
    return [verb for verb, (start, _, _) in MOVES.items() if state in start and may[verb]]
