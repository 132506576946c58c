"""Finding matters by what was written, in Chinese or anything else, exactly as typed.

A text is kept as its character bigrams with their positions (a ``tsvector``); what is looked for
becomes neighbouring bigrams (a phrase). A phrase of neighbours is the substring itself, so nothing
has to be compared again. Two characters are one token; a single one is a prefix.
"""

from collections.abc import Sequence
from itertools import pairwise
from operator import add
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import (
    BooleanField,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.expressions import ExpressionWrapper
from django.db.models.functions import Coalesce

from liren.access.actor import code_range
from liren.base.text import QUERY_CHARS, fold, runs

from .models import Matter, SearchWords

FREQUENT: Final = 5_000
"""Words in more matters than this are looked for newest first; rarer ones through the index."""

# PostgreSQL keeps 256 positions a token and numbers up to 16,383: beyond any text we take in.
_GAP: Final = 1


def vector(text: str) -> str:
    """Return the ``tsvector`` literal of a text; "" for a text without letters and digits.

    The last character of each run is a token of its own, so that the prefix of any character
    finds every text that holds it.
    """
    places: dict[str, str] = {}
    at = 0
    for run in runs(fold(text)):
        # The last token of a run is its last character alone.
        for token in map(add, run, (*run[1:], "")):
            at += 1
            before = places.get(token)
            places[token] = f"{before},{at}" if before else f"'{token}':{at}"
        at += _GAP
    return " ".join(places.values())


def query(words: str) -> str:
    """Return the ``tsquery`` literal for words; "" when there is no letter and no digit in them.

    Every run of characters has to occur as it is written; only the first ``QUERY_CHARS`` count.
    """
    parts = []
    for run in runs(fold(words[:QUERY_CHARS])[:QUERY_CHARS]):
        if len(run) == 1:
            parts.append(f"'{run}':*")
        else:
            parts.append("(" + " <-> ".join(f"'{a}{b}'" for a, b in pairwise(run)) + ")")
    return " & ".join(dict.fromkeys(parts))


def words_of(matter: Matter) -> SearchWords:
    """Return the unsaved row with the words of a matter's text."""
    return SearchWords(matter=matter, place_code=matter.place_code, tokens=vector(matter.text))


def keep(*matters: Matter) -> None:
    """Keep the words of changed matters (their texts) for searching."""
    SearchWords.objects.bulk_create(
        [words_of(matter) for matter in matters],
        update_conflicts=True,
        unique_fields=["matter"],
        update_fields=["place_code", "tokens"],
    )


class Found(NamedTuple):
    """The matters with the words, and whether there are more than ``FREQUENT`` in the range."""

    rows: "QuerySet[Matter]"
    many: bool


class _Fits(Func):
    """``tokens @@ 'query'`` of one row, never pulled up into a join."""

    template = "%(expressions)s::tsquery"
    arg_joiner = " @@ "
    output_field = BooleanField()


def find(rows: "QuerySet[Matter]", words: str, *, code: str = "") -> Found:
    """Keep the matters whose text holds the words; one statement more for the caller's own.

    ``code`` bounds the search (and below); what the policy allows bounds it anyway. Rare words are
    looked up in the index and become a list of identities; frequent ones become a condition on
    each row, cheap as long as rows are read newest first and only a page of them.
    """
    asked = query(words)
    if not asked:
        return Found(rows.none(), many=False)
    low, high = code_range(code)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT matters_with_words(%s::tsquery, %s, %s, %s)", [asked, low, high, FREQUENT + 1]
        )
        found: Sequence[tuple[UUID]] = cursor.fetchall()
    if len(found) <= FREQUENT:
        return Found(rows.filter(pk__in=[one for (one,) in found]), many=False)
    fits = Subquery(
        SearchWords.objects.filter(matter=OuterRef("pk"))
        .annotate(fits=_Fits(F("tokens"), Value(asked, output_field=TextField())))
        .values("fits")
    )
    condition: Any = ExpressionWrapper(Coalesce(fits, Value(False)), output_field=BooleanField())
    return Found(rows.filter(Q(condition)), many=True)
