"""Numbers of places below their parent: pure functions, no Django."""

import re
import unicodedata

_NUMBER = re.compile(r"[0-9]+")


def number_in(name: str) -> int | None:
    """Return the one number a name holds (3号楼 → 3, 501室 → 501), None when none or several."""
    found = _NUMBER.findall(unicodedata.normalize("NFKC", name))
    return int(found[0]) if len(found) == 1 and len(found[0]) <= 6 else None


def free_number(used: set[int], width: int, wanted: int | None = None) -> int | None:
    """Return the number a new place gets among its siblings; None when all are taken.

    The wanted one where it is free and fits (3号楼 becomes 003, so that a code can be read), else
    the one after the highest, so that a number given up is not given out again; else any gap.
    ``used`` also holds the numbers of the past: an old code must not lead to a new place.
    """
    most = 10**width - 1
    if wanted is not None and 0 < wanted <= most and wanted not in used:
        return wanted
    following = max(used, default=0) + 1
    if following <= most:
        return following
    return next((n for n in range(1, most + 1) if n not in used), None)
