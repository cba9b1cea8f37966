"""The second reader in Rasa's pipeline: which findings a message speaks of, beside what the lexicon matched."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.seen import SENTENCE_WEIGHT, Example, Seen, digest, fit, phrases, sentences
from components.spelling import findings

FINDINGS_SEEN = "findings_seen"
"""The attribute of a message, and the key in the server's answer: {finding code: probability}."""


def wishes(training_data: TrainingData) -> Iterator[Example]:
    """Rasa's sentences that tell of no illness: nothing is there in them."""
    for message in training_data.intent_examples:
        text = message.get("text")
        if message.get("intent") != "report_symptoms" and not message.get("entities") and not findings(text):
            yield Example(text, (), SENTENCE_WEIGHT)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SecondReader(GraphComponent):
    """Tells how likely each finding is. Taught by `data_findings` and `nlu/words`, and by what Rasa's own
    sentences say when they tell of no illness."""

    FILE = "seen.npz"

    def __init__(self, model_storage: ModelStorage, resource: Resource, seen: Optional[Seen] = None) -> None:
        self._storage, self._resource, self._seen = model_storage, resource, seen

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SecondReader:
        """A component that has learnt nothing yet."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> SecondReader:
        """The component as it was trained."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, Seen.load(folder / cls.FILE))

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> str:
        """What it is taught by, so that Rasa's cache keeps nothing that was taught by something else."""
        return digest()

    def train(self, training_data: TrainingData) -> Resource:
        """Learn, and keep it."""
        self._seen = fit([*phrases(), *sentences(), *wishes(training_data)])
        with self._storage.write_to(self._resource) as folder:
            self._seen.save(folder / self.FILE)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Unchanged: nothing that is trained after this needs it."""
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Messages with the findings seen."""
        for message in messages:
            seen = self._seen.probabilities(message.get("text") or "") if self._seen else {}
            message.set(FINDINGS_SEEN, seen, add_to_output=True)
        return messages
