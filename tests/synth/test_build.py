"""A synthetic community in the real database: whole, consistent, the same for the same seed."""

import hashlib
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection, transaction
from django.db.models import Count, F

from liren.access.models import AuditRow
from liren.matters import rules
from liren.matters.models import Entry, Matter
from liren.organisation.models import Post, Term
from liren.organisation.queries import holders_up, line_for
from liren.people.models import Person
from liren.synth import shape
from liren.synth.build import Occupied, build
from liren.synth.casebook import Casebook, kinds
from liren.synth.ground import Ground, Options
from liren.territory.models import Place

pytestmark = pytest.mark.django_db
OPTIONS = Options(scale="community", seed=7, today=date(2026, 3, 2), households=False)


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The community, once for all tests of this file; each of them runs in a savepoint."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build(OPTIONS, matters=300, days=200, tell=lambda _text: None)
        transaction.set_rollback(True)


@pytest.fixture
def made(loaded, db):
    return loaded


def test_a_community_has_its_places_posts_and_matters(made):
    scale = shape.SCALES["community"]
    below = Place.objects.filter(code__gt=shape.COMMUNITY[0], code__lt=shape.COMMUNITY[0] + ":")
    assert below.filter(level="grid").count() == scale.grids
    assert below.filter(level="building").count() == scale.buildings
    assert below.filter(level="unit").count() == scale.units
    assert not below.exclude(synthetic=True).exists()
    assert Matter.objects.filter(synthetic=True).count() == 300
    assert Person.objects.exclude(synthetic=True).count() == 0
    units = Post.objects.filter(type="unit_leader")
    held = Term.objects.filter(post__in=units, ends__isnull=True).count()
    assert 0.5 < held / units.count() < 0.9
    assert not Post.objects.exclude(place_code=F("place__code")).exists()


def test_the_real_tree_above_is_not_marked_synthetic(made):
    names = dict(Place.objects.filter(synthetic=False).values_list("code", "name"))
    assert names == {
        "22": "吉林省",
        "2201": "长春市",
        "220103": "宽城区",
        "220103008": "团山街道",
        "220103008003": "长山花园社区",
    }


def test_timelines_replay_by_the_rules_and_end_where_the_matter_stands(made):
    entries: dict[object, list[Entry]] = {}
    for entry in Entry.objects.order_by("version"):
        entries.setdefault(entry.matter_id, []).append(entry)
    for matter in Matter.objects.all():
        listed = entries[matter.pk]
        assert [e.version for e in listed] == list(range(1, matter.version + 1))
        assert listed[0].verb == "report"
        status = "submitted"
        for entry in listed[1:]:
            roles = frozenset({entry.by_role})
            assert rules.refusal(entry.verb, status, roles, entry.text) is None
            status = entry.status
        assert matter.status == status
        assert matter.first_due is not None
        assert matter.accept_by is not None
        assert matter.accept_by <= matter.first_due
    assert Matter.objects.values("status").annotate(n=Count("pk")).count() >= 2
    assert Matter.objects.exclude(ending="").values("ending").distinct().count() >= 4


def test_the_first_holder_is_who_the_line_names(made):
    line = line_for("", "three_leaders")
    for entry in Entry.objects.filter(verb="report").select_related("matter__category")[:60]:
        start = entry.matter.category.start_level
        first = holders_up(line.pk, entry.place_code, from_level=start, today=date(2020, 1, 1))
        assert first == []  # nobody held a post before the posts were filled
        listed = [
            holder.asked
            for holder in holders_up(
                line.pk, entry.place_code, from_level=start, today=OPTIONS.today
            )
        ]
        away = Term.objects.filter(post=entry.to_post_id, absences__isnull=False).exists()
        assert away or entry.to_post_id in listed


def test_the_audit_has_one_row_a_table_with_the_digest(made):
    rows = AuditRow.objects.filter(op="BULK")
    assert set(rows.values_list("table", flat=True)) == set(made.rows)
    assert set(rows.values_list("actor", flat=True)) == {"system:synth"}
    assert rows.get(table="matters_matter").content["rows"] == 300
    assert not AuditRow.objects.filter(table="matters_matter").exclude(op="BULK").exists()


def test_keys_indexes_and_triggers_are_back(made):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'")
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND NOT convalidated"
        )
        assert cursor.fetchone() == (0,)
    matter = Matter.objects.first()
    assert matter is not None
    matter.changed_why = "a test"
    matter.save()
    assert AuditRow.objects.filter(table="matters_matter", op="UPDATE").count() == 1


def test_a_second_one_at_the_same_place_is_refused(made):
    with pytest.raises(Occupied):
        build(OPTIONS, tell=lambda _text: None)


def test_the_same_seed_gives_the_same_bytes(db):
    def digest(seed):
        whole = hashlib.sha256()
        ground = Ground(replace(OPTIONS, seed=seed, households=True), {})
        whole.update("".join(ground.places()).encode())
        whole.update(repr(ground.rows).encode())
        book = Casebook(ground.communities, kinds(), seed=seed, today=OPTIONS.today, days=200)
        for batch in book.batches(200):
            whole.update(repr(batch).encode())
        return whole.hexdigest()

    assert digest(7) == digest(7)
    assert digest(7) != digest(8)
