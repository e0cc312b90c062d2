"""Cross-validation on the training data, and how much the development set looks like it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from benchmarks.nlu.messages import Message
from bot.components.normalize import normalize
from bot.components.ranking import IntentModel


def cross_validate(
    model: Callable[[], IntentModel], messages: Sequence[Message], folds: int
) -> tuple[float, float, float]:
    """Accuracy, macro-F1 and first-three of each message as the model says that did not see its fold."""
    texts, intents = [m.text for m in messages], np.array([m.intent for m in messages])
    said: list[str] = [""] * len(messages)
    among_three = 0
    for number, (seen, held) in enumerate(StratifiedKFold(folds, shuffle=True, random_state=0).split(texts, intents)):
        print(f"  fold {number + 1} of {folds}", flush=True)
        fitted = model().fit([texts[i] for i in seen], [str(intents[i]) for i in seen])
        for i, row in zip(held, fitted.probabilities([texts[i] for i in held]), strict=True):
            best = [fitted.labels[place] for place in np.argsort(row)[::-1][:3]]
            said[i] = best[0]
            among_three += intents[i] in best
    right = float(np.mean(np.array(said) == intents))
    return right, float(f1_score(intents, said, average="macro")), among_three / len(messages)


def likeness(training: Sequence[Message], messages: Sequence[Message]) -> list[tuple[float, str, str]]:
    """For each message the cosine of letter groups with the training message nearest to it, the nearest pairs first."""
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    known = letters.fit_transform([normalize(m.text) for m in training])
    near = (letters.transform([normalize(m.text) for m in messages]) @ known.T).tocsr()
    found = []
    for i, message in enumerate(messages):
        row = near.getrow(i)
        place = int(row.indices[row.data.argmax()]) if row.nnz else 0
        found.append((float(row.max()) if row.nnz else 0.0, message.text, training[place].text))
    return sorted(found, reverse=True)
