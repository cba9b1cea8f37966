"""Clinical cases through the whole conversation: from the opening to the outcome, answered as the patient would."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.evaluation.cases import Case, load_cases
from bot.evaluation.triage import Conversations, conversations

QUESTIONS_AT_MOST = 25
CASES = load_cases(sorted(Path(__file__).parent.glob("*.yaml")))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service() -> AsyncIterator[Conversations]:
    async with conversations() as service:
        yield service


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.asyncio(loop_scope="module")
async def test_case(case: Case, service: Conversations) -> None:
    """The outcome is one of those that the case accepts."""
    ended = await service.play(case)
    assert ended.outcome is not None, ended.problem
    assert len(ended.asked) <= QUESTIONS_AT_MOST, ended.asked
    assert ended.outcome["level"] in case.accept, ended.outcome
    assert ended.outcome["specialty"] in (case.specialty or (ended.outcome["specialty"],)), ended.outcome
