"""From one `.mjml` file with its partials to HTML with Jinja in it, looked at on both sides of the compiler."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import mjml

from perennial.publishing.mjml.assembling import Load, assemble
from perennial.publishing.mjml.elements import structure
from perennial.publishing.mjml.pieces import Kind, Piece, Spoiled, cut, opens
from perennial.publishing.mjml.protecting import TOKEN, Protected, Token, Where, protect, restore, tokens_in
from perennial.publishing.problems import Problem

_POSITION = re.compile(r" in root template at position (\d+):\d+| in root template")
_MJML_START = re.compile(r"<mjml\b")
_NO_ROLE = re.compile(r"<table (?![^>]*\brole=)")
_LANGUAGE = re.compile(r' lang="[^"]*" dir="[^"]*"')
_PREVIEW = re.compile(r"(<body[^>]*>)<div (style=\"display:none;)")
_TAG_END = re.compile(r"([-+]?[%}]\})\Z")


@dataclass(slots=True)
class Compiled:
    """html: with Jinja. made: what was compiled. places: file and line by line of `html` (from 1), where a tag stands."""

    html: str = ""
    made: Protected | None = None
    places: dict[int, tuple[str, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def compile_mjml(pieces: Sequence[Piece], load: Load) -> Compiled:
    """The HTML of a file given in pieces; with problems there is none. load: the pieces of another file."""
    try:
        assembled = assemble(pieces, load)
        made = protect([*_named(assembled.pieces)])
    except Spoiled as spoiled:
        return Compiled(problems=[spoiled.problem])
    if not _MJML_START.search(made.source):
        file = pieces[0].file if pieces else ""
        text = 'a mail begins with <mjml>. Add it, or write {% extends "partials/layout.mjml" %}.'
        return Compiled(problems=[Problem(file, pieces[0].line if pieces else 1, "", text, "mjml")])
    if problems := structure(made):
        return Compiled(problems=problems)
    try:
        html = mjml.mjml2html(_body_only(made.source), fonts={})  # none that is fetched from elsewhere
    except ValueError as error:
        return Compiled(problems=[_compilers(error, made)])
    if problems := [*_moved(made.tokens, html), *_torn(made.tokens, html)]:
        return Compiled(problems=problems)
    return _finished(assembled.before, made, _with_language(_with_roles(html)))


def _with_roles(html: str) -> str:
    """The compiler leaves some of its tables without a role; screen readers would read them out as tables."""
    return _NO_ROLE.sub('<table role="presentation" ', html)


def _with_language(html: str) -> str:
    """The preheader comes first in the body, so it says its language as well: clients drop what <html> says."""
    language = _LANGUAGE.search(html)
    said = language[0] if language else ""
    return _PREVIEW.sub(lambda found: f"{found[1]}<div{said} {found[2]}", html, count=1)


def _body_only(source: str) -> str:
    """From <mjml> on, at the same offsets: what stands before it is blank."""
    start = source.index("<mjml")
    return " " * start + source[start:]


def _named(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Subject and preheader go where mail programs look for them, unless the file says so itself."""
    source = "".join(piece.source for piece in pieces)
    extra = "" if "<mj-title" in source else "<mj-title>{{ subject }}</mj-title>"
    extra += "" if "<mj-preview" in source else "<mj-preview>{{ preheader }}</mj-preview>"
    if not extra:
        return iter(pieces)
    return _with_head(pieces, extra, has_head="<mj-head" in source)


def _with_head(pieces: Sequence[Piece], extra: str, *, has_head: bool) -> Iterator[Piece]:
    pattern = re.compile(r"(<mj-head[^>]*>)" if has_head else r"(<mjml[^>]*>)")
    waiting = True
    for piece in pieces:
        found = pattern.search(piece.source) if piece.kind == Kind.TEXT and waiting else None
        if not found:
            yield piece
            continue
        waiting = False
        yield Piece(Kind.TEXT, piece.source[: found.end()], piece.file, piece.line)
        line = piece.line + piece.source.count("\n", 0, found.end())
        head = extra if has_head else f"<mj-head>{extra}</mj-head>"
        yield from cut(head, piece.file, line - 1)
        yield Piece(Kind.TEXT, piece.source[found.end() :], piece.file, line)


def _compilers(error: ValueError, made: Protected) -> Problem:
    said = str(error)
    position = _POSITION.search(said)
    file, line = made.origin(int(position[1]) if position and position[1] else len(made.source) - 1)
    what = _POSITION.sub("", said)
    text = f"MJML cannot read this: {what}. Close every element, and put quotes around every value."
    return Problem(file, line, "", text, "mjml")


def _moved(tokens: Sequence[Token], html: str) -> Iterator[Problem]:
    """The compiler drops what it does not expect, and moves some: then loops would run around other things."""
    found = tokens_in(html)
    expected = [number for number, token in enumerate(tokens) if token.where == Where.TEXT]
    there = [number for number in found if tokens[number].where == Where.TEXT]
    for wanted, seen in zip(expected, [*there, *[None] * len(expected)], strict=False):
        if wanted != seen:
            dropped = wanted not in there
            yield _tag_problem(tokens[wanted], "was dropped" if dropped else "was moved")
            return
    if len(there) > len(expected):
        yield _tag_problem(tokens[there[-1]], "was doubled")
        return
    for number, token in enumerate(tokens):
        if token.where == Where.ATTRIBUTE and number not in found:
            yield _tag_problem(token, "was dropped")
            return
    yield from _strayed(tokens, found)


def _strayed(tokens: Sequence[Token], found: list[int]) -> Iterator[Problem]:
    """Values of attributes may be doubled and change places, but not past a tag that stands in text."""
    last_text = -1
    for number in found:
        if tokens[number].where == Where.TEXT:
            last_text = number
        elif tokens[number].where == Where.ATTRIBUTE:
            low, high = sorted((last_text, number))
            if any(tokens[each].where == Where.TEXT for each in range(low + 1, high)):
                yield _tag_problem(tokens[number], "was moved")
                return


def _tag_problem(token: Token, what: str) -> Problem:
    shown = " ".join(token.piece.source.split())[:60]
    text = f"MJML has no place for {shown} here: it {what} in the compile. {_REMEDY}"
    return Problem(token.piece.file, token.piece.line, "", text, "tag-sequence")


_REMEDY = "Put it around whole elements, inside <mj-text> or <mj-raw>, or into a value in quotes."
_HTML = re.compile(
    r"""<!--j(?P<token>\d+)z-->|<!--\[if[^\]]*\]>(?:<!-->)?|<!(?:--<!)?\[endif\]-->|<(?P<end>/?)(?P<name>[a-zA-Z][\w:-]*)"""
    r"""(?:"[^"]*"|'[^']*'|[^"'>])*?(?P<self>/?)>""",
    re.DOTALL,
)
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


def _torn(tokens: Sequence[Token], html: str) -> Iterator[Problem]:
    """A block whose beginning and end the compiler put into different elements would repeat half a table."""
    depth, open_blocks, in_style = 0, list[tuple[int, int]](), False
    for found in _HTML.finditer(html):
        name = (found["name"] or "").lower()
        if name in {"style", "title"}:
            in_style = not found["end"]
        if name and not in_style and name not in _VOID and not found["self"]:
            depth += -1 if found["end"] else 1
            if found["end"] and open_blocks and depth < open_blocks[-1][1]:
                yield _tag_problem(tokens[open_blocks[-1][0]], "was torn apart")
                return
        if found["token"]:
            problem = _block(int(found["token"]), tokens, depth, open_blocks)
            if problem:
                yield problem
                return


def _block(
    number: int, tokens: Sequence[Token], depth: int, open_blocks: list[tuple[int, int]]
) -> Problem | None:
    piece = tokens[number].piece
    if opens(piece):
        open_blocks.append((number, depth))
    elif piece.word in {"else", "elif"} or piece.word.startswith("end"):
        if open_blocks and open_blocks[-1][1] != depth:
            return _tag_problem(tokens[open_blocks[-1][0]], "was torn apart")
        if piece.word.startswith("end") and open_blocks:
            open_blocks.pop()
    return None


def _finished(before: Sequence[Piece], made: Protected, html: str) -> Compiled:
    """Each tag ends its line inside of its braces, where a line break is nothing, so that an error's line names the tag."""
    tokens = made.tokens
    traced = [Token(token.where, _traced(token.source, token.piece), token.piece) for token in tokens]
    head = "".join(_traced(piece.source, piece) for piece in before)
    compiled = Compiled(head + restore(html, traced), made)
    line = 1
    for piece in before:
        compiled.places[line] = (piece.file, piece.line)
        line += _traced(piece.source, piece).count("\n")
    end = 0
    for number, start, stop in _spans(html):
        line += html.count("\n", end, start)
        compiled.places.setdefault(line, (tokens[number].piece.file, tokens[number].piece.line))
        line += traced[number].source.count("\n")
        end = stop
    return compiled


def _spans(html: str) -> Iterator[tuple[int, int, int]]:
    for found in TOKEN.finditer(html):
        yield int(found[1] or found[2] or found[3]), found.start(), found.end()


def _traced(source: str, piece: Piece) -> str:
    return source.replace(piece.source, _TAG_END.sub(r"\n\1", piece.source), 1)
