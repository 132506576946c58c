"""Deletion: everything goes that no law keeps, everywhere, and the rest says until when."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from liren.access import rls
from liren.base import clock
from liren.base.errors import Changed, NotAllowed, NotFound
from liren.matters import actions as matters
from liren.matters.actions import Report
from liren.matters.enums import Status
from liren.matters.files import root
from liren.matters.models import Attachment, Entry, Matter, SearchWords
from liren.notifications.models import Address, Notice
from liren.people import actions, retention, rights
from liren.people.models import Account, Mandate, OneTimeCode, Person, Residence, Unmasking

pytestmark = pytest.mark.django_db

SECRET = "囍燚龘"  # signs nobody else writes
PHONE = "13912345678"


def everything():
    """Yield every text of every table of the real database that holds one of the secrets."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema ="
            " 'public' AND data_type IN ('text', 'character varying', 'jsonb', 'ARRAY')"
        )
        for table, column in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" WHERE "{column}"::text LIKE %s'
                f' OR "{column}"::text LIKE %s OR "{column}"::text LIKE %s',
                [f"%{SECRET}%", f"%{PHONE}%", f"%{SECRET[:2]}%"],
            )
            if cursor.fetchone()[0]:
                yield f"{table}.{column}"


@pytest.fixture
def resident(demo, make_person, actor, as_person, photo, settings, tmp_path):
    """Somebody with a bit of everything."""
    settings.MEDIA_ROOT = tmp_path
    home = demo.household
    person = make_person(f"张{SECRET}", phone=PHONE, place=home)
    track = {"changed_by": "system:test", "changed_why": "test"}
    Residence.objects.create(
        community=person.community,
        person=person,
        place=home,
        place_code=home.code,
        tenure="owner",
        **track,
    )
    Address.objects.create(
        community=person.community, person=person, channel="sms", target=PHONE, **track
    )
    by = as_person(person)
    category = None
    done = matters.report(
        by=by,
        need=Report(
            place=demo.unit,
            text=f"{SECRET}楼道灯不亮",
            category=category,
            reporter=person.pk,
            place_note=SECRET,
            photos=(photo,),
        ),
    ).matter
    matters.accept(by=actor("unit"), matter=done.pk)
    matters.add_words(by=by, matter=done.pk, words=f"补充{SECRET}")
    matters.handle(by=actor("unit"), matter=done.pk, words="换好了")
    matters.answer(by=by, matter=done.pk, solved=True, satisfied="yes", words=f"谢谢{SECRET}")
    running = matters.report(
        by=by, need=Report(place=demo.unit, text="水管漏了", reporter=person.pk)
    ).matter
    other = make_person("别人", phone="13800000001")
    theirs = matters.report(
        by=as_person(other), need=Report(place=demo.unit, text="门坏了", reporter=other.pk)
    ).matter
    matters.follow(by=by, matter=theirs.pk)
    actions.offer_mandate(by=by, scopes=["matters"], until=clock.today() + timedelta(days=30))
    actions.unmask(by=actor("worker"), person=person.pk, field="phone", reason="电话核实漏水位置")
    return SimpleNamespace(person=person, by=by, done=done, running=running, theirs=theirs)


def test_nothing_of_it_is_left_anywhere(resident, django_capture_on_commit_callbacks):
    paths = [root() / a.file for a in Attachment.objects.all()]
    assert paths
    assert all(path.exists() for path in paths)
    assert "people_person.name" in set(everything())
    with django_capture_on_commit_callbacks(execute=True):
        actions.erase(by=resident.by, person=resident.person.pk)
    assert list(everything()) == []
    assert not any(path.exists() for path in paths)
    resident.person.refresh_from_db()
    assert resident.person.erased_at is not None
    assert (
        resident.person.name,
        resident.person.phone,
        resident.person.phone_hash,
        resident.person.place_code,
    ) == ("", None, None, "")
    assert not Account.objects.filter(person=resident.person).exists()
    assert not Residence.objects.filter(person=resident.person).exists()
    assert not OneTimeCode.objects.filter(person=resident.person).exists()
    assert not Notice.objects.filter(person=resident.person).exists()


def test_a_matter_keeps_its_facts(resident, django_capture_on_commit_callbacks):
    before = Matter.objects.get(pk=resident.done.pk)
    actions.erase(by=resident.by, person=resident.person.pk)
    after = Matter.objects.get(pk=resident.done.pk)
    assert (after.number, after.status, after.place_code, after.closed_at, after.solved) == (
        before.number,
        before.status,
        before.place_code,
        before.closed_at,
        True,
    )
    assert (after.reporter_id, after.text, after.place_note) == (None, "", "")
    verbs = list(Entry.objects.filter(matter=resident.done).values_list("verb", "erased", "text"))
    assert ("handle", False, "换好了") in verbs
    assert ("add", True, "") in verbs
    assert verbs[-1][0] == "erase"
    assert not SearchWords.objects.filter(matter=resident.done).exists()


def test_words_of_an_open_matter_go_when_it_is_closed(resident, actor):
    kept = [one for one in rights.kept(resident.person.pk) if one.until is None]
    assert [one.count for one in kept] == [1]
    actions.erase(by=resident.by, person=resident.person.pk)
    resident.running.refresh_from_db()
    assert (resident.running.text, resident.running.reporter_id) == ("水管漏了", None)
    assert retention.purge() == [] or Matter.objects.get(pk=resident.running.pk).text
    matters.refer_outside(
        by=actor("worker"), matter=resident.running.pk, words="归供水公司", authority="供水公司"
    )
    resident.running.refresh_from_db()
    assert resident.running.status == Status.CLOSED
    retention.purge()
    resident.running.refresh_from_db()
    assert resident.running.text == ""


def test_a_followed_matter_counts_one_follower_less(resident):
    resident.theirs.refresh_from_db()
    assert resident.theirs.followers == 1
    actions.erase(by=resident.by, person=resident.person.pk)
    resident.theirs.refresh_from_db()
    assert resident.theirs.followers == 0


def test_the_log_of_who_looked_outlives_it_and_says_until_when(resident):
    kept = {str(one.what): one for one in rights.kept(resident.person.pk)}
    assert Unmasking._meta.verbose_name in kept
    actions.erase(by=resident.by, person=resident.person.pk)
    assert Unmasking.objects.filter(person=resident.person).count() == 1
    with clock.freeze(clock.now() + timedelta(days=3 * 365 + 1)):
        retention.purge()
    assert Unmasking.objects.filter(person=resident.person).count() == 0


def test_who_holds_a_post_hands_it_over_first(demo, actor):
    by = actor("unit")
    with pytest.raises(Changed, match=r"岗位|post"):
        actions.erase(by=by, person=by.person)
    assert Person.objects.get(pk=by.person).name


def test_a_past_post_keeps_the_name_for_its_time(demo, actor):
    from liren.organisation.models import Term

    by = actor("unit")
    Term.objects.filter(person=by.person).update(
        ends=clock.today() - timedelta(days=1), changed_by="system:test", changed_why="test"
    )
    actions.erase(by=by, person=by.person)
    assert Person.objects.get(pk=by.person).name
    with clock.freeze(clock.now() + timedelta(days=3 * 365 - 2)):
        retention.purge()
    assert Person.objects.get(pk=by.person).name
    with clock.freeze(clock.now() + timedelta(days=3 * 365 + 2)):
        retention.purge()
    assert Person.objects.get(pk=by.person).name == ""


def test_nobody_else_can_delete_a_person(resident, actor, as_person, make_person):
    for by in (actor("worker"), as_person(make_person("邻居", phone="13800000009"))):
        with pytest.raises(NotAllowed):
            actions.erase(by=by, person=resident.person.pk)
    assert Person.objects.get(pk=resident.person.pk).name


def test_deleting_twice_finds_nobody(resident):
    actions.erase(by=resident.by, person=resident.person.pk)
    with pytest.raises(NotFound):
        actions.erase(by=resident.by, person=resident.person.pk)


def test_mandates_end_with_either_side(make_person, as_person):
    mother, child = (
        make_person("母亲", phone="13800000011"),
        make_person("女儿", phone="13800000012"),
    )
    until = clock.today() + timedelta(days=90)
    offer = actions.offer_mandate(by=as_person(mother), scopes=["matters"], until=until)
    actions.accept_mandate(by=as_person(child), community=mother.community, code=offer.clear)
    assert Mandate.objects.count() == 1
    actions.erase(by=as_person(child), person=child.pk)
    assert Mandate.objects.count() == 0


def test_it_reaches_what_was_written_in_another_community(
    resident, make_person, django_capture_on_commit_callbacks
):
    """As the serving role under row-level security of the home community."""
    Notice.objects.create(
        community="220103008004", person=resident.person, kind="x", title=SECRET, key="k"
    )
    with rls.scope("220103008003", "220103008003:"):
        assert not Notice.objects.filter(key="k").exists()
        actions.erase(by=resident.by, person=resident.person.pk)
    assert not Notice.objects.filter(key="k").exists()


# -- the timeline's triggers -----------------------------------------------------------------------


def refused(entry, **changes):
    try:
        with transaction.atomic():
            Entry.objects.filter(pk=entry.pk).update(**changes)
    except DatabaseError as error:
        return "Cannot update" in str(error)
    return False


def test_a_timeline_lets_exactly_one_change_through(resident, actor):
    entry = Entry.objects.filter(matter=resident.done, verb="add").get()
    assert refused(entry, text="etwas anderes")
    assert refused(entry, text="")
    assert refused(entry, erased=True)
    assert refused(entry, erased=True, text="", data={"solved": True})
    for column in [f.name for f in Entry._meta.concrete_fields]:
        if column in ("erased", "text", "data", "id"):
            continue
        value = {
            "matter": resident.running.pk,
            "at": clock.now(),
            "version": 99,
            "by_post": None if entry.by_post_id else actor("unit").posts.__iter__().__next__(),
            "to_post": None if entry.to_post_id else actor("unit").posts.__iter__().__next__(),
            "internal": not entry.internal,
        }.get(column, "x")
        assert refused(entry, **{"erased": True, "text": "", "data": {}, column: value}), column
    assert not refused(entry, erased=True, text="", data={})
    assert refused(entry, erased=False)
    assert refused(entry, erased=True, text="", data={})
    with pytest.raises(Exception, match="Cannot delete"):
        entry.delete()
