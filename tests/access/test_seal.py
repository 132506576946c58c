"""The audit's seal: tampering is done for real, by the owner with triggers off, and is found."""

import threading
import time
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from liren.access import seal
from liren.access.models import AuditRow, AuditSeal
from liren.territory.models import CalendarDay

TRACK = {"changed_by": "system:test", "changed_why": "test"}


def days(count, start=0):
    """Make audited rows: each insert is copied into the audit by its trigger."""
    CalendarDay.objects.bulk_create(
        [
            CalendarDay(community=f"{start + n:012d}", date="2026-01-01", working=True, **TRACK)
            for n in range(count)
        ]
    )


def seal_all():
    """Seal until nothing is left: a transaction in another database of the server may delay it."""
    total = 0
    for _ in range(200):
        total += seal.seal()
        if seal.verify().unsealed == 0:
            return total
        time.sleep(0.1)
    raise AssertionError("rows stay unsealed")


@contextmanager
def as_owner():
    """The owner of the database switches the triggers off and does what it likes."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE access_auditrow DISABLE TRIGGER ALL")
        cursor.execute("ALTER TABLE access_auditseal DISABLE TRIGGER ALL")
        yield cursor
        cursor.execute("ALTER TABLE access_auditrow ENABLE TRIGGER ALL")
        cursor.execute("ALTER TABLE access_auditseal ENABLE TRIGGER ALL")


@pytest.fixture
def sealed(transactional_db):
    """Forty audit rows in two seals."""
    seal_all()
    days(20)
    seal_all()
    days(20, start=100)
    seal_all()
    rows = list(AuditRow.objects.order_by("-pk").values_list("pk", flat=True)[:40])
    return sorted(rows)


def faults():
    return [(fault.kind, fault.row) for fault in seal.verify().faults]


def test_an_untouched_audit_verifies(sealed):
    report = seal.verify()
    assert report.faults == ()
    assert report.unsealed == 0
    assert report.rows == AuditRow.objects.count()
    assert report.head.hash == bytes(AuditSeal.objects.order_by("-pk")[0].hash).hex()


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'person:somebody'",
        "reason = 'another'",
        "at = at + interval '1 microsecond'",
        "content = content || '{\"working\": false}'",
        "content = NULL",
        "digest = sha256('x')",
        "op = 'UPDATE'",
        "\"row\" = 'x'",
        "\"table\" = 'x'",
        "community = '999999999999'",
        "xact = xact - 1",
    ],
)
def test_a_change_of_any_column_is_pinpointed(sealed, change):
    with as_owner() as cursor:
        cursor.execute(f"UPDATE access_auditrow SET {change} WHERE id = %s", [sealed[7]])
    assert ("tampered", sealed[7]) in faults()


def test_a_removed_row_is_pinpointed(sealed):
    with as_owner() as cursor:
        cursor.execute("DELETE FROM access_auditrow WHERE id = %s", [sealed[25]])
    assert faults() == [("missing", sealed[25])]


def test_an_added_row_is_pinpointed(sealed):
    with as_owner() as cursor:
        cursor.execute(
            'INSERT INTO access_auditrow (at, xact, "table", op, "row", community, actor, reason,'
            ' digest) SELECT at, xact, "table", op, "row", community, actor, reason, digest'
            " FROM access_auditrow WHERE id = %s RETURNING id",
            [sealed[3]],
        )
        (forged,) = cursor.fetchone()
    assert faults() == [("added", forged)]


def test_a_removed_row_cannot_be_hidden_by_an_added_one(sealed):
    with as_owner() as cursor:
        cursor.execute("UPDATE access_auditrow SET id = id + 100000 WHERE id = %s", [sealed[3]])
    assert faults() == [("missing", sealed[3]), ("added", sealed[3] + 100000)]


def test_rewriting_a_seal_breaks_the_chain(sealed):
    """Even with a hash that fits: the next seal no longer follows."""
    first, last = AuditSeal.objects.order_by("-pk")[1], AuditSeal.objects.order_by("-pk")[0]
    with as_owner() as cursor:
        cursor.execute("UPDATE access_auditrow SET actor = 'x' WHERE id = %s", [sealed[0]])
        rows = bytearray(bytes(first.rows))
        for row in seal._rows("id = %s", [sealed[0]]):
            at = next(
                n
                for n in range(0, len(rows), seal.ENTRY)
                if int.from_bytes(rows[n : n + 8], "big") == sealed[0]
            )
            rows[at + 8 : at + seal.ENTRY] = seal.row_digest(row)
        forged = seal.seal_hash(bytes(first.before), first.xact_until, first.at, bytes(rows))
        cursor.execute(
            "UPDATE access_auditseal SET rows = %s, hash = %s WHERE id = %s",
            [bytes(rows), forged, first.pk],
        )
    found = seal.verify().faults
    assert [(fault.kind, fault.seal) for fault in found] == [("chain", last.pk)]


def test_rewriting_everything_does_not_match_a_published_head(sealed):
    published = seal.head().hash
    with as_owner() as cursor:
        cursor.execute("UPDATE access_auditrow SET actor = 'x' WHERE id = %s", [sealed[0]])
        cursor.execute("DELETE FROM access_auditseal")
    seal_all()
    assert seal.verify().faults == ()
    assert [fault.kind for fault in seal.verify(published).faults] == ["head"]


def test_nobody_changes_the_audit_through_the_front_door(sealed):
    row = AuditRow.objects.get(pk=sealed[0])
    row.actor = "x"
    with pytest.raises(Exception, match="Cannot update"):
        row.save()
    with pytest.raises(Exception, match="Cannot"):
        AuditSeal.objects.order_by("pk")[0].delete()


@pytest.mark.django_db(transaction=True)
def test_rows_of_a_transaction_that_commits_late_are_sealed_later_and_never_missed():
    """Its row numbers are lower than those sealed before it commits."""
    seal_all()
    wrote, may_commit = threading.Event(), threading.Event()

    def slow():
        try:
            with transaction.atomic():
                days(1, start=500)
                wrote.set()
                may_commit.wait(20)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert wrote.wait(20)
    days(1, start=600)  # commits while the other still runs, with a higher number
    assert seal.seal() == 0  # nothing above the running transaction is final yet
    assert seal.verify().unsealed == 1
    may_commit.set()
    thread.join(20)
    assert seal_all() == 2
    report = seal.verify()
    assert (report.faults, report.unsealed) == ((), 0)


@pytest.mark.django_db(transaction=True)
def test_transaction_numbers_that_went_back_are_noticed_and_dealt_with(monkeypatch):
    days(3)
    seal_all()
    days(2, start=50)
    monkeypatch.setattr(seal, "_horizon", lambda: 5)
    with pytest.raises(seal.RestoredElsewhereError):
        seal.seal()
    assert seal.restored() == 2
    assert seal.verify().faults == ()


def test_the_command_says_ok_or_where(sealed, capsys):
    call_command("audit", "verify")
    said = capsys.readouterr().out
    assert said.startswith("OK: ")
    call_command("audit", "head")
    published = capsys.readouterr().out.split()[-1]
    assert len(published) == 64
    call_command("audit", "verify", "--head", published)
    capsys.readouterr()
    with as_owner() as cursor:
        cursor.execute("UPDATE access_auditrow SET reason = 'x' WHERE id = %s", [sealed[1]])
    with pytest.raises(CommandError, match="1 faults"):
        call_command("audit", "verify")
    assert f"tampered: row {sealed[1]}" in capsys.readouterr().out


def test_six_thousand_rows_are_verified_quickly(transactional_db, record_property):
    days(6000)
    assert seal_all() >= 6000
    start = time.perf_counter()
    report = seal.verify()
    taken = time.perf_counter() - start
    assert report.rows >= 6000
    assert not report.faults
    record_property("seconds", taken)
    print(f"verified {report.rows} rows in {taken:.3f} s")
