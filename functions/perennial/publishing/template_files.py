"""Reads `content/templates/**`: `<name>.mjml` or `.html` with its front matter, `<name>.txt` and `<name>.sms`.

---
subject: Still thinking about {{ items[0].title }}?
preheader: It is in stock.
---
<!doctype html> ...
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from jinja2 import Environment, TemplateNotFound, TemplateSyntaxError, meta

from perennial.publishing.mjml.compiling import compile_mjml
from perennial.publishing.mjml.pieces import Piece, Spoiled, cut
from perennial.publishing.problems import Problem, did_you_mean, known_are, nearest, one_of
from perennial.rendering.templates import Templates, translations
from perennial.rendering.values import FILTERS, TESTS

LARGEST = 256 * 1024
_FOLDER = "templates/"
_PARTS = {".mjml": "html", ".html": "html", ".txt": "text", ".sms": "sms", ".push": "push"}
_MJML = ".mjml"
_PARTIALS = "templates/partials/"
_WITH_FRONT = (".html", _MJML)
_IGNORED = (".json", ".md")  # samples and notes beside a template
_FRONT = ("subject", "preheader")
_FENCE = "---"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*(\.[a-z]{2,3}(-[a-z0-9]{2,4})?)?")
_UNKNOWN = re.compile(r"No (filter|test) named '(\w+)'")
_PARSER = Environment(autoescape=True)


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
    """parts: template -> part (subject, preheader, html, text, sms) -> Jinja source. places: of each part.

    mjml: file -> its pieces, without front matter; partials among them are compiled where they are used.
    """

    parts: dict[str, dict[str, str]] = field(default_factory=dict)
    mjml: dict[str, list[Piece]] = field(default_factory=dict)
    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, name: str, part: str, source: str, place: Place) -> None:
        """Keep a part."""
        self.parts.setdefault(name, {})[part] = source
        self.places[name, part] = place


def read_templates(files: Mapping[str, bytes]) -> TemplateSources:
    """The templates among the files of a content folder (paths as in "templates/browse/reminder.html")."""
    sources = TemplateSources()
    for path in sorted(files):
        if path.startswith(_FOLDER) and not path.endswith(_IGNORED):
            _read(sources, path, files[path])
    _compile(sources)
    sources.problems += _misformed(sources)
    return sources


def _read(sources: TemplateSources, path: str, data: bytes) -> None:
    ending = PurePosixPath(path).suffix
    name = _named(path)
    if problem := _unfit(path, name, ending, data):
        sources.problems.append(problem)
        return
    text = data.decode("utf-8-sig").replace("\r\n", "\n")
    if ending in _WITH_FRONT and text.startswith(_FENCE):
        _read_front(sources, name, path, text)
    else:
        _add(sources, name, path, text, 0)


def _add(sources: TemplateSources, name: str, path: str, text: str, lines_before: int) -> None:
    """A part, or the MJML of one, which waits until all files are read."""
    part = _PARTS[PurePosixPath(path).suffix]
    if path.endswith(_MJML):
        if (name, part) in sources.places and sources.places[name, part].file != path:
            other = sources.places[name, part].file
            sources.problems.append(Problem(path, 0, "", f"{other} is there too. Keep one of them."))
        try:
            sources.mjml[path] = cut(text, path, lines_before)
        except Spoiled as spoiled:
            sources.problems.append(spoiled.problem)
    else:
        sources.add(name, part, text, Place(path, lines_before))


class _Partials:
    """Looks up partials for one template: in its own language first."""

    def __init__(self, mjml: Mapping[str, list[Piece]], template: str) -> None:
        self._mjml = {_named(path): pieces for path, pieces in mjml.items()}
        self._language = template.partition(".")[2]

    def __call__(self, name: str) -> list[Piece] | None:
        stem = name.removesuffix(_MJML)
        return next(filter(None, (self._mjml.get(each) for each in translations(stem, self._language))), None)


def _compile(sources: TemplateSources) -> None:
    """Everything in MJML that is a mail of its own."""
    for path, pieces in sources.mjml.items():
        if path.startswith(_PARTIALS):
            continue
        compiled = compile_mjml(pieces, _Partials(sources.mjml, _named(path)))
        sources.problems += compiled.problems
        if not compiled.problems:
            name = _named(path)
            sources.add(name, "html", compiled.html, Place(path, 0, compiled.places))


def _named(path: str) -> str:
    """The template's name: its path, with the language of a translation in small letters ("browse/reminder.pt-br")."""
    stem, dot, language = path.removeprefix(_FOLDER).removesuffix(PurePosixPath(path).suffix).partition(".")
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


def _misformed(sources: TemplateSources) -> Iterator[Problem]:
    """Parts that Jinja cannot compile, and parts that build on others that are not there."""
    templates = Templates(sources.parts)
    for (name, part), place in sources.places.items():
        try:
            templates.compile(name, part)
            yield from _broken_references(sources, name, part, place)
        except TemplateSyntaxError as error:
            yield Problem(*place.at(error.lineno), _key(part), _remedy(error))
        except RecursionError:
            yield Problem(*place.at(1), _key(part), "this is nested too deeply.")


def _key(part: str) -> str:
    return part if part in _FRONT else ""


def _remedy(error: TemplateSyntaxError) -> str:
    said = str(error.message)
    if unknown := _UNKNOWN.search(said):
        kind, word = unknown[1], unknown[2]
        choices = [each for each in (FILTERS if kind == "filter" else TESTS) if each != "counted"]
        hint = did_you_mean(word, choices) or known_are(sorted(choices))
        return f"there is no {kind} '{word}'.{hint}"
    if "got ':'" in said:
        return f"{said}. Values of filters stand in brackets here: default('there'), not default: 'there'."
    return f"{said.rstrip('.')}."


def references(source: str) -> set[str | None]:
    """Jinja names of the parts that a source extends, includes or imports; None for one that is computed."""
    return set(meta.find_referenced_templates(_PARSER.parse(source)))


def _broken_references(sources: TemplateSources, name: str, part: str, place: Place) -> Iterator[Problem]:
    there = {f"{each}.{its_part}" for each, its_part in sources.places}
    for reference in references(sources.parts[name][part]):
        if reference is None:
            text = "the names of partials cannot be computed. Write them out."
            yield Problem(*place.at(1), _key(part), text)
        elif _as_part(reference) not in there:
            where = place.at(_line_of(reference, sources.parts[name][part]))
            near = nearest(reference, there)
            hint = f"Did you mean '{near}'?" if near else f"Add {_FOLDER}{reference}."
            yield Problem(*where, _key(part), f"there is no '{reference}'. {hint}")


def _as_part(reference: str) -> str:
    return reference.removesuffix(".txt") + ".text" if reference.endswith(".txt") else reference


def _line_of(reference: str, source: str) -> int:
    return source.count("\n", 0, max(0, source.find(reference))) + 1


def mentions(sources: TemplateSources, name: str, part: str, word: str) -> bool:
    """Whether the part, or one it builds on, names `word`."""
    waiting, seen = [f"{name}.{part}"], set[str]()
    while waiting:
        current = waiting.pop()
        seen.add(current)
        owner, _, its_part = _as_part(current).rpartition(".")
        source = sources.parts.get(owner, {}).get(its_part, "")
        if word in source:
            return True
        waiting += [each for each in _safe_references(source) if each not in seen]
    return False


def _safe_references(source: str) -> list[str]:
    try:
        return [each for each in references(source) if each]
    except (TemplateSyntaxError, TemplateNotFound, RecursionError):
        return []
