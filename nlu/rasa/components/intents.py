"""The intent classifier: Rasa's logistic regression on rows of one length."""

from __future__ import annotations

from typing import Any, Dict, List

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix
from sklearn.preprocessing import normalize


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class EvenRegression(LogisticRegressionClassifier):
    """Counts are damped (1 + log) and each message scaled to length one, so that a long message is no surer than a
    short one and the confidence can be trusted as a threshold. `C`: the inverse weight of the penalty."""

    def __init__(self, config: Dict[str, Any], *args: Any) -> None:
        super().__init__(config, *args)
        self.clf.set_params(C=float(self.config["C"]))

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Rasa's own, and `C`."""
        return {**LogisticRegressionClassifier.get_default_config(), "C": 30.0}

    def _create_X(self, messages: List[Message]) -> csr_matrix:
        rows = super()._create_X(messages).astype(np.float64).tocsr()
        rows.data = 1.0 + np.log(rows.data)
        return normalize(rows, copy=False)
