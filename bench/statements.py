"""SQL statements of one public report, everything between the socket and the answer included.

The limiter, the transaction's own statements and savepoints count; what triggers do inside
PostgreSQL does not.
"""

import re

import _city
from _figure import figure

MOST = 20


def main() -> None:
    _city.ready("statements", small=True)
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from liren.base.ids import new_code
    from liren.matters.models import Category
    from liren.territory.models import Place

    unit = Place.objects.filter(community=_city.COMMUNITY, level="unit").order_by("code")[5]
    path = f"/c/{_city.COMMUNITY}/report/"
    browser = Client(enforce_csrf_checks=True)
    page = browser.get(f"{path}?place={unit.code}").content.decode()
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[-1]
    kind = Category.objects.get(community="", key="upkeep.light", current=True)

    def report(**more: object) -> list[str]:
        fields = {
            "csrfmiddlewaretoken": token,
            "place": unit.code,
            "via": "web",
            "once": new_code(16),
            "text": f"三楼楼道灯不亮（{new_code(6)}）",
            **more,
        }
        with CaptureQueriesContext(connection) as captured:
            answer = browser.post(path, fields)
        assert answer.status_code == 302, answer.status_code
        return [str(query["sql"]) for query in captured]

    report()
    shapes = {
        "with a category": report(category=str(kind.pk)),
        "without a category": report(),
        "shielded": report(category=str(kind.pk), shielded="on"),
        "a name and a phone": report(contact_name="王", contact_phone="13800000000"),
    }
    figure(
        "statements of one public report",
        max(len(one) for one in shapes.values()),
        "statements",
        target=MOST,
        beside={
            **{name: len(one) for name, one in shapes.items()},
            "Signalen": 45,
        },
    )


if __name__ == "__main__":
    main()
