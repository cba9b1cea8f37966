"""The tokenizer: words in one form, whatever their encoding, with the key that both scripts share."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from components.spelling import Word, findings, words

FINDING = "=finding"
"""The mark beside a word that the lexicon takes for a finding: seen by the intent classifier."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class ReadingTokenizer(Tokenizer):
    """Tokens that keep their place in the message. `text` is the readable form; `lemma`, which the featurizer counts,
    adds the key and the finding mark; `pos`, which the CRF sees beside the word, is the key alone."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """What Rasa's tokenizers expect; intents are never split."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    @classmethod
    def create(cls, config: Dict[str, Any], *_: Any, **__: Any) -> ReadingTokenizer:
        """A tokenizer; nothing to load."""
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> List[Token]:
        """The tokens of one attribute (the text) of a message."""
        text = message.get(attribute)
        spans = findings(text)
        return [_token(word, any(s.start < word.end and word.start < s.end for s in spans)) for word in words(text)]


def _token(word: Word, in_finding: bool) -> Token:
    counted = " ".join(part for part in (word.form, word.key and "_" + word.key, FINDING if in_finding else "") if part)
    return Token(word.form, word.start, word.end, data={"pos": word.key or word.form}, lemma=counted)
