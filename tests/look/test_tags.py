"""What the tags promise their callers."""

from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from liren.look.components.small import STATES
from liren.look.gallery import ReportForm
from liren.look.icons import ICONS


def draw(template: str, path: str = "/list/", **context: Any) -> str:
    context["request"] = RequestFactory().get(path)
    return Template("{% load look %}" + template).render(Context(context))


def test_icons_are_drawn_alike() -> None:
    assert len(ICONS) >= 60
    for name, inner in ICONS.items():
        assert "style" not in inner, name
        assert "script" not in inner, name
        assert draw("{% icon name %}", name=name).count("<svg") == 1


def test_unknown_names_fail_at_once() -> None:
    with pytest.raises(KeyError):
        draw("{% icon 'nothing' %}")
    with pytest.raises(KeyError):
        draw("{% pill 'nothing' %}")


def test_states_differ_without_colour() -> None:
    shapes = [shape for _, shape, _ in STATES.values()]
    words = [str(word) for _, _, word in STATES.values()]
    assert len(set(shapes)) == len(shapes)
    assert len(set(words)) == len(words)


@pytest.mark.parametrize(
    "template",
    [
        "{% button text %}",
        "{% button 'x' href=text %}",
        "{% button 'x' data_copy=text %}",
        "{% pill 'now' text %}",
        "{% notice 'info' text text %}",
        "{% empty text %}",
        "{% promise text left=text note=text %}",
        "{% masked text %}",
        "{% confirm text '/' text %}{{ text }}{% endconfirm %}",
        "{% more text %}{{ text }}{% endmore %}",
        "{% stat text 3 %}",
        "{% qr text text text %}",
    ],
)
def test_what_people_write_is_escaped(template: str) -> None:
    html = draw(template, text='"><img src=x onerror=alert(1)>')
    assert "<img" not in html


def test_field_joins_help_and_error() -> None:
    form = ReportForm({"text": ""})
    form.is_valid()
    html = draw("{% field form.text rows=9 %}", form=form)
    assert 'aria-describedby="id_text_help id_text_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_text_error"' in html
    assert 'rows="9"' in html


def test_what_was_typed_stays() -> None:
    form = ReportForm({"text": "<二单元>", "kind": "noise"})
    form.is_valid()
    html = draw("{% fields form %}", form=form)
    assert "&lt;二单元&gt;" in html
    assert 'value="noise" class="form-check-input" required id="id_kind_2" checked' in html or (
        'value="noise"' in html and html.count("checked") == 1
    )


def test_hidden_fields_are_in_the_form_once() -> None:
    class Form(forms.Form):
        seen = forms.IntegerField(widget=forms.HiddenInput)
        text = forms.CharField()

    html = draw("{% fields form %}", form=Form(initial={"seen": 3}))
    assert html.count('name="seen"') == 1
    assert "l-label" in html


def test_counts_beyond_a_thousand_are_not_exact() -> None:
    page = Paginator(range(1001), 20).page(2)
    html = draw("{% pages page %}", "/list/?state=due&page=2", page=page)
    assert "1,000+" in html
    assert "?state=due&amp;page=3" in html
    assert "1,000+" not in draw("{% pages page %}", page=Paginator(range(1000), 20).page(1))


def test_keyset_lists_keep_their_filters() -> None:
    html = draw("{% pages count=5 previous='a' following='b' %}", "/list/?q=x&after=y")
    assert "?q=x&amp;after=b" in html
    assert "?q=x&amp;before=a" in html


def test_sorting_turns_round_and_starts_again() -> None:
    head = "{% sort_head '时限' 'due' %}"
    assert 'href="?q=x&amp;sort=due"' in draw(head, "/list/?q=x&page=3")
    turned = draw(head, "/list/?sort=due")
    assert 'href="?sort=-due"' in turned
    assert 'aria-sort="ascending"' in turned
    assert 'aria-sort="descending"' in draw(head, "/list/?sort=-due")


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [(12, 15, None), (0, 0, None), (212, 240, "88%"), (0, 40, "0%")]
)
def test_a_figure_says_when_it_is_too_small(part: int, whole: int, percent: str | None) -> None:
    html = draw("{% stat 'x' part whole %}", part=part, whole=whole)
    assert (percent is None) is ("%" not in html)
    if percent:
        assert percent in html
    assert f"{part} / {whole}" in html or f"/ {whole}" in html
