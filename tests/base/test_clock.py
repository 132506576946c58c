import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from liren.base import clock
from liren.base.clock import SHANGHAI

NOON = datetime(2026, 3, 4, 12, tzinfo=SHANGHAI)


def test_the_real_clock_is_aware_and_in_utc():
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_frozen_clock_stands_still_in_every_thread_and_moves_by_hand():
    seen = []
    with clock.freeze(NOON) as frozen:
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
        assert seen == [NOON]
        assert clock.now() == NOON
        frozen.advance(hours=13)
        assert clock.today() == date(2026, 3, 5)
        frozen.advance(timedelta(days=-1))
        assert clock.today() == date(2026, 3, 4)
        frozen.move_to(NOON)
        assert clock.local_now().hour == 12
    assert clock.now() > NOON or clock.now() < NOON


def test_freezing_nests():
    with clock.freeze(NOON):
        with clock.freeze(NOON + timedelta(days=1)):
            assert clock.now() == NOON + timedelta(days=1)
        assert clock.now() == NOON


def test_today_is_china_s_today():
    with clock.freeze(datetime(2026, 3, 4, 17, tzinfo=UTC)):
        assert clock.today() == date(2026, 3, 5)


NAIVE = datetime(2026, 3, 4)  # noqa: DTZ001 -- being naive is the point


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="time zone"), clock.freeze(NAIVE):
        pass
    with clock.freeze(NOON) as frozen, pytest.raises(ValueError, match="time zone"):
        frozen.move_to(NAIVE)
