"""Trains each pipeline on the training sentences and measures it on sentences it has not seen, side by side.

    nlu/rasa/.venv/bin/python nlu/rasa/compare.py [NAME ...] --on tests/sentences/*.yaml

Pipelines: config.yml ("chosen") and each file of pipelines/. Printed: training time, intent accuracy by way of writing,
findings named (recall of those said to be there), median time to parse, memory. Each in a process of its own.
"""

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml
from train import HERE, QUIET

PIPELINES = {"chosen": HERE / "config.yml", **{path.stem: path for path in sorted((HERE / "pipelines").glob("*.yml"))}}


def main():
    """The table, a row a pipeline."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help=f"of {', '.join(PIPELINES)}; all if none is named")
    parser.add_argument("--on", nargs="+", type=Path, required=True, help="files of sentences (docs/measuring.md)")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)  # in the child: the pipeline to measure
    given = parser.parse_args()
    if unknown := [name for name in given.names if name not in PIPELINES]:
        parser.error(f"no pipeline {unknown[0]!r}; there are {', '.join(PIPELINES)}")
    if missing := [path for path in given.on if not path.exists()]:
        parser.error(f"{missing[0]} is not there; name files of tests/sentences")
    if given.one:
        print(json.dumps(measure(given.one, given.on)))
        return
    languages = sorted({sentence["lang"] for path in given.on for sentence in yaml.safe_load(path.read_text("utf-8"))})
    head = ["pipeline", "train s", "all", *languages, "findings", "p50 ms", "MB"]
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head), flush=True)
    for name in given.names or PIPELINES:
        row = in_a_child(name, given.on)
        intents = [f"{row['intent'].get(language, 0):.3f}" for language in ("all", *languages)]
        cells = [name, f"{row['train_s']:.0f}", *intents, f"{row['findings']:.3f}", f"{row['p50_ms']:.1f}", row["mb"]]
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def in_a_child(name, files):
    """One pipeline's figures, measured in a process that did nothing else."""
    command = [sys.executable, __file__, "--one", str(PIPELINES[name]), "--on", *map(str, files)]
    done = subprocess.run(command, env={**os.environ, **QUIET}, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{name}: could not be measured. {done.stderr.strip().splitlines()[-1:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def measure(config, files):
    """Figures of one pipeline."""
    sentences = [sentence for path in files for sentence in yaml.safe_load(path.read_text("utf-8"))]
    with tempfile.TemporaryDirectory() as folder:
        train = [sys.executable, "-m", "rasa", "train", "nlu", "--nlu", "data", "--config", str(config), "--domain"]
        train += ["domain.yml", "--out", folder, "--fixed-model-name", "tried"]
        started = time.monotonic()
        subprocess.run(train, cwd=HERE, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        took = time.monotonic() - started
        return {"train_s": took, **asyncio.run(parsed(Path(folder) / "tried.tar.gz", sentences))}


async def parsed(model, sentences):
    """Accuracy, time and memory of a trained model."""
    from rasa.core.agent import Agent

    os.chdir(HERE)
    agent = Agent.load(str(model))
    right, times, named, there = {}, [], 0, 0
    for sentence in sentences:
        started = time.perf_counter()
        reading = await agent.parse_message(sentence["text"])
        times.append((time.perf_counter() - started) * 1000)
        for language in (sentence["lang"], "all"):
            right.setdefault(language, []).append(reading["intent"]["name"] == sentence["intent"])
        found = {entity.get("value") for entity in reading["entities"] if entity["entity"] == "finding"}
        there += len(sentence.get("present", ()))
        named += len(found & set(sentence.get("present", ())))
    return {
        "intent": {language: statistics.mean(one) for language, one in right.items()},
        "findings": named / max(there, 1),
        "p50_ms": statistics.median(times[len(times) // 10 :]),
        "mb": peak_mb(),
    }


def peak_mb():
    """The most memory this process has held, in MB."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text()).group(1)) // 1024


if __name__ == "__main__":
    main()
