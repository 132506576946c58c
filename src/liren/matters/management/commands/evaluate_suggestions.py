"""Measure the suggestions on any CSV of texts and labels, beside a linear baseline."""

import csv
import hashlib
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from liren.base.text import fold
from liren.matters import queries
from liren.matters.kernel import words

Rows = list[tuple[str, str]]


class Command(BaseCommand):
    """``liren evaluate-suggestions FILE.csv``: accuracy and macro-F1 on texts not learned from."""

    help = (
        "Learn from one part of a CSV with the columns text,label and answer the other part. "
        "Prints one JSON object a line for our suggestions, for the keywords alone, and for a "
        "linear classifier on character n-grams (scikit-learn, when installed)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file and how to split it."""
        parser.add_argument("file", type=Path, help="CSV, UTF-8, with a header: text,label")
        parser.add_argument(
            "--split",
            choices=("time", "hash"),
            default="time",
            help="time: the last rows are the test (rows in order of time); hash: by the text",
        )
        parser.add_argument("--share", type=float, default=0.2, help="of rows kept for the test")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the measurements."""
        rows = self._rows(options["file"])
        train, test = split(rows, options["split"], options["share"])
        known = {label for _, label in train}
        if len(known) < 2 or not test:
            raise CommandError("Too few rows or labels to learn from and test on.")
        listed = {
            kind.key: [fold(word) for word in kind.keywords] for kind in queries.categories("")
        }
        true = [label for _, label in test]
        answers: list[tuple[str, Callable[[], Sequence[str]]]] = [
            ("suggestions", lambda: ours(train, test, listed)),
            ("keywords alone", lambda: by_keywords(test, listed)),
            ("character n-grams, linear (scikit-learn)", lambda: baseline(train, test)),
        ]
        for name, answer in answers:
            start = time.perf_counter()
            try:
                said = answer()
            except ImportError:
                self.stdout.write(json.dumps({"name": name, "skipped": "not installed"}))
                continue
            self.stdout.write(
                json.dumps(
                    {
                        "name": name,
                        "learned_from": len(train),
                        "tested_on": len(test),
                        "labels": len(known),
                        "accuracy": round(words.accuracy(said, true), 4),
                        "macro_f1": round(words.macro_f1(said, true), 4),
                        "seconds": round(time.perf_counter() - start, 2),
                    },
                    ensure_ascii=False,
                )
            )

    def _rows(self, path: Path) -> Rows:
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file)
                if not {"text", "label"} <= set(reader.fieldnames or ()):
                    raise CommandError("The first line must name the columns: text,label")
                rows = [(row["text"] or "", row["label"] or "") for row in reader]
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise CommandError(f"Cannot read {path}: {error}") from error
        return [(fold(text), label) for text, label in rows if text.strip() and label.strip()]


def split(rows: Rows, how: str, share: float) -> tuple[Rows, Rows]:
    """Return what is learned from and what is tested on; the same text is never in both by hash."""
    if how == "time":
        cut = round(len(rows) * (1 - share))
        return rows[:cut], rows[cut:]
    train: Rows = []
    test: Rows = []
    for text, label in rows:
        spot = int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
        (test if spot < share else train).append((text, label))
    return train, test


def ours(train: Rows, test: Rows, listed: dict[str, list[str]]) -> list[str]:
    """Return the likeliest label of each test text."""
    model = words.learn([t for t, _ in train], [label for _, label in train], listed)
    return [model.labels[int(model.chances(text).argmax())] for text, _ in test]


def by_keywords(test: Rows, listed: dict[str, list[str]]) -> list[str]:
    """Return the label whose keywords stand in the text with the most characters; "" for none."""
    said = []
    for text, _ in test:
        hits = {k: sum(len(w) for w in ws if w in text) for k, ws in listed.items() if "." in k}
        best = max(hits, key=lambda k: (hits[k], k), default="")
        said.append(best if best and hits[best] else "")
    return said


def baseline(train: Rows, test: Rows) -> list[str]:
    """Return what a linear support vector machine on character 1–3-grams says."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    pipeline = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True), LinearSVC()
    )
    pipeline.fit([t for t, _ in train], [label for _, label in train])
    return [str(label) for label in pipeline.predict([t for t, _ in test])]
