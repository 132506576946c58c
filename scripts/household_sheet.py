"""Write a household sheet of a made-up compound, to try the import with: synthetic, and says so.

    .venv/bin/python scripts/household_sheet.py 3100 /tmp/households.xlsx [--wrong 12]

Laid out like an estate of the 1990s: buildings of three to six entrances and six floors, grids of
four buildings. Everybody's name says that they are made up; numbers of telephones begin with
199 0000. The same arguments give the same sheet.
"""

import argparse
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liren.config.settings")
BUILDINGS, FLOORS = 24, 6
COMPOUND = "长山花园（合成数据）"
SURNAMES = "赵钱孙李周吴郑王冯陈"
GIVEN = "安宁和顺平康乐怡明朗清雅文竹松柏"


def rows(households: int, wrong: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Yield a row a person; the first ``wrong`` households have a telephone that is too short."""
    chance = random.Random(seed)  # noqa: S311  made-up households, not a secret
    doors = -(-households // BUILDINGS)
    for number in range(households):
        building, home = divmod(number, doors)
        entrance, place = divmod(home, FLOORS * 4)
        floor, door = divmod(place, 4)
        where = {
            "compound": COMPOUND,
            "grid": f"合成第{building // 4 + 1}网格",
            "building": f"{building + 1}号楼",
            "unit": f"{entrance + 1}单元",
            "door": f"{floor + 1}0{door + 1}",
            "area": round(chance.uniform(48, 118), 2),
            "longitude": round(125.3362 + building % 6 * 0.0006, 6),
            "latitude": round(43.9431 + building // 6 * 0.0005, 6),
        }
        empty = chance.random() < 0.08
        people = 0 if empty else chance.choice((1, 1, 2, 2, 3))
        if not people:
            yield where
        for one in range(people):
            phone = f"1990000{number:04d}" if one == 0 else ""
            yield {
                **where,
                "name": f"合成{chance.choice(SURNAMES)}{chance.choice(GIVEN)}{'一二三'[one]}",
                "phone": phone[:7] if number < wrong else phone,
                "tenure": ("业主", "家庭成员", "家庭成员")[one] if number % 5 else "租户",
            }


def main() -> None:
    """Write the sheet and say how many rows it has."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("households", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("--wrong", type=int, default=0, help="households with a mistake")
    asked = parser.parse_args()
    import django

    django.setup()
    from django.utils import translation

    from liren.base.sheets import write_sheet
    from liren.people.register.layout import TEMPLATE

    listed = list(rows(asked.households, asked.wrong))
    with translation.override("zh-hans"):
        asked.file.write_bytes(write_sheet(listed, TEMPLATE, sheet_name="住户（合成数据）"))
    print(f"{asked.file}: {len(listed)} rows, {asked.households} households, all synthetic")


if __name__ == "__main__":
    main()
