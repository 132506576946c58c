from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.base.errors import Invalid
from liren.base.money import MAX_FEN, fen, format_yuan, in_words, parse_yuan, split, to_yuan

amounts = st.integers(-MAX_FEN, MAX_FEN)


@given(amounts)
def test_what_is_shown_can_be_typed(amount):
    assert parse_yuan(format_yuan(amount)) == amount
    assert parse_yuan(format_yuan(amount, symbol=False)) == amount
    assert parse_yuan(str(to_yuan(amount))) == amount
    assert fen(to_yuan(amount)) == amount


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("1,234.5", 123450), ("￥12", 1200), ("12 元", 1200), ("−3.01", -301), ("０.５", 50)],
)
def test_amounts_people_type(typed, amount):
    assert parse_yuan(typed) == amount


@pytest.mark.parametrize("typed", ["", "1.234", "1,23", "1e5", "十元", "1.", ".5", "--1", "9" * 30])
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(Invalid):
        parse_yuan(typed)


def test_nothing_is_rounded():
    with pytest.raises(ValueError, match="whole number of fen"):
        fen(Decimal("0.001"))


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any))
def test_shares_add_up_and_are_fair_to_the_fen(amount, weights):
    shares = split(amount, weights)
    total = sum(weights)
    assert sum(shares) == amount
    assert all(
        abs(share * total - amount * weight) < total
        for share, weight in zip(shares, weights, strict=True)
    )


def test_shares_need_weights():
    for weights in ([], [0, 0], [1, -1, 5]):
        with pytest.raises(ValueError, match="weights"):
            split(100, weights)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (105, "壹元零伍分"),
        (120050, "壹仟贰佰元伍角整"),
        (100_000_00, "壹拾万元整"),
        (100_000_001_00, "壹亿零壹元整"),
        (1_001_000_00, "壹佰万零壹仟元整"),
        (10_100_000_00, "壹仟零壹拾万元整"),
        (140_950, "壹仟肆佰零玖元伍角整"),
        (-100, "负壹元整"),
    ],
)
def test_amounts_in_words(amount, words):
    assert in_words(amount) == words


def read(words):
    """The words, read back by a machine that knows nothing of how they were made."""
    digits = {c: i for i, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
    sign, words = (-1, words[1:]) if words[0] == "负" else (1, words)
    yuan = section = total = current = 0
    for c in words:
        if c in digits:
            current = digits[c]
        elif c in "拾佰仟":
            section += current * {"拾": 10, "佰": 100, "仟": 1000}[c]
            current = 0
        elif c == "万":
            total, section, current = total + (section + current) * 10_000, 0, 0
        elif c == "亿":
            total, section, current = (total + section + current) * 100_000_000, 0, 0
        elif c == "元":
            yuan, total, section, current = total + section + current, 0, 0, 0
        elif c == "角":
            total, current = total + current * 10, 0
        elif c == "分":
            total, current = total + current, 0
    return sign * (yuan * 100 + total)


@given(st.one_of(amounts, st.integers(-(10**8), 10**8)))
def test_amounts_in_words_read_back(amount):
    words = in_words(amount)
    assert read(words) == amount
    assert "零零" not in words
    assert "零元" not in words or amount == 0


def test_too_much_to_write_out():
    with pytest.raises(ValueError, match="too large"):
        in_words(MAX_FEN + 1)
