"""Reads `content/templates/**`: `<name>.mjml` or `.html` with its front matter, `<name>.txt` and `<name>.sms`.

---
subject: Still thinking about {{ items[0].title }}?
preheader: It is in stock.
---
<!doctype html> ...
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from perennial.publishing.mjml.pieces import Piece, Spoiled, cut
from perennial.publishing.mjml.protecting import Protected
from perennial.publishing.problems import Problem, did_you_mean, known_are, one_of
from perennial.rendering.sampling import unfit_sample

LARGEST = 256 * 1024
FOLDER = "templates/"
PARTIALS = "templates/partials/"
MJML = ".mjml"
SAMPLE = ".sample.json"
_PARTS = {".mjml": "html", ".html": "html", ".txt": "text", ".sms": "sms", ".push": "push"}
_WITH_FRONT = (".html", MJML)
_IGNORED = (".json", ".md")  # notes beside a template
_FRONT = ("subject", "preheader")
_FENCE = "---"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*(\.[a-z]{2,3}(-[a-z0-9]{2,4})?)?")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part stands: its file, and how many lines come before it.

    lines: of what was compiled from MJML, the file and line that each of its lines came from.
    """

    file: str
    lines_before: int = 0
    lines: Mapping[int, tuple[str, int]] | None = None

    def at(self, line: int) -> tuple[str, int]:
        """File and line of a line of the part's source, which counts from 1."""
        if self.lines is None:
            return self.file, self.lines_before + line
        return self.lines.get(line, (self.file, 0))


@dataclass(slots=True)
class TemplateSources:
    """parts: template -> part (subject, preheader, html, text, sms, push) -> Jinja source. places: of each part.

    mjml: file -> its pieces, without front matter; partials among them are compiled where they are used. samples: template
    -> what its sample file holds. behind: template -> all the files it is made of. closures: template -> all the parts it is
    made of, those of partials too. made: template -> its MJML as it was compiled. raw: file -> its text.
    """

    parts: dict[str, dict[str, str]] = field(default_factory=dict)
    mjml: dict[str, list[Piece]] = field(default_factory=dict)
    samples: dict[str, dict[str, Any]] = field(default_factory=dict)
    behind: dict[str, set[str]] = field(default_factory=dict)
    made: dict[str, Protected] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)
    closures: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, name: str, part: str, source: str, place: Place) -> None:
        """Keep a part."""
        self.parts.setdefault(name, {})[part] = source
        self.places[name, part] = place
        self.behind.setdefault(name, set()).add(place.file)


def read_sources(files: Mapping[str, bytes]) -> TemplateSources:
    """The templates among the files of a content folder, as written (paths as in "templates/browse/reminder.html")."""
    sources = TemplateSources()
    for path in sorted(files):
        if path.endswith(SAMPLE):
            _read_sample(sources, path, files[path])
        elif path.startswith(FOLDER) and not path.endswith(_IGNORED):
            _read(sources, path, files[path])
    return sources


def _read(sources: TemplateSources, path: str, data: bytes) -> None:
    ending = PurePosixPath(path).suffix
    name = named(path)
    sources.behind.setdefault(name, set()).add(path)
    if problem := _unfit(path, name, ending, data):
        sources.problems.append(problem)
        return
    text = sources.raw[path] = data.decode("utf-8-sig").replace("\r\n", "\n")
    if ending in _WITH_FRONT and text.startswith(_FENCE):
        _read_front(sources, name, path, text)
    else:
        _add(sources, name, path, text, 0)


def _add(sources: TemplateSources, name: str, path: str, text: str, lines_before: int) -> None:
    """A part, or the MJML of one, which waits until all files are read."""
    part = _PARTS[PurePosixPath(path).suffix]
    if path.endswith(MJML):
        if (name, part) in sources.places and sources.places[name, part].file != path:
            other = sources.places[name, part].file
            sources.problems.append(Problem(path, 0, "", f"{other} is there too. Keep one of them."))
        try:
            sources.mjml[path] = cut(text, path, lines_before)
        except Spoiled as spoiled:
            sources.problems.append(spoiled.problem)
    else:
        sources.add(name, part, text, Place(path, lines_before))


def _read_sample(sources: TemplateSources, path: str, data: bytes) -> None:
    """What is wrong with a sample says that the template was not tried: it is the template's problem too."""
    name = path.removeprefix(FOLDER).removesuffix(SAMPLE)
    sources.behind.setdefault(name, set()).add(path)
    try:
        sample = json.loads(data)
    except ValueError as error:
        line = getattr(error, "lineno", 0)
        text = (
            f"this is not JSON: {getattr(error, 'msg', 'not UTF-8')}. Check brackets, quotes and commas here."
        )
        sources.problems.append(Problem(path, line, "", text, "sample"))
        return
    if problem := unfit_sample(sample):
        sources.problems.append(Problem(path, 1, "", problem, "sample"))
    else:
        sources.samples[name] = sample


def named(path: str) -> str:
    """The template's name: its path, with the language of a translation in small letters ("browse/reminder.pt-br")."""
    stem, dot, language = path.removeprefix(FOLDER).removesuffix(PurePosixPath(path).suffix).partition(".")
    return f"{stem}{dot}{language.lower()}"


def _unfit(path: str, name: str, ending: str, data: bytes) -> Problem | None:
    if ending not in _PARTS:
        return Problem(path, 0, "", f"'{ending}' is not the ending of a template. Write {one_of(_PARTS)}.")
    if not _NAME.fullmatch(name):
        return Problem(path, 0, "", "rename it: small letters, digits, - and _ only.")
    if len(data) > LARGEST:
        return Problem(path, 0, "", f"the file has {len(data)} bytes; {LARGEST} is the most.")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return Problem(path, line, "", "this is not UTF-8 text. Save the file as UTF-8.")
    return None


def _read_front(sources: TemplateSources, name: str, path: str, text: str) -> None:
    lines = text.split("\n")
    end = next((index for index, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if end is None:
        text = "the block that begins with --- is not closed. Add a second line of --- after it."
        sources.problems.append(Problem(path, 1, "", text))
        return
    for number, line in enumerate(lines[1:end], 2):
        if line.strip():
            _read_front_line(sources, name, Place(path, number - 1), line)
    sources.parts.setdefault(name, {}).setdefault("preheader", "")
    _add(sources, name, path, "\n".join(lines[end + 1 :]), end + 1)


def _read_front_line(sources: TemplateSources, name: str, place: Place, line: str) -> None:
    key, colon, value = (part.strip() for part in line.partition(":"))
    problem = None
    if not colon or key not in _FRONT:
        problem = f"there is no key '{key}' here.{did_you_mean(key, _FRONT) or known_are(_FRONT)}"
    elif key in sources.parts.get(name, {}):
        problem = "this key stands twice. Keep one of them."
    elif not value:
        problem = f"nothing is written here. Write for example '{key}: Still thinking about it?'."
    if problem:
        sources.problems.append(Problem(place.file, place.lines_before + 1, key, problem))
    else:
        sources.add(name, key, _unquoted(value), place)


def _unquoted(value: str) -> str:
    """People quote out of habit; quotes around the whole are not meant to be seen."""
    quote, inner = value[0], value[1:-1]
    return inner if len(value) > 1 and quote in "'\"" and value[-1] == quote and quote not in inner else value
