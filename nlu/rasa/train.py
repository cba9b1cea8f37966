"""Trains the Rasa model if anything that it is made from has changed. Needs any python3 and the standard library.

    python3 nlu/rasa/train.py            (from anywhere; --force trains in any case)

Exit 0: the model fits its sources. Exit 1: it could not be trained, and one sentence says what to do.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PYTHON = HERE / ".venv" / "bin" / "python"
MODEL = HERE / "models" / "ingit-nlu.tar.gz"
STAMP = HERE / "models" / "ingit-nlu.sha256"
LOG = HERE / "models" / "train.log"

QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
    "PYTHONWARNINGS": "ignore",
    "PYTHONUNBUFFERED": "1",
    "PYTHONHASHSEED": "0",
}


def sources() -> list[Path]:
    """Every file that the model is made from: the lexicon too, if it was compiled."""
    reading = [HERE.parent / name for name in ("bare.py", "normal.py", "phonetic.py", "endings.py", "lexicon.py")]
    taught = [*(HERE / "data").glob("*.yml"), *(HERE / "data_findings").glob("*.yaml")]
    parts = [*taught, *(HERE.parent / "words").glob("*.yaml"), *(HERE / "components").glob("*.py"), *reading]
    named = [HERE / name for name in ("config.yml", "domain.yml", "requirements.lock", "lexicon.json")]
    return sorted(path for path in [*parts, *named] if path.exists())


def fingerprint() -> str:
    """One hash over all sources, names included."""
    digest = hashlib.sha256()
    for path in sources():
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def stands(wanted: str) -> bool:
    """Whether the model there was made from these sources."""
    return MODEL.exists() and STAMP.exists() and STAMP.read_text().strip() == wanted


def train() -> int:
    """Rasa's own training, its lines kept in a log and its steps shown. The exit code of Rasa."""
    MODEL.parent.mkdir(exist_ok=True)
    command = [
        str(PYTHON),
        "-m",
        "rasa",
        "train",
        "nlu",
        "--nlu",
        "data",
        "--config",
        "config.yml",
        "--domain",
        "domain.yml",
    ]
    command += ["--out", "models", "--fixed-model-name", "ingit-nlu"]
    with LOG.open("w", encoding="utf-8") as log, subprocess.Popen(
        command, cwd=HERE, env={**os.environ, **QUIET}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, encoding="utf-8", errors="replace",
    ) as running:  # fmt: skip
        assert running.stdout is not None
        for line in running.stdout:
            log.write(line)
            if "Starting to train component" in line:
                print("  training " + line.split("'")[1], flush=True)
    return running.returncode


def fail(sentence: str) -> int:
    """Say what to do."""
    print(sentence, file=sys.stderr)
    return 1


def main(arguments: list[str]) -> int:
    """Train where needed."""
    wanted = fingerprint()
    if stands(wanted) and "--force" not in arguments:
        print("The Rasa model is up to date.")
        return 0
    if not PYTHON.exists():
        return fail("The environment of Rasa is missing: run `make setup`.")
    print("Training the Rasa model (about a minute) ...", flush=True)
    started = time.monotonic()
    STAMP.unlink(missing_ok=True)
    if train() != 0 or not MODEL.exists():
        return fail(
            f"Rasa could not be trained: the reason is at the end of {LOG}; mend it and run `make setup` again."
        )
    STAMP.write_text(wanted + "\n")
    print(f"Trained in {time.monotonic() - started:.0f} s.")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(fail("Stopped; the Rasa model is not trained. Run make again to train it."))
