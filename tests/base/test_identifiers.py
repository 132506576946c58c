from datetime import datetime

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from liren.base import clock
from liren.base.errors import Invalid
from liren.base.identifiers import normalise_id, normalise_phone, normalise_uscc


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13800000000", "13800000000"),
        (" 138 0000 0000 ", "13800000000"),
        ("+86 138-0000-0000", "13800000000"),
        ("008613800000000", "13800000000"),
        ("8613800000000", "13800000000"),
        ("１３８００００００００", "13800000000"),
        ("0431-8123 4567", "043181234567"),
        ("(010)12345678", "01012345678"),
        ("+86 0431 81234567", "043181234567"),
        ("81234567", "81234567"),
        ("400-000-0000", "4000000000"),
        ("+1 202 555 0100", "+12025550100"),
        ("0012025550100", "+12025550100"),
    ],
)
def test_phones_have_one_form(typed, kept):
    assert normalise_phone(typed) == kept
    assert normalise_phone(kept) == kept


@pytest.mark.parametrize("typed", ["", "abc", "1380000000", "138000000000", "12345678901", "+86"])
def test_what_is_no_phone_is_refused_in_words(typed):
    with pytest.raises(Invalid) as said:
        normalise_phone(typed)
    with translation.override("zh-hans"):
        assert "11 位" in str(said.value)


def id_number(place, born, order):
    body = f"{place}{born:%Y%m%d}{order:03d}"
    return body + ric.calc_check_digit(body + "0")


numbers = st.builds(
    id_number,
    st.sampled_from(["220103", "110101", "810000", "830000", "931840"]),
    st.dates(datetime(1900, 1, 1).date(), datetime(2024, 12, 31).date()),  # noqa: DTZ001 -- dates
    st.integers(0, 999),
)


@given(numbers)
def test_a_right_number_passes_in_any_spelling(number):
    spaced = f" {number[:6]} {number[6:14]}-{number[14:].lower()} "
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    assert normalise_id(number) == normalise_id(spaced) == normalise_id(wide) == number


@given(numbers, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_mistyped_character_is_always_caught(number, position, wrong):
    mistyped = number[:position] + wrong + number[position + 1 :]
    if mistyped != number:
        with pytest.raises(Invalid):
            normalise_id(mistyped)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "id_shape"),
        ("E12345678", "id_shape"),
        ("220103500101123", "id_old"),
        ("22010319501301123X", "id_birthday"),
        ("220103299901011234", "id_birthday"),
        ("220103000001011234", "id_birthday"),
        ("110101199003078516", "id_check"),
    ],
)
def test_the_refusal_says_which_part_is_wrong(typed, code):
    with pytest.raises(Invalid) as said:
        normalise_id(typed)
    assert said.value.code == code


def test_nobody_is_born_tomorrow():
    born = datetime(2026, 3, 5, tzinfo=clock.SHANGHAI)
    number = id_number("220103", born, 1)
    with clock.freeze(born):
        assert normalise_id(number) == number
    with clock.freeze(born.replace(day=4)), pytest.raises(Invalid):
        normalise_id(number)


def test_credit_codes():
    assert normalise_uscc(" 91110000 600037341l ".upper()) == "91110000600037341L"
    with pytest.raises(Invalid):
        normalise_uscc("91110000600037342L")


@given(st.text(max_size=120))
def test_no_input_breaks_them(typed):
    for normalise in (normalise_phone, normalise_id, normalise_uscc):
        try:
            kept = normalise(typed)
        except Invalid:
            continue
        assert normalise(kept) == kept
