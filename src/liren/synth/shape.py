"""How big a synthetic place is, and how its parts are spread. Pure, seeded.

The city is Changchun's published size: 4,389 grids, 35,000 building leaders, 124,600 unit leaders
(2020), about 500 households a grid. The smaller scales keep its proportions.
"""

from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Final

PROVINCE: Final = ("22", "吉林省")
CITY: Final = ("2201", "长春市")
# The real districts (statistical division codes, 2023).
COUNTIES: Final = (
    ("220103", "宽城区"),
    ("220102", "南关区"),
    ("220104", "朝阳区"),
    ("220105", "二道区"),
    ("220106", "绿园区"),
    ("220112", "双阳区"),
    ("220113", "九台区"),
)
# The real subdistrict and community of the demonstration; all others below a district are made up.
SUBDISTRICT: Final = ("220103008", "团山街道")
COMMUNITY: Final = ("220103008003", "长山花园社区")

# Posts that have a holder, of a hundred.
FILLED: Final = {"grid": 98, "building": 85, "unit": 70}
# Of a hundred households, how many have a resident the platform knows.
KNOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Scale:
    """How many places of each level; households are divided among all units."""

    counties: int
    subdistricts: int
    communities: int
    grids: int
    buildings: int
    units: int
    households: int


SCALES: Final[dict[str, Scale]] = {
    "community": Scale(1, 1, 1, 6, 48, 171, 3_010),
    "subdistrict": Scale(1, 1, 8, 48, 383, 1_363, 24_060),
    "district": Scale(1, 13, 104, 624, 4_976, 17_714, 312_770),
    "city": Scale(7, 92, 732, 4_389, 35_000, 124_600, 2_200_000),
}


def spread(rng: Random, total: int, parts: int) -> list[int]:
    """Divide ``total`` into ``parts`` uneven shares of at least one; the sum is exact.

    Raises ``ValueError`` when there is not one for each.
    """
    if parts < 1 or total < parts:
        raise ValueError((total, parts))
    step = total / parts
    edges = [0, *(round(step * (n + rng.uniform(-0.35, 0.35))) for n in range(1, parts)), total]
    shares = [b - a for a, b in pairwise(edges)]
    for n, share in enumerate(shares):
        if share < 1:
            # Small averages can leave a share empty: its neighbour with most gives one.
            shares[n] += 1
            shares[max(range(parts), key=shares.__getitem__)] -= 1
    return shares


def ident(rng: Random, ms: int) -> str:
    """Return a version-7 UUID of the moment ``ms`` (Unix milliseconds) as 32 hexadecimal signs."""
    low = rng.getrandbits(74)
    return f"{ms << 80 | 0x7000 << 64 | (low >> 62) << 64 | 2 << 62 | low & (1 << 62) - 1:032x}"
