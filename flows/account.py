"""Who is writing: language, notice and consent, and what a person may ask about their own data."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from flows.actions import AcceptInvitation, Account, AskForHuman, Forget, GiveConsent, RefuseConsent, SetLanguage
from flows.phones import phone_args
from flows.pin import new_pin
from flows.privacy_notice import flipped, itemised, notice, toggles
from flows.talk import Ask, Choice, Do, Flow, Say


def language_choices() -> tuple[Choice, ...]:
    """Each language in its own script."""
    return Choice("bn", "বাংলা"), Choice("en", "English")


def welcome(account: dict[str, Any]) -> Flow[bool]:
    """Language and consent, asked once. True if the person agreed."""
    if account["consented"]:
        return True
    return (yield from consent(account["lang"] or (yield from ask_language())))


def ask_language() -> Flow[str]:
    """The language to talk in, chosen or told by the first words."""
    chosen = yield Ask("language", choices=language_choices(), reads=lambda heard: heard.language)
    yield Do(SetLanguage(chosen))
    return str(chosen)


def consent(lang: str) -> Flow[bool]:
    """The notice, each purpose on its own line; the other language is one tap away."""
    answer = lang
    while answer in ("bn", "en"):
        other = tuple(choice for choice in language_choices() if choice.id != answer)
        agree = (Choice("yes", {"t": "choice.agree"}), Choice("no", {"t": "choice.refuse"}))
        choose = Choice("choose", {"t": "choice.choose_purposes"})
        args = phone_args() | {"purposes": itemised()}
        answer = yield Ask("consent", "yes_no", (*agree, choose, *other), args=args)
        if answer in ("bn", "en"):
            yield Do(SetLanguage(answer))
    if answer == "no":
        yield Do(RefuseConsent(notice().version))
        return False
    given = tuple(notice().purposes) if answer == "yes" else (yield from _chosen())
    if not given:
        yield Do(RefuseConsent(notice().version))
        return False
    yield Do(GiveConsent(notice().version, given))
    return True


def _chosen() -> Flow[tuple[str, ...]]:
    """The purposes that are agreed to, one tap each; none where one is left out that nothing can be done without."""
    given = notice().needed
    while (one := (yield Ask("privacy", choices=(*toggles(given), Choice("done", {"t": "choice.done"}))))) != "done":
        given = flipped(given, str(one))
    return given if set(notice().needed) <= set(given) else ()


def guessed(language: str) -> Generator[Do, Any, None]:
    """The language of the first words is the one to answer in, until the person says otherwise."""
    yield Do(SetLanguage(language))


def withdraw() -> Flow[None]:
    """The notice again, with withdrawing as easy as agreeing was."""
    account = yield Do(Account())
    if (yield from consent(account["lang"] or "bn")):
        yield Say("consent.kept")
    else:
        yield Say("consent.withdrawn")


def language(to: str | None = None) -> Flow[None]:
    """Change the language, at any time."""
    if to:
        yield Do(SetLanguage(to))
    else:
        yield from ask_language()
    yield Say("language.changed")


def start(code: str | None = None) -> Flow[None]:
    """An invitation link: /start CODE makes the one who holds it a doctor, ASHA or coordinator."""
    account = yield Do(Account())
    if not account["lang"]:
        yield from ask_language()
    accepted = yield Do(AcceptInvitation(code or ""))
    if accepted:
        yield Say(f"invitation.{accepted['role']}", {"name": accepted["name"]})
        yield from new_pin(must=True)
    else:
        yield Say("invitation.refused")


def human() -> Flow[None]:
    """Somebody wants to talk to a person."""
    yield Do(AskForHuman())
    yield Say("human.asked", phone_args())


def forget() -> Flow[None]:
    """Erasure: everything is restricted at once."""
    sure = yield Ask("forget", "yes_no", (Choice("yes", {"t": "choice.forget"}), Choice("no", {"t": "choice.keep"})))
    if sure == "yes":
        yield Do(Forget())
        yield Say("forget.done")
    else:
        yield Say("forget.kept")
