"""Numbers below a parent."""

from hypothesis import given
from hypothesis import strategies as st

from liren.territory.rules import free_number, number_in


def test_the_number_in_a_name():
    assert number_in("3号楼") == 3
    assert number_in("５０１室") == 501
    assert number_in("甲3-2") is None
    assert number_in("东楼") is None
    assert number_in("1" * 7) is None


@given(st.sets(st.integers(1, 99), max_size=99), st.integers(-5, 200) | st.none())
def test_a_free_number_is_free_and_fits(used, wanted):
    number = free_number(used, 2, wanted)
    if number is None:
        assert len(used) == 99
    else:
        assert 0 < number <= 99
        assert number not in used
        if wanted is not None and 0 < wanted <= 99 and wanted not in used:
            assert number == wanted
