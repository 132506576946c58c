"""What a matter lets go of when its reporter is deleted, or when its time is over.

The facts stay (what kind, where, when, how it ended); the words, the photos and the person go.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Func, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from liren.access.actor import Actor
from liren.base import clock
from liren.notifications.privacy import forget_words
from liren.people import rights
from liren.people.declarations import declared

from . import files
from .enums import Status, Verb
from .models import Attachment, Entry, Follower, Matter, Reply, SearchWords

WHY = "personal data removed"
# The reporter's own; the category, the place and the dates are facts.
ABOUT_REPORTER = {
    "contact_name": "",
    "contact_phone": None,
    "code_hash": None,
    "place_note": "",
    "longitude": None,
    "latitude": None,
    "rating_why": "",
}


def kept(person: UUID) -> Iterable[rights.Kept]:
    """Keep the words of matters that somebody is still handling, until they are closed."""
    count = Matter.objects.filter(reporter=person).exclude(status=Status.CLOSED).count()
    if count:
        yield rights.Kept(
            _("words of open matters, without your name"),
            _("somebody is handling them; they go when the matter is closed"),
            None,
            count=count,
        )


def erase(person: UUID, by: Actor) -> int:
    """Unlink a person from every matter and erase what they wrote."""
    name = f"person:{person}"
    reported = list(
        Matter.objects.select_for_update(no_key=True).filter(reporter=person).order_by("pk")
    )
    ids = [matter.pk for matter in reported]
    track = {"changed_by": by.name, "changed_why": WHY, "changed_at": clock.now()}
    # What somebody wrote in a post is an act of the post and stays with it.
    words = Entry.objects.filter(by=name, by_post__isnull=True, erased=False)
    words.update(erased=True, text="", data={})
    photos = Attachment.objects.filter(matter__in=ids, entry__by=name, entry__by_post__isnull=True)
    files.remove(list(photos))
    Matter.objects.filter(pk__in=ids).update(
        reporter=None, version=F("version") + 1, **ABOUT_REPORTER, **track
    )
    Reply.objects.filter(matter__in=ids).exclude(text="").update(text="", **track)
    _empty_words(Matter.objects.filter(pk__in=ids, status=Status.CLOSED), track)
    Entry.objects.bulk_create(
        [
            Entry(
                community=matter.community,
                place_code=matter.place_code,
                matter=matter,
                at=clock.now(),
                verb=Verb.ERASE,
                status=matter.status,
                version=matter.version + 1,
                by=by.name,
            )
            for matter in reported
        ]
    )
    for matter in reported:
        _forget_notices(matter)
    spoke = Matter.objects.filter(agent=person)
    spoke.update(agent=None, **track)
    Matter.objects.filter(about_persons__contains=[person]).update(
        about_persons=Func(F("about_persons"), Value(person), function="array_remove"), **track
    )
    followed = Follower.objects.filter(person=person)
    Matter.objects.filter(pk__in=followed.values("matter"), followers__gt=0).update(
        followers=F("followers") - 1, **track
    )
    followed.delete()
    return len(ids)


def _empty_words(matters: "QuerySet[Matter]", track: dict[str, object]) -> int:
    ids = list(matters.exclude(text="").values_list("pk", flat=True))
    SearchWords.objects.filter(matter__in=ids).delete()
    return Matter.objects.filter(pk__in=ids).update(text="", **track)


def _forget_notices(matter: Matter) -> None:
    forget_words(
        [
            f"/c/{matter.community}/matters/{matter.pk}/",
            f"/field/matters/{matter.pk}/",
            f"/office/matters/{matter.pk}/",
        ],
        str(_("Matter %(number)s")) % {"number": matter.number},
    )


def purge(at: datetime) -> dict[str, int]:
    """Apply the declared retention to closed matters, their timelines and photos."""
    track: dict[str, object] = {
        "changed_by": "system:purge",
        "changed_why": "retention is over",
        "changed_at": at,
    }
    done: dict[str, int] = {}

    def count(table: str, rows: int) -> None:
        done[table] = done.get(table, 0) + rows

    # Words that a deletion had to leave while the matter was open.
    left = Matter.objects.filter(
        status=Status.CLOSED, reporter__isnull=True, entries__verb=Verb.ERASE
    ).exclude(text="")
    for matter in left:
        _forget_notices(matter)
    count("matters_matter", _empty_words(left, track))

    limit = at - timedelta(days=Entry.personal["text"].retention_days or 0)
    old = Matter.objects.filter(closed_at__lt=limit)
    SearchWords.objects.filter(matter__in=old.exclude(text="")).delete()
    entries = Entry.objects.filter(matter__in=old, erased=False).exclude(text="", data={})
    count("matters_entry", entries.update(erased=True, text="", data={}))
    replies = Reply.objects.filter(matter__in=old).exclude(text="")
    count("matters_reply", replies.update(text="", **track))
    limit = at - timedelta(days=Attachment.personal["file"].retention_days or 0)
    photos = list(Attachment.objects.filter(matter__closed_at__lt=limit))
    if photos:
        count("matters_attachment", files.remove(photos))
    found = declared(Matter)
    assert found is not None
    for one in rights.empty_old(found, at, "system:purge"):
        count("matters_matter", one.rows)
    return done


def held(person: UUID) -> Iterable[rights.Section]:
    """Add the timelines a reporter can read, and how many photos are kept with them."""
    entries = (
        Entry.objects.filter(matter__reporter=person, internal=False)
        .select_related("matter", "by_post")
        .order_by("matter__number", "at")
    )
    rows = [
        {
            "matter": entry.matter.number,
            "at": entry.at,
            "what": entry.get_verb_display(),
            "who": entry.by_post.title if entry.by_post else "",
            "text": entry.text,
        }
        for entry in entries
    ]
    if rows:
        yield rights.Section("matters.timeline", _("timelines of my matters"), rows)


def register() -> None:
    """Take part; called as the app starts."""
    rights.register(rights.Part("matters", kept=kept, erase=erase, purge=purge, held=held))
