"""Names in pinyin without tones, for search: 长新街道 → changxinjiedao, cxjd.

The character table is pypinyin's; what it does with whole words is not used: its word list is made
for prose (it reads 漯河 as tahe and does not know 长新) and costs a minute for the country's names.
In its place stands a short dictionary of our own: how a character is read in names of places and
of persons, and the words in which it is read otherwise. Sources: the officially published
readings of divisions, and the surname readings of 现代汉语词典. ü is written v, as it is typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final, Literal, NamedTuple

from liren.base.text import COMPOUND_SURNAMES

Kind = Literal["place", "person"]


class Pinyin(NamedTuple):
    """One name: `full` changxin, `initials` cx, `spaced` chang xin."""

    full: str
    initials: str
    spaced: str


# How a character is read in the names of places, where that is not pypinyin's first reading.
_PLACE_CHARACTERS: Final = """
长chang 都du 勒le 什shi 佛fo 曾zeng 卜bu 单shan 解xie 仇qiu 莘xin 重chong 厦xia 朴pu 么yao 似si
行hang 圈quan 还huan 畜xu 茄qie 坻di 爪zhua 咀zui 翟zhai 覃qin 戛ga 缪miao 柞zuo 薄bo 坬wa 湫qiu
泊po 乜nie 查cha 棱leng 贲ben 窨yin 塔ta 撒sa 蛤ha 晟sheng 俟qi 浒hu 泌mi 粘zhan 莞guan 露lu 率lv
"""

# Words in which it is read otherwise, longest first where they overlap.
_PLACE_WORDS: Final = """
长子县zhang-zi-xian 长子镇zhang-zi-zhen 镇长zhen-zhang 村长cun-zhang 家长jia-zhang 校长xiao-zhang
首长shou-zhang 船长chuan-zhang 队长dui-zhang 局长ju-zhang 院长yuan-zhang 长者zhang-zhe
长辈zhang-bei 成长cheng-zhang 生长sheng-zhang 学长xue-zhang
元长yuan-zhang 栋长dong-zhang 格长ge-zhang 站长zhan-zhang 组长zu-zhang
乐亭lao-ting 乐陵lao-ling 乐清yue-qing 乐府yue-fu 乐器yue-qi 乐团yue-tuan 乐章yue-zhang
音乐yin-yue 军乐jun-yue 雅乐ya-yue 奏乐zou-yue 乐毅yue-yi
六安市lu-an-shi 六安路lu-an-lu 六合区lu-he-qu
东阿县dong-e-xian 东阿镇dong-e-zhen 阿胶e-jiao 阿房宫e-pang-gong
蚌埠beng-bu 蚌山beng-shan 番禺pan-yu 铅山县yan-shan-xian 尉犁yu-li 尉迟yu-chi 龟兹qiu-ci
蔚县yu-xian 蔚州yu-zhou 莘县shen-xian 莘亭shen-ting 莘州shen-zhou 莘村shen-cun 莘口shen-kou
牟平mu-ping 中牟县zhong-mu-xian 枞阳zong-yang 涡阳guo-yang 涡河guo-he 泌阳bi-yang 犍为qian-wei
筠连jun-lian 穆棱mu-ling 浚县xun-xian 荥经ying-jing 繁峙fan-shi 洪洞hong-tong 召陵shao-ling
伽师jia-shi 宕昌tan-chang 郏县jia-xian 吴堡wu-bu 瓦窑堡wa-yao-bu 柴沟堡chai-gou-bu 里堡li-pu
堡子bu-zi 柞水zha-shui 黄陂huang-pi 大埔县da-bu-xian 大城县dai-cheng-xian 校椅jiao-yi
校场jiao-chang 浒墅xu-shu 浒浦xu-pu 浒湾xu-wan 浒关xu-guan 泊头bo-tou 泊里bo-li 泊位bo-wei
苏泊su-bo 希泊xi-bo 漂泊piao-bo 柏林墙bo-lin-qiang 台州tai-zhou 莎草suo-cao 达斡尔da-wo-er
鸭绿江ya-lu-jiang 绿林lu-lin 地窨子di-yin-zi 般若bo-re 兰若lan-re
单元dan-yuan 单位dan-wei 单晶dan-jing 单一dan-yi 单独dan-du 单身dan-shen 单车dan-che
单城镇dan-cheng-zhen 单龙dan-long 西单xi-dan 东单dong-dan 简单jian-dan 三单san-dan 菜单cai-dan
单行dan-xing
解放jie-fang 解甲jie-jia 解愁jie-chou 解困jie-kun 解决jie-jue 解元jie-yuan 解台jie-tai
解忧jie-you 解难jie-nan 调解tiao-jie 了解liao-jie 和解he-jie 理解li-jie 缓解huan-jie
嘎查ga-cha 查家zha-jia 查庄zha-zhuang 查湾zha-wan 查桥zha-qiao 查楼zha-lou 查集zha-ji
查屋zha-wu 查塘zha-tang 山查shan-zha
重工zhong-gong 重型zhong-xing 重机zhong-ji 重固zhong-gu 起重qi-zhong 敬重jing-zhong
郑重zheng-zhong 尊重zun-zhong 贵重gui-zhong 重点zhong-dian 重要zhong-yao 重大zhong-da
重量zhong-liang 重山zhong-shan 尚重shang-zhong 重离zhong-li
大厦da-sha 广厦guang-sha 华厦hua-sha 商厦shang-sha 高厦gao-sha 安厦an-sha
马圈ma-juan 羊圈yang-juan 牛圈niu-juan 猪圈zhu-juan 鹿圈lu-juan
行政xing-zheng 行宫xing-gong 行唐xing-tang 行知xing-zhi 行署xing-shu 行者xing-zhe
行春xing-chun 行动xing-dong 行走xing-zou 行廊xing-lang 行健xing-jian 行远xing-yuan
行驶xing-shi 行人xing-ren 行善xing-shan 行流xing-liu 行马xing-ma 行别xing-bie
行正xing-zheng 行仁xing-ren 步行bu-xing 自行zi-xing 旅行lv-xing 飞行fei-xing 慎行shen-xing
力行li-xing 笃行du-xing 同行tong-xing 进行jin-xing 执行zhi-xing 通行tong-xing 五行wu-xing
德行de-xing 先行xian-xing 远行yuan-xing 前行qian-xing 善行shan-xing 运行yun-xing
西藏xi-zang 藏族zang-zu 藏文zang-wen 藏青zang-qing 藏东zang-dong 藏医zang-yi 藏传zang-chuan
藏羌zang-qiang 地藏di-zang 宝藏bao-zang 三藏san-zang 大藏da-zang 华藏hua-zang 夏藏xia-zang
巴藏ba-zang 坝藏ba-zang 康藏kang-zang 援藏yuan-zang 藏巴zang-ba 藏改zang-gai 藏山cang-shan
什么shen-me 那么na-me 这么zhe-me 怎么zen-me 达么da-me 底么di-me 多么duo-me
朝霞zhao-xia 朝晖zhao-hui 朝辉zhao-hui 朝歌zhao-ge 今朝jin-zhao 朝夕zhao-xi 朝凤chao-feng
家弄jia-long 一弄yi-long 二弄er-long 三弄san-long 四弄si-long 五弄wu-long 六弄liu-long
七弄qi-long 八弄ba-long 九弄jiu-long 十弄shi-long 百弄bai-long 零弄ling-long 弄堂long-tang
弄口long-kou 管弄guan-long
涌泉yong-quan 涌溪yong-xi 涌金yong-jin 涌现yong-xian 汹涌xiong-yong
家畜jia-chu 牲畜sheng-chu 畜力chu-li
调兵山diao-bing-shan 调和tiao-he 空调kong-tiao 协调xie-tiao 调节tiao-jie 强调qiang-diao
人参ren-shen 海参hai-shen 参茸shen-rong 党参dang-shen 参场shen-chang 参园shen-yuan
受降shou-xiang 降龙xiang-long 桔梗jie-geng 槟榔bing-lang 番茄fan-qie 劲松jin-song
钦差qin-chai 差役chai-yi 邮差you-chai 古刹gu-cha 宝刹bao-cha 碌碡liu-zhou 糜子mei-zi
亲家qing-jia 便宜pian-yi 暖和nuan-huo 轧钢zha-gang 白术bai-zhu 苍术cang-zhu 蛤蜊ge-li
薄荷bo-he 薄弱bo-ruo 婀娜e-nuo 豆豉dou-chi 的确di-que 目的mu-di 着落zhuo-luo 沿着yan-zhe
星宿xing-xiu 冯河ping-he 大夫dai-fu 大夫第da-fu-di 士大夫shi-da-fu 角色jue-se 给予ji-yu
供给gong-ji 知了zhi-liao 藉口jie-kou
吐蕃tu-bo 荸荠bi-qi 琅邪lang-ya 景颇jing-po 仡佬ge-lao 澹台tan-tai 万俟mo-qi 尔朱er-zhu
禅让shan-rang 露头lou-tou 勐腊meng-la 镐京hao-jing
打更da-geng 三更san-geng 圩场xu-chang 圩日xu-ri
"""

# Read otherwise only in some provinces (by the first two digits of the division code).
_REGIONAL: Final[Mapping[str, Mapping[str, str]]] = {
    "35": {"圩": "xu"},
    "36": {"圩": "xu"},
    "43": {"圩": "xu"},
    "44": {"圩": "xu", "涌": "chong"},
    "45": {"圩": "xu"},
    "46": {"圩": "xu"},
}

_SURNAMES: Final = """
单shan 解xie 仇qiu 查zha 区ou 曾zeng 尉wei 朴piao 翟zhai 盖ge 缪miao 宓mi 乐yue 冼xian 洗xian 任ren
员yun 宿su 种chong 繁po 秘bi 折she 黑he 盛sheng 石shi 燕yan 应ying 覃qin 逄pang 隗wei 褚chu
郇xun 晁chao 召shao 佴nai 句gou 过guo 葛ge 纪ji 车che 卜bu 干gan 贾jia 柏bai 薄bo 谌chen 幺yao
么yao 那na 能nai 宁ning 甯ning 曲qu 沈shen 冯feng 撒sa 眭sui 邰tai 相xiang 许xu 祭zhai 占zhan
仉zhang 恽yun 郗xi 郤xi 郄qie 仝tong 妫gui 瞿qu 阙que 逯lu 陆lu 戚qi 强qiang 长chang 万wan 叶ye
洪hong 江jiang 吕lv 牟mu 莘shen 塔ta 佟tong 阚kan 阮ruan 甄zhen 臧zang 藏zang 乜nie 都du
六lu 行xing 重chong 舍she 朝chao 令ling 暴bao 费fei 郝hao 霍huo 冒mao 禚zhuo 粘nian 哈ha 拓ta
尉迟yu-chi 万俟mo-qi 长孙zhang-sun 令狐ling-hu 澹台tan-tai 单于chan-yu 鲜于xian-yu 呼延hu-yan
皇甫huang-fu 宰父zai-fu 夏侯xia-hou 拓跋tuo-ba 亓官qi-guan 颛孙zhuan-sun 闾丘lv-qiu 谷梁gu-liang
"""

# Given names: where they differ from places.
_PERSON_CHARACTERS: Final = "行xing 单dan 解jie 重zhong 莘xin 薄bo 仇qiu 么me 卜bu 查cha 圩wei"
_PERSON_WORDS: Final = """
音乐yin-yue 朝霞zhao-xia 朝晖zhao-hui 朝辉zhao-hui 今朝jin-zhao 重阳chong-yang 重庆chong-qing
重光chong-guang 重生chong-sheng 重九chong-jiu 成长cheng-zhang 解放jie-fang 德行de-xing
"""

_ENTRY: Final = re.compile(r"(\D+?)([a-z-]+)$")
_TONES: Final = {"\u0304", "\u0301", "\u030c", "\u0300"}


def _entries(text: str) -> dict[str, tuple[str, ...]]:
    found = {}
    for entry in text.split():
        match = _ENTRY.match(entry)
        assert match, entry
        word, reading = match.groups()
        found[word] = tuple(reading.split("-"))
        assert len(word) == len(found[word]), entry
    return found


def _toneless(reading: str) -> str:
    letters = unicodedata.normalize("NFD", reading)
    plain = "".join(c for c in letters if c not in _TONES)
    return plain.replace("u\u0308", "v").replace("e\u0302", "e")


class _Table(NamedTuple):
    """`characters`: one reading each. `words`: for a character read in more than one way, where
    else it is looked up: (word, its place in the word, its reading there), longest word first.
    """

    characters: dict[str, str]
    words: dict[str, list[tuple[str, int, str]]]
    hot: frozenset[str]

    @classmethod
    def of(cls, characters: dict[str, str], words: dict[str, tuple[str, ...]]) -> _Table:
        hot = {
            c
            for word, reading in words.items()
            for c, syllable in zip(word, reading, strict=True)
            if characters[c] != syllable
        }
        # A word that reads it in the usual way counts too: 大夫第 keeps 大夫 from being applied.
        found: dict[str, list[tuple[str, int, str]]] = {c: [] for c in hot}
        for word, reading in sorted(words.items(), key=lambda entry: -len(entry[0])):
            for place, (c, syllable) in enumerate(zip(word, reading, strict=True)):
                if c in hot:
                    found[c].append((word, place, syllable))
        return cls(characters, found, frozenset(hot))


@cache
def _readings() -> dict[str, str]:
    # Here and not above: the table costs 50 MB and a quarter of a second, and few processes ask.
    from pypinyin.pinyin_dict import pinyin_dict

    return {
        chr(code): _toneless(readings.partition(",")[0]) for code, readings in pinyin_dict.items()
    }


@cache
def _table(kind: Kind, region: str) -> _Table:
    characters = _readings() | {c: r[0] for c, r in _entries(_PLACE_CHARACTERS).items()}
    words = _entries(_PLACE_WORDS)
    if kind == "person":
        characters |= {c: r[0] for c, r in _entries(_PERSON_CHARACTERS).items()}
        words = _entries(_PERSON_WORDS)
    elif region:
        characters |= _REGIONAL[region]
    return _Table.of(characters, words)


@cache
def _surnames() -> dict[str, tuple[str, ...]]:
    return _entries(_SURNAMES)


def pinyin_of(name: str, kind: Kind = "place", *, region: str = "") -> Pinyin:
    """`name` as it would be typed. Latin letters and digits stay, in lower case; signs vanish.

    `kind` "person" reads the surname as a surname (单 shan, 解 xie, 仇 qiu, 查 zha, 区 ou);
    names with a dot in them or of five and more characters are taken as transcribed, without
    surname. `region` is a division code or its first two digits and settles the few characters
    read differently by province (圩, 涌). A character nobody has a reading for is left out.
    """
    if kind == "person":
        return _join(_person(name))
    province = region[:2]
    table = _table("place", province if province in _REGIONAL else "")
    return _join(_syllables(name, table))


def _join(syllables: list[str]) -> Pinyin:
    return Pinyin(
        "".join(syllables), "".join([syllable[0] for syllable in syllables]), " ".join(syllables)
    )


def _syllables(name: str, table: _Table) -> list[str]:
    characters = table.characters
    try:
        found = [characters[c] for c in name]
    except KeyError:
        return _mixed(unicodedata.normalize("NFKC", name), table)
    if not table.hot.isdisjoint(name):
        _correct(found, name, table)
    return found


def _correct(found: list[str], name: str, table: _Table) -> None:
    """Put in the readings that depend on the word."""
    for i, c in enumerate(name):
        for word, place, syllable in table.words.get(c, ()):
            if i >= place and name.startswith(word, i - place):
                found[i] = syllable
                break


def _mixed(name: str, table: _Table) -> list[str]:
    """A name with signs, digits or letters in it; a run of these two is one syllable."""
    found = [table.characters.get(c, "") for c in name]
    _correct(found, name, table)
    syllables: list[str] = []
    inside = False
    for c, syllable in zip(name, found, strict=True):
        if not syllable and c.isascii() and c.isalnum():
            if inside:
                syllables[-1] += c.lower()
            else:
                syllables.append(c.lower())
            inside = True
            continue
        inside = False
        if syllable:
            syllables.append(syllable)
    return syllables


def _person(name: str) -> list[str]:
    name = unicodedata.normalize("NFKC", name).strip()
    table = _table("person", "")
    han = sum(c in table.characters for c in name)
    if han != len(name) or not 2 <= han <= 4:
        return _syllables(name, table)
    surnames = _surnames()
    # 欧阳修 and 欧阳娜娜, but 东方 alone is 东 with the given name 方.
    length = 2 if han > 2 and (name[:2] in COMPOUND_SURNAMES or name[:2] in surnames) else 1
    surname = surnames.get(name[:length]) or tuple(table.characters[c] for c in name[:length])
    return [*surname, *_syllables(name[length:], table)]
