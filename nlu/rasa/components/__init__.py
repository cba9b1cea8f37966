"""Our own parts of Rasa's pipeline. They read with the same pure functions as the bot (`nlu.normal`, `nlu.lexicon`)."""

import sys
from pathlib import Path

# `rasa train`, `rasa test` and `rasa shell nlu` put only this folder on the path; `nlu` lies two folders up.
sys.path.append(str(Path(__file__).resolve().parents[3]))
