import unicodedata

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from liren.base.errors import Invalid
from liren.base.text import (
    TextEmpty,
    TextTooLong,
    bigrams,
    clean_line,
    clean_text,
    contains,
    fold,
    mask_door,
    mask_id,
    mask_name,
    mask_phone,
)

# ---- cleaning -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "楼道灯坏了",
        "𠮷田家漏水",
        "👨‍👩‍👧 小孩被困 🆘",
        "☎️ 1️⃣",
        "ئۇيغۇر تىلى",
        "བོད་སྐད",
        "第一行\n第二行",
        "1 < 2 && 'x'; DROP TABLE matters; -- <script>alert(1)</script>",
        "葛\U000e0100飾",
    ],
)
def test_nothing_a_person_means_is_lost(words):
    assert clean_text(words, 200) == words


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  漏水 \u3000\n", "漏水"),
        ("a\x00b\x07c\x1b[31m", "abc[31m"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\tb", "a b"),
        ("\ufeff你\u200b好", "你好"),
        ("txt.\u202egpj", "txt.gpj"),
        ("e\u0301", "é"),
        ("a\ud800b", "ab"),
        ("a\ufffeb\U0001ffff", "ab"),
    ],
)
def test_what_hides_or_breaks_is_dropped(typed, kept):
    assert clean_text(typed, 50) == kept


@pytest.mark.parametrize("nothing", ["", " ", "\u3000\n\t", "\x00", "\u200d\ufe0f", "\u200b\u2060"])
def test_nothing_visible_is_refused_or_empty(nothing):
    with pytest.raises(TextEmpty):
        clean_text(nothing, 10)
    assert clean_text(nothing, 10, empty_ok=True) == ""


def test_too_long_says_by_how_much_and_cuts_nothing():
    assert clean_text("字" * 500, 500) == "字" * 500
    with pytest.raises(TextTooLong) as said:
        clean_text("字" * 100_000, 500)
    assert (said.value.length, said.value.max_len, said.value.status) == (100_000, 500, 422)
    assert isinstance(said.value, Invalid)
    with translation.override("zh-hans"):
        assert str(said.value) == "内容太长：已有 100000 个字，最多 500 个字，请删减一些。"
    with translation.override("en"):
        assert "at most 500" in str(said.value)


def test_a_rare_character_counts_as_one():
    assert clean_text("𠮷" * 10, 10) == "𠮷" * 10


def test_a_line_has_no_newline():
    assert clean_line(" 长山花园\n 3  号楼\t", 50) == "长山花园 3 号楼"


@given(st.text())
def test_cleaning_is_stable_and_leaves_what_postgresql_and_xml_take(typed):
    try:
        kept = clean_text(typed, 10_000, empty_ok=True)
    except TextTooLong:
        return
    assert clean_text(kept, 10_000, empty_ok=True) == kept
    assert unicodedata.is_normalized("NFC", kept)
    assert kept == kept.strip()
    kept.encode()
    assert not any(unicodedata.category(c) == "Cc" and c != "\n" for c in kept)
    one_line = clean_line(typed, 10_000, empty_ok=True)
    assert "\n" not in one_line
    assert clean_line(one_line, 10_000, empty_ok=True) == one_line


# ---- search ---------------------------------------------------------------------------------


def test_tokens_of_a_text():
    assert bigrams("3号楼漏水，Ａ座") == {"3号", "号楼", "楼漏", "漏水", "水", "a座", "座"}
    assert bigrams("！？ …") == set()
    assert bigrams("水") == {"水"}
    assert bigrams("𠮷田") == {"𠮷田", "田"}


WORDS = st.text(st.sampled_from("水管漏道灯坏了AaＢ3３ ，!é①ß𠮷\ud7ffﬁ"), max_size=12)


@given(WORDS, WORDS, WORDS)
def test_a_part_of_a_text_finds_the_text(before, part, after):
    if any(c.isalnum() for c in fold(part)):
        assert contains(before + part + after, part)


@given(st.text())
def test_folding_is_stable(text):
    assert fold(fold(text)) == fold(text)


def test_contains_asks_for_neighbours():
    assert not contains("水管，管道", "水管道")
    assert contains("水管道", "管道")
    assert not contains("水管道", "…")


# ---- masks ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三丰", "张**"),
        ("张三", "张**"),
        ("欧阳修", "欧阳**"),
        ("欧阳", "欧**"),
        ("尉迟敬德", "尉迟**"),
        ("东方", "东**"),
        ("阿卜杜热依木·麦麦提图尔荪", "阿**"),
        ("古丽仙·买买提", "古**"),
        ("𠮷田", "𠮷**"),
        ("John Smith", "J**"),
        (" 李 ", "李**"),
        ("e\u0301mile", "e\u0301**"),
        ("", ""),
    ],
)
def test_names(name, shown):
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13800000000", "138****0000"),
        ("+86 138 0000 0000", "138****0000"),
        ("１３８００００００００", "138****0000"),
        ("0431-81234567", "0431****67"),
        ("81234567", "8****67"),
        ("12345", "****"),
        ("none", "****"),
        ("", ""),
    ],
)
def test_phones(phone, shown):
    assert mask_phone(phone) == shown


def test_id_numbers_hide_birthday_and_sex():
    assert mask_id("110101199003078515") == "11***************5"
    assert mask_id("E12345678") == "******"
    assert mask_id("") == ""


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("3 号楼 2 单元 501", "3 号楼 2 单元 ***"),
        ("长山花园3号楼2单元501室", "长山花园3号楼2单元***"),
        ("3号楼501", "3号楼***"),
        ("5栋1203", "5栋***"),
        ("3-2-501", "3-2-***"),
        ("501", "***"),
        ("长山花园", "***"),
        ("3号楼2单元", "3号楼2单元"),
        ("", ""),
    ],
)
def test_doors(address, shown):
    assert mask_door(address) == shown


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_a_mask_never_shows_more_than_its_rule(value):
    bare = value.strip()
    assert mask_name(value).removesuffix("**") in bare
    assert sum(c != "*" for c in mask_id(value)) <= 3
    digits = sum(c.isdecimal() for c in mask_phone(value))
    typed = sum(c.isdecimal() for c in unicodedata.normalize("NFKC", value))
    assert digits <= max(0, typed - 4)
