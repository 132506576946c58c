import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.base import pinyin
from liren.base.pinyin import Pinyin, pinyin_of


@pytest.mark.parametrize(
    ("name", "spaced"),
    [
        ("长新街道", "chang xin jie dao"),
        ("长春市", "chang chun shi"),
        ("长山花园社区", "chang shan hua yuan she qu"),
        ("宽城区", "kuan cheng qu"),
        ("团山街道", "tuan shan jie dao"),
        ("朝阳区", "chao yang qu"),
        ("朝霞社区", "zhao xia she qu"),
        ("绿园区", "lv yuan qu"),
        ("重庆路", "chong qing lu"),
        ("重工街", "zhong gong jie"),
        ("长子县", "zhang zi xian"),
        ("番禺区", "pan yu qu"),
        ("乐亭县", "lao ting xian"),
        ("乐山市", "le shan shi"),
        ("漯河市", "luo he shi"),
        ("厦门市", "xia men shi"),
        ("广厦社区", "guang sha she qu"),
        ("成都市", "cheng du shi"),
        ("查干湖镇", "cha gan hu zhen"),
        ("查家屯", "zha jia tun"),
        ("单家屯村", "shan jia tun cun"),
        ("2单元", "2 dan yuan"),
        ("解放大路", "jie fang da lu"),
        ("大夫第", "da fu di"),
        ("七里堡", "qi li pu"),
        ("穆棱市", "mu ling shi"),
        ("蚌埠市", "beng bu shi"),
        ("歙县", "she xian"),
        ("亳州", "bo zhou"),
        ("李家咀", "li jia zui"),
        ("龙王圩", "long wang wei"),
        ("网格长", "wang ge zhang"),
    ],
)
def test_places(name, spaced):
    assert pinyin_of(name).spaced == spaced
    assert pinyin_of(name) == (
        spaced.replace(" ", ""),
        "".join(s[0] for s in spaced.split()),
        spaced,
    )


def test_what_depends_on_the_province():
    assert pinyin_of("桥圩镇", region="450000").full == "qiaoxuzhen"
    assert pinyin_of("陈圩镇", region="32").full == "chenweizhen"
    assert pinyin_of("东涌镇", region="44").full == "dongchongzhen"
    assert pinyin_of("涌泉村", region="44").full == "yongquancun"


@pytest.mark.parametrize(
    ("name", "spaced"),
    [
        ("单田芳", "shan tian fang"),
        ("解晓", "xie xiao"),
        ("仇小明", "qiu xiao ming"),
        ("查一", "zha yi"),
        ("区子平", "ou zi ping"),
        ("曾小", "zeng xiao"),
        ("尉迟敬", "yu chi jing"),
        ("尉小", "wei xiao"),
        ("万俟文", "mo qi wen"),
        ("万文", "wan wen"),
        ("长孙小", "zhang sun xiao"),
        ("朴小", "piao xiao"),
        ("乐小", "yue xiao"),
        ("盖小", "ge xiao"),
        ("覃小", "qin xiao"),
        ("欧阳娜娜", "ou yang na na"),
        ("东方", "dong fang"),
        ("单", "dan"),
        ("张单", "zhang dan"),
        ("王朝霞", "wang zhao xia"),
        ("阿卜杜热依木·麦麦提", "a bu du re yi mu mai mai ti"),
        ("𠮷田", "tian"),
        ("John 李", "john li"),
    ],
)
def test_persons(name, spaced):
    assert pinyin_of(name, "person").spaced == spaced


def test_letters_digits_and_signs():
    assert pinyin_of("3号楼B座") == Pinyin("3haoloubzuo", "3hlbz", "3 hao lou b zuo")
    assert pinyin_of("１０７团（南区）").spaced == "107 tuan nan qu"
    assert pinyin_of("A1-B2").spaced == "a1 b2"
    assert pinyin_of("") == Pinyin("", "", "")
    assert pinyin_of("（）·").full == ""


@given(
    st.text(max_size=20), st.sampled_from(["place", "person"]), st.sampled_from(["", "44", "99"])
)
def test_any_name_has_a_reading_of_plain_signs(name, kind, region):
    read = pinyin_of(name, kind, region=region)
    assert read.full.isascii()
    assert not read.full or read.full.isalnum()
    assert read.full == read.full.lower()
    assert read.spaced.replace(" ", "") == read.full
    assert read.initials == "".join(s[0] for s in read.spaced.split())


@given(st.lists(st.sampled_from("长新街道单家堡子大夫第里行乐圩涌3A·查"), max_size=8).map("".join))
def test_one_syllable_a_character(name):
    han = sum("\u4e00" <= c <= "\u9fff" for c in name)
    assert sum(set(s) - set("3a") != set() for s in pinyin_of(name).spaced.split()) == han


def test_the_tables_are_well_formed():
    for text in (
        pinyin._PLACE_CHARACTERS,
        pinyin._PLACE_WORDS,
        pinyin._SURNAMES,
        pinyin._PERSON_CHARACTERS,
        pinyin._PERSON_WORDS,
    ):
        entries = pinyin._entries(text)
        assert len(entries) == len(text.split()), "an entry is there twice"
        syllables = set(pinyin._readings().values())
        assert all(s in syllables for reading in entries.values() for s in reading)
    for word, reading in pinyin._entries(pinyin._PLACE_WORDS).items():
        assert pinyin_of(word).spaced == " ".join(reading)
