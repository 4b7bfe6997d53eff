"""What Perennial needs of the world. Each port has two implementations under one contract test: AWS, and in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, NotRequired, Protocol, TypedDict

from perennial.customer import Customer
from perennial.events import Change, Product
from perennial.identities import Identity, IdentityKeys
from perennial.times import Clock, Stamp

if TYPE_CHECKING:
    from perennial.shop import Shop  # it needs two of these ports

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


class Scanned(NamedTuple):
    """A page of a scan. position: where the next one begins, None after the last."""

    customers: list[Customer]
    products: list[Product]
    position: str | None


class Scans(Protocol):
    """All customers and products, in segments that different functions may read at the same time."""

    def page(self, segment: int, of: int, position: str | None = None) -> Scanned:
        """One page of a segment (0 to `of` - 1): in no order and not of one moment, but none twice and none left out.

        A page may be empty and yet not the last.
        """
        ...


class TimelineItem(TypedDict):
    """One event as it is kept. Times are stamps; `expires_at` is in epoch seconds, absent for what stays.

    trusted: False for what a browser told, absent for the rest.
    """

    id: str
    name: str
    occurred_at: str
    received_at: str
    source: str
    properties: dict[str, Any]
    expires_at: NotRequired[int]
    trusted: NotRequired[bool]


class Timeline(Protocol):
    """Everything that happened to a customer, by event id: adding a second time changes nothing."""

    def add(self, items: Mapping[str, Sequence[TimelineItem]]) -> None:
        """Put the items of these customers (by id); returns only when all are stored."""
        ...

    def known(self, customer_id: str, event_ids: Collection[str]) -> set[str]:
        """Which of the ids are stored (consistent)."""
        ...

    def read(self, customer_id: str) -> list[TimelineItem]:
        """All items, by occurred_at, then id."""
        ...

    def forget(self, customer_id: str, until: Stamp) -> None:
        """Delete all items received until then; returns only when all are gone."""
        ...


class Catalogue(Protocol):
    """Products, for rendering. The higher rank wins, then the newer `at`; what a newer fact leaves out is kept."""

    def load(self, product_ids: Collection[str]) -> dict[str, Product]:
        """Those that exist."""
        ...

    def learn(self, products: Sequence[Product]) -> list[Change]:
        """Merge the facts in; facts that say nothing new cost no write.

        Returns what watchers are to be told about these products: what is new in it, and what was found before and not yet
        reported as `told`.
        """
        ...

    def told(self, changes: Sequence[Change]) -> None:
        """The changes are in good hands: do not return them again."""
        ...

    def scan(self) -> Iterator[Product]:
        """Every product, deleted ones too, in no order: for statistics and publishing."""
        ...


class Watches(Protocol):
    """Who wants to know about a product: customers who viewed it or asked to be told."""

    def add(self, watches: Mapping[str, Mapping[str, datetime]]) -> None:
        """By customer id the products they watch, and until when; adding again changes the time alone."""
        ...

    def forget(self, customer_id: str, product_ids: Collection[str]) -> None:
        """They watch these no more, whether they did or not."""
        ...

    def of(self, product_id: str, at: datetime, after: str = "") -> Iterator[str]:
        """Ids of the customers who watch it at that time, in their order, from the first behind `after`; read as needed."""
        ...


class Coupons(Protocol):
    """Pools of unique codes. A code is free, or it belongs to one message; capitals make no difference between codes."""

    def add(self, pool: str, codes: Sequence[str]) -> list[str]:
        """Put new codes in; returns those that were there already, free or not, which stay as they are."""
        ...

    def find(self, pool: str, message_id: str, without: Collection[str] = ()) -> str | None:
        """A code that was free a moment ago and is none of these; None when there is none.

        A hint: the claim decides. Messages look at different places, so that they seldom want the same.
        """
        ...

    def claim(self, pool: str, code: str, message_id: str) -> bool:
        """Whether it is this message's now, or was already: free or mine, and in the pool."""
        ...

    def release(self, pool: str, code: str, message_id: str) -> None:
        """Free again, if it is this message's; else nothing changes."""
        ...

    def free(self, pool: str, at_most: int | None = None) -> int:
        """How many are free, counted no further than this."""
        ...

    def claimed(self, pool: str) -> int:
        """How many belong to messages: reads the whole pool."""
        ...


class Queue(Protocol):
    """One queue."""

    def put(self, bodies: Sequence[str], *, reason: str | None = None) -> None:
        """Send all bodies (any number; batches are the adapter's affair). QueueRefused with the positions not taken.

        `reason` travels as the message attribute `reason`: why a body is in a dead-letter queue.
        """
        ...


class Stored(NamedTuple):
    """An object in the bucket. tag: another one whenever its bytes are others."""

    key: str
    tag: str


class Blobs(Protocol):
    """Objects in the content bucket."""

    def put(self, key: str, data: bytes) -> None: ...

    def get(self, key: str, version: str | None = None) -> bytes:
        """The object, or that version of it; KeyError when there is none."""
        ...

    def stored(self, prefix: str) -> Iterator[Stored]:
        """Every object whose key begins so, in the order of the keys."""
        ...

    def delete(self, key: str) -> None:
        """Let go of an object (older versions of it stay); nothing happens when there is none."""
        ...


class Earlier(NamedTuple):
    """A release that was live, and until when (a stamp)."""

    release: str
    until: str


class Live(NamedTuple):
    """What is live: the hash of a release, and what the kill switch holds back (campaign ids, or "*" for all).

    earlier: what can be returned to, newest first.
    """

    release: str
    paused: frozenset[str] = frozenset()
    earlier: tuple[Earlier, ...] = ()


class LivePointer(Protocol):
    """The one item that says which release is live, changed by conditional write."""

    def read(self) -> Live | None:
        """None before the first publish."""
        ...

    def publish(self, release: str, replaces: str | None, earlier: Sequence[Earlier] | None = None) -> None:
        """Point to `release` if `replaces` is what is live now, else Conflict. What is paused stays paused.

        earlier: what can be returned to from now on; None leaves it as it is.
        """
        ...

    def pause(self, campaign: str) -> None:
        """Hold back a campaign id, or "*" for all."""
        ...

    def resume(self, campaign: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail, complete: `raw` is the MIME message; tags come back in the provider's events."""

    to: str
    raw: bytes
    tags: Mapping[str, str] = field(default_factory=dict)


class Mailer(Protocol):
    """The e-mail provider: one attempt a call."""

    def send(self, mail: Mail) -> str:
        """The provider's message id; Refused or InDoubt."""
        ...


class Texter(Protocol):
    """The SMS provider: one attempt a call."""

    def send(self, number: str, text: str, tags: Mapping[str, str]) -> str:
        """The provider's message id; Refused or InDoubt."""
        ...


@dataclass(frozen=True, slots=True)
class Push:
    """One push message. data: what the app gets beside it."""

    title: str
    text: str
    data: Mapping[str, str] = field(default_factory=dict)


class Pusher(Protocol):
    """The provider of push messages."""

    def endpoint(self, platform: str, token: str, *, revived: bool) -> str | None:
        """Where the provider reaches a device; None when the shop has no application for its platform. Repeating is safe.

        revived: it was dead, and its app has told of it again. Refused or InDoubt; nothing is sent by it either way.
        """
        ...

    def send(self, endpoint: str, push: Push, tags: Mapping[str, str]) -> str:
        """The provider's message id; Refused or InDoubt. One attempt a call."""
        ...


class Bus(Protocol):
    """Events for the shop's own systems: one attempt a call."""

    def put(self, detail: Mapping[str, Any]) -> str:
        """The event's id; Refused or InDoubt."""
        ...


class SendingQuota(NamedTuple):
    """What the e-mail account may send: `rate` a second, `left_today` in the running 24 hours."""

    rate: float
    left_today: float


class Notices(Protocol):
    """Whoever wants to know of what marketers save."""

    def tell(self, subject: str, text: str) -> None:
        """One notice to everybody who asked for them."""
        ...


class Topic(Protocol):
    """The SNS service, as far as a topic that sends to us needs it. ProviderError when it does not answer plainly."""

    def certificate(self, url: str) -> bytes:
        """The PEM file at an address that the caller has checked. It is asked once, and is led nowhere else."""
        ...

    def confirm(self, topic: str, token: str) -> None:
        """We want what this topic (an ARN) sends; repeating it changes nothing."""
        ...


class Account(Protocol):
    """The e-mail provider's account."""

    def quota(self) -> SendingQuota: ...


class World(Protocol):
    """All ports together, as handlers get them: `bootstrap.AwsWorld` in the cloud, `adapters.memory.MemoryWorld` elsewhere.

    Each is made when first asked for, so a function needs only the settings and permissions of the ports it uses.
    """

    clock: Clock

    @property
    def documents(self) -> Documents: ...
    @property
    def timeline(self) -> Timeline: ...
    @property
    def catalogue(self) -> Catalogue: ...
    @property
    def watches(self) -> Watches: ...
    @property
    def coupons(self) -> Coupons: ...
    @property
    def scans(self) -> Scans: ...
    @property
    def blobs(self) -> Blobs: ...
    @property
    def pointer(self) -> LivePointer: ...
    @property
    def shop(self) -> Callable[[], Shop]: ...
    @property
    def signed_queue(self) -> Queue: ...
    @property
    def browser_queue(self) -> Queue: ...
    @property
    def shards_queue(self) -> Queue: ...
    @property
    def nightly_queue(self) -> Queue: ...
    @property
    def send_queue(self) -> Queue: ...
    @property
    def import_queue(self) -> Queue: ...
    @property
    def rejected(self) -> Queue:
        """The dead-letter queue of `record`: what arrived and cannot be understood."""
        ...

    @property
    def mailer(self) -> Mailer: ...
    @property
    def texter(self) -> Texter: ...
    @property
    def pusher(self) -> Pusher: ...
    @property
    def bus(self) -> Bus: ...
    @property
    def account(self) -> Account: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def topic(self) -> Topic: ...
    @property
    def identity_keys(self) -> IdentityKeys: ...

    def setting(self, name: str, default: str | None = None) -> str:
        """An environment value; SettingMissing when absent or empty and without a default."""
        ...
