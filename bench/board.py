"""The coverage page and the core's board: SQL statements and time, over HTTP, signed in.

Counted are the statements that ask something: who asks included, opening and closing the
transaction not (beside each figure: all of them).
"""

import statistics
import time

import _city
from _figure import figure

MOST = 15
TIMES = 15
FRAME = ("SAVEPOINT", "RELEASE", "SET LOCAL", "SELECT current_setting", "BEGIN", "COMMIT")


def secretary():
    """Return a client signed in as whoever holds a post of the secretary's kind there."""
    from django.test import Client

    from liren.organisation.models import Post, Term
    from liren.people.models import Account, Person
    from liren.territory.models import Place

    track = {"changed_by": "system:bench", "changed_why": "measuring"}
    name = f"bench-secretary-{_city.COMMUNITY}"
    account = Account.objects.filter(username=name).first()
    if account is None:
        place = Place.objects.get(code=_city.COMMUNITY)
        person = Person.objects.create(
            community=place.community, name="测量", synthetic=True, **track
        )
        post = Post.objects.create(
            community=place.community,
            place=place,
            place_code=place.code,
            type_id="secretary",
            title="社区书记（测量）",
            synthetic=True,
            **track,
        )
        Term.objects.create(community=place.community, post=post, person=person, **track)
        account = Account.objects.create_user(username=name, person=person)
    client = Client()
    client.force_login(account)
    return client


def main() -> None:
    _city.ready("board", small=True)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from liren.matters.models import Matter

    client = secretary()
    matters = Matter.objects.filter(community=_city.COMMUNITY).count()
    for name, path in (("coverage page", "/office/network/"), ("core's board", "/office/core/")):
        assert client.get(path).status_code == 200, path
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        asked = [str(query["sql"]) for query in captured]
        figure(
            f"statements of the {name}",
            sum(not sql.startswith(FRAME) for sql in asked),
            "statements",
            target=MOST,
            beside={"with the transaction's own": len(asked), "matters": matters},
        )
        times = []
        for _n in range(TIMES):
            start = time.perf_counter()
            client.get(path)
            times.append((time.perf_counter() - start) * 1000)
        figure(f"the {name}, median", statistics.median(times), "ms")


if __name__ == "__main__":
    main()
