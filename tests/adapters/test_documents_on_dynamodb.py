"""How documents lie in the table, and what happens when an answer is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from perennial.adapters.documents import DynamoDocuments, document_item
from perennial.adapters.layout import shard_of
from perennial.bootstrap import AwsWorld
from perennial.customer import Customer
from perennial.errors import Conflict
from perennial.people.identities import Identity, Kind
from tests.adapters.builders import NOON, Wire, client_error, email, failing, known, passing, visitor
from tests.adapters.cloud import DOCUMENTS, client

Items = dict[tuple[str, str], dict[str, Any]]


def stored_items() -> Items:
    """Everything in the documents table, by key."""
    items = client("dynamodb").scan(TableName=DOCUMENTS)["Items"]
    return {(item["pk"]["S"], item["sk"]["S"]): item for item in items}


def documents_over(wire: Wire, aws: AwsWorld) -> DynamoDocuments:
    """The adapter with a client of the test's."""
    return DynamoDocuments(wire, DOCUMENTS, aws.identity_keys)


def losing_answers(operation: str) -> Wire:
    """The service does what is asked; the answers of one operation never arrive."""

    def during(called: str, parameters: dict[str, Any], pass_on: Callable[[], Any]) -> Any:
        answer = pass_on()
        if called == operation:
            raise ReadTimeoutError(endpoint_url="https://dynamodb")
        return answer

    return Wire(client("dynamodb"), during)


def test_the_keys_of_a_document(aws: AwsWorld) -> None:
    """Readers outside this code (exports, alarms) rely on these names."""
    aws.documents.claim(known("c1", wake_at=NOON), [email(), Identity(Kind.STORE, "7")])
    items = stored_items()
    document = items["CUSTOMER#c1", "DOC"]
    assert document["version"] == {"N": "1"}
    assert (document["due_shard"], document["wake_at"]) == ({"S": f"{shard_of('c1'):02d}"}, {"S": NOON})
    assert items["IDENTITY#store#7", "ID"]["customer"] == {"S": "c1"}


def test_addresses_are_no_keys(aws: AwsWorld) -> None:
    """Personal values appear in keys as keyed hashes only."""
    aws.documents.claim(known("c1"), [email(), Identity(Kind.PHONE, "+4917012345")])
    keys = " ".join(pk for pk, _ in stored_items())
    assert "ada" not in keys
    assert "4917012345" not in keys
    assert f"IDENTITY#email#{aws.identity_keys.stored(email())}" in keys


def test_the_shard_of_an_id_never_changes() -> None:
    """Entries written by one release are found by the next."""
    assert [shard_of(each) for each in ("c1", "c2", "", "ü")] == [1, 11, 0, 5]


def test_a_document_without_a_time_has_no_index_attributes() -> None:
    """The index is sparse: nobody pays for customers for whom nothing is planned."""
    assert document_item(known()).keys() == {"pk", "sk", "body", "version"}


def test_a_long_document_is_compressed() -> None:
    """Repetitive content is stored far smaller than its text."""
    document = known(traits={str(number): "the same words again" for number in range(200)})
    assert len(document_item(document)["body"]["B"]) < 2_000


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (visitor("v", "2026-02-01T00:00:00.000Z", NOON), datetime(2026, 3, 31, 12, tzinfo=UTC)),
        (visitor("v", cart={"at": NOON}), datetime(2026, 3, 31, 12, tzinfo=UTC)),
        (visitor("v", seen={"identified": NOON}, ids={"e1": ""}), datetime(2026, 3, 31, 12, tzinfo=UTC)),
        (visitor("v", ids={"e1": "", "e2": NOON}), datetime(2026, 3, 31, 12, tzinfo=UTC)),
        (visitor("v", NOON, ids={"e1": "2099-01-01T00:00:00.000Z"}), datetime(2026, 3, 31, 12, tzinfo=UTC)),
        (visitor("v", ids={"e1": ""}), None),
        (visitor("v", NOON, identities={}), None),
        (visitor("v", NOON, identities={"anonymous": ["d"], "email": ["a@example.com"]}), None),
        (known("c1", seen={"product_viewed": NOON}), None),
    ],
)
def test_only_visitors_expire(document: Customer, expected: datetime | None) -> None:
    """30 days after the newest time that can be trusted; never who is known, or has no identity at all."""
    expires = document_item(document).get("expires_at")
    assert expires == (expected and {"N": str(int(expected.timestamp()))})


def test_an_address_ends_the_time_to_live(aws: AwsWorld) -> None:
    """A visitor who becomes known is kept: the attribute is gone from the table."""
    stored = aws.documents.save(visitor("c1", NOON))
    assert "expires_at" in stored_items()["CUSTOMER#c1", "DOC"]
    aws.documents.save({**stored, "identities": {"email": ["ada@example.com"]}})
    assert "expires_at" not in stored_items()["CUSTOMER#c1", "DOC"]


def test_reads_are_consistent(aws: AwsWorld) -> None:
    """Documents and identities are never judged from an old copy; the due index is only a hint."""
    wire = Wire(client("dynamodb"), passing)
    documents = documents_over(wire, aws)
    documents.load(["c1"])
    documents.owners([email()])
    documents.due(0, datetime(2026, 1, 1, tzinfo=UTC), 1)
    reads = [
        parameters["RequestItems"][DOCUMENTS] for name, parameters in wire.calls if name == "batch_get_item"
    ]
    assert [read["ConsistentRead"] for read in reads] == [True, True]


def test_half_a_character_is_stored(aws: AwsWorld) -> None:
    """Text cut inside a surrogate pair reaches us from browsers; it must stop neither save nor claim."""
    device = Identity(Kind.ANONYMOUS, "device \ud83c")
    stored = aws.documents.claim(visitor("c1", NOON, traits={"first_name": "Zo\ud83c"}), [device])
    assert aws.documents.load(["c1"]) == {"c1": stored}
    assert aws.documents.owners([device]) == {device: "c1"}


def test_a_save_whose_answer_was_lost(aws: AwsWorld) -> None:
    """The error leaves open what happened; a second try conflicts, and reading shows one's own version."""
    documents = documents_over(losing_answers("put_item"), aws)
    document = known(traits={"first_name": "Ada"})
    with pytest.raises(ReadTimeoutError):
        documents.save(document)
    with pytest.raises(Conflict):
        aws.documents.save(document)
    assert documents.load(["c1"]) == {"c1": {**document, "version": 1}}


def test_a_claim_whose_answer_was_lost(aws: AwsWorld) -> None:
    """Read again and claim again: it passes, although the identity is taken, since it is one's own."""
    documents = documents_over(losing_answers("transact_write_items"), aws)
    with pytest.raises(ReadTimeoutError):
        documents.claim(known(), [email()])
    with pytest.raises(Conflict):
        aws.documents.claim(known(), [email()])
    assert aws.documents.claim(documents.load(["c1"])["c1"], [email()])["version"] == 2


def cancelled(*codes: str) -> Exception:
    """A transaction that failed for these reasons, one per item."""
    return client_error(
        "TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes]
    )


@pytest.mark.parametrize(
    "error",
    [
        client_error("ConditionalCheckFailedException"),
        client_error("TransactionConflictException"),
        cancelled("None", "ConditionalCheckFailed"),
        cancelled("TransactionConflict", "None"),
        cancelled("ThrottlingError", "ConditionalCheckFailed"),
    ],
)
def test_a_lost_race_is_a_conflict(aws: AwsWorld, error: Exception) -> None:
    """Every way in which the service says that another was faster."""
    documents = documents_over(failing(error), aws)
    with pytest.raises(Conflict):
        documents.claim(known(), [email()])
    with pytest.raises(Conflict):
        documents.save(known())


@pytest.mark.parametrize(
    "error",
    [
        client_error("ProvisionedThroughputExceededException"),
        client_error("ValidationException"),
        client_error("InternalServerError", status=500),
        cancelled("ThrottlingError", "None"),
    ],
)
def test_other_errors_are_not_conflicts(aws: AwsWorld, error: Exception) -> None:
    """Trouble of the service must not look as if reading again would help."""
    documents = documents_over(failing(error), aws)
    with pytest.raises(type(error)):
        documents.claim(known(), [email()])
    with pytest.raises(type(error)):
        documents.save(known())


def test_due_reads_no_more_pages_than_it_needs(aws: AwsWorld) -> None:
    """Pages are followed to the limit, and the one behind it is not read."""
    pages = [[{"pk": {"S": f"CUSTOMER#c{page}{number}"}} for number in range(2)] for page in range(3)]

    def during(operation: str, parameters: dict[str, Any], pass_on: Callable[[], Any]) -> Any:
        page = int(parameters.get("ExclusiveStartKey", {"page": 0})["page"])
        return {"Items": pages[page]} | ({"LastEvaluatedKey": {"page": page + 1}} if page < 2 else {})

    wire = Wire(None, during)
    due = documents_over(wire, aws).due(0, datetime(2026, 1, 1, tzinfo=UTC), 4)
    assert due == ["c00", "c01", "c10", "c11"]
    assert len(wire.calls) == 2
