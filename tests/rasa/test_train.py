"""The stamp of the trained model: it is trained again when, and only when, what it is made from has changed."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from tests.rasa.conftest import PROJECT


@pytest.fixture
def train(tmp_path: Path) -> ModuleType:
    """train.py over a copy of the project, without its environment."""
    folder = tmp_path / "nlu" / "rasa"
    for name in ("normal.py", "phonetic.py", "endings.py", "lexicon.py"):
        (tmp_path / "nlu").mkdir(exist_ok=True)
        shutil.copy(PROJECT.parent / name, tmp_path / "nlu" / name)
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns(".venv", "models", ".rasa", "__pycache__"))
    spec = importlib.util.spec_from_file_location("copied_train", folder / "train.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "changed",
    ["config.yml", "domain.yml", "data/greet.yml", "components/tokens.py", "data_findings/mixed.yaml", "../normal.py"],
)
def test_a_change_of_a_source_asks_for_training(train: ModuleType, changed: str) -> None:
    before = train.fingerprint()
    assert train.fingerprint() == before
    path = train.HERE / changed
    path.write_text(path.read_text("utf-8") + "\n# changed\n", "utf-8")
    assert train.fingerprint() != before


def test_a_words_file_that_comes_asks_for_training(train: ModuleType) -> None:
    before = train.fingerprint()
    words = train.HERE.parent / "words"
    words.mkdir()
    (words / "chest.yaml").write_text("cough: {bn: [কাশি]}", "utf-8")
    assert train.fingerprint() != before


def test_a_lexicon_that_comes_asks_for_training(train: ModuleType) -> None:
    (train.HERE / "lexicon.json").unlink(missing_ok=True)
    before = train.fingerprint()
    (train.HERE / "lexicon.json").write_text("{}")
    assert train.fingerprint() != before


def test_a_model_of_these_sources_is_left_alone(train: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    train.MODEL.parent.mkdir()
    train.MODEL.touch()
    train.STAMP.write_text(train.fingerprint())
    assert train.main([]) == 0
    assert "up to date" in capsys.readouterr().out


def test_without_its_environment_it_says_what_to_do(train: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert train.main([]) == 1
    assert "make setup" in capsys.readouterr().err
