"""The retention job: what its declared time is over for goes, and only counts are kept."""

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction

from liren.base import clock

from . import rights
from .actions.own import empty_person
from .models import Person, PurgeLog


def purge_persons(at: datetime) -> dict[str, int]:
    """Empty what a deletion had to leave, once its reason is over; empty who left long ago."""
    count = 0
    by = "system:purge"
    for row in Person.objects.filter(erased_at__isnull=False).exclude(name="").iterator():
        stays = frozenset[str]().union(*(one.fields for one in rights.kept(row.pk)))
        if "name" not in stays:
            empty_person(row, by)
            row.save()
            count += 1
    ended: dict[int, list[str]] = {}
    for name, one in Person.personal.items():
        if one.retention_days is not None:
            ended.setdefault(one.retention_days, []).append(name)
    for days, names in ended.items():
        limit = (at.astimezone(clock.SHANGHAI)).date().toordinal() - days
        # Whoever still signs in has not left: the account says so.
        gone = Person.objects.filter(
            left_on__lt=datetime.fromordinal(limit).date(), account__isnull=True
        )
        for row in gone.iterator():
            keep = frozenset(Person.personal) - frozenset(names)
            if all(getattr(row, name) == _empty(name) for name in names):
                continue
            stays = frozenset[str]().union(*(one.fields for one in rights.kept(row.pk)))
            empty_person(row, by, keep=keep | stays)
            row.save()
            count += 1
    return {"people_person": count}


def _empty(name: str) -> object:
    return rights.empty_value(Person._meta.get_field(name))  # type: ignore[arg-type]  # concrete


def purge(now: datetime | None = None, *, dry_run: bool = False) -> list[rights.Purged]:
    """Apply retention everywhere and write down the counts; ``dry_run`` undoes it all again."""
    at = now or clock.now()
    with transaction.atomic():
        done = rights.purge(at)
        sessions, _tables = Session.objects.filter(expire_date__lt=at).delete()
        if sessions:
            done.append(rights.Purged("django_session", sessions))
        if dry_run:
            transaction.set_rollback(True)
            return done
        PurgeLog.objects.bulk_create(
            [PurgeLog(at=at, table=one.table, fields=one.fields, rows=one.rows) for one in done]
        )
    return done
