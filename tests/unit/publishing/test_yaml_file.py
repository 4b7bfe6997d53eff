"""The strict reading of YAML."""

from __future__ import annotations

import pytest

from perennial.publishing.yaml_file import LARGEST, read_yaml


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("True", "True"),
        ("~", "~"),
        ("21:30", "21:30"),
        ("0123", "0123"),
        ("+15551234", "+15551234"),
        ("0x1F", "0x1F"),
        ("1e3", "1e3"),
        (".5", ".5"),
        ("1_000", "1_000"),
        ("2026-11-22", "2026-11-22"),
        ("10%", "10%"),
        ("'5'", "5"),
        ('"null"', "null"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("-5", -5),
        ("0", 0),
        ("2.50", 2.5),
    ],
)
def test_a_scalar_is_what_it_looks_like(written: str, meant: object) -> None:
    """Only null, true, false, whole numbers and decimals are anything but the text that was written."""
    value = read_yaml("a.yaml", f"key: {written}\n".encode()).data["key"]
    assert (value, type(value)) == (meant, type(meant))


def test_keys_are_text() -> None:
    """`on`, `true` and `5` as keys stay what was written."""
    assert read_yaml("a.yaml", b"on: 1\ntrue: 2\n5: 3\n").data == {"on": 1, "true": 2, "5": 3}


def test_a_country_list_with_norway() -> None:
    """The Norway problem, in a list."""
    assert read_yaml("a.yaml", b"countries: [US, NO]\n").data == {"countries": ["US", "NO"]}


def test_a_repeated_key_is_refused_with_both_lines() -> None:
    """Plain YAML silently keeps the second value."""
    (problem,) = read_yaml("a.yaml", b"a: 1\nb:\n  c: 1\n  c: 2\n").problems
    assert (problem.line, problem.key) == (4, "b.c")
    assert "first on line 3" in problem.text


@pytest.mark.parametrize(
    ("source", "line", "told"),
    [
        (b"a: 1\n\tb: 2\n", 2, "tab"),
        (b"a: 1\nb: c: d\n", 2, "colon"),
        (b"a: 1\nb: 'open\nc: 2\n", 2, "quote is opened"),
        (b"a: 1\nb: [1, 2\nc: 3\n", 2, "bracket"),
        (b"a: 1\nnonsense\n", 3, "not 'key: value'"),
        (b"a: 1\n b: 2\n", 2, "colon"),
        (b"a: &x 1\nb: *x\n", 2, "aliases"),
        (b"a: !!python/name:os.system x\n", 1, "tag !!python/name:os.system"),
        (b"a: !!int many\n", 1, "tag !!int"),
        (b"a: %x\n", 1, "needs quotes"),
        (b"a: {{ b.c }}\n", 1, "without {{ }}"),
        (b"- a\n", 1, "begin with a key"),
        (b"", 1, "begin with a key"),
        (b"a: 1\nb: \xff\n", 2, "UTF-8"),
        (b"a: 1\nb: \x07\n", 2, "cannot be read"),
        (b"a: " + b"[" * 500 + b"]" * 500, 1, "nested too deeply"),
        (b"a: " + b"{b: " * 500 + b"}" * 500, 1, "nested too deeply"),
        (b"a: 1\n---\nb: 2\n", 2, "not YAML"),
        (b"a: " + b"x" * LARGEST, 0, "the most"),
    ],
)
def test_what_is_not_read_is_told_with_its_line(source: bytes, line: int, told: str) -> None:
    """Each way to break a file gets one problem that says where and what."""
    (problem,) = read_yaml("a.yaml", source).problems
    assert (problem.file, problem.line) == ("a.yaml", line)
    assert told in problem.text


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    """Nested aliases that would unfold to 10^9 values are refused at the first alias."""
    bomb = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
    )
    (problem,) = read_yaml("a.yaml", bomb.encode()).problems
    assert "aliases" in problem.text


def test_every_path_has_its_line() -> None:
    """Lines count from one, and a missing key is reported at what would hold it."""
    file = read_yaml("a.yaml", b"a: 1\n\nsteps:\n  - send: email\n  - wait:\n      long\n")
    assert file.lines["steps", 0, "send"] == 4
    assert file.lines["steps", 1, "wait"] == 5
    assert file.problem(("steps", 0, "id"), "missing").line == 4


def test_a_byte_order_mark_is_not_part_of_the_first_key() -> None:
    """Editors on Windows write one."""
    assert read_yaml("a.yaml", b"\xef\xbb\xbfname: x\r\nmode: live\r\n").data == {"name": "x", "mode": "live"}
