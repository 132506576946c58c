"""The published divisions: read with care, loaded once, loaded again without a trace."""

import io
import tarfile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from liren.access.actor import anonymous, system
from liren.access.models import AuditRow
from liren.base.errors import Invalid, NotAllowed
from liren.config import paths
from liren.territory import divisions
from liren.territory.actions import load_divisions
from liren.territory.models import Place, PlaceChange

pytestmark = pytest.mark.django_db
BY = system("test")
TABLES = {
    "provinces": [("22", "吉林省")],
    "cities": [("2201", "长春市")],
    "areas": [("220103", "宽城区"), ("220104", "朝阳区")],
    "streets": [("220103001", "新发街道"), ("220103008", "团山街道"), ("220104001", "前进街道")],
    "villages": [
        ("220103001001", "长新社区"),
        ("220103008003", "长山花园社区"),
        ("220103008004", '龙山路"东"社区\\t'),
        ("220104001001", "单家社区"),
    ],
}


@pytest.fixture
def folder(tmp_path):
    def write(**changed):
        for table, rows in (TABLES | changed).items():
            lines = ["code,name,more"] + [
                f'{code},"{name.replace(chr(34), chr(34) * 2)}",x' for code, name in rows
            ]
            (tmp_path / f"{table}.csv").write_text("\n".join(lines), encoding="utf-8")
        return tmp_path

    return write


def load(source, selection="", **options):
    return load_divisions(
        by=BY,
        divisions=divisions.read(source, selection),
        selection=selection,
        source="test",
        **options,
    )


def test_a_selection_comes_with_what_is_above_it_and_pinyin(folder):
    done = load(folder(), "220103")
    assert (done.read, done.added, done.renamed) == (8, 8, 0)
    assert not Place.objects.filter(code__startswith="220104").exists()
    place = Place.objects.get(code="220103001001")
    assert (place.pinyin, place.initials) == ("changxinshequ", "cxsq")
    assert (place.community, place.level, place.synthetic) == ("220103001001", "community", False)
    assert place.parent.code == "220103001"
    assert place.parent.community == "220103001000"
    assert Place.objects.get(code="220103008004").name == '龙山路"东"社区\\t'


def test_again_changes_nothing_and_new_ones_are_added(folder):
    source = folder()
    load(source, "220103")
    before = list(Place.objects.order_by("code").values_list("pk", "changed_at"))
    again = load(source, "220103")
    assert (again.added, again.renamed, again.vanished) == (0, 0, 0)
    assert list(Place.objects.order_by("code").values_list("pk", "changed_at")) == before
    assert load(source).added == 3


def test_a_new_name_becomes_the_name_and_the_old_one_an_alias(folder):
    load(folder())
    changed = [("220103001001", "长新新社区"), *TABLES["villages"][1:]]
    assert load(folder(villages=changed)).renamed == 1
    place = Place.objects.get(code="220103001001")
    assert (place.name, place.aliases, place.pinyin) == (
        "长新新社区",
        ["长新社区"],
        "changxinxinshequ",
    )
    change = PlaceChange.objects.get(place=place)
    assert (change.kind, change.old_name, change.by) == ("renamed", "长新社区", "system:test")
    assert AuditRow.objects.filter(table="territory_place", row=str(place.pk), op="UPDATE").exists()
    assert load(folder(villages=changed)).renamed == 0


def test_what_a_community_renamed_by_hand_keeps_its_name(folder):
    source = folder()
    load(source)
    Place.objects.filter(code="220103001001").update(name="长新里社区", aliases=["长新社区"])
    assert load(source).renamed == 0


def test_what_vanished_is_closed_only_when_asked(folder):
    load(folder())
    fewer = folder(villages=TABLES["villages"][1:])
    assert (load(fewer).vanished, Place.objects.filter(closed_on__isnull=False).count()) == (1, 0)
    done = load(fewer, close_missing=True)
    assert (done.vanished, done.closed) == (1, 1)
    assert Place.objects.get(closed_on__isnull=False).code == "220103001001"
    assert load(folder()).closed_here == 1


def test_one_audit_row_stands_for_the_load_and_the_trigger_is_back(folder):
    load(folder(), "220103")
    row = AuditRow.objects.get(table="territory_place")
    assert (row.actor, row.content["added"], len(row.content["sha256"])) == ("system:test", 8, 64)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgenabled FROM pg_trigger WHERE tgrelid = 'territory_place'::regclass"
            " AND tgname LIKE 'pgtrigger_audit%'"
        )
        assert cursor.fetchall() == [("O",)]


@pytest.mark.parametrize(
    "changed",
    [
        {"villages": [("220103001001", "甲"), ("220103001001", "乙")]},
        {"villages": [("220103099001", "没有街道的社区")]},
        {"villages": [("22010300100", "少一位")]},
        {"villages": [("220103001001", "")]},
        {"villages": [("220103001001", "长" * 81)]},
        {"streets": [("2201030０1", "全角数字")]},
    ],
)
def test_bad_tables_are_refused_and_nothing_is_written(folder, changed):
    with pytest.raises(Invalid):
        load(folder(**changed))
    assert not Place.objects.exists()


def test_a_missing_table_and_an_unknown_code_are_refused(folder):
    source = folder()
    with pytest.raises(Invalid, match="2299"):
        load(source, "2299")
    (source / "villages.csv").unlink()
    with pytest.raises(Invalid, match=r"villages\.csv"):
        load(source)


def test_binary_rubbish_is_refused(folder):
    source = folder()
    (source / "villages.csv").write_bytes(b"code,name\n\xff\xfe\x00")
    with pytest.raises(Invalid):
        load(source)


def test_another_archive_is_refused(tmp_path):
    archive = tmp_path / divisions.ARCHIVE
    with tarfile.open(archive, "w:gz") as tar:
        info = tarfile.TarInfo("package/dist/provinces.csv")
        info.size = 3
        tar.addfile(info, io.BytesIO(b"x,y"))
    with pytest.raises(CommandError):
        call_command("import_divisions", city="2201", source=str(archive))


@pytest.mark.parametrize("option", [{"city": "22"}, {"county": "22010x"}, {"province": "２２"}])
def test_a_wrong_selection_is_refused(option):
    with pytest.raises(CommandError):
        call_command("import_divisions", **option)


def test_only_who_may_edit_places_there(folder):
    with pytest.raises(NotAllowed):
        load_divisions(
            by=anonymous(), divisions=divisions.read(folder()), selection="22", source="test"
        )


def test_the_real_county(demo):
    archive = paths.VAR_DIR / "divisions" / divisions.ARCHIVE
    if not archive.exists():
        pytest.skip(f"{archive.name} is not fetched: liren import-divisions --county 220103")
    kept = demo.community.pk
    call_command("import_divisions", county="220103", source=str(archive))
    communities = Place.objects.filter(code__startswith="220103", level="community")
    assert communities.count() == 173
    assert communities.get(code="220103008003").pk == kept
