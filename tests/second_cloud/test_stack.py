"""The whole stack on the second cloud: its own routes, queues, event sources, rules and schedules bring the mail out."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from infra.privileges.flows import COLUMNS
from tests.second_cloud.deployed import Deployed, address, until

NUMBER = "+14155550123"


def test_a_webhook_becomes_a_mail_and_its_link_holds(deployed: Deployed) -> None:
    """Signed by the store, recorded, planned, rendered and sent; then confirmed over the same API."""
    assert deployed.subscriber(1).status == 200
    text = deployed.mail_to(1)
    link = next(word for word in text.split() if "/confirm/" in word)
    assert urlsplit(link).netloc == "mail.fernleaf.example"
    assert deployed.request("GET", urlsplit(link).path).status == 200
    assert deployed.customer(1)["consent"]["email"]["state"] == "pending"
    assert deployed.request("POST", urlsplit(link).path).status == 200
    assert deployed.customer(1)["consent"]["email"]["state"] == "subscribed"


def test_a_webhook_that_nobody_signed_is_refused(deployed: Deployed) -> None:
    """And leaves nothing."""
    assert (
        deployed.shopify("customers/create", {"id": 2, "email": address(2)}, secret="guessed").status == 401
    )
    assert not deployed.is_known(2)


def test_roles_are_enforced_here(deployed: Deployed) -> None:
    """Without its own policies a function can keep nothing, and says so; what passes elsewhere in this file is allowed."""
    iam, role = deployed.stack.client("iam"), deployed.stack.resources["ReceiveFunctionRole"]
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    policies = {name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names}
    assert policies
    for name in policies:
        iam.delete_role_policy(RoleName=role, PolicyName=name)
    assert deployed.subscriber(6).status == 503
    for name, document in policies.items():
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
    assert deployed.subscriber(6).status == 200


def test_the_other_store_is_taken_too(deployed: Deployed) -> None:
    """WooCommerce's signature, and its form of a customer."""
    billing = {"email": address(3), "first_name": "Bea"}
    told = {"id": 3, "email": address(3), "first_name": "Bea", "billing": billing, "role": "customer"}
    assert deployed.woocommerce("customer.created", told).status == 200
    until(lambda: deployed.is_known(3))


def test_one_bad_message_of_a_batch_ends_in_the_dead_letters_alone(deployed: Deployed) -> None:
    """The event source takes only what failed again, until the queue has had enough of it."""
    sqs, queue = deployed.stack.client("sqs"), deployed.stack.resources["SendQueue"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})
    good = json.dumps({"customer_id": "nobody", "message_id": "none"})
    entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate([good, "{}", good])]
    sqs.send_message_batch(QueueUrl=queue, Entries=entries)
    until(lambda: deployed.queued("SendDeadLetters"))
    until(lambda: not deployed.queued("SendQueue"))
    [letter] = sqs.receive_message(QueueUrl=deployed.stack.resources["SendDeadLetters"])["Messages"]
    assert letter["Body"] == "{}" and deployed.queued("SendDeadLetters") == 1
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "180"})


def test_what_nobody_understands_is_kept_with_its_reason(deployed: Deployed) -> None:
    """A signed body that is no order: the store is answered 200, and the operator finds it."""
    assert deployed.shopify("orders/create", {"id": None}).status == 200
    until(lambda: deployed.queued("RejectedQueue"))
    ask = {"QueueUrl": deployed.stack.resources["RejectedQueue"], "MessageAttributeNames": ["All"]}
    [letter] = deployed.stack.client("sqs").receive_message(**ask)["Messages"]
    assert letter["MessageAttributes"]["reason"]["StringValue"]


def test_a_file_is_imported(deployed: Deployed) -> None:
    """The bucket's event, the rule, the queue, the function, the report."""
    row = f"4,2026-01-05,F1,61,Tea,1,5.00,{address(4)},,\n"
    deployed.drop("till", COLUMNS + row)
    assert len(deployed.customer(4)["orders"]) == 1


def test_the_schedule_sends_what_is_due_later(deployed: Deployed) -> None:
    """Planned for a minute later, so only the sweep that the schedule wakes can bring it out."""
    consent = {"sms": {"state": "subscribed"}}
    traits = {"email": address(5), "phone": NUMBER, "consent": consent}
    assert deployed.call("identify", userId="5", traits=traits).status == 200
    assert deployed.call("track", userId="5", event="ring_sms", properties={}).status == 200
    [text] = until(lambda: deployed.texts().get(NUMBER), patience=200)
    assert text["Message"].startswith("Fern & Leaf")
    link = next(word for word in text["Message"].split() if "/unsubscribe/" in word)
    assert deployed.request("POST", urlsplit(link).path).status == 200
    assert deployed.customer(5)["consent"]["sms"]["state"] == "unsubscribed"
