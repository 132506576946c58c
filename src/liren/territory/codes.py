"""Place codes: hierarchical text, pure functions.

Statistical division codes are 2, 4, 6, 9 and 12 digits long; the community's own levels follow:
grid 15 (GB/T 30428: three digits after the division code), building 18, unit 20, household 24.
Whatever lies below a place has a code that begins with the place's code.
"""

from .enums import Level

LENGTHS: dict[Level, int] = {
    Level.PROVINCE: 2,
    Level.CITY: 4,
    Level.COUNTY: 6,
    Level.SUBDISTRICT: 9,
    Level.COMMUNITY: 12,
    Level.GRID: 15,
    Level.BUILDING: 18,
    Level.UNIT: 20,
    Level.HOUSEHOLD: 24,
}
LEVELS: dict[int, Level] = {size: level for level, size in LENGTHS.items()}
COMMUNITY_LENGTH = LENGTHS[Level.COMMUNITY]


def level_of(code: str) -> Level:
    """Return the level of a code; raise ``ValueError`` for a text that is not a place code."""
    if not (code.isascii() and code.isdigit()) or len(code) not in LEVELS:
        raise ValueError(code)
    return LEVELS[len(code)]


def prefixes(code: str) -> list[str]:
    """Return the code and those of all places above it, nearest first."""
    level_of(code)
    return [code[:size] for size in sorted(LEVELS, reverse=True) if size <= len(code)]


def community_of(code: str) -> str:
    """Return the tenant key: the 12-digit community, zero-filled above the community level."""
    return code[:COMMUNITY_LENGTH].ljust(COMMUNITY_LENGTH, "0")


def child_code(parent: str, level: Level, number: int) -> str:
    """Return the code of the ``number``-th place of ``level`` directly below ``parent``.

    Raises ``ValueError`` when the level is not right below the parent or the number does not fit.
    """
    width = LENGTHS[level] - len(parent)
    above = [size for size in LEVELS if size < LENGTHS[level]]
    if max(above, default=0) != len(parent) or not 0 < number < 10**width:
        raise ValueError((parent, level, number))
    return f"{parent}{number:0{width}d}"
