"""A community's household sheet: real files in, places, people and residences out."""

import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from django.core.management import CommandError, call_command

from liren.access import rls
from liren.access.models import AuditRow
from liren.base.errors import Changed, NotAllowed, NotFound
from liren.base.sheets import SheetError, error_report, read_sheet
from liren.demo.community import COMMUNITY, TRACK
from liren.people.models import Person, Residence
from liren.people.register.actions import import_register
from liren.people.register.layout import COLUMNS, EXAMPLES, TEMPLATE
from liren.territory import actions as territory
from liren.territory.models import Place, PlaceSet

pytestmark = pytest.mark.django_db
HEAD = ["小区", "网格", "楼栋", "单元", "门牌", "户主姓名", "电话", "身份证号", "住户类型", "面积"]
# Made-up numbers with a right check digit; 1900s births, nobody's.
ID_1, ID_2 = "22010319010101001X", "220103190202020027"


def check_digit(body):
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


ID_1 = "22010319010101001" + check_digit("22010319010101001")
ID_2 = "22010319020202002" + check_digit("22010319020202002")


def xlsx(rows, head=HEAD, *, merge=(), before=()):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("住户")
    for at, row in enumerate([*before, head, *rows]):
        for place, value in enumerate(row):
            if value is not None:
                put = sheet.write_string if isinstance(value, str) else sheet.write
                put(at, place, value)
    for first, last, column, text in merge:
        sheet.merge_range(first, column, last, column, text)
    book.close()
    return out.getvalue()


ROWS = [
    ["新苑小区", "第7网格", "3号楼", "2单元", "501", "甲一", "13800000001", ID_1, "业主", 86.5],
    ["新苑小区", "第7网格", "3栋", "2", "501室", "乙一", "13800000002", None, "家庭成员", None],
    ["新苑小区", "7", "三号楼", "二单元", "502", "丙一", "13800000003", None, "租户", 60],
    ["新苑小区", "第7网格", "4号楼", None, "101", None, None, None, None, None],
    [None, "第7网格", "平房", "1单元", "1号", "丁一", None, ID_2, "业主", None],
]


@pytest.fixture
def worker(actor):
    return actor("worker")


@pytest.fixture
def take(demo, worker):
    def run(rows, head=HEAD, data=None, **options):
        options.setdefault("by", worker)
        return import_register(
            community=COMMUNITY, data=data or xlsx(rows, head), name="住户.xlsx", **options
        )

    return run


def counts(done):
    return {key: (count["new"], count["changed"]) for key, count in done.plan.counts.items()}


def wrong(done):
    return {row.number: sorted(row.errors) for row in done.plan.faulty}


def test_places_people_and_residences_are_made(take):
    done = take(ROWS)
    assert done.written
    assert wrong(done) == {}
    assert counts(done) == {
        "compound": (1, 0),
        "grid": (1, 0),
        "building": (3, 0),
        "unit": (3, 0),
        "household": (4, 0),
        "person": (4, 0),
        "residence": (4, 0),
    }
    home = Place.objects.get(full_name="新苑小区 3号楼 2单元 501")
    # The numbers in the names are in the code: grid 7, building 3, entrance 2, door 501.
    assert home.code == COMMUNITY + "007" + "003" + "02" + "0501"
    assert (home.area, home.synthetic, home.parent.code) == (
        Decimal("86.50"),
        False,
        home.code[:20],
    )
    building = Place.objects.get(code=home.code[:18])
    assert building.pinyin == "xinyuanxiaoqu3haolou"
    assert list(building.sets.values_list("name", flat=True)) == ["新苑小区"]
    people = Person.objects.filter(place_code=home.code).order_by("name")
    assert [(p.name, p.phone, p.name_pinyin) for p in people] == [
        ("乙一", "13800000002", "yiyi"),
        ("甲一", "13800000001", "jiayi"),
    ]
    owner = people[1]
    assert (owner.identity, owner.birth_year) == (ID_1, 1901)
    assert owner.residences.get().tenure == "owner"
    assert Residence.objects.get(person__name="乙一").tenure == "family"
    assert owner.changed_why == "sheet 住户.xlsx"


def test_every_row_is_audited(take, worker):
    take(ROWS)
    rows = AuditRow.objects.filter(reason="sheet 住户.xlsx", actor=worker.name)
    assert rows.filter(table="territory_place").count() == 11
    assert rows.filter(table="people_person").count() == 4
    assert rows.filter(table="people_residence").count() == 4
    assert not rows.filter(table="people_person", content__isnull=False).exists()


def test_the_same_sheet_again_changes_nothing(take):
    take(ROWS)
    before = (
        list(Place.objects.order_by("pk").values_list("pk", "code", "changed_at")),
        list(Person.objects.order_by("pk").values_list("pk", "changed_at")),
        Residence.objects.count(),
    )
    again = take(ROWS)
    assert not again.plan.changes
    assert before == (
        list(Place.objects.order_by("pk").values_list("pk", "code", "changed_at")),
        list(Person.objects.order_by("pk").values_list("pk", "changed_at")),
        Residence.objects.count(),
    )


def test_a_later_sheet_updates_and_never_duplicates(take):
    take(ROWS)
    later = [
        # By identity number: new phone, corrected name, and a second home.
        ["新苑小区", "7", "3", "2", "501", "甲壹", "13900000001", ID_1, "业主", 87],
        ["新苑小区", "7", "4", None, "101", "甲壹", "13900000001", ID_1, "业主", None],
        # By phone and name: an identity number comes to it.
        ["新苑小区", "7", "3", "2", "502", "丙一", "13800000003", ID_2[:-1] + ID_2[-1], "租户", 60],
    ]
    first = ROWS[:4]
    Person.objects.filter(name="丁一").delete()
    done = take(later)
    assert wrong(done) == {}
    assert counts(done)["person"] == (0, 2)
    assert counts(done)["residence"] == (1, 0)
    assert counts(done)["household"] == (0, 1)
    owner = Person.objects.get(identity_hash=Person.objects.get(name="甲壹").identity_hash)
    assert (owner.phone, owner.residences.count()) == ("13900000001", 2)
    tenant = Person.objects.get(name="丙一")
    assert (tenant.identity, tenant.birth_year) == (ID_2, 1902)
    # What the sheet leaves out stays.
    assert Person.objects.filter(name="乙一", phone_hash__isnull=False).exists()
    assert len(first) == 4


def test_by_name_in_the_same_household(take):
    take([["", "第7网格", "3号楼", "1", "101", "甲一", None, None, "租户", None]])
    take([["", "第7网格", "3号楼", "1", "101", "甲一", "13800000001", None, "租户", None]])
    assert Person.objects.get(name="甲一").phone == "13800000001"
    # A namesake behind another door is somebody else.
    take([["", "第7网格", "3号楼", "1", "102", "甲一", None, None, "租户", None]])
    assert Person.objects.filter(name="甲一").count() == 2
    # Two identity numbers are two people.
    take([["", "第7网格", "3号楼", "1", "101", "甲一", None, ID_1, None, None]])
    take([["", "第7网格", "3号楼", "1", "101", "甲一", None, ID_2, None, None]])
    assert Person.objects.filter(name="甲一").count() == 3


def test_columns_in_any_order_under_other_names(take):
    head = ["联系电话（必填）", "*房号", "楼号", "所属网格", "业主姓名", "车牌", "备注", "爱好"]
    done = take([["13800000001", "501", "3", "7", "甲一", "无", "重点关注对象", "无"]], head)
    assert done.written
    assert done.plan.sheet.ignored == ("车牌", "爱好")
    assert Place.objects.filter(full_name="3号楼 1单元 501").exists()
    # G1: what is said about people in remarks is stored nowhere.
    for model in (Person, Place, Residence):
        for row in model.objects.values():
            assert "重点" not in str(row)


@pytest.mark.parametrize(
    "column",
    [
        "宗教",
        "宗教信仰",
        "民族",
        "重点人员",
        "是否重点对象",
        "政治面貌",
        "党员",
        "信访人员",
        "刑满释放",
        "精神障碍",
        "吸毒",
        "风险等级",
        "积分",
        "信用分",
        "face_id",
    ],
)
def test_g1_a_sheet_with_such_a_column_is_refused_as_a_whole(take, column):
    before = Place.objects.count(), Person.objects.count()
    with pytest.raises(SheetError) as said:
        take([["7", "3号楼", "501", "甲一", "是"]], ["网格", "楼栋", "门牌", "姓名", column])
    assert column in str(said.value)
    assert (Place.objects.count(), Person.objects.count()) == before


@pytest.mark.parametrize("column", ["房屋信息", "入住日期", "产权证号", "性别", "户籍地", "物业"])
def test_other_columns_are_named_and_passed_over(take, column):
    done = take([["7", "3号楼", "501", "甲一", "是"]], ["网格", "楼栋", "门牌", "姓名", column])
    assert done.plan.sheet.ignored == (column,)
    assert done.written


def test_a_wrong_row_leaves_nothing_begun_behind(take, demo):
    known = demo.unit.parent
    row = ["长山花园", "第9网格", known.name, "1", "902", None, None, None, None, None]
    loose = [None, "第9网格", "7号楼", "1", None, "没有门牌的人", None, None, None, None]
    done = take([row, loose], good_rows_only=True)
    assert wrong(done) == {2: ["grid"], 3: ["door"]}
    assert counts(done)["grid"] == (0, 0)
    assert not Place.objects.filter(name="第9网格").exists()


def test_an_older_list_still_fits_after_grids_were_redrawn(take, worker):
    """Merging, splitting, moving keep history: a list that names the old grid finds the place."""
    take(ROWS)
    seven = Place.objects.get(name="第7网格")
    ids = dict(Place.objects.filter(code__gt=seven.code).values_list("full_name", "pk"))
    three = Place.objects.get(full_name="新苑小区 3号楼")
    territory.split(by=worker, place=seven.pk, children=[three.pk], name="第8网格", why="重划")
    again = take(ROWS)
    assert wrong(again) == {}
    assert not again.plan.changes
    assert again.plan.followed == 3
    eight = Place.objects.get(name="第8网格")
    territory.merge(by=worker, places=[seven.pk], into=eight.pk, why="重划")
    for rows in (ROWS, [[None, *row[1:]] for row in ROWS]):
        again = take(rows)
        assert wrong(again) == {}
        assert not again.plan.changes
    renamed = [[row[0], "第8网格", *row[2:]] for row in ROWS]
    assert not take(renamed).plan.changes
    assert ids == dict(Place.objects.filter(code__gt=eight.code).values_list("full_name", "pk"))


def test_rows_are_counted_by_what_they_do(take):
    take(ROWS[:3])
    later = [*ROWS[:2], [*ROWS[2][:-1], 61], *ROWS[3:]]
    plan = take(later, dry_run=True).plan
    assert (plan.rows_new, plan.rows_changed, plan.rows_same) == (2, 1, 2)


def test_merged_cells_go_on_and_doors_do_not(take):
    rows = [
        [None, None, None, "1单元", "101", "甲一", None, None, None, None],
        [None, None, None, None, "102", "乙一", None, None, None, None],
        [None, None, None, "2单元", "101", "丙一", None, None, None, None],
        [None, None, None, "2单元", None, "丁一", None, None, None, None],
        ["新苑小区", "第7网格", "4号楼", None, "101", "戊一", None, None, None, None],
        [None, None, None, None, None, "己一", None, None, None, None],
    ]
    merged = [(1, 4, 0, "新苑小区"), (1, 4, 1, "第7网格"), (1, 4, 2, "3号楼")]
    done = take(None, data=xlsx(rows, merge=merged), good_rows_only=True)
    assert wrong(done) == {5: ["door"]}
    where = dict(Residence.objects.values_list("person__name", "place__full_name"))
    assert {name: place for name, place in where.items() if name in "甲一乙一丙一戊一己一"} == {
        "甲一": "新苑小区 3号楼 1单元 101",
        "乙一": "新苑小区 3号楼 1单元 102",
        "丙一": "新苑小区 3号楼 2单元 101",
        "戊一": "新苑小区 4号楼 1单元 101",
        "己一": "新苑小区 4号楼 1单元 101",
    }


def test_wrong_rows_hold_everything_back_unless_asked(take):
    rows = [
        *ROWS,
        ["新苑小区", "7", "3", "2", "503", "戊一", "123", None, "业主", None],
        ["新苑小区", "7", "3", "2", "504", "己一", None, 220103190101010010, "业主", None],
        ["新苑小区", "7", "3", "2", "505", "庚一", None, "220103190101010019", "房东", -3],
        ["新苑小区", "7", "3", "2", "506", "=1+1", None, None, None, None],
        ["新苑小区", "7", None, "2", "507", "壬一", None, None, None, None],
        ["新苑小区", "7", "3", "2", None, "癸一", None, None, None, None],
    ]
    places, people = Place.objects.count(), Person.objects.count()
    done = take(rows)
    assert not done.written
    assert (Place.objects.count(), Person.objects.count()) == (places, people)
    assert wrong(done) == {
        7: ["phone"],
        8: ["identity"],
        9: ["area", "identity", "tenure"],
        10: ["name"],
        11: ["building"],
        12: ["door"],
    }
    assert "digits" in str(done.plan.faulty[1].errors["identity"]) or "位" in str(
        done.plan.faulty[1].errors["identity"]
    )
    done = take(rows, good_rows_only=True)
    assert done.written
    assert not Person.objects.filter(name__in=["戊一", "己一", "壬一", "癸一"]).exists()
    report = openpyxl.load_workbook(io.BytesIO(error_report(done.plan.sheet, COLUMNS))).active
    assert report.max_row == 7
    assert report.cell(2, 1).value == 7
    # Corrected, it comes in as it is.
    report.cell(2, 8).value = "13800000009"
    for row in range(report.max_row, 2, -1):
        report.delete_rows(row)
    out = io.BytesIO()
    report.parent.save(out)
    fixed = take(None, data=out.getvalue())
    assert fixed.written
    assert Person.objects.get(name="戊一").phone == "13800000009"


def test_contradicting_rows_are_both_named(take):
    rows = [
        ["新苑", "7", "3", "1", "101", "甲一", None, ID_1, "业主", 80],
        ["新苑", "7", "3", "1", "102", "乙一", None, ID_1, "业主", 80],
        ["新苑", "7", "3", "1", "103", "丙一", None, None, None, 80],
        ["新苑", "7", "3", "1", "103室", "丁一", None, None, None, 90],
        ["新苑", "7", "4", "1", "104", "戊一", "13800000001", None, None, None],
        ["新苑", "8", "4", "1", "105", "己一", None, None, None, None],
        ["新苑", "7", "3", "1", "106", "庚一", "13800000001", None, "业主", None],
        ["新苑", "7", "3", "1", "106", "庚一", "13800000002", None, "业主", None],
    ]
    done = take(rows, dry_run=True)
    assert wrong(done) == {
        2: ["identity"],
        3: ["identity"],
        4: ["area"],
        5: ["area"],
        7: ["grid"],
        8: ["phone"],
        9: ["phone"],
    }
    assert "3" in str(done.plan.faulty[0].errors["identity"])


def test_rows_of_another_community_are_refused_row_by_row(take):
    head = [*HEAD, "社区"]
    rows = [
        [*ROWS[0], "长山花园社区居委会"],
        [*ROWS[1], "长山花园"],
        [*ROWS[2], "龙山路社区"],
        [None, "220103008004001", "1号楼", None, "101", None, None, None, None, None, None],
        [None, "220103008003999", "1号楼", None, "101", None, None, None, None, None, COMMUNITY],
    ]
    done = take(rows, head, dry_run=True)
    assert wrong(done) == {4: ["community"], 5: ["grid"], 6: ["grid"]}


def test_a_known_building_needs_no_grid_and_does_not_jump(take, demo):
    known = demo.unit.parent
    done = take([["长山花园", None, known.name, "1单元", "901", None, None, None, None, None]])
    assert wrong(done) == {}
    assert Place.objects.get(name="901").code.startswith(known.code)
    done = take([["长山花园", "第2网格", known.name, "1", "902", None, None, None, None, None]])
    assert wrong(done) == {2: ["grid"]}
    done = take([[None, None, "不知道的楼", None, "1", None, None, None, None, None]])
    assert wrong(done) == {2: ["grid"]}


def test_two_compounds_of_one_grid_may_both_have_a_building_1(take):
    rows = [
        ["甲苑", "7", "1号楼", None, "101", None, None, None, None, None],
        ["乙苑", "7", "1号楼", None, "101", None, None, None, None, None],
    ]
    take(rows)
    assert (
        Place.objects.filter(name="1号楼", full_name__in=["甲苑 1号楼", "乙苑 1号楼"]).count() == 2
    )
    again = take(rows)
    assert not again.plan.changes
    done = take([[None, "7", "1号楼", None, "102", None, None, None, None, None]])
    assert wrong(done) == {2: ["compound"]}


def test_points_are_the_buildings(take):
    head = [*HEAD, "经度", "纬度"]
    done = take(
        [
            [*ROWS[0], 125.3362, 43.9431],
            [*ROWS[1], "125.336210", "43.943100"],
            [*ROWS[2], 43.9431, 125.3362],
            [*ROWS[3], 125.4362, 43.9431],
            ["新苑小区", "7", "4", None, "102", None, None, None, None, None, 125.3362, 43.9431],
        ],
        head,
        dry_run=True,
    )
    assert wrong(done) == {4: ["latitude", "longitude"], 5: ["longitude"], 6: ["longitude"]}
    take([[*ROWS[0], 125.3362, 43.9431]], head)
    building = Place.objects.get(full_name="新苑小区 3号楼")
    assert (building.longitude, building.latitude) == (Decimal("125.336200"), Decimal("43.943100"))


def test_a_dry_run_writes_nothing(take):
    before = Place.objects.count(), AuditRow.objects.count()
    done = take(ROWS, dry_run=True)
    assert not done.written
    assert done.plan.changes
    assert (Place.objects.count(), AuditRow.objects.count()) == before


def test_codes_never_return(take, worker):
    take(ROWS)
    home = Place.objects.get(full_name="新苑小区 4号楼 1单元 101")
    building = home.parent.parent
    other = territory.add_place(
        by=worker, parent=Place.objects.get(code=COMMUNITY).pk, name="第8网格"
    )
    territory.move(by=worker, place=building.pk, to=other.pk, why="调整")
    take([["丙苑", "7", "4号楼", None, "101", None, None, None, None, None]])
    fresh = Place.objects.get(full_name="丙苑 4号楼")
    assert fresh.code != building.code


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_csv_in_the_encodings_people_have(take, encoding):
    text = "\n".join(",".join(str(c or "") for c in row) for row in [HEAD, *ROWS])
    done = take(None, data=text.encode(encoding))
    assert done.written
    assert counts(done)["person"] == (4, 0)


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 300_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 cut off",
        xlsx(ROWS)[:3000],
        b"%PDF-1.7 not a sheet",
        "没有表头".encode(),
        b"\x00" * 100,
        b"x" * (51 * 1024 * 1024),
    ],
)
def test_files_that_are_no_sheet_are_refused(take, data):
    before = Place.objects.count()
    with pytest.raises(SheetError):
        take(None, data=data or b" ")
    assert Place.objects.count() == before


def test_a_zip_bomb_is_refused(take):
    with pytest.raises(SheetError):
        take(None, data=bomb())


def test_a_sheet_without_buildings_says_what_is_missing(take):
    with pytest.raises(SheetError) as said:
        take([["甲一", "13800000001"]], ["姓名", "电话"])
    assert "楼栋" in str(said.value)


def test_only_who_may_import_there(demo, actor):
    for role in ("resident", "unit", "building", "grid", "department", "officer"):
        with pytest.raises(NotAllowed):
            import_register(by=actor(role), community=COMMUNITY, data=xlsx(ROWS))
    with pytest.raises(NotAllowed):
        import_register(by=actor("worker"), community="220103008004", data=xlsx(ROWS))
    from liren.access.actor import system

    with pytest.raises(NotFound):
        import_register(by=system("test"), community="220103008004", data=xlsx(ROWS))


def test_it_works_as_the_serving_role(take, worker):
    with rls.scope(*rls.scope_of(worker)):
        assert take(ROWS).written
        assert take([[*ROWS[0][:6], "13900000009", *ROWS[0][7:]]]).written


def test_somebody_recorded_meanwhile(take, monkeypatch):
    from liren.people.register import actions

    real = actions.plan_register

    def slow(place, sheet):
        plan = real(place, sheet)
        taken = next(h for h in plan.humans if h.identity)
        Person.objects.create(
            community=COMMUNITY, name="先到", identity_hash=taken.identity_hash, **TRACK
        )
        return plan

    monkeypatch.setattr(actions, "plan_register", slow)
    with pytest.raises(Changed):
        take(ROWS)


def test_who_came_back_is_the_same_person(take, demo):
    take(ROWS)
    Person.objects.filter(name="甲一").update(left_on="2026-01-01")
    take(ROWS)
    assert Person.objects.get(name="甲一").left_on is None


def test_the_template_comes_in_as_it_is_given_out(take, tmp_path, capsys):
    path = tmp_path / "template.xlsx"
    call_command("import_places", template=path)
    sheet = read_sheet(path.read_bytes(), columns=COLUMNS)
    assert sheet.ignored == ()
    assert set(sheet.columns) == {column.key for column in TEMPLATE}
    assert len(sheet.rows) == len(EXAMPLES)
    done = take(None, data=path.read_bytes())
    assert (done.plan.examples, done.plan.changes) == (2, False)


def test_the_command(demo, tmp_path, capsys):
    path = tmp_path / "住户.xlsx"
    path.write_bytes(xlsx([*ROWS, ["", "7", "3", "2", "508", "=x", None, None, None, None]]))
    with pytest.raises(CommandError):
        call_command("import_places", path, community=COMMUNITY)
    assert path.with_suffix(".errors.xlsx").exists()
    call_command("import_places", path, community=COMMUNITY, dry_run=True, good_rows_only=True)
    assert not Person.objects.filter(name="甲一").exists()
    call_command("import_places", path, community=COMMUNITY, good_rows_only=True)
    assert Person.objects.filter(name="甲一").exists()
    with pytest.raises(CommandError):
        call_command("import_places", tmp_path / "none.xlsx", community=COMMUNITY)
    with pytest.raises(CommandError):
        call_command("import_places", path)


def test_rare_and_hostile_texts_stay_texts(take):
    rows = [
        ["𠮷苑", "7", "3号楼", "1", "101", "𠮷田'; DROP TABLE x;--", None, None, None, None],
        ["𠮷苑", "7", "3号楼", "1", "102", "<script>alert(1)</script>", None, None, None, None],
        ["𠮷苑", "7", "3号楼", "1", "103", "阿卜杜热西提·买买提艾力", None, None, None, None],
        ["𠮷苑", "7", "反斜\\杠\t楼", "1", "104", "甲\\N\n一", None, None, None, None],
    ]
    done = take(rows)
    assert wrong(done) == {}
    assert Person.objects.filter(name="𠮷田'; DROP TABLE x;--").exists()
    assert Person.objects.filter(name="甲\\N 一").exists()
    assert Place.objects.filter(name="反斜\\杠 楼").exists()
    assert PlaceSet.objects.filter(name="𠮷苑").exists()
