"""Entities named by finding codes: what the CRF marked, put into codes, and what the lexicon matched."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.entity_synonyms import EntitySynonymMapper
from rasa.shared.nlu.training_data.message import Message

from components.spelling import findings, words


def sound(text: str) -> str:
    """A phrase by its keys, so that one spelling that was taught names the others."""
    return " ".join(word.key or word.form for word in words(text))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class FindingNames(EntitySynonymMapper):
    """Puts the words of an entity into the code that was taught for words that sound like them, else into the code that
    the lexicon gives. Words that neither knows name no finding: the entity is dropped."""

    def process(self, messages: List[Message]) -> List[Message]:
        """Messages whose entities are codes."""
        for message in messages:
            named = [entity for entity in message.get("entities", []) if self._name(entity, message.get("text"))]
            message.set("entities", named, add_to_output=True)
        return messages

    def _name(self, entity: Dict[str, Any], text: str) -> bool:
        marked = text[entity["start"] : entity["end"]]
        code = self.synonyms.get(sound(marked)) or next((span.code for span in findings(marked)), None)
        entity["value"] = code
        return code is not None

    def _add_entities_if_synonyms(self, entity: str, synonym: Optional[str]) -> None:
        if synonym is not None:
            self.synonyms.setdefault(sound(entity), synonym)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LexiconFindings(GraphComponent):
    """Adds what the compiled lexicon matches. Denial is not read here; `nlu.read` does that on the same matches."""

    @classmethod
    def create(
        cls, config: Dict[str, Any], storage: ModelStorage, resource: Resource, context: ExecutionContext
    ) -> LexiconFindings:
        """The component; the lexicon is loaded at the first message."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Messages with an entity for each match."""
        for message in messages:
            message.set("entities", message.get("entities", []) + _entities(message.get("text")), add_to_output=True)
        return messages


def _entities(text: str) -> List[Dict[str, Any]]:
    return [
        {"entity": "finding", "value": span.code, "start": span.start, "end": span.end, "extractor": "LexiconFindings"}
        for span in findings(text)
    ]
