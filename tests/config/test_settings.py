import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_database_is_a_recent_postgresql_in_utf8() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_encoding")
        assert cursor.fetchone() == ("UTF8",)
        cursor.execute("SELECT lower('ÄÉ') || upper('ß里仁𠮷'), 'ab' LIKE 'a%'")
        assert cursor.fetchone() == ("äéß里仁𠮷", True)
    assert connection.pg_version >= 150000
