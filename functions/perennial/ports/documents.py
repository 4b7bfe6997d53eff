"""Customer documents, who is due, and the identities that lead to them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from perennial.customer import Customer
from perennial.people.identities import Identity
from perennial.times import Stamp

SHARDS = 16  # partitions of the due index
NOBODY = ""  # owner of an identity that too many share, such as the address of a till's guests
CLAIMED_AT_ONCE = 90  # identities: a transaction of the table takes 100 items, the document among them
SHARED_BY = 20  # customers beside the owner who may use an identity before it recognises nobody


class Mark(NamedTuple):
    """An identity was let go at this stamp; of_store: of a customer whom the store knew by an id of its own."""

    at: Stamp
    of_store: bool = False


class Pointer(NamedTuple):
    """Where an identity leads: to a customer id, to NOBODY when too many share it, nowhere (None) once it was let go.

    mark: when it last was, also while somebody else has it now. moved_at: until this stamp it led to `former`.
    """

    owner: str | None
    mark: Mark | None = None
    former: str = ""
    moved_at: Stamp = ""


class Documents(Protocol):
    """Customer documents, the identities that point to them, and the index of who is due.

    Some methods take identities as the table holds them (`IdentityKeys.stored`), and say so.
    """

    def load(self, customer_ids: Collection[str]) -> dict[str, Customer]:
        """The documents as of now (consistent); those that do not exist are missing from the answer."""
        ...

    def save(self, customer: Customer) -> Customer:
        """Put on condition that the stored version is `customer["version"]` (0: nothing stored).

        Returns it with the new version. Conflict when another version is stored; any other error leaves open whether it
        was written.
        """
        ...

    def pointers(self, identities: Collection[Identity]) -> dict[Identity, Pointer]:
        """Those of which anything is known (consistent)."""
        ...

    def owners(self, identities: Collection[Identity]) -> dict[Identity, str]:
        """`pointers`, of those alone that lead to somebody."""
        ...

    def claim(
        self, customer: Customer, identities: Collection[Identity], marks: Mapping[Identity, Mark] = {}
    ) -> Customer:
        """`save` and the claim of at most CLAIMED_AT_ONCE identities nobody has yet, in one transaction.

        marks: those of them that were let go once; they keep their mark. Conflict if either cannot be, and when one was let
        go later than its mark says: who takes it over must know of it. What leads to a visitor's document expires after it.
        """
        ...

    def point(self, stored: Identity, owner: str, to: str, at: Stamp | None = None) -> None:
        """Let an identity, given as it is stored, lead to `to`; Conflict unless `owner` has it.

        at: what was received until then still belongs to `owner`. Without it, the two are one.
        """
        ...

    def note(self, customer_id: str, stored: Collection[Identity]) -> None:
        """Remember identities, given as they are stored, that may lead to a customer whose document has no room for them."""
        ...

    def noted(self, customer_id: str) -> list[Identity]:
        """Those that were noted, as they are stored."""
        ...

    def unnote(self, customer_id: str, stored: Collection[Identity]) -> None:
        """Forget these notes; where the identities lead stays as it is."""
        ...

    def share(self, identity: Identity, customer_id: str) -> None:
        """Note that another customer uses it too; saying it again changes nothing. Past SHARED_BY it leads to NOBODY.

        Conflict when nobody has claimed it yet.
        """
        ...

    def forget(self, customer_id: str, stored: Collection[Identity], mark: Mark) -> None:
        """Let go of identities of an erased customer, given as they are stored.

        The mark stays: for ever on an address, of which there is a hash only, else for 60 days, which is longer than any
        queue keeps an event. Those that lead to somebody else stay as they are. Repeating it changes nothing.
        """
        ...

    def due(self, shard: int, until: datetime, limit: int) -> list[str]:
        """Ids whose `wake_at` is not after `until`, earliest first. A hint: believe only the loaded document."""
        ...

    def scan(self) -> Iterator[Customer]:
        """Every customer document, in no order and not of one moment: for statistics, never for deciding."""
        ...
