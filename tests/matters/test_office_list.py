"""The desk's list and board: filters, pages, and a constant number of statements."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

pytestmark = pytest.mark.django_db


def statements(client, url):
    """Return the statements of a page, without those the test's own transaction adds."""
    client.get(url)  # what is loaded once is loaded
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(url).status_code == 200
    return [q["sql"] for q in caught if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]


@pytest.mark.parametrize("name", ["office:board", "matters_office:list"])
def test_as_many_statements_for_three_matters_as_for_one(desk, need, name):
    client = desk("worker")
    url = reverse(name)
    need()
    one = statements(client, url)
    need()
    need("水管漏水", key=None)
    three = statements(client, url)
    assert len(one) == len(three)
    assert len(three) <= 12, three


def test_the_list_says_when_nothing_fits(desk, need):
    need()
    page = desk().get(reverse("matters_office:list"), {"status": "closed"})
    assert page.status_code == 200
    assert "没有" in page.text or "Nothing fits" in page.text
