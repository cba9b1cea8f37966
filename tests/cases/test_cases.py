"""Clinical cases through the whole conversation: from the opening to the outcome, answered as the patient would.

- name: stiff neck with fever
  opening: "amar jor ar ghar shokto"
  age_years: 25
  sex: male                     # pregnant: true where it is so
  present: [fever, stiff_neck]  # everything else is answered "no"
  values: {duration_days: 2}
  accept: [emergency, emergency_ambulance]
  specialty: [general_medicine] # left out: any
  source: "document and place"
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.findings import findings
from flows.protocol import LEVELS
from tests.driving import Service

HERE = Path(__file__).parent
CASES = [(path, case) for path in sorted(HERE.glob("*.yaml")) for case in yaml.safe_load(path.read_text("utf-8"))]
QUESTIONS_AT_MOST = 25
KEYS = {"name", "opening", "age_years", "sex", "pregnant", "present", "values", "accept", "specialty", "source"}


@pytest.mark.parametrize(("path", "case"), CASES, ids=[f"{path.stem}: {case['name']}" for path, case in CASES])
async def test_case(path: Path, case: dict[str, Any], service: Service) -> None:
    """The outcome is one of those that the case accepts."""
    assert set(case) <= KEYS and case["source"] and set(case["accept"]) <= set(LEVELS), f"{path}: {case['name']}"
    assert set(case["present"]) <= set(findings()), f"{path}: {case['name']}"
    said = await service.send(text=case["opening"])
    for _ in range(QUESTIONS_AT_MOST):
        if outcome := next((message["outcome"] for message in said if "outcome" in message), None):
            break
        said = await service.send(**answer(case, said[-1]))
    assert outcome is not None, f"no outcome within {QUESTIONS_AT_MOST} answers; last: {said[-1]['text']}"
    assert outcome["level"] in case["accept"], f"{case['name']}: {outcome}"
    assert outcome["specialty"] in case.get("specialty", [outcome["specialty"]]), f"{case['name']}: {outcome}"


def answer(case: dict[str, Any], message: dict[str, Any]) -> dict[str, Any]:
    """What the patient of this case answers to the question that stands."""
    asks = message["asks"]
    offered = [choice["id"] for choice in message.get("choices", ())]
    match asks["question"]:
        case "danger_signs":
            ticks = [choice["id"] for choice in message["choices"] if choice.get("finding") in case["present"]]
            return {"press": ticks or ["none"]}
        case "duration":
            days = case.get("values", {}).get("duration_days")
            return {"press": "dont_know"} if days is None else {"text": f"{days} days"}
        case "age":
            return {"text": age(case["age_years"])}
        case "sex":
            return {"press": case["sex"]}
        case "pregnant":
            recent = "recent_delivery" in case["present"]
            return {"press": "recent_delivery" if recent else "yes" if case.get("pregnant") else "no"}
        case "complaint":
            return {"text": case["opening"]}
    fixed = {"language": "en", "consent": "yes", "who": "other"}
    if asks["question"] in fixed:
        return {"press": fixed[asks["question"]]}
    assert "yes" in offered, f"{asks['question']} was not expected"
    return {"press": "yes" if asks["finding"] in case["present"] else "no"}


def age(years: float) -> str:
    """The age as people say it."""
    if years >= 2:
        return f"{int(years)}"
    return f"{round(years * 12)} months" if years >= 1 / 6 else f"{round(years * 365)} days"
