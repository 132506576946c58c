"""Learn a category from words: softmax regression on hashed character n-grams, with keywords.

Built for a few hundred to some ten thousand short Chinese texts, learned in seconds on one core
and small enough to lie in a file a community. Each text becomes the set of its character 1-, 2- and
3-grams, hashed into ``SIZE`` columns and weighted by how rare they are; a keyword of a category
that occurs in a text is one more column of its own, so the words a person entered speak from the
first day and are re-weighted by what was learned. Deterministic with its seed.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

SIZE = 1 << 16
EPOCHS = 10
BATCH = 64
RATE = 0.5
# Pulls the weights towards nothing. These four were chosen on synthetic texts whose sentence
# patterns do not occur in what was learned from, see docs/figures.md.
DECAY = 1e-4
# How much more a keyword counts than the rarest of words: a person chose it.
BOOST = 2.5
# The weight a keyword starts with for its own category: it speaks before anything is learned.
START = 8.0

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


def grams(text: str) -> list[str]:
    """Return the character 1-, 2- and 3-grams of a folded text, each once, in order."""
    seen: dict[str, None] = {}
    for run in text.split():
        for n in (1, 2, 3):
            for i in range(len(run) - n + 1):
                seen[run[i : i + n]] = None
    return list(seen)


def _column(gram: str) -> int:
    return zlib.crc32(gram.encode()) % SIZE


@dataclass(frozen=True, slots=True)
class Guess:
    """One label, its probability, and the parts of the text that spoke for it, strongest first."""

    label: str
    chance: float
    because: tuple[str, ...]


class Model:
    """What was learned. ``labels`` in a fixed order; ``weights`` is columns × labels."""

    def __init__(
        self,
        labels: Sequence[str],
        keywords: Mapping[str, Sequence[str]],
        weights: Floats,
        rarity: Floats,
        bias: Floats,
        learned_from: int,
    ) -> None:
        self.labels = list(labels)
        self.keywords = [(label, word) for label in labels for word in keywords.get(label, ())]
        self.weights, self.rarity, self.bias = weights, rarity, bias
        self.learned_from = learned_from

    # -- features ------------------------------------------------------------------------------

    def _features(self, text: str) -> tuple[Ints, Floats]:
        columns = [_column(gram) for gram in grams(text)]
        columns += [SIZE + n for n, (_, word) in enumerate(self.keywords) if word in text]
        found = np.unique(np.array(columns, dtype=np.int64))
        values = self.rarity[found]
        norm = float(np.sqrt(np.square(values).sum())) or 1.0
        return found, (values / norm).astype(np.float32)

    # -- use -----------------------------------------------------------------------------------

    def chances(self, text: str) -> Floats:
        """Return the probability of every label for a folded text."""
        columns, values = self._features(text)
        score = values @ self.weights[columns] + self.bias
        score = np.exp(score - score.max())
        found: Floats = (score / score.sum()).astype(np.float32)
        return found

    def guess(self, text: str, most: int = 3, least: float = 0.1) -> list[Guess]:
        """Return the likeliest labels above ``least``, each with the words that spoke for it."""
        columns, values = self._features(text)
        chance = self.chances(text)
        found = []
        for index in np.argsort(-chance, kind="stable")[:most]:
            if chance[index] < least:
                break
            pull = dict(
                zip(columns.tolist(), (values * self.weights[columns, index]).tolist(), strict=True)
            )
            found.append(Guess(self.labels[index], float(chance[index]), self._because(text, pull)))
        return found

    def _because(self, text: str, pull: Mapping[int, float]) -> tuple[str, ...]:
        words = {
            word: pull.get(SIZE + n, 0.0)
            for n, (_, word) in enumerate(self.keywords)
            if word in text
        }
        for gram in grams(text):
            if len(gram) > 1:
                words[gram] = max(words.get(gram, 0.0), pull.get(_column(gram), 0.0))
        best = sorted((w for w in words if words[w] > 0), key=lambda w: (-words[w], w))
        kept: list[str] = []
        for word in best:
            if not any(word in other or other in word for other in kept):
                kept.append(word)
            if len(kept) == 3:
                break
        return tuple(kept)

    # -- keeping -------------------------------------------------------------------------------

    def dump(self) -> bytes:
        """Return the model as bytes; ``load`` reads them. No code is stored in it."""
        out = io.BytesIO()
        words: dict[str, list[str]] = {}
        for label, word in self.keywords:
            words.setdefault(label, []).append(word)
        used = np.flatnonzero(np.abs(self.weights).max(axis=1) > 0)
        np.savez_compressed(
            out,
            meta=np.frombuffer(
                json.dumps([self.labels, words, self.learned_from], ensure_ascii=False).encode(),
                dtype=np.uint8,
            ),
            used=used,
            weights=self.weights[used].astype(np.float16),
            rarity=self.rarity[used],
            default=np.array([float(self.rarity.max(initial=1.0))]),
            bias=self.bias,
        )
        return out.getvalue()


def load(data: bytes) -> Model:
    """Read a model written by ``dump``. Raises ``ValueError`` for anything else."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            labels, words, learned_from = json.loads(bytes(stored["meta"]))
            rows = SIZE + sum(len(listed) for listed in words.values())
            weights = np.zeros((rows, len(labels)), dtype=np.float32)
            weights[stored["used"]] = stored["weights"]
            rarity = np.full(rows, float(stored["default"][0]), dtype=np.float32)
            rarity[stored["used"]] = stored["rarity"]
            return Model(labels, words, weights, rarity, stored["bias"], learned_from)
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, LookupError, TypeError) as error:
        raise ValueError("not a model") from error


def learn(
    texts: Sequence[str],
    labels: Sequence[str],
    keywords: Mapping[str, Sequence[str]],
    *,
    seed: int = 0,
) -> Model:
    """Learn from folded texts and their labels; keywords take part as columns of their own.

    Raises ``ValueError`` without at least two labels among the texts.
    """
    names = sorted(set(labels))
    if len(names) < 2:
        raise ValueError("nothing to tell apart")
    rows = SIZE + sum(len(keywords.get(name, ())) for name in names)
    model = Model(
        names,
        keywords,
        np.zeros((rows, len(names)), dtype=np.float32),
        np.ones(rows, dtype=np.float32),
        np.zeros(len(names), dtype=np.float32),
        len(texts),
    )
    seen = np.zeros(rows, dtype=np.float32)
    raw = [model._features(text)[0] for text in texts]
    for columns in raw:
        seen[columns] += 1
    model.rarity = (np.log((1 + len(texts)) / (1 + seen)) + 1).astype(np.float32)
    model.rarity[SIZE:] = BOOST * float(np.log(1 + len(texts)) + 1)
    for n, (label, _word) in enumerate(model.keywords):
        model.weights[SIZE + n, names.index(label)] = START
    rows_of = [model._features(text) for text in texts]
    number = {name: n for n, name in enumerate(names)}
    wanted = np.array([number[label] for label in labels], dtype=np.int64)
    _descend(model, rows_of, wanted, seed)
    return model


def _descend(model: Model, rows: Sequence[tuple[Ints, Floats]], wanted: Ints, seed: int) -> None:
    """Fit by Adagrad in small batches: each column slows down as it has been moved."""
    chance = np.random.default_rng(seed)
    moved = np.full(model.weights.shape, 1e-3, dtype=np.float32)
    moved_bias = np.full(model.bias.shape, 1e-3, dtype=np.float32)
    # Rare labels count up to three times, so that small kinds are not drowned by big ones.
    counts = np.bincount(wanted, minlength=len(model.labels))
    weight = np.clip(np.sqrt(counts.mean() / np.maximum(counts, 1)), 0.5, 3.0).astype(np.float32)
    for _ in range(EPOCHS):
        order = chance.permutation(len(rows))
        for start in range(0, len(order), BATCH):
            picked = order[start : start + BATCH]
            sizes = np.array([len(rows[i][0]) for i in picked])
            columns = np.concatenate([rows[i][0] for i in picked])
            values = np.concatenate([rows[i][1] for i in picked])
            owner = np.repeat(np.arange(len(picked)), sizes)
            product = values[:, None] * model.weights[columns]
            score = np.zeros((len(picked), len(model.labels)), dtype=np.float32)
            np.add.at(score, owner, product)
            score += model.bias
            score = np.exp(score - score.max(axis=1, keepdims=True))
            score /= score.sum(axis=1, keepdims=True)
            score[np.arange(len(picked)), wanted[picked]] -= 1
            score *= weight[wanted[picked]][:, None]
            unique, where = np.unique(columns, return_inverse=True)
            slope = np.zeros((len(unique), len(model.labels)), dtype=np.float32)
            np.add.at(slope, where, values[:, None] * score[owner])
            slope += DECAY * len(picked) * model.weights[unique]
            moved[unique] += np.square(slope)
            model.weights[unique] -= RATE * slope / np.sqrt(moved[unique])
            bias = score.sum(axis=0)
            moved_bias += np.square(bias)
            model.bias -= RATE * bias / np.sqrt(moved_bias)


def accuracy(said: Sequence[Any], true: Sequence[Any]) -> float:
    """Return the share of right answers."""
    return float(sum(a == b for a, b in zip(said, true, strict=True)) / max(1, len(true)))


def macro_f1(said: Sequence[Any], true: Sequence[Any]) -> float:
    """Return the mean over labels of the harmonic mean of precision and recall."""
    scores = []
    for label in sorted(set(true) | set(said)):
        hit = sum(a == b == label for a, b in zip(said, true, strict=True))
        either = sum(a == label for a in said) + sum(b == label for b in true)
        scores.append(2 * hit / either if either else 0.0)
    return sum(scores) / max(1, len(scores))
