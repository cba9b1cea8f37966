"""Which findings a message speaks of, as a linear classifier sees it that sentences and the words files have taught.

The lexicon matches phrases; this weighs every run of two to five letters of the phonetic keys, so that a way of saying
it which nobody listed is still recognised. Figures and settings: docs/decisions/0007-second-reader.md.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

import numpy as np
import yaml
from joblib import Parallel, delayed
from scipy.sparse import csr_matrix, vstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from components.spelling import words

RASA = Path(__file__).resolve().parents[1]
SENTENCES = RASA / "data_findings"
WORDS = RASA.parent / "words"

LEAST_TIMES = 3
"""Examples that a run of letters, or a finding, must occur in to be learnt."""
SENTENCE_WEIGHT = 4.0
"""What a sentence counts beside a phrase."""
OTHERS = 8_000
"""Phrases of other findings that each finding is told apart from; all sentences are used."""
LEAST_WEIGHT = 0.05
"""Smaller coefficients are left out of the kept model."""
SMALLEST = 0.0005
"""Probabilities below this are not told."""


class Example(NamedTuple):
    """A text and the findings that it says are there."""

    text: str
    present: Tuple[str, ...]
    weight: float


def sounds(text: str) -> str:
    """The keys of a message's words, the same in both scripts."""
    return " ".join(word.key for word in words(text) if word.key)


def sentences(folder: Path = SENTENCES) -> Iterator[Example]:
    """The labelled sentences."""
    for path in sorted(folder.glob("*.yaml")):
        for entry in _loaded(path):
            yield Example(entry["text"], tuple(entry["present"]), SENTENCE_WEIGHT)


def phrases(folder: Path = WORDS) -> Iterator[Example]:
    """Every phrase of the words files; what is listed as idiom or denial says that nothing is there."""
    for path in sorted(folder.glob("*.yaml")):
        for code, entry in _loaded(path).items():
            for language in ("bn", "latin", "en"):
                yield from (Example(_plain(phrase), (code,), 1.0) for phrase in entry.get(language, ()))
            for language in ("not", "denied"):
                yield from (Example(_plain(phrase), (), 1.0) for phrase in entry.get(language, ()))


def digest() -> str:
    """One hash over everything that is learnt from, and over how."""
    total = hashlib.sha256()
    for path in [*sorted(SENTENCES.glob("*.yaml")), *sorted(WORDS.glob("*.yaml")), Path(__file__)]:
        total.update(path.read_bytes())
    return total.hexdigest()


def _loaded(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _plain(phrase: Any) -> str:
    return str(phrase).replace("...", " ")


def merged(examples: List[Example]) -> List[Example]:
    """One example for each row of sounds, with the findings of all that sound so; the heaviest decides."""
    rows: Dict[str, Example] = {}
    for example in examples:
        row = sounds(example.text)
        known = rows.get(row)
        if known is None or known.weight < example.weight:
            rows[row] = Example(row, example.present, example.weight)
        elif known.weight == example.weight:
            rows[row] = Example(row, tuple({*known.present, *example.present}), example.weight)
    return [rows[row] for row in sorted(rows) if row]


class Seen:
    """The classifier: runs of letters, how rare each is, and a column of coefficients and a base for each finding."""

    def __init__(
        self, runs: List[str], rarity: np.ndarray[Any, Any], coefficients: csr_matrix, base: Any, codes: List[str]
    ) -> None:
        self.runs, self.rarity, self.coefficients, self.base, self.codes = runs, rarity, coefficients, base, codes
        self._vectorizer = _vectorizer({run: at for at, run in enumerate(runs)})
        self._vectorizer.idf_ = rarity.astype(np.float64)

    def probabilities(self, text: str) -> Dict[str, float]:
        """How likely each finding is to be there, those above SMALLEST."""
        row = self._vectorizer.transform([sounds(text)])
        chances = 1 / (1 + np.exp(-((row @ self.coefficients).toarray()[0] + self.base)))
        return {self.codes[at]: round(float(chances[at]), 4) for at in np.flatnonzero(chances > SMALLEST)}

    def save(self, path: Path) -> None:
        """Keep it in one file."""
        kept = self.coefficients
        np.savez_compressed(
            path, runs=np.array("\n".join(self.runs)), rarity=self.rarity.astype(np.float16),
            data=kept.data.astype(np.float16), indices=kept.indices.astype(np.int16), indptr=kept.indptr,
            base=self.base.astype(np.float32), codes=np.array(self.codes),
        )  # fmt: skip

    @classmethod
    def load(cls, path: Path) -> Seen:
        """What `save` kept."""
        kept = np.load(path)
        runs, codes = str(kept["runs"]).split("\n"), [str(code) for code in kept["codes"]]
        numbers = (kept["data"].astype(np.float32), kept["indices"].astype(np.int32), kept["indptr"])
        return cls(runs, kept["rarity"], csr_matrix(numbers, shape=(len(runs), len(codes))), kept["base"], codes)


def _vectorizer(known: Optional[Dict[str, int]] = None) -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), min_df=LEAST_TIMES, sublinear_tf=True, vocabulary=known
    )


def fit(examples: List[Example]) -> Seen:
    """A classifier of these examples, the same each time."""
    rows = merged(examples)
    vectorizer = _vectorizer()
    matrix = vectorizer.fit_transform([row.text for row in rows])
    weight = np.array([row.weight for row in rows])
    times = Counter(code for row in rows for code in row.present)
    codes = sorted(code for code in times if times[code] >= LEAST_TIMES)
    others = weight == SENTENCE_WEIGHT
    others[np.random.RandomState(1).permutation(len(rows))[:OTHERS]] = True
    fitted = Parallel(n_jobs=2, prefer="threads")(
        delayed(_column)(matrix, np.array([code in row.present for row in rows]), weight, others) for code in codes
    )
    return Seen(
        list(vectorizer.get_feature_names_out()),
        vectorizer.idf_,
        csr_matrix(vstack([column for column, _ in fitted]).T),
        np.array([base for _, base in fitted]),
        codes,
    )


def _column(matrix: csr_matrix, there: Any, weight: Any, others: Any) -> Tuple[csr_matrix, float]:
    """One finding's coefficients, the small ones left out, and its base."""
    used = there | others
    model = LogisticRegression(C=8, class_weight={False: 1, True: 3}, solver="liblinear")
    model.fit(matrix[used], there[used], sample_weight=weight[used])
    kept = model.coef_[0].astype(np.float32)
    kept[np.abs(kept) < LEAST_WEIGHT] = 0
    return csr_matrix(kept), float(model.intercept_[0])
