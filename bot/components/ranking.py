"""The statistics behind the intents: words, letter groups and sentence vectors into one linear classifier.

No Rasa in here: the evaluation (`make nlu`) trains and asks it directly. docs/adr/0018 says what was measured for
each part.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from bot.components import vectors
from bot.components.spelling import Spelling
from bot.components.typos import misspell

_LETTERS_PER_SLIP = (6, 8, 10, 12)  # of the misspelt copies: bad days on a small keyboard
_MISSPELT_FROM = 5  # characters; shorter ones would become other words
_SEED = 7
_VOCABULARIES, _NUMBERS, _WORDS = "vocabularies.json", "numbers.npz", "spelling.json"


class IntentModel:
    """Ranks intents for texts. `fit` or `load` first."""

    def __init__(self, *, inverse_regularization: float, vector_weight: float, sharpness: float, slips: bool) -> None:
        self._c, self._weight, self._sharpness, self._slips = (
            inverse_regularization, vector_weight, sharpness, slips,
        )  # fmt: skip
        self.labels: List[str] = []
        self.spelling = Spelling({}, {})
        self._words, self._letters = _vectorizers()
        self._centre: Optional[np.ndarray[Any, Any]] = None
        self._coefficients = self._intercepts = np.zeros(0)

    def fit(self, texts: Sequence[str], intents: Sequence[str]) -> IntentModel:
        """Learns from texts and their intents; of every text a misspelt copy too, where `slips`."""
        self.spelling = Spelling.learn(texts)
        plain = [self.spelling.plain(text) for text in texts]
        copied, copies = self._misspelt(texts)
        parts = [vectorizer.fit_transform([*plain, *copies]) for vectorizer in (self._words, self._letters)]
        if self._weight and vectors.available():
            rows = vectors.sentence_vectors([self.spelling.tidy(text) for text in texts])
            self._centre = rows.mean(axis=0)
            # a misspelt copy counts as its text here: to embed it again changed no figure and doubled the time
            parts.append(self._weighed(np.concatenate([rows, rows[copied]])))
        machine = LinearSVC(C=self._c, class_weight="balanced", random_state=_SEED)
        machine.fit(hstack(parts, format="csr", dtype=np.float32), [*intents, *(intents[place] for place in copied)])
        self.labels = [str(label) for label in machine.classes_]
        self._coefficients = machine.coef_.T.astype(np.float32)
        self._intercepts = machine.intercept_.astype(np.float32)
        return self

    def _misspelt(self, texts: Sequence[str]) -> Tuple[List[int], List[str]]:
        """Which texts get a misspelt copy, and the copies as `plain` sees them."""
        random = Random(_SEED)
        copied = [place for place, text in enumerate(texts) if self._slips and len(text) >= _MISSPELT_FROM]
        slips = (misspell(texts[place], random, letters_per_slip=random.choice(_LETTERS_PER_SLIP)) for place in copied)
        return copied, [self.spelling.plain(text) for text in slips]

    def probabilities(self, texts: Sequence[str]) -> np.ndarray[Any, Any]:
        """A row for each text, a column for each of `labels`; rows sum to 1.

        A softmax over the machine's distances, whose sharpness was fitted to messages apart from the training data.
        """
        distances = (self._features(texts) @ self._coefficients + self._intercepts) * self._sharpness
        distances -= distances.max(axis=1, keepdims=True)
        powers = np.exp(distances)
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    @property
    def uses_vectors(self) -> bool:
        """Whether it was trained with sentence vectors; then it needs them."""
        return self._centre is not None

    def _features(self, texts: Sequence[str]) -> csr_matrix:
        plain = [self.spelling.plain(text) for text in texts]
        parts = [self._words.transform(plain), self._letters.transform(plain)]
        if self._centre is not None:
            parts.append(self._weighed(vectors.sentence_vectors([self.spelling.tidy(text) for text in texts])))
        return hstack(parts, format="csr", dtype=np.float32)

    def _weighed(self, rows: np.ndarray[Any, Any]) -> csr_matrix:
        """Vectors around their centre, of the length that they are to count beside words and letters."""
        rows = rows - self._centre
        return csr_matrix(rows * (self._weight / np.linalg.norm(rows, axis=1, keepdims=True)))

    def save(self, folder: Path) -> None:
        """Writes what `load` reads; no pickle."""
        vocabularies = [_in_order(part.vocabulary_) for part in (self._words, self._letters)]
        (folder / _VOCABULARIES).write_text(json.dumps(vocabularies, ensure_ascii=False), encoding="utf-8")
        kept = {"words": self._words.idf_, "letters": self._letters.idf_}
        kept |= {"coefficients": self._coefficients, "intercepts": self._intercepts, "labels": np.array(self.labels)}
        if self._centre is not None:
            kept["centre"] = self._centre
        np.savez(folder / _NUMBERS, **kept)
        (folder / _WORDS).write_text(json.dumps(self.spelling.as_json(), ensure_ascii=False), encoding="utf-8")

    def load(self, folder: Path) -> IntentModel:
        """Reads what `save` wrote."""
        words, letters = json.loads((folder / _VOCABULARIES).read_text(encoding="utf-8"))
        with np.load(folder / _NUMBERS, allow_pickle=False) as kept:
            self._words, self._letters = _vectorizers(words, letters)
            self._words.idf_, self._letters.idf_ = kept["words"], kept["letters"]
            self._coefficients, self._intercepts = kept["coefficients"], kept["intercepts"]
            self.labels = [str(label) for label in kept["labels"]]
            self._centre = kept.get("centre")
        self.spelling = Spelling.from_json(json.loads((folder / _WORDS).read_text(encoding="utf-8")))
        return self


def _vectorizers(words: Optional[List[str]] = None, letters: Optional[List[str]] = None) -> List[TfidfVectorizer]:
    return [
        TfidfVectorizer(
            vocabulary=words, ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32,
            token_pattern=r"\S+",  # noqa: S106 (no password)
        ),
        TfidfVectorizer(
            vocabulary=letters, analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True, dtype=np.float32
        ),
    ]  # fmt: skip


def _in_order(vocabulary: Dict[str, int]) -> List[str]:
    return sorted(vocabulary, key=lambda part: vocabulary[part])
