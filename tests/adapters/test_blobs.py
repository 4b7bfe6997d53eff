"""What every implementation of `ports.Blobs` must do."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from perennial.adapters.s3 import S3Blobs
from perennial.ports.world import World
from tests.adapters.builders import client_error, failing


def test_an_object_is_read_back(world: World) -> None:
    """The last bytes put under a key are what it holds."""
    world.blobs.put("live/a.json.gz", b"\x00first")
    world.blobs.put("live/a.json.gz", b"\x00second")
    assert world.blobs.get("live/a.json.gz") == b"\x00second"


def test_a_missing_object_is_a_key_error(world: World) -> None:
    """As in a dictionary, with the key in it."""
    with pytest.raises(KeyError, match="live/none"):
        world.blobs.get("live/none")


def test_objects_are_listed_by_prefix(world: World) -> None:
    """In the order of the keys; the tag changes with the bytes and with nothing else."""
    for key in ("content/b", "content/a", "contents", "live/x"):
        world.blobs.put(key, b"one")
    before = {each.key: each.tag for each in world.blobs.stored("content/")}
    assert list(before) == ["content/a", "content/b"]
    world.blobs.put("content/a", b"two")
    world.blobs.put("content/b", b"one")
    after = {each.key: each.tag for each in world.blobs.stored("content/")}
    assert after["content/a"] != before["content/a"]
    assert after["content/b"] == before["content/b"]


def test_a_deleted_object_is_gone(world: World) -> None:
    """Deleting again, or what never was, does no harm."""
    world.blobs.put("content/a", b"one")
    for _ in range(2):
        world.blobs.delete("content/a")
    assert list(world.blobs.stored("content/")) == []
    with pytest.raises(KeyError):
        world.blobs.get("content/a")


def test_other_errors_are_not_taken_for_a_missing_object() -> None:
    """A forbidden read must not look as if there were nothing."""
    with pytest.raises(ClientError):
        S3Blobs(failing(client_error("AccessDenied", status=403)), "content").get("live/a")
