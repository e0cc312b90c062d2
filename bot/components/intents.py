"""The intent classifier: words and letter groups by tf-idf, one logistic regression. Milliseconds, half a megabyte.

Measured beside Rasa's default (DIET): better on little data, a hundredth of its training time (docs/adr/0012).
"""

from __future__ import annotations

import logging
import re
from typing import Any, Dict, List, Text

import numpy as np
import skops.io
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline

from bot.components.normalize import normalize, without_facts

logger = logging.getLogger(__name__)

RANKING_LENGTH = 10
# What somebody wants, said beside the facts that prove who he is, is wanted; a greeting beside them is not.
_NO_NEED = frozenset({"inform", "greet", "goodbye", "thank", "affirm", "deny", "help", "repeat", "out_of_scope"})
_SURE_OF_NEED = 0.55
FILE = "classifier.skops"
# A person is one word away (processes.md, rule 5): these need no statistics.
_ATTENDANT = re.compile(
    r"^\W*(?:(?:quero|preciso(?: de)?|chama(?: o| a| um| uma)?|falar com)\s+)?"
    r"(?:(?:o|a|um|uma)\s+)?(?:atendentes?|atendimento humano|humano|pessoa(?: de verdade)?|operadora?"
    r"|gente de verdade)\W*$"
)


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class ZeloIntentClassifier(GraphComponent):
    """Learns intents from the training data and ranks them for a message."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """`C` is the regression's inverse regularization."""
        return {"C": 30.0}

    def __init__(self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._model: Any = None

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "ZeloIntentClassifier":
        """Rasa's constructor."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fits on every example that has an intent and keeps the result."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        texts = [normalize(example.get(TEXT)) for example in examples]
        self._model = _pipeline(self._config["C"]).fit(texts, [example.get(INTENT) for example in examples])
        with self._storage.write_to(self._resource) as folder:
            skops.io.dump(self._model, folder / FILE)
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "ZeloIntentClassifier":
        """A component from a trained model. The file is our own: it is trusted as our code is."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            path = folder / FILE
            component._model = skops.io.load(path, trusted=skops.io.get_untrusted_types(file=path))
        return component

    def process(self, messages: List[Message]) -> List[Message]:
        """Puts the intent and the ranking into each message."""
        for message in messages:
            ranking = self._rank(message.get(TEXT) or "")
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _rank(self, text: Text) -> List[Dict[Text, Any]]:
        plain = normalize(text)
        if _ATTENDANT.match(plain):
            return [{"name": "talk_to_attendant", "confidence": 1.0}]
        if not plain or self._model is None:
            return [{"name": None, "confidence": 0.0}]
        need = without_facts(text)
        if need:
            ranking = self._rank_plain(normalize(need))
            if ranking[0]["name"] not in _NO_NEED and ranking[0]["confidence"] >= _SURE_OF_NEED:
                return ranking
        return self._rank_plain(plain)

    def _rank_plain(self, plain: Text) -> List[Dict[Text, Any]]:
        probabilities = self._model.predict_proba([plain])[0]
        order = np.argsort(probabilities)[::-1][:RANKING_LENGTH]
        return [{"name": str(self._model.classes_[i]), "confidence": float(probabilities[i])} for i in order]


def _pipeline(inverse_regularization: float) -> Pipeline:
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\S+")  # noqa: S106 (no password)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)
    regression = LogisticRegression(C=inverse_regularization, class_weight="balanced", max_iter=400)
    return Pipeline([("features", FeatureUnion([("words", words), ("letters", letters)])), ("regression", regression)])
