"""Somebody without an account who left a number hears how it goes, where texts are set up."""

from datetime import datetime

import pytest

from liren.access.actor import anonymous
from liren.base import clock
from liren.demo.community import COMMUNITY
from liren.matters import actions
from liren.matters.actions.reporting import Report
from liren.notifications import tasks
from liren.notifications.models import Delivery, Notice

pytestmark = pytest.mark.django_db
PHONE = "13800000000"
WORDS = "陌生人写的话<a href=x>点这里</a>"


@pytest.fixture
def report(demo, actor):
    """Have a stranger report, leave a number, and have the unit leader take it on."""

    def make():
        need = Report(place=demo.unit, text=WORDS, contact_phone=PHONE)
        made = actions.report(by=anonymous(COMMUNITY), need=need).matter
        actions.accept(by=actor("unit"), matter=made.pk)
        return made

    return make


@pytest.fixture
def gateway(webhook, settings):
    """The same real HTTP server, as the gateway of an operator who has one."""
    settings.LIREN_SMS_URL = webhook.address.replace("http", "json") + "/{phone}"
    return webhook


def test_nothing_is_sent_or_kept_where_texts_are_not_set_up(report):
    report()
    assert not Delivery.objects.filter(notice=None).exists()


def test_a_text_names_number_and_state_and_nothing_a_stranger_typed(report, gateway):
    with clock.freeze(datetime(2026, 11, 23, 10, 0, tzinfo=clock.SHANGHAI)):
        made = report()
        row = Delivery.objects.get(notice=None)
        assert tasks.send_one(row.pk)
    sent = str(gateway.got)
    assert made.number in sent
    assert "办理中" in sent
    assert f"/c/{made.community}/lookup/" in sent
    assert "陌生人" not in sent
    row.refresh_from_db()
    assert (row.target, row.words, row.link) == (None, None, None)  # nothing is kept once sent
    assert not tasks.send_one(row.pk)
    assert not Notice.objects.filter(title__contains=PHONE).exists()


def test_nobody_is_woken_at_night(report, gateway):
    with clock.freeze(datetime(2026, 11, 23, 23, 30, tzinfo=clock.SHANGHAI)) as now:
        report()
        row = Delivery.objects.get(notice=None)
        assert not tasks.send_one(row.pk)
        now.advance(hours=7, minutes=29)
        assert not tasks.send_one(row.pk)
        now.advance(minutes=1)
        assert tasks.send_one(row.pk)
