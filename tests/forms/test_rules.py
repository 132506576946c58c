"""Which field a column means, by its words."""

from hypothesis import given
from hypothesis import strategies as st

from liren.forms import rules

FIELDS = {
    "number": ("编号", "事项编号"),
    "text": ("诉求内容", "问题描述"),
    "phone": ("联系电话", "电话"),
}


def test_the_same_words_first_then_the_likest_each_field_once():
    headers = {"A": "序 号", "B": "诉求内容（必填）", "C": "联系电话：", "D": "电话", "E": "备注"}
    found = rules.suggest(headers, FIELDS)
    assert {letter: key for letter, (key, _like) in found.items()} == {
        "A": rules.SERIAL,
        "B": "text",
        "C": "phone",
    }


@given(st.dictionaries(st.text(min_size=1, max_size=2), st.text(max_size=20), max_size=6))
def test_no_headers_break_it_and_no_field_is_given_twice(headers):
    found = rules.suggest(headers, FIELDS)
    keys = [key for key, _like in found.values() if key != rules.SERIAL]
    assert len(keys) == len(set(keys))
    assert set(found) <= set(headers)
