"""The ways out: each channel turns one delivery into one call of Apprise or SMTP.

Nothing leaves by default (G11): a channel works only after the operator has set it up. Addresses
people type in are keys or numbers, never URLs of their own making; webhooks reach listed hosts
only.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import apprise
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext_lazy as _

from liren.base.errors import Invalid

from .enums import Channel

KEY = re.compile(r"[A-Za-z0-9_-]{8,128}")
PHONE = re.compile(r"1[3-9]\d{9}")
MAIL = re.compile(r"[^@\s<>\"']{1,64}@[A-Za-z0-9.-]{3,190}")


class NotSetUp(Exception):  # noqa: N818 -- a state of the installation, not a fault
    """The operator has not set this channel up; the message stays in the inbox only."""


class NotSent(Exception):  # noqa: N818 -- tried again later
    """The other side did not take it."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes out. ``key`` is the idempotency key handed to the other side."""

    channel: str
    target: str
    title: str
    body: str
    key: str


def set_up(channel: str) -> bool:
    """Tell whether the operator has set a channel up."""
    if channel == Channel.EMAIL:
        return bool(settings.EMAIL_HOST)
    if channel == Channel.SMS:
        return bool(settings.LIREN_SMS_URL)
    if channel == Channel.WEBHOOK:
        return bool(settings.LIREN_WEBHOOK_HOSTS)
    return channel in settings.LIREN_CHANNELS


def check_target(channel: str, target: str) -> str:
    """Return the address in its stored form; raise ``Invalid`` in the user's words."""
    text = target.strip()
    if channel == Channel.SMS:
        digits = re.sub(r"\D", "", text)[-11:]
        if PHONE.fullmatch(digits):
            return digits
        raise Invalid(fields={"target": _("Please enter a mobile number of 11 digits.")})
    if channel == Channel.EMAIL:
        if MAIL.fullmatch(text):
            return text
        raise Invalid(fields={"target": _("Please enter an e-mail address.")})
    if channel == Channel.WEBHOOK:
        parts = urlsplit(text)
        if parts.scheme in ("http", "https") and parts.hostname in settings.LIREN_WEBHOOK_HOSTS:
            return text
        raise Invalid(fields={"target": _("This address is not on the list of the community.")})
    # A robot's whole address is pasted more often than its key: the key is its last part.
    key = re.split(r"[=/]", text)[-1]
    if KEY.fullmatch(key):
        return key
    raise Invalid(fields={"target": _("Please paste the key of the group robot.")})


def _url(letter: Letter) -> str:
    key = quote(letter.target, safe="")
    match letter.channel:
        case Channel.WECOM:
            return f"wecombot://{key}/"
        case Channel.DINGTALK:
            secret = settings.LIREN_DINGTALK_SECRET
            return f"dingtalk://{quote(secret, safe='')}@{key}/" if secret else f"dingtalk://{key}/"
        case Channel.FEISHU:
            return f"feishu://{key}/"
        case Channel.SMS:
            return str(settings.LIREN_SMS_URL).replace("{phone}", key)
    parts = urlsplit(letter.target)
    scheme = "jsons" if parts.scheme == "https" else "json"
    key = quote(letter.key, safe="")
    return f"{scheme}://{parts.netloc}{parts.path or '/'}?+Idempotency-Key={key}"


def send(letter: Letter) -> None:
    """Hand a letter to its channel.

    Raises ``NotSetUp`` when the operator has not set the channel up, ``NotSent`` when the other
    side did not take it.
    """
    if not set_up(letter.channel):
        raise NotSetUp
    if letter.channel == Channel.EMAIL:
        mail = EmailMessage(
            subject=letter.title,
            body=letter.body,
            to=[letter.target],
            headers={"Message-ID": f"<{letter.key}@liren>", "Auto-Submitted": "auto-generated"},
            connection=get_connection(timeout=10),
        )
        try:
            mail.send()
        except OSError as error:
            raise NotSent(type(error).__name__) from error
        return
    if letter.channel == Channel.WEBHOOK:
        check_target(letter.channel, letter.target)
    out = apprise.Apprise()
    if not out.add(_url(letter)):
        raise NotSetUp
    if not out.notify(title=letter.title, body=letter.body):
        raise NotSent(letter.channel)
