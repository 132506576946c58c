"""From the outbox to real sockets: a webhook and an SMTP server of our own."""

import json
import socketserver
import threading
from datetime import time, timedelta

import pytest
from django.db import connection

from liren.base import clock
from liren.base.errors import Invalid
from liren.notifications import channels, tasks
from liren.notifications.actions import Message, notify, quiet_until
from liren.notifications.enums import DeliveryState
from liren.notifications.models import Address, Delivery, Notice

pytestmark = pytest.mark.django_db
TRACK = {"changed_by": "test", "changed_why": "test"}


@pytest.fixture
def person(demo):
    return demo.accounts["unit"].person


@pytest.fixture
def smtp(settings):
    """A real SMTP server, as small as the protocol allows."""
    got = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"220 test\r\n")
            while line := self.rfile.readline():
                word = line[:4].upper()
                if word == b"DATA":
                    self.wfile.write(b"354 go\r\n")
                    lines = []
                    while (part := self.rfile.readline()) != b".\r\n":
                        lines.append(part)
                    got.append(b"".join(lines))
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                if word == b"QUIT":
                    return

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.server_address[1]
    server.got = got
    yield server
    server.shutdown()
    server.server_close()


def message(person, key="k1", **extra):
    return Message(
        person=person.pk,
        kind="test",
        title="新的诉求",
        body="1单元",
        key=key,
        community=person.community,
        link="/field/",
        outside_link="/l/token/",
        **extra,
    )


def address(person, channel, target, **extra):
    return Address.objects.create(
        community=person.community, person=person, channel=channel, target=target, **TRACK, **extra
    )


def test_a_webhook_gets_the_words_the_link_and_the_idempotency_key(person, webhook):
    address(person, "webhook", webhook.address)
    notify([message(person)])
    assert tasks.send_one(str(Delivery.objects.get().pk))
    key, body = webhook.got[0]
    assert key == "k1:webhook"
    assert body["title"] == "新的诉求"
    assert "/l/token/" in body["message"]
    row = Delivery.objects.get()
    assert (row.state, row.target, row.link) == (DeliveryState.SENT, None, None)
    assert not tasks.send_one(str(row.pk))
    assert len(webhook.got) == 1


def test_e_mail_arrives(person, smtp):
    address(person, "email", "someone@example.org")
    notify([message(person)])
    assert tasks.send_one(str(Delivery.objects.get().pk))
    assert b"Message-ID: <k1:email@liren>" in smtp.got[0]


def test_what_fails_is_tried_again_and_in_the_end_given_up(person, webhook):
    address(person, "webhook", webhook.address)
    notify([message(person)])
    webhook.handler.status = 500
    pk = str(Delivery.objects.get().pk)
    now = clock.now()
    for number in range(len(tasks.WAITS) + 1):
        now += timedelta(hours=7)
        with clock.freeze(now):
            assert not tasks.send_one(pk)
        assert Delivery.objects.get().attempts == number + 1
    assert Delivery.objects.get().state == DeliveryState.FAILED
    assert Notice.objects.count() == 1


def test_nothing_leaves_unless_the_operator_has_set_it_up(person, settings):
    settings.EMAIL_HOST = ""
    address(person, "email", "someone@example.org")
    notify([message(person)])
    assert not tasks.send_one(str(Delivery.objects.get().pk))
    assert Delivery.objects.get().state == DeliveryState.DROPPED


def test_the_same_message_is_written_once(person):
    address(person, "email", "someone@example.org")
    notify([message(person)])
    notify([message(person)])
    assert (Notice.objects.count(), Delivery.objects.count()) == (1, 1)


def test_a_job_is_written_in_the_same_transaction(person):
    address(person, "email", "someone@example.org")
    notify([message(person)])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs WHERE task_name = 'notifications.deliver'"
        )
        assert json.loads(cursor.fetchone()[0]) == {"ids": [str(Delivery.objects.get().pk)]}


def test_quiet_hours_hold_messages_back_unless_urgent(person):
    night = clock.now().replace(hour=15, minute=0, second=0, microsecond=0)  # 23:00 in Changchun
    quiet = {"quiet_from": time(21), "quiet_to": time(7)}
    address(person, "email", "someone@example.org", **quiet)
    with clock.freeze(night):
        notify([message(person), message(person, "k2", urgent=True)])
        assert tasks.due_ids() == [str(Delivery.objects.get(key="k2:email").pk)]
    assert quiet_until(night, time(21), time(7)) == night + timedelta(hours=8)
    assert quiet_until(night, None, None) == night


@pytest.mark.parametrize(
    ("channel", "target"),
    [
        ("sms", "12345"),
        ("email", "a@b@c"),
        ("email", "a@b.c\nBcc: x@y.z"),
        ("wecom", "http://169.254.169.254/latest meta"),
        ("webhook", "http://127.0.0.1/"),
        ("webhook", "file:///etc/passwd"),
    ],
)
def test_addresses_that_are_none_are_refused_in_words(channel, target):
    with pytest.raises(Invalid) as refused:
        channels.check_target(channel, target)
    assert str(refused.value.fields["target"][0])


def test_addresses_are_stored_in_one_form():
    assert channels.check_target("sms", " +86 138-0000-0000 ") == "13800000000"
    pasted = "https://example.org/cgi-bin/webhook/send?key=abcdefgh-1234"
    assert channels.check_target("wecom", pasted) == "abcdefgh-1234"
