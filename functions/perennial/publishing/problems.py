"""What is wrong with the marketers' files, in their words: file, line, key, and what to write instead."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from pydantic_core import PydanticCustomError

from perennial.errors import ContentError

Path = tuple[str | int, ...]
_SHOWN = 60


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """`line` counts from 1, 0 for the file as a whole; `key` as in "steps[1].wait", "" for none.

    rule: which rule of the lint says so, "" for what is no rule's. warning: it may go live all the same.
    """

    file: str
    line: int
    key: str
    text: str
    rule: str = ""
    warning: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        told = ": ".join(part for part in (place, self.key, self.text) if part)
        return f"{told} [{self.rule}]" if self.rule else told


def content_error(problems: Iterable[Problem]) -> ContentError:
    """One error that says all of them, in the order of the files."""
    told = sorted(set(problems))
    return ContentError("\n".join(map(str, told)), told)


def dotted(path: Path) -> str:
    """A path as people write it: steps[1].wait."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")


def shown(value: object) -> str:
    """A value as it stands in the file, short enough for a message."""
    if value is None:
        return "an empty value"
    if isinstance(value, str):
        return f"'{shortened(value)}'"
    return shortened(json.dumps(value, ensure_ascii=False, default=str))


def shortened(text: str) -> str:
    """At most some sixty characters on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 3] + "..."


def nearest(word: object, choices: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The choice that was probably meant."""
    near = get_close_matches(str(word).strip().lower(), list(choices), n=1, cutoff=cutoff)
    return near[0] if near else None


def did_you_mean(word: object, choices: Iterable[str]) -> str:
    """` Did you mean 'x'?` with a leading space, or nothing when no choice is near."""
    near = nearest(word, choices)
    return f" Did you mean '{near}'?" if near else ""


def one_of(choices: Iterable[str], word: str = "or") -> str:
    """`a, b or c`."""
    *most, last = choices
    return f"{', '.join(most)} {word} {last}" if most else last


def known_are(choices: Iterable[str]) -> str:
    """` Known are a, b and c.` with a leading space."""
    return f" Known are {one_of(choices, 'and')}."


def refusal(text: str, at: str | None = None) -> PydanticCustomError:
    """A validator's error in a marketer's words; `at` names the key inside the value that it is about."""
    return PydanticCustomError("content", "{text}", {"text": text, "at": at})
