"""Reading and writing a sheet of 100,000 households with ten columns."""

import io
import random
import sys
from collections.abc import Iterator

import django
from _figure import figure, peak_mb, timed
from django.conf import settings
from stdnum.cn import ric

ROWS = 100_000


def households() -> Iterator[list[object]]:
    """Made-up households; the numbers are well-formed and belong to nobody we know of."""
    chance = random.Random(20260304)
    surnames, given = "王李张刘陈杨赵黄周吴", "伟芳娜敏静丽强磊军洋勇艳杰涛明"
    for i in range(ROWS):
        body = f"220103{chance.randint(1940, 2010)}{chance.randint(1, 12):02d}"
        body += f"{chance.randint(1, 28):02d}{chance.randint(0, 999):03d}"
        yield [
            f"{i // 400 + 1}号楼",
            f"{i // 40 % 10 + 1}单元",
            f"{i // 4 % 10 + 1}0{i % 4 + 1}",
            chance.choice(surnames) + "".join(chance.choices(given, k=2)),
            f"139{chance.randint(0, 99_999_999):08d}",
            body + ric.calc_check_digit(body + "0"),
            chance.randint(3000, 15000) / 100,
            chance.randint(1, 6),
            f"20{chance.randint(10, 25)}-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}",
            "自住" if i % 3 else "出租，房东不住本小区",
        ]


def main() -> int:
    settings.configure(USE_I18N=False)
    django.setup()
    from python_calamine import CalamineWorkbook

    from liren.base.identifiers import normalise_id, normalise_phone
    from liren.base.sheets import Column, Kind, read_sheet, write_sheet

    columns = [
        Column("building", "楼栋", required=True, filled=True),
        Column("unit", "单元", required=True),
        Column("door", "房号", required=True, filled=True),
        Column("name", "户主姓名", max_len=40),
        Column("phone", "联系电话", parse=normalise_phone),
        Column("identity", "身份证号", text_only=True, parse=normalise_id),
        Column("area", "建筑面积", kind=Kind.DECIMAL),
        Column("people", "人口数", kind=Kind.INTEGER),
        Column("since", "入住日期", kind=Kind.DATE),
        Column("note", "备注", kind=Kind.MULTILINE),
    ]
    rows = list(households())
    before = peak_mb()
    data, wall, cpu = timed(lambda: write_sheet(rows, columns, sheet_name="住户"))
    good = figure(
        "sheet written, 100,000 rows × 10",
        wall,
        "s",
        target=20,
        beside={"MB": round(len(data) / 2**20, 1), "processor seconds": round(cpu, 2)},
    )
    figure("sheet written, memory", peak_mb() - before, "MB", beside="the file itself included")
    before = peak_mb()
    result, wall, cpu = timed(lambda: read_sheet(data, columns=columns))
    memory = peak_mb() - before
    assert len(result.good) == ROWS, result.bad[:3]

    def bare() -> int:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return len(book.get_sheet_by_index(0).to_python())

    _count, their_wall, _cpu = timed(bare)
    good &= figure(
        "sheet read and checked, 100,000 rows × 10",
        wall,
        "s",
        target=20,
        beside={
            "processor seconds": round(cpu, 2),
            "calamine alone, nothing checked": round(their_wall, 2),
        },
    )
    good &= figure("sheet read, memory", memory, "MB", target=500, beside="values kept included")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
