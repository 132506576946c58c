"""Every component with example text, and every shell filled with an example page. In debug only.

The examples are invented and say so; no database is read.
"""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from liren.base import clock
from liren.look.components.small import STATES
from liren.look.icons import ICONS
from liren.look.messages import done
from liren.look.parts import Entry, Link, Section

SHELLS = (
    "portal",
    "report",
    "done",
    "choose",
    "matter",
    "field",
    "office",
    "wall",
    "print",
    "plain",
)
COMMUNITY = "长山花园社区（样例）"


class Several(forms.ClearableFileInput):
    """A file control that takes more than one."""

    allow_multiple_selected = True


class ReportForm(forms.Form):
    """What a resident fills in: the example behind the field components."""

    text = forms.CharField(
        label="您遇到了什么事",
        help_text="写清楚是什么、在哪里、从什么时候开始。",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    kind = forms.ChoiceField(
        label="哪一类",
        choices=[
            ("water", "水电气暖"),
            ("clean", "卫生环境"),
            ("noise", "噪声扰民"),
            ("other", "说不准"),
        ],
        widget=forms.RadioSelect,
    )
    photos = forms.FileField(
        label="照片",
        required=False,
        help_text="最多 6 张。照片里的位置和时间会在发出前去掉。",
        widget=Several(attrs={"accept": "image/*"}),
    )
    phone = forms.CharField(label="联系电话", required=False, help_text="只有办这件事的人看得到。")
    building = forms.ChoiceField(
        label="楼栋", choices=[("", "请选择"), ("3", "3 号楼"), ("5", "5 号楼")]
    )
    hidden_from = forms.BooleanField(label="不让被反映的人知道是我", required=False)


class RatingForm(forms.Form):
    """Solved? Satisfied? Why not?"""

    solved = forms.ChoiceField(
        label="这件事解决了吗",
        choices=[("yes", "解决了"), ("part", "解决了一部分"), ("no", "没有解决")],
        widget=forms.RadioSelect,
    )
    satisfied = forms.ChoiceField(
        label="办的过程您满意吗",
        choices=[("yes", "满意"), ("so", "一般"), ("no", "不满意")],
        widget=forms.RadioSelect,
    )
    why = forms.MultipleChoiceField(
        label="哪里不好",
        required=False,
        choices=[("slow", "太慢"), ("manner", "态度"), ("again", "又坏了"), ("word", "没有说清楚")],
        widget=forms.CheckboxSelectMultiple,
    )


class FilterForm(forms.Form):
    """The filters bar of a list."""

    q = forms.CharField(
        label="搜索",
        required=False,
        widget=forms.TextInput(attrs={"data-search": "", "type": "search"}),
    )
    place = forms.ChoiceField(
        label="网格", required=False, choices=[("", "全部"), ("1", "第一网格"), ("2", "第二网格")]
    )
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部"), *((key, value[2]) for key, value in STATES.items())],
    )


def _entries() -> list[Entry]:
    now = clock.now()
    return [
        Entry(what="3 号楼楼栋长明天 18:00 前回复您", state="next"),
        Entry(
            what="3 号楼楼栋长已看过现场，正在联系维修",
            at=now - timedelta(minutes=40),
            who="楼栋长 张**",
            state="now",
            said="水管接头老化，已经约了师傅明天上午来换。",
        ),
        Entry(
            what="2 单元单元长转给楼栋长，理由：要动公共管道",
            at=now - timedelta(hours=5),
            who="单元长 王**",
        ),
        Entry(what="2 单元单元长已收到", at=now - timedelta(hours=20), who="单元长 王**"),
        Entry(
            what="您反映了这件事",
            at=now - timedelta(days=1, hours=2),
            who="您",
            said="二单元一楼楼道漏水，地上一直是湿的，老人容易滑倒。",
        ),
    ]


def _matters(count: int = 12) -> list[dict[str, Any]]:
    titles = [
        "二单元一楼楼道漏水",
        "5 号楼西侧路灯不亮",
        "小区东门外商贩占道，早高峰救护车进不来，希望划出消防通道",
        "楼上夜里有施工声音",
        "电梯停在 4 楼不动",
        "希望增加晾衣架",
    ]
    states = list(STATES)
    now = clock.now()
    return [
        {
            "number": f"2611{1042 + i}",
            "title": titles[i % len(titles)],
            "place": f"{i % 5 + 1} 号楼 {i % 3 + 1} 单元",
            "who": ["单元长 王**", "楼栋长 张**", "第一网格网格长 阿**", "区住房保障局"][i % 4],
            "state": states[i % len(states)],
            "due": now + timedelta(hours=7 * i - 20),
            "url": "/gallery/matter/",
        }
        for i in range(count)
    ]


def _common(here: str = "home") -> dict[str, Any]:
    return {
        "community_name": COMMUNITY,
        "here": here,
        "home_url": "/gallery/portal/",
        "portal_nav": [
            Link(label="首页", url="/gallery/portal/", key="home", icon="home"),
            Link(label="办事", url="/gallery/report/", key="do", icon="speak"),
            Link(label="议事", url="#", key="talk", icon="talk"),
            Link(label="我的", url="/gallery/matter/", key="me", icon="person", count=1),
        ],
        "field_home": "/gallery/field/",
        "office_home": "/gallery/office/",
        "user_label": "社区工作者 李**",
        "office_nav": [
            Section(
                links=[
                    Link(
                        label="待办",
                        url="/gallery/office/",
                        key="board",
                        icon="inbox",
                        count=12,
                        urgent=True,
                    ),
                    Link(label="全部事项", url="/gallery/office/", key="matters", icon="list"),
                    Link(label="地图", url="#", key="map", icon="map"),
                ]
            ),
            Section(
                title="社区",
                links=[
                    Link(label="楼院与住户", url="#", key="places", icon="building"),
                    Link(label="三长与岗位", url="#", key="posts", icon="people", count=3),
                    Link(label="数据", url="#", key="figures", icon="chart"),
                ],
            ),
            Section(
                title="设置",
                links=[
                    Link(label="分类与时限", url="#", key="categories", icon="settings"),
                    Link(label="导入", url="#", key="import", icon="upload"),
                ],
            ),
        ],
        "foot_nav": [Link(label="个人信息怎么用", url="#"), Link(label="联系社区", url="#")],
    }


def gallery(request: HttpRequest) -> HttpResponse:
    """All components on one page."""
    wrong = ReportForm(
        {"w-text": "", "w-kind": "water", "w-phone": "138", "w-building": ""}, prefix="w"
    )
    wrong.is_valid()
    wrong.add_error("phone", "电话号码要有 11 位，请再看一下。")
    numbers = Paginator(range(2345), 20).page(3)
    now = clock.now()
    return render(
        request,
        "look/gallery.html",
        {
            **_common(),
            "icons": sorted(ICONS),
            "shells": SHELLS,
            "states": list(STATES),
            "tones": ["now", "ok", "wait", "bad", "info", "off"],
            "form": ReportForm(),
            "wrong": wrong,
            "rating": RatingForm(initial={"solved": "no"}),
            "filter_form": FilterForm(request.GET or None),
            "entries": _entries(),
            "matters": _matters(5),
            "page": numbers,
            "now": now,
            "moments": [
                now,
                now - timedelta(days=1),
                now + timedelta(days=1),
                now - timedelta(days=3),
                now - timedelta(days=40),
                now - timedelta(days=500),
            ],
            "tab_links": [
                Link(label="收件箱", url="#", key="inbox", count=12, urgent=True),
                Link(label="今天到期", url="#", key="due", count=3),
                Link(label="超期", url="#", key="late", count=0),
                Link(label="等别人", url="#", key="wait"),
                Link(label="待核实", url="#", key="verify"),
            ],
            "chosen": [Link(label="长山花园", url="#"), Link(label="3 号楼", url="#")],
            "units": [
                Link(label="1 单元", url="#", icon="door", sub="14 户"),
                Link(label="2 单元", url="#", icon="door", sub="14 户"),
                Link(label="3 单元", url="#", icon="door", sub="12 户"),
            ],
            "doors": _doors(),
            "pairs": [
                ("编号", "26111042"),
                ("地点", "3 号楼 2 单元 ***"),
                ("来源", "网页"),
                ("时限", "2 个工作日（遇国庆顺延）"),
            ],
            "step_names": ["写下来", "选地方", "发出去"],
            "target": "https://liren.example/u/3F7K2",
            "chip_choices": [("mine", "我在办"), ("late", "超期"), ("shared", "多人反映")],
            "photo_list": [],
            "toast_examples": [
                {"text": "已转给 3 号楼楼栋长", "undo": "#", "bad": False},
                {"text": "没有做成，请再试一次", "undo": "", "bad": True},
            ],
        },
    )


def _doors() -> list[Link]:
    return [
        Link(
            label="我要反映",
            url="/gallery/report/",
            key="ask",
            icon="speak",
            sub="有事说一声，会有人回复",
        ),
        Link(label="邻里议事", url="#", key="talk", icon="talk", sub="大家的事大家定"),
        Link(label="身边服务", url="#", key="services", icon="heart", sub="找人帮忙、预约、借用"),
    ]


def shell(request: HttpRequest, shell: str) -> HttpResponse:
    """One example page in each shell (SHELLS), or error-<status>."""
    from liren.look import errors

    if shell.startswith("error-") and shell[6:].isdigit() and int(shell[6:]) in errors.WORDS:
        return errors.error_page(
            request, status=int(shell[6:]), retry="#" if shell in ("error-429", "error-503") else ""
        )
    if shell not in SHELLS:
        raise Http404
    here = {"report": "do", "choose": "do", "matter": "me", "office": "board"}.get(shell, "home")
    if request.GET.get("toast"):
        done(request, "已转给 3 号楼楼栋长", undo_url="/gallery/portal/")
    if request.headers.get("HX-Target") == "panel":
        return render(request, "look/gallery/panel.html", {"entries": _entries()})
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        messages.success(request, "已收到")
    return render(
        request,
        f"look/gallery/{shell}.html",
        {
            **_common(here),
            "form": form,
            "doors": _doors(),
            "entries": _entries(),
            "matters": _matters(40 if shell == "office" else 3),
            "filter_form": FilterForm(request.GET or None),
            "page": Paginator(range(2345), 40).page(1),
            "tab_links": [
                Link(label="收件箱", url="?", key="inbox", count=12, urgent=True),
                Link(label="今天到期", url="?tab=due", key="due", count=3),
                Link(label="超期", url="?tab=late", key="late", count=1),
                Link(label="等别人", url="?tab=wait", key="wait", count=7),
                Link(label="待核实", url="?tab=verify", key="verify", count=4),
            ],
            "tab": request.GET.get("tab", "inbox"),
            "chosen": [Link(label="长山花园", url="#")],
            "buildings": [
                Link(label=f"{n} 号楼", url="#", icon="building", sub=f"{3 + n % 3} 个单元")
                for n in range(1, 9)
            ],
            "field_doors": [
                Link(label="我的楼院", url="#", key="places", icon="building", sub="3 号楼，42 户"),
                Link(label="一呼百应", url="#", key="calls", icon="megaphone", sub="没有新的呼叫"),
            ],
            "cards": [SimpleNamespace(**matter) for matter in _matters(2)],
            "target": "https://liren.example/u/3F7K2",
            "pairs": [("编号", "26111042"), ("地点", "3 号楼 2 单元"), ("反映时间", "今天 10:42")],
        },
    )
