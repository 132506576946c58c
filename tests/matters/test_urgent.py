"""Words of what cannot wait call people at once; the kind stays for a person to say (G11)."""

import pytest
from django.urls import reverse

from liren.matters import actions, desk, held, queries
from liren.matters.actions import Report
from liren.matters.models import Matter
from liren.notifications.models import Notice

pytestmark = pytest.mark.django_db
GAS = "楼道里闻到煤气味，有人晕倒了"


@pytest.fixture
def report(demo, actor):
    def make(text, **extra):
        by = actor("resident")
        need = Report(place=demo.unit, text=text, reporter=by.person, **extra)
        return actions.report(by=by, need=need).matter

    return make


def heads(demo, role):
    return [n.title for n in Notice.objects.filter(person=demo.accounts[role].person)]


def test_the_desk_is_called_and_sees_it_first(demo, actor, client, report):
    report("楼道灯不亮")
    matter = report(GAS)
    assert matter.category is None  # nobody has said so: nothing is decided for them
    assert any("可能紧急" in title for title in heads(demo, "worker"))
    client.force_login(demo.accounts["worker"])
    board = client.get(reverse("office:board"))
    assert board.text.index("可能紧急") < board.text.index("逾时未受理")
    first = held.waiting(actor("unit")).first()
    assert first.pk == matter.pk


def test_saying_the_kind_ends_it(demo, actor, report):
    matter = report(GAS)
    worker = actor("worker")
    gas = queries.categories(demo.community.code).get(key="supply.gas")
    actions.categorise(by=worker, matter=matter.pk, category=gas.pk, resend=True)
    matter.refresh_from_db()
    assert matter.urgent == ""
    assert "urgent" not in {column.key for column in desk_board(worker)}


def desk_board(worker):
    return desk.board(worker)


def test_nothing_is_called_for_where_the_kind_is_known_or_nothing_is_urgent(demo, report):
    kinds = queries.categories(demo.community.code)
    report(GAS, category=kinds.get(key="supply.gas"))
    report("小区绿化要浇水了")
    assert not Matter.objects.exclude(urgent="").exists()
    assert not any("可能紧急" in title for title in heads(demo, "worker"))


def test_g7_whoever_it_is_about_is_not_called(demo, report):
    post = demo.posts["worker"]
    report(GAS, about_posts=(post.pk,))
    assert not any("可能紧急" in title for title in heads(demo, "worker"))
    assert any("可能紧急" in title for title in heads(demo, "secretary"))
