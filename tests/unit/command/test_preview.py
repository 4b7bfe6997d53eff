"""`perennial preview`, but for the page itself."""

from __future__ import annotations

from urllib.error import HTTPError, URLError

import pytest

from infra.command import preview
from infra.command.preview import _Wish
from infra.preview import people, posting
from infra.preview import server as preview_server
from perennial.adapters.memory import MemoryWorld
from tests.making import NOON
from tests.unit.command.conftest import CONTENT, Run

ME = "me@alder-and-thyme.example"
SEND = ("preview", "browse/reminder", "--content", str(CONTENT), "--send-to")


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> MemoryWorld:
    """What `--stack garden` leads to, its mailer included."""
    made = MemoryWorld(lambda: NOON, {"SENDER_EMAIL": "hello@alder-and-thyme.example"})
    monkeypatch.setattr(preview, "world_of", lambda stack, region, *, sends=False: made)
    return made


def test_a_test_send_goes_to_the_stack_that_is_named(run: Run, stack: MemoryWorld) -> None:
    """One mail with the sample that was asked for."""
    result = run(*SEND, ME, "--stack", "garden", "--sample", "minimal")
    assert (result.exit_code, result.stdout) == (0, f"Sent to {ME}.\n")
    assert [mail.to for mail in stack.mailer.sent] == [ME]


def test_strangers_get_no_test_sends(run: Run, stack: MemoryWorld) -> None:
    """Refused with the line that would allow it."""
    result = run(*SEND, "eve@example.com", "--stack", "garden")
    assert result.exit_code == 1
    assert "test_addresses: [me@alder-and-thyme.example, eve@example.com]" in result.stderr
    assert stack.mailer.sent == []


def test_without_a_stack_the_desk_takes_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """And where no desk runs, the message says how to start one."""

    def refuse(*_: object, **__: object) -> None:
        raise URLError("refused")

    monkeypatch.setattr(posting, "urlopen", refuse)
    result = run(*SEND, ME)
    assert result.exit_code == 1
    assert "perennial dev" in result.stderr


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (HTTPError("http://desk", 404, "", {}, None), "Nobody is known by ada"),  # type: ignore[arg-type]
        (URLError("refused"), "No desk answers at http://127.0.0.1:8787"),
    ],
)
def test_customers_are_asked_of_the_desk(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    """Nobody, and no desk, are two messages."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(people, "urlopen", fail)
    result = run(*SEND, ME, "--customer", "ada@example.com")
    assert result.exit_code == 1
    assert words in result.stderr


def test_a_send_needs_a_template(run: Run) -> None:
    """All of them at once is no test."""
    result = run("preview", "--content", str(CONTENT), "--send-to", ME)
    assert result.exit_code == 1
    assert "Name the template" in result.stderr


def test_a_taken_port_is_a_message(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the option that chooses another."""

    def taken(*_: object) -> None:
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(preview_server, "PreviewServer", taken)
    result = run("preview", "--content", str(CONTENT))
    assert result.exit_code == 1
    assert "--port" in result.stderr


def test_no_folder_is_a_message(run: Run) -> None:
    """Before anything is served."""
    result = run("preview", "--content", str(CONTENT / "campaigns"))
    assert result.exit_code == 1
    assert "is not a content folder" in result.stderr


def test_the_address_of_the_page_begins_as_was_asked() -> None:
    """The view and the customer stand in it; without a template it is the gallery."""
    typed = {
        "content": CONTENT,
        "port": 1,
        "send_to": None,
        "sample": "full",
        "desk": "",
        "stack": None,
        "region": None,
    }
    wish = _Wish(template="a/b", customer="ada+1@example.com", view="dark", **typed)  # type: ignore[arg-type]
    assert wish.address == "a/b?as=dark&customer=ada%2B1%40example.com"
    assert _Wish(template=None, customer=None, view="dark", **typed).address == ""  # type: ignore[arg-type]
