"""Dead letters on real queues: looking loses nothing, replaying brings them home, discarding ends them."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner, Result

from infra.command import dead_letters
from infra.command.letters import DeadLetters
from infra.command.main import main
from perennial.bootstrap import AwsWorld
from perennial.errors import PerennialError
from tests.adapters.builders import Wire, client_error
from tests.adapters.cloud import client, template

ADDRESS = "ada@example.com"


def sealed(source: str, *, trusted: bool) -> str:
    body = base64.b64encode(gzip.compress(json.dumps({"email": ADDRESS}).encode(), mtime=0)).decode()
    headers = {"topic": "fulfillments/create"} if trusted else {}
    return json.dumps(
        {"source": source, "received_at": "x", "trusted": trusted, "headers": headers, "body": body}
    )


def urls() -> dict[str, str]:
    return {name: queue.url for name, queue in template().queues.items()}


def put(queue: str, *bodies: str) -> None:
    for body in bodies:
        client("sqs").send_message(QueueUrl=urls()[queue], MessageBody=body)


def in_queue(queue: str) -> list[str]:
    """Bodies that can be taken from it now; they stay taken."""
    bodies: list[str] = []
    while (
        found := client("sqs").receive_message(QueueUrl=urls()[queue], MaxNumberOfMessages=10).get("Messages")
    ):
        bodies += [each["Body"] for each in found]
    return sorted(bodies)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    def letters_of(stack: str, region: str | None) -> DeadLetters:
        assert (stack, region) == ("garden", "eu-west-1")
        return DeadLetters(client("sqs"), urls(), wait=0)

    monkeypatch.setattr(dead_letters, "letters_of", letters_of)
    named = ["dead-letters", *arguments, "--stack", "garden", "--region", "eu-west-1"]
    return CliRunner().invoke(main, named, catch_exceptions=False)


@pytest.fixture
def letters(aws: AwsWorld) -> DeadLetters:
    """A dozen events that failed, one that nobody could understand, one of a browser."""
    put("SignedDeadLetters", *(f'{{"number": {number:02d}}}' for number in range(12)))
    aws.rejected.put([sealed("shopify", trusted=True)], reason="There is no translation for it.")
    aws.rejected.put([sealed("segment", trusted=False)], reason="Broken.")
    return DeadLetters(client("sqs"), urls(), wait=0)


def test_looking_loses_nothing(letters: DeadLetters) -> None:
    """All of them are seen, twice over, and can be taken by others afterwards."""
    for _ in range(2):
        with letters.held() as held:
            assert len(held) == 14
    assert len(in_queue("SignedDeadLetters")) == 12
    assert len(in_queue("RejectedQueue")) == 2


def test_letters_go_home(letters: DeadLetters) -> None:
    """The body as it was, to the queue it came from; what was rejected to that of its sender's kind."""
    with letters.held() as held:
        homes = {letters.replay(each) for each in held}
    assert homes == {"SignedQueue", "BrowserQueue"}
    assert (in_queue("SignedDeadLetters"), in_queue("RejectedQueue")) == ([], [])
    assert sealed("shopify", trusted=True) in in_queue("SignedQueue")
    assert in_queue("BrowserQueue") == [sealed("segment", trusted=False)]


def test_every_queue_of_dead_letters_has_a_home() -> None:
    """In the template as it is: a new queue's letters can be replayed too."""
    letters = DeadLetters(None, urls())
    for name in letters.names():
        with_home = name == "RejectedQueue" or f"{name.removesuffix('DeadLetters')}Queue" in urls()
        assert with_home, name


@pytest.mark.parametrize("failing", ["send_message", "delete_message"])
def test_nothing_is_lost_when_it_dies_on_the_way(letters: DeadLetters, failing: str) -> None:
    """Sent first, deleted after: a failure leaves the letter where it was, and at worst a copy at home."""

    def during(operation: str, _: dict[str, Any], pass_on: Any) -> Any:
        if operation == failing:
            raise client_error("ServiceUnavailable")
        return pass_on()

    trembling = DeadLetters(Wire(client("sqs"), during), urls(), wait=0)
    with pytest.raises(ClientError), trembling.held("RejectedQueue") as held:
        trembling.replay(held[0])
    assert len(in_queue("RejectedQueue")) == 2


def test_an_unknown_queue_is_a_message(letters: DeadLetters) -> None:
    """With the names there are."""
    with pytest.raises(PerennialError, match="SignedDeadLetters"), letters.held("Nowhere"):
        pass


def test_the_list_tells_where_from_and_why_and_nothing_personal(
    letters: DeadLetters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For programs and for people; `show` gives the body."""
    found = json.loads(run(monkeypatch, "list", "--queue", "RejectedQueue", "--json").stdout)
    told = {each["from"]: each["reason"] for each in found}
    assert told == {"shopify fulfillments/create": "There is no translation for it.", "segment": "Broken."}
    assert ADDRESS not in json.dumps(found)
    assert "SignedDeadLetters" in run(monkeypatch, "list").stdout
    letter = next(each["id"] for each in found if each["from"] == "segment")
    shown = json.loads(run(monkeypatch, "show", letter[:8]).stdout)
    assert shown["message"]["body"] == {"email": ADDRESS}


def test_chosen_ones_are_replayed_or_discarded(letters: DeadLetters, monkeypatch: pytest.MonkeyPatch) -> None:
    """By id, or all of a queue; nothing happens without a name, or without a yes."""
    found = json.loads(run(monkeypatch, "list", "--queue", "RejectedQueue", "--json").stdout)
    for arguments in (("replay",), ("replay", "no-such-id"), ("discard", "--all")):
        assert run(monkeypatch, *arguments).exit_code == 1
    assert run(monkeypatch, "discard", found[0]["id"], "--yes").stdout == "Thrown away: 1.\n"
    sent = json.loads(run(monkeypatch, "replay", "--queue", "SignedDeadLetters", "--all", "--json").stdout)
    assert [each["to"] for each in sent] == ["SignedQueue"] * 12
    (left,) = json.loads(run(monkeypatch, "list", "--json").stdout)
    assert left["id"] == found[1]["id"]
