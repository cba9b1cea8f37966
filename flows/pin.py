"""The PIN of a shared telephone, and that of staff: set, asked for, forgotten.

What is typed as a PIN never comes here: bot.pin_entry tries it first, and gives what came of it (Heard.pin).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flows.actions import Account
from flows.heard import Heard
from flows.pin_actions import ForgotPin, PinState, RemovePin, SetPin
from flows.talk import Ask, Choice, Do, Flow, Misfit, Say, Then

ASKED, NEW, AGAIN = "pin", "new_pin", "new_pin_again"
"""The questions whose answers are PINs."""
RIGHT, WRONG, WEAK, SAME, DIFFERS = "right", "wrong", "weak", "same", "differs"
"""What comes of what was typed; of a new one its hash."""
AT_ONCE = 20
"""Answers to the question for the PIN after which what was wished for is let go."""
_LEAVE = Choice("leave", {"t": "choice.leave"})
_FORGOT = Choice("forgot", {"t": "choice.forgot_pin"})


def behind_pin(flow: Callable[..., Flow[Any]]) -> Callable[..., Flow[Any]]:
    """The same flow, which begins only when the chat's PIN is given, if it has one."""

    def guarded(*args: Any, **kwargs: Any) -> Flow[Any]:
        if not (yield from opened()):
            return None
        return (yield from flow(*args, **kwargs))

    return guarded


def opened() -> Flow[bool]:
    """Whether what is personal may be shown: there is no PIN, it was given a short time ago, or it is given now."""
    for _ in range(AT_ONCE):
        state = yield Do(PinState())
        if not state["locked"]:
            return True
        if state["shut_until"]:
            yield Say("pin.shut", {"until": {"at": state["shut_until"]}})
        answer = yield Ask(ASKED, "text", (_FORGOT, _LEAVE), verbatim=True, reads=_typed)
        if answer == "forgot":
            yield from forgot()
            return False
        if answer == "leave":
            break
        if answer == WRONG:
            yield Say("pin.wrong")
    yield Say("pin.left")
    return False


def pin() -> Flow[None]:
    """Set, changed or removed."""
    state = yield Do(PinState())
    if not state["set"]:
        choices = (Choice("set", {"t": "choice.set_pin"}), _LEAVE)
        if (yield Ask("pin_offer", choices=choices)) == "leave":
            yield Say("pin.none")
        else:
            yield from new_pin()
        return
    if not (yield from opened()):
        return
    account = yield Do(Account())
    removes = () if account["role"] != "patient" else (Choice("remove", {"t": "choice.remove_pin"}),)
    wish = yield Ask("pin_menu", choices=(Choice("change", {"t": "choice.change_pin"}), *removes, _LEAVE))
    if wish == "change":
        yield from new_pin()
    elif wish == "remove":
        yield Say("pin.removed" if (yield Do(RemovePin())) else "pin.left")
    else:
        yield Say("pin.kept")


def new_pin(*, must: bool = False) -> Flow[bool]:
    """A PIN typed twice. `must`: there is no way round it."""
    leave = () if must else (_LEAVE,)
    while True:
        hash = yield Ask(NEW, "text", leave, "ask.new_pin_staff" if must else "", verbatim=True, reads=_new)
        if hash == "leave":
            yield Say("pin.kept")
            return False
        again = yield Ask(AGAIN, "text", leave, verbatim=True, reads=_typed)
        if again == "leave":
            yield Say("pin.kept")
            return False
        if again == SAME:
            done = yield Do(SetPin(hash))
            yield Say("pin.set_staff" if must else "pin.set") if done else Say("pin.left")
            return bool(done)
        yield Say("pin.differs")


def forgot() -> Flow[None]:
    """A code for whoever can see that it is they; or a day's wait."""
    made = yield Do(ForgotPin())
    if made is None:
        yield Say("pin.none")
        return
    code = str(made["code"])
    yield Say("pin.forgotten", {"code": f"{code[:4]} {code[4:]}", "when": {"at": made["falls_away"]}})


def staff_session() -> Flow[Then]:
    """A member of staff who has written nothing for long gives the PIN before anything of a patient is shown."""
    account, state = (yield Do(Account())), (yield Do(PinState()))
    if not state["set"]:
        done = yield from new_pin(must=True)
        return Then(account["role"] if done else "staff_session")
    if state["shut_until"]:
        yield Say("pin.shut_staff", {"until": {"at": state["shut_until"]}})
    if (yield Ask(ASKED, "text", text="ask.pin_staff", verbatim=True, reads=_typed)) == WRONG:
        yield Say("pin.wrong")
    state = yield Do(PinState())
    return Then("staff_session" if state["locked"] else account["role"])


def _typed(heard: Heard) -> Any:
    return heard.pin or Misfit("misfit.pin")


def _new(heard: Heard) -> Any:
    return Misfit("misfit.pin_weak") if heard.pin == WEAK else heard.pin or Misfit("misfit.pin")
