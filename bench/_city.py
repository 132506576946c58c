"""The synthetic city the figures at scale are measured in: 1,000,000 matters in one database.

It is made once (`bench/city.py`, some ten minutes) and stays in the database `liren_bench` beside
the demo's until `make bench` is done with it (or KEEP=1). Another one: LIREN_DATABASE.
"""

import os
import subprocess
import sys
from pathlib import Path

DATABASE = os.environ.setdefault("LIREN_DATABASE", "liren_bench")
# Measured is what a page costs, not how its reader signed in.
os.environ.setdefault("LIREN_HTTPS", "0")
COMMUNITY = os.environ.get("COMMUNITY", "220103008003")
CITY = "2201"
SEED, MATTERS = 1, int(os.environ.get("MATTERS", "1000000"))


def start() -> None:
    """Set Django up on the bench database, migrated."""
    import _bench

    _bench.start()
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLOWED_HOSTS.append("testserver")
    call_command("migrate", verbosity=0)


def ready(name: str, *, small: bool = False) -> None:
    """Set Django up; end the bench politely when the city has not been made.

    With ``small`` a community of 2,000 matters will do, and is made.
    """
    from _figure import skip

    if small:
        liren = Path(sys.executable).parent / "liren"
        subprocess.run([liren, "setup-db"], check=True, stdout=sys.stderr)
    start()
    from liren.matters.models import Matter

    if small and not Matter.objects.exists():
        make = [liren, "synth", "--scale", "community", "--seed", str(SEED), "--matters", "2000"]
        subprocess.run(make, check=True, stdout=sys.stderr)
    if not Matter.objects.exists():
        skip(name, f"no matters in {DATABASE}: bench/city.py makes them")


def signed_in(role: str):
    """Return a test client signed in as the community's worker or as a watcher of the whole city.

    The watcher holds a post of a type that only the bench has: it sees the whole city.
    """
    from django.test import Client

    from liren.access.actor import Permission
    from liren.organisation.models import Post, PostType, Term
    from liren.people.models import Account, Person
    from liren.territory.models import Place

    track = {"changed_by": "system:bench", "changed_why": "measuring"}
    name = f"bench-{role}-{COMMUNITY if role == 'community' else CITY}"
    account = Account.objects.filter(username=name).first()
    if account is None:
        code = COMMUNITY if role == "community" else CITY
        place = Place.objects.get(code=code)
        if role == "community":
            term = Term.objects.filter(post__place=place, post__type="worker").first()
            assert term is not None
            person = term.person
        else:
            kind, _made = PostType.objects.get_or_create(
                code="bench_city",
                defaults={
                    "name": "全市（测量）",
                    "level": "city",
                    "permissions": [
                        str(Permission.MATTER_VIEW),
                        str(Permission.MATTER_VIEW_SHIELDED),
                        str(Permission.MATTER_DISPATCH),
                    ],
                    **track,
                },
            )
            person = Person.objects.create(
                community=place.community, name="测量", synthetic=True, **track
            )
            post = Post.objects.create(
                community=place.community,
                place=place,
                place_code=code,
                type=kind,
                title="全市（测量）",
                synthetic=True,
                **track,
            )
            Term.objects.create(community=place.community, post=post, person=person, **track)
        # The worker may have an account already, made by another bench.
        account = Account.objects.filter(person=person).first()
        account = account or Account.objects.create_user(username=name, person=person)
    client = Client()
    client.force_login(account)
    return client


def drop() -> None:
    """Delete the bench database."""
    import psycopg
    from psycopg import sql

    from liren.config import postgres

    dsn = postgres.dsn()
    with psycopg.connect(dsn.conninfo(dbname="postgres"), autocommit=True) as connection:
        name = sql.Identifier(DATABASE)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


if __name__ == "__main__" and sys.argv[1:] == ["drop"]:
    drop()
