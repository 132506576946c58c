"""What every test stands on: a real PostgreSQL, started if need be, one database a worker."""

import os

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs a loop in our thread

from liren.config import postgres

postgres.ensure()
