"""What can go wrong, at random: a process dies before or after a call, an answer is lost, others write meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import wraps
from random import Random
from typing import Any

from perennial.errors import Conflict, InDoubt, Refused


class Died(BaseException):
    """The process is gone. No `except Exception` catches it, as none catches the end of a real one."""


class Lost(Exception):
    """The call was made, and its answer never came."""


class Trouble:
    """What happens around a call. share: of the calls that go wrong; happened: how often what did.

    meanwhile: what another worker does in between, called now and then before a document is written.
    """

    def __init__(self, chance: Random, share: float) -> None:
        self.chance, self.share = chance, share
        self.happened: Counter[str] = Counter()
        self.meanwhile: Callable[[], None] = lambda: None
        self._is_inside = False

    def around(self, port: Any, name: str) -> None:
        """From now on the port's method may be struck."""
        call = getattr(port, name)

        @wraps(call)
        def struck(*arguments: Any, **named: Any) -> Any:
            self._before()
            answer = call(*arguments, **named)
            self._after()
            return answer

        setattr(port, name, struck)

    def race(self, port: Any, name: str) -> None:
        """Before the port's method writes, somebody else may have written."""
        call = getattr(port, name)

        @wraps(call)
        def overtaken(*arguments: Any, **named: Any) -> Any:
            if not self._is_inside and self._is_struck(2):
                self._is_inside = True
                try:
                    self._count("another worker in between")
                    self.meanwhile()
                finally:
                    self._is_inside = False
            try:
                return call(*arguments, **named)
            except Conflict:
                self._count("conflict")
                raise

        setattr(port, name, overtaken)

    def at_the_provider(self, _message: object) -> None:
        """Before a message is accepted: throttled, lost on the way there, or the sender dies."""
        if self._is_struck(3):
            fate = self.chance.choice(("throttled", "lost before the provider", "died before the provider"))
            self._count(fate)
            if fate == "throttled":
                raise Refused("Throttling", permanent=False)
            if fate == "lost before the provider":
                raise InDoubt("ReadTimeout")
            raise Died

    def after_the_provider(self, _message: object) -> None:
        """After it was accepted: the answer is lost, or the sender dies."""
        if self._is_struck(3):
            self._count("answer of the provider lost")
            raise self.chance.choice((InDoubt("ReadTimeout"), Died()))

    def _before(self) -> None:
        if self._is_struck():
            self._count("died before a call")
            raise Died

    def _after(self) -> None:
        if self._is_struck():
            self._count("died after a call")
            raise Died
        if self._is_struck():
            self._count("answer lost")
            raise Lost("no answer")

    def _is_struck(self, times: float = 1) -> bool:
        return self.chance.random() < self.share * times

    def _count(self, what: str) -> None:
        self.happened[what] += 1
