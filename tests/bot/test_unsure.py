"""A wish that Rasa only half heard is asked about, never guessed at."""

from __future__ import annotations

from pathlib import Path

from nlu.reading import RasaReading
from tests.driving import Service

WORDS = "oi je seta ar ki"


class Says:
    """A Rasa of one opinion."""

    state = None

    def __init__(self, intent: str, confidence: float) -> None:
        self.opinion = RasaReading(intent, confidence)

    async def parse(self, text: str) -> RasaReading | None:
        """The opinion, whatever the text."""
        return self.opinion


async def test_an_unsure_wish_is_asked_about_and_a_faint_one_is_none(template: Path, tmp_path: Path) -> None:
    for confidence, asked in ((0.45, True), (0.1, False)):
        service = Service(template, tmp_path, Says("my_appointments", confidence))
        said = [one.get("id") for one in await service.send(text=WORDS)]
        assert ("meant.my_appointments" in said) is asked
        assert any(str(one).startswith(("ask.", "meant.")) for one in said), "a question, whatever was heard"
        service.close()


async def test_yes_follows_the_wish_and_no_lets_it_be(template: Path, tmp_path: Path) -> None:
    service = Service(template, tmp_path, Says("my_appointments", 0.45))
    await service.send(text=WORDS)
    assert "bookings.none" in [one.get("id") for one in await service.send(press="yes")]
    await service.send(text=WORDS)
    assert "bookings.none" not in [one.get("id") for one in await service.send(press="no")]
    service.close()
