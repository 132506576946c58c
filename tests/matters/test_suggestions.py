"""Suggestions: from keywords first, learned later, with reasons, never applied."""

import csv
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from liren.matters import actions, queries, suggestions
from liren.matters.actions import Report
from liren.matters.kernel import words
from liren.matters.models import Matter

TEXTS = {
    "upkeep.light": ["{n}楼的灯不亮了", "楼道黑漆漆看不见第{n}级台阶", "声控灯坏了{n}天"],
    "cleaning.rubbish": ["{n}号垃圾桶满了没人收", "臭味熏人{n}天没清运", "楼下堆了{n}袋垃圾"],
    "order.noise": ["半夜{n}点还在装修", "广场舞音响吵到{n}楼", "楼上敲打吵了{n}天"],
}


def rows(many):
    return [(t.format(n=n), label) for n in range(many) for label, ts in TEXTS.items() for t in ts]


def test_a_model_tells_kinds_apart_and_says_why():
    model = words.learn(*zip(*rows(10), strict=True), keywords={"upkeep.light": ["灯不亮"]})
    best = model.guess("门口的灯不亮 晚上看不见")[0]
    assert best.label == "upkeep.light"
    assert "灯不亮" in best.because
    again = words.load(model.dump())
    assert again.guess("半夜装修太吵")[0].label == "order.noise"
    assert again.learned_from == 90


def test_the_same_texts_give_the_same_model():
    first, second = (words.learn(*zip(*rows(4), strict=True), keywords={}) for _ in range(2))
    assert first.dump() == second.dump()


def test_what_is_no_model_is_refused():
    for data in (b"", b"PK\x03\x04 not", b"x" * 100):
        with pytest.raises(ValueError, match="not a model"):
            words.load(data)
    with pytest.raises(ValueError, match="nothing to tell apart"):
        words.learn(["a"], ["b"], {})


def test_measures():
    assert words.accuracy("aab", "abb") == pytest.approx(2 / 3)
    assert words.macro_f1("aab", "abb") == pytest.approx((2 / 3 + 2 / 3) / 2)


@pytest.mark.django_db
def test_keywords_speak_first_then_what_was_learned(demo, actor, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(suggestions, "ENOUGH", 20)
    code = demo.community.code
    kinds = list(queries.categories(code))
    first = suggestions.suggest(kinds, "三楼灯不亮", code)[0]
    assert (first.kind.key, first.learned) == ("upkeep.light", False)
    assert suggestions.learn(code) == 0

    by = actor("resident")
    known = {kind.key: kind for kind in kinds}
    for text, label in rows(5):
        need = Report(place=demo.unit, text=text, category=known[label], reporter=by.person)
        actions.report(by=by, need=need)
    Matter.objects.update(status="closed", ending="solved")
    assert suggestions.learn(code) == 45
    learned = suggestions.suggest(kinds, "黑漆漆的看不见台阶", code)[0]
    assert (learned.kind.key, learned.learned) == ("upkeep.light", True)
    assert learned.reason


@pytest.mark.django_db
def test_g11_a_suggestion_is_never_applied_by_itself(demo, actor):
    by = actor("resident")
    matter = actions.report(
        by=by, need=Report(place=demo.unit, text="楼道灯不亮", reporter=by.person)
    ).matter
    assert matter.category is None


@pytest.mark.django_db
@pytest.mark.parametrize("split", ["time", "hash"])
def test_the_evaluation_prints_both_beside_each_other(tmp_path, split):
    path = tmp_path / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows(20)])
    out = StringIO()
    call_command("evaluate_suggestions", path, split=split, stdout=out)
    found = [json.loads(line) for line in out.getvalue().splitlines()]
    assert found[0]["name"] == "suggestions"
    assert found[0]["accuracy"] > 0.9
    assert len(found) == 3


@pytest.mark.django_db
def test_the_evaluation_refuses_what_it_cannot_read(tmp_path):
    path = tmp_path / "rows.csv"
    for content in ("a,b\n1,2\n", "text,label\n", ""):
        path.write_text(content)
        with pytest.raises(CommandError):
            call_command("evaluate_suggestions", path)
    with pytest.raises(CommandError):
        call_command("evaluate_suggestions", tmp_path / "none.csv")
