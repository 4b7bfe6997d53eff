"""A shop on the desk: its senders, and the states that crashes leave behind."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

from infra.desk.desk import Desk
from infra.desk.keys import Keys
from infra.desk.rights import erased
from infra.privileges.people import FlowFailed, Senders
from perennial.errors import Conflict
from perennial.messaging.tokens import Purpose
from perennial.people import erasing, merging
from perennial.people.identities import Identity, Kind


class Shop(Senders):
    """folder: its content."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        super().__init__(desk)
        self.folder = folder

    def id_of(self, identity: str) -> str:
        """Of whoever has it."""
        found = self.desk.customer(identity)
        if found is None:
            raise FlowFailed(f"Nobody has the identity {identity}.")
        return str(found["document"]["id"])

    def path(self, to: str, purpose: Purpose) -> str:
        """To which the newest mail to them leads for this."""
        text = str([each for each in self.desk.outbox() if each["to"] == to][-1]["text"])
        paths = [urlsplit(word).path for word in text.split() if word.startswith("http")]
        return next(path for path in paths if path.startswith(f"/{purpose}/"))

    def later(self, **span: float) -> None:
        """Time goes by, and no sweep has come yet."""
        self.desk.clock.move(self.desk.now + timedelta(**span))

    def crashes(self, merged: int, gone: int) -> None:
        """Two customers: into one of them a guest was being merged, and of the other an erasure was begun."""
        self.customer(merged)
        self.customer(gone)
        self.half_merged(merged)
        self.view(key=Keys().server, userId=str(gone))
        with patch.object(erasing, "finish"), suppress(Conflict):
            erased(self.desk.world, address(gone))
        self.later(seconds=1)

    def half_merged(self, number: int) -> None:
        """A frozen guest, with more devices than a document holds, whose merger died then."""
        for device in range(25):
            traits = {"email": guest_of(number)}
            self.call("identify", anonymousId=f"{number}-{device}", traits=traits)
        self.view(anonymousId=f"{number}-0")
        world, identity = self.desk.world, Identity(Kind.EMAIL, guest_of(number))
        guest = world.documents.owners([identity])[identity]
        with patch.object(merging, "finish"):
            merging.merge(world, guest, self.id_of(str(number)), [identity])


def guest_of(number: int) -> str:
    """The address of somebody who turns out to be that customer."""
    return f"guest-of-{number}@fernleaf.example"


def address(number: int) -> str:
    """Of a customer."""
    return f"c{number}@fernleaf.example"
