"""Joining: an account of one's own, by a proved phone number or by a printed code."""

from django.db import transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor
from liren.base import clock
from liren.base.crypto import key_hash
from liren.base.errors import Gone, Invalid, NotFound
from liren.base.ids import new_code
from liren.base.pinyin import pinyin_of
from liren.base.text import clean_line, fold
from liren.territory import queries as places

from .. import consents, hooks
from ..enums import CodeKind, Tenure
from ..models import Account, Person
from .codes import find, set_password, settle, spend
from .core import lock
from .own import record_consent

NAME_MIN = 3


def _agree(person: Person, by: Actor, agreed: bool) -> None:
    if not agreed:
        raise Invalid(fields={"agree": _("Please read what is kept, and agree to it.")})
    purpose = consents.get(consents.ACCOUNT)
    assert purpose is not None
    record_consent(person, purpose, by)


def _person(*, by: Actor, community: str, name: str, phone: str = "") -> Person:
    return Person.objects.create(
        community=community,
        name=name,
        name_pinyin=pinyin_of(name, "person").full[:120] if name else "",
        phone=phone or None,
        phone_hash=key_hash(phone, "phone") if phone else None,
        changed_by=by.name,
        changed_why="joined",
    )


def join_by_phone(
    *, by: Actor, community: str, phone: str, name: str = "", agreed: bool = False
) -> Account:
    """Open an account for whoever has just proved a phone number (``signin.proof``).

    Whoever has one already simply gets it back. A person the office recorded with this number is
    taken up only when the typed name is theirs too: numbers are handed on. Belonging to a
    household is not part of this; reporting works at once. Refuses without consent (``Invalid``)
    and an unknown community (``NotFound``).
    """
    places.community(community)
    hashed = key_hash(phone, "phone")
    with transaction.atomic():
        known = Account.objects.filter(phone_hash=hashed, phone_verified=True).first()
        if known is not None:
            return known
        said = clean_line(name, 60, empty_ok=True)
        person = _recorded(community, hashed, said) or _person(
            by=by, community=community, name=said, phone=phone
        )
        _agree(person, by, agreed)
        account = Account(
            username=f"p-{new_code(10).lower()}",
            person=person,
            community=community,
            phone=phone,
            phone_hash=hashed,
            phone_verified=True,
        )
        account.set_unusable_password()
        account.save()
    return account


def _recorded(community: str, hashed: bytes, name: str) -> Person | None:
    if not name:
        return None
    found = [
        person
        for person in Person.objects.filter(
            community=community, phone_hash=hashed, account__isnull=True, erased_at__isnull=True
        )[:5]
        if fold(person.name) == fold(name)
    ]
    return found[0] if len(found) == 1 else None


def join_by_code(
    *,
    by: Actor,
    community: str,
    code: str,
    username: str,
    password: str,
    name: str = "",
    agreed: bool = False,
) -> Account:
    """Open an account with a printed code: one made for the person, or one for their household.

    A person's code that is used while they have an account sets a new password for it. Refuses a
    taken sign-in name or too simple a password (``Invalid``), a wrong or spent code (``NotFound``,
    ``Gone``), no consent (``Invalid``).
    """
    places.community(community)
    with transaction.atomic():
        try:
            row = find(community, code, CodeKind.ACCOUNT)
        except NotFound:
            row = find(community, code, CodeKind.HOUSEHOLD)
        account: Account | None = None
        if row.person_id is not None:
            person = lock(row.person_id)
            if person.erased_at is not None:
                raise Gone
            account = Account.objects.select_for_update().filter(person=person).first()
        else:
            person = _person(by=by, community=community, name=clean_line(name, 60, empty_ok=True))
        _agree(person, by, agreed)
        if account is None:
            account = Account(username=free_name(username), person=person, community=community)
        set_password(account, password)
        account.save()
        if row.place is not None:
            settle(person=person, place=row.place, tenure=Tenure.FAMILY, by=by, why="code")
        spend(row, by)
        hooks.tell(
            hooks.Tell(
                person=person.pk,
                community=community,
                kind="people.sign_in",
                title=_("A printed code was used to set your password"),
                body=_("If this was not you, please tell the community office at once."),
                link=f"/c/{community}/me/security/",
                key=f"code-used:{row.pk}",
            )
        )
    return account


def free_name(username: str) -> str:
    """Return a sign-in name nobody has; raise ``Invalid`` saying what is wrong with it."""
    try:
        name = clean_line(username, 40)
    except Invalid as error:
        raise Invalid(fields={"username": str(error)}) from None
    wrong = ""
    if len(name) < NAME_MIN or any(c.isspace() for c in name) or "@" in name:
        wrong = _("At least three characters without spaces and without @.")
    elif name.isdecimal() or name.lower().startswith(("demo-", "p-")):
        wrong = _("Please choose another sign-in name.")
    elif Account.objects.filter(username__iexact=name).exists():
        wrong = _("This name is taken. Please choose another one.")
    if wrong:
        raise Invalid(fields={"username": wrong})
    return name


def confirm_phone(*, account: Account, phone: str) -> Account:
    """Give an account the number its owner has just proved; their person's record follows.

    Refuses a number that opens another account (``Invalid``).
    """
    hashed = key_hash(phone, "phone")
    with transaction.atomic():
        row = Account.objects.select_for_update().get(pk=account.pk)
        taken = Account.objects.filter(phone_hash=hashed).exclude(pk=row.pk).first()
        if taken is not None:
            raise Invalid(fields={"code": _("This number opens another account already.")})
        row.phone, row.phone_hash, row.phone_verified = phone, hashed, True
        row.save()
        if row.person_id is not None:
            person = lock(row.person_id)
            person.phone, person.phone_hash = phone, hashed
            person.changed_by, person.changed_why = f"person:{person.pk}", "phone confirmed"
            person.changed_at = clock.now()
            person.save()
    return row


def confirm_email(*, account: Account, email: str) -> Account:
    """Give an account the address its owner has just proved."""
    from allauth.account.models import EmailAddress

    address = email.strip().lower()
    with transaction.atomic():
        row = Account.objects.select_for_update().get(pk=account.pk)
        if EmailAddress.objects.filter(email=address, verified=True).exclude(user=row).exists():
            raise Invalid(fields={"code": _("This address opens another account already.")})
        EmailAddress.objects.filter(user=row).delete()
        EmailAddress.objects.create(user=row, email=address, verified=True, primary=True)
        row.email = address
        row.save()
    return row
