"""Whoever reads English is told nothing in Chinese except what people here have written."""

import re

import pytest

from liren.access.actor import system
from liren.config import messages, paths
from liren.demo.community import COMMUNITY
from liren.matters import actions
from liren.matters.actions import Report
from liren.matters.models import Category
from liren.organisation.models import Organisation, Post, PostType
from liren.territory.models import Place, PlaceSet

pytestmark = pytest.mark.django_db(transaction=True)
CHINESE = re.compile("[\u3400-\u9fff]")
WORDS = "三楼楼道灯不亮，晚上看不见台阶"
# What is seen, and what is only read out or shown while a field is empty.
TEXTS = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const inside = walk.currentNode.parentElement;
    if (!inside.closest('script, style, template, [lang="zh-Hans"], [lang="zh"]'))
      found.push(walk.currentNode.data);
  }
  for (const one of document.querySelectorAll("*"))
    for (const name of ["aria-label", "title", "placeholder", "alt", "value", "content"])
      if (one.hasAttribute(name)) found.push(one.getAttribute(name));
  return [document.title, ...found].map(text => text.trim()).filter(text => text);
}"""


def written_here() -> set[str]:
    """Names and words that came out of the database: data, not interface."""
    found = {WORDS, "简体中文", "中文"}
    for model in (Place, PlaceSet, Organisation, PostType, Category):
        found |= set(model.objects.values_list("name", flat=True))
    found |= set(Post.objects.values_list("title", flat=True))
    found |= {str(place) for place in Place.objects.all()}
    return {one for one in found if CHINESE.search(one)}


def interface() -> set[str]:
    """Every Chinese sentence of the catalogues that stands alone."""
    return {
        text
        for app in messages.apps(paths.SOURCE_DIR)
        for entry in messages.read(app)
        for text in messages._strings(entry.string)
        if entry.id and not messages.PLACEHOLDER.search(text)
    }


def left_over(texts: list[str], data: set[str], own: set[str]) -> list[str]:
    """The texts that are the interface's, or hold Chinese that nobody here has written."""
    wrong = []
    for text in filter(CHINESE.search, texts):
        rest = re.sub(r"\w\*\*", "", text)  # a masked name
        # A suggestion quotes the resident's own words as its reason.
        for quoted in re.findall(r"“([^”]*)”", rest):
            if any(quoted in one for one in data):
                rest = rest.replace(f"“{quoted}”", "")
        for one in sorted(data, key=len, reverse=True):
            rest = rest.replace(one, "")
        if CHINESE.search(rest) or (text in own and text not in data):
            wrong.append(text)
    return wrong


def test_pages_in_english_have_no_chinese_of_ours(reader, world):
    matter = actions.report(
        by=system("journey"),
        need=Report(place=world.unit, text=WORDS, reporter=world.accounts["resident"].person_id),
    ).matter
    report = f"/c/{COMMUNITY}/report/?place={world.unit.code}"
    walks = [
        ("", "phone", ["/", f"/c/{COMMUNITY}/", report, f"/c/{COMMUNITY}/lookup/"]),
        ("resident", "phone", [f"/c/{COMMUNITY}/", f"/c/{COMMUNITY}/matters/{matter.pk}/"]),
        ("unit", "phone", ["/field/", f"/field/matters/{matter.pk}/", "/field/away/"]),
        ("worker", "desk", ["/office/", "/office/matters/", f"/office/matters/{matter.pk}/"]),
    ]
    data, own = written_here(), interface()
    wrong = []
    for role, size, pages in walks:
        one = reader(role, size, english=True)
        for page in pages:
            one.go(page)
            assert one.page.locator("html").get_attribute("lang") == "en"
            wrong += [f"{page}: {text}" for text in left_over(one.page.evaluate(TEXTS), data, own)]
        one.look(f"english-{role or 'nobody'}")
    assert wrong == []
