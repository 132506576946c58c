"""The walking skeleton: open the page, report, take the receipt, see the timeline."""

import re

import pytest

from liren.demo.community import COMMUNITY
from liren.matters.models import Matter

pytestmark = pytest.mark.django_db
HOME = f"/c/{COMMUNITY}/"


@pytest.fixture
def resident(client, demo):
    client.force_login(demo.accounts["resident"])
    return client


def test_a_resident_reports_takes_the_receipt_and_sees_the_timeline(resident, demo):
    page = resident.get(f"{HOME}report/")
    assert page.status_code == 200
    html = page.content.decode()
    once = re.search(r'name="once" value="(\w+)"', html).group(1)
    place = re.search(r'name="place" value="(\d+)"', html).group(1)
    assert place == demo.unit.code
    sent = resident.post(
        f"{HOME}report/", {"text": "三楼楼道灯不亮", "place": place, "once": once, "via": "web"}
    )
    assert sent.status_code == 302, sent.content.decode()
    matter = Matter.objects.get()
    assert matter.holder == demo.posts["unit"]
    receipt = resident.get(sent["Location"])
    assert matter.number in receipt.content.decode()
    assert 'id="code"' in receipt.content.decode()
    shown = resident.get(f"{HOME}matters/{matter.pk}/")
    assert demo.posts["unit"].title in shown.content.decode()


def test_pages_open_for_anybody(client, demo):
    for path in ("report/place/", "lookup/", "matters/", "", "leaders/", "talk/", "services/"):
        assert client.get(HOME + path).status_code == 200, path
    assert client.get(f"{HOME}report/").status_code == 302
    assert client.get("/c/999999999999/").status_code == 404
    assert client.get(f"/q/{demo.unit.tag}/").status_code == 302
