"""What tables, fields, legal bases and readers are called on the pages about one's own data.

A field without an entry here is called by its verbose name; a test finds those without Chinese.
"""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .declarations import Basis, Declared, Reader

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TABLES: dict[str, "StrOrPromise"] = {
    "people.person": _("who I am"),
    "people.account": _("my sign-in"),
    "people.residence": _("where I live"),
    "people.residenceclaim": _("households I asked to belong to"),
    "people.consent": _("what I agreed to"),
    "people.mandate": _("mandates"),
    "people.onetimecode": _("codes made for me"),
    "people.unmasking": _("who looked at my data"),
    "people.rightsrequest": _("my requests"),
    "account.emailaddress": _("my e-mail addresses"),
    "mfa.authenticator": _("my second factors"),
    "notifications.address": _("where I am reached"),
    "notifications.notice": _("my messages"),
    "organisation.term": _("posts I hold or held"),
    "organisation.absence": _("when I am away"),
    "matters.matter": _("what I reported"),
    "matters.attachment": _("photos I sent"),
    "matters.follower": _("matters I follow"),
    "calls.asked": _("calls that ask me"),
    "calls.answer": _("my answers to calls"),
}
FIELDS: dict[str, "StrOrPromise"] = {
    "about_persons": pgettext_lazy("personal data", "persons it is about"),
    "about_posts": pgettext_lazy("personal data", "posts it is about"),
    "agent": pgettext_lazy("personal data", "who acts"),
    "answer": pgettext_lazy("personal data", "answer"),
    "answered_at": pgettext_lazy("personal data", "answered on"),
    "answered_by": pgettext_lazy("personal data", "answered by"),
    "asked_at": pgettext_lazy("personal data", "asked on"),
    "at": pgettext_lazy("personal data", "when"),
    "birth_year": pgettext_lazy("personal data", "year of birth"),
    "body": pgettext_lazy("personal data", "text"),
    "by": pgettext_lazy("personal data", "internal name of who looked"),
    "by_label": pgettext_lazy("personal data", "who looked"),
    "channel": pgettext_lazy("personal data", "way"),
    "contact_name": pgettext_lazy("personal data", "name for the answer"),
    "contact_phone": pgettext_lazy("personal data", "phone for the answer"),
    "cover": pgettext_lazy("personal data", "who stands in"),
    "created_at": pgettext_lazy("personal data", "since"),
    "data": pgettext_lazy("personal data", "secret of the device"),
    "date_joined": pgettext_lazy("personal data", "account since"),
    "detail": pgettext_lazy("personal data", "what was asked"),
    "due": pgettext_lazy("personal data", "answer due"),
    "email": pgettext_lazy("personal data", "e-mail"),
    "enabled": pgettext_lazy("personal data", "in use"),
    "ends": pgettext_lazy("personal data", "until"),
    "field": pgettext_lazy("personal data", "which entry"),
    "file": pgettext_lazy("personal data", "photo"),
    "given_at": pgettext_lazy("personal data", "given on"),
    "grantor": pgettext_lazy("personal data", "for whom"),
    "identity": pgettext_lazy("personal data", "identity number"),
    "identity_hash": pgettext_lazy("personal data", "one-way key of the identity number"),
    "key": pgettext_lazy("personal data", "internal key"),
    "kind": pgettext_lazy("personal data", "kind"),
    "language": pgettext_lazy("personal data", "language"),
    "large_type": pgettext_lazy("personal data", "large type"),
    "last_login": pgettext_lazy("personal data", "last sign-in"),
    "last_used_at": pgettext_lazy("personal data", "last used"),
    "latitude": pgettext_lazy("personal data", "latitude of the place"),
    "left_on": pgettext_lazy("personal data", "moved away on"),
    "link": pgettext_lazy("personal data", "leads to"),
    "longitude": pgettext_lazy("personal data", "longitude of the place"),
    "matter": pgettext_lazy("personal data", "matter"),
    "name": pgettext_lazy("personal data", "name"),
    "name_pinyin": pgettext_lazy("personal data", "how the name sounds"),
    "note": pgettext_lazy("personal data", "note"),
    "password": pgettext_lazy("personal data", "password (one-way)"),
    "password_changed_at": pgettext_lazy("personal data", "password changed on"),
    "person": pgettext_lazy("personal data", "person"),
    "phone": pgettext_lazy("personal data", "phone"),
    "phone_hash": pgettext_lazy("personal data", "one-way key of the phone"),
    "phone_verified": pgettext_lazy("personal data", "phone confirmed"),
    "place": pgettext_lazy("personal data", "place"),
    "place_code": pgettext_lazy("personal data", "code of the place"),
    "place_note": pgettext_lazy("personal data", "where exactly"),
    "post": pgettext_lazy("personal data", "post"),
    "purpose": pgettext_lazy("personal data", "agreed to"),
    "quiet_from": pgettext_lazy("personal data", "quiet from"),
    "quiet_to": pgettext_lazy("personal data", "quiet until"),
    "rating_why": pgettext_lazy("personal data", "my words about the answer"),
    "read_at": pgettext_lazy("personal data", "read on"),
    "reason": pgettext_lazy("personal data", "reason given"),
    "recorded_by": pgettext_lazy("personal data", "written down by"),
    "reporter": pgettext_lazy("personal data", "who reported"),
    "revoked_at": pgettext_lazy("personal data", "ended on"),
    "satisfied": pgettext_lazy("personal data", "satisfied"),
    "scopes": pgettext_lazy("personal data", "for what"),
    "seat": pgettext_lazy("personal data", "seat"),
    "since": pgettext_lazy("personal data", "since"),
    "solved": pgettext_lazy("personal data", "solved"),
    "starts": pgettext_lazy("personal data", "from"),
    "state": pgettext_lazy("personal data", "state"),
    "target": pgettext_lazy("personal data", "number or address"),
    "tenure": pgettext_lazy("personal data", "how I live there"),
    "term": pgettext_lazy("personal data", "post"),
    "text": pgettext_lazy("personal data", "words"),
    "thumb": pgettext_lazy("personal data", "small photo"),
    "title": pgettext_lazy("personal data", "title"),
    "tokens": pgettext_lazy("personal data", "search words"),
    "until": pgettext_lazy("personal data", "until"),
    "user": pgettext_lazy("personal data", "account"),
    "username": pgettext_lazy("personal data", "sign-in name"),
    "withdrawn_at": pgettext_lazy("personal data", "taken back on"),
    "witness": pgettext_lazy("personal data", "second person present"),
    "wording": pgettext_lazy("personal data", "version of the wording"),
}
# What a message was about, by the first part of its kind.
MESSAGES: dict[str, "StrOrPromise"] = {
    "matter": _("news of a matter"),
    "mandate": _("about a mandate"),
    "people": _("about my account and data"),
    "partners": _("about partners and helping"),
}
MESSAGE = _("another message")
BASES: dict[Basis, "StrOrPromise"] = {
    Basis.CONSENT: _("my consent (PIPL art. 13 no. 1)"),
    Basis.CONTRACT: _("to do what I asked for (PIPL art. 13 no. 2)"),
    Basis.DUTY: _("a duty by law (PIPL art. 13 no. 3)"),
    Basis.EMERGENCY: _("to save life or health (PIPL art. 13 no. 4)"),
}
READERS: dict[Reader, "StrOrPromise"] = {
    Reader.SELF: _("myself"),
    Reader.MANDATE: _("whoever I mandated"),
    Reader.HANDLER: _("whoever handles my matter, masked"),
    Reader.CALLER: _("whoever called and expects me, masked"),
    Reader.OFFICE: _("community workers, masked"),
    Reader.UNMASK: _("community workers with a reason I see"),
    Reader.NEIGHBOURS: _("everybody in the community"),
    Reader.NOBODY: _("nobody; the machine only compares it"),
}


def table(found: Declared) -> "StrOrPromise":
    """Return what a table is called to the person it is about."""
    known = TABLES.get(found.model._meta.label_lower)
    return known if known is not None else found.model._meta.verbose_name_plural or ""


def label(found: Declared, name: str) -> "StrOrPromise":
    """Return what a field is called to the person it is about."""
    known = FIELDS.get(name)
    if known is not None:
        return known
    field = found.model._meta.get_field(name)
    return str(getattr(field, "verbose_name", name))
