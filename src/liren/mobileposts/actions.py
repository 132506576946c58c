"""Joining, telling with two taps, leaving."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from liren.access.actor import Actor
from liren.base.errors import Changed, Invalid, NotFound
from liren.base.text import clean_text
from liren.matters import actions as matters
from liren.matters import queries as matter_queries
from liren.matters.actions import Report
from liren.matters.actions.reporting import Receipt
from liren.matters.enums import Origin
from liren.people import actions as people
from liren.people import rights
from liren.people.actions.core import own
from liren.people.models import Consent
from liren.territory.models import Place

from . import sights
from .consent import PURPOSE
from .enums import Trade
from .models import MobilePost

WORDS_MAX = 300


def join(
    *, by: Actor, community: str, trade: str, agreed: bool, synthetic: bool = False
) -> MobilePost:
    """Join as a mobile post. Nobody is asked to, nobody has to report anything.

    Promises: the consent and the post are written together; joining twice changes the trade only.
    Refuses (``Invalid``) an unknown trade and joining without having agreed; ``NotAllowed``
    without an account or under a mandate.
    """
    person = own(by)
    if trade not in Trade:
        raise Invalid(fields={"trade": _("Please choose your trade.")})
    if not agreed:
        raise Invalid(fields={"agreed": _("Please agree first; without it nothing is kept.")})
    with transaction.atomic():
        people.give_consent(by=by, purpose=PURPOSE)
        row = (
            MobilePost.objects.select_for_update()
            .filter(person=person, community=community)
            .first()
        )
        if row is None:
            row = MobilePost(community=community, person_id=person, synthetic=synthetic)
        row.trade = trade
        row.changed_by, row.changed_why = by.name, "joined"
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise Changed(_("You have joined here already.")) from error
    return row


def leave(*, by: Actor, community: str) -> None:
    """Leave: the post is deleted at once and the consent taken back. Leaving twice is once.

    What was reported stays with the person as their own matters, as anybody's.
    """
    person = own(by)
    with transaction.atomic():
        rights.delete(
            MobilePost.objects.filter(person=person, community=community), by.name, "left"
        )
        if not MobilePost.objects.filter(person=person).exists():
            for row in Consent.objects.filter(
                person=person, purpose=PURPOSE, withdrawn_at__isnull=True
            ):
                people.withdraw_consent(by=by, consent=row.pk)


def tell(*, by: Actor, place: Place, what: str, words: str = "", once: str = "") -> Receipt:
    """Tell what one saw at an entrance: a matter like any other, whoever tells it.

    The place is the one of the scanned poster; nothing else about where somebody is gets kept.
    Refuses (``Invalid``) an unknown key, "something else" without a word, too many words.
    """
    sight = sights.sight(what)
    if sight is None:
        raise Invalid(fields={"what": _("Please choose what you saw.")})
    said = clean_text(words, WORDS_MAX, empty_ok=True)
    if not sight.category and not said:
        raise Invalid(fields={"words": _("Please write a word about what it is.")})
    if place.closed_on is not None:
        raise NotFound
    category = None
    if sight.category:
        category = matter_queries.categories(place.community).filter(key=sight.category).first()
    # Stored words are Chinese, whatever the page was read in.
    with override("zh-hans"):
        title = str(sight.label)
    return matters.report(
        by=by,
        need=Report(
            place=place,
            text="：".join(part for part in (title if sight.category else "", said) if part),
            category=category,
            origin=Origin.QR,
            reporter=by.party,
            once=once,
            synthetic=place.synthetic,
        ),
    )
