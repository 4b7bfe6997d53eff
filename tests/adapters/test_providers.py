"""Mail and SMS: what arrives, and what each failure of the call means."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    ParamValidationError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)
from moto.ses.models import ses_backends

from infra.desk.intrinsics import ACCOUNT, REGION, arn
from perennial.adapters.memory import MemoryWorld
from perennial.adapters.ses import SesAccount, SesMailer
from perennial.adapters.sns import SnsTexter
from perennial.bootstrap import AwsWorld
from perennial.errors import InDoubt, Refused
from perennial.ports.providers import Mail
from perennial.ports.world import World
from tests.adapters.builders import Wire, client_error, failing
from tests.adapters.cloud import client, texts

URL = "https://provider"
RAW = b"From: Tea <hello@shop.example>\r\nTo: ada@example.com\r\nSubject: Tea\r\n\r\nTime for tea.\r\n"
MAIL = Mail(to="ada@example.com", raw=RAW, tags={"message_id": "m-1", "campaign": "tea.time", "variant": ""})
NUMBER = "+491701234567"

Send = Callable[[Any], str]


def send_mail(client: Any) -> str:
    """One mail over this client."""
    return SesMailer(client, sender="hello@shop.example", configuration_set="perennial").send(MAIL)


def send_text(client: Any) -> str:
    """One SMS over this client."""
    return SnsTexter(client, sender_id="-").send(NUMBER, "Time for tea.", {})


def answering(answer: dict[str, Any]) -> Wire:
    """A client with one answer."""
    return Wire(None, lambda operation, parameters, pass_on: answer)


def test_each_message_has_its_own_id(world: World) -> None:
    """Accepted messages are told apart by the provider's ids."""
    assert world.mailer.send(MAIL) != world.mailer.send(MAIL)
    assert world.texter.send(NUMBER, "one", {}) != world.texter.send(NUMBER, "two", {})


def test_the_account_may_send(world: World) -> None:
    """A rate and an allowance that are not negative."""
    quota = world.account.quota()
    assert quota.rate > 0
    assert quota.left_today > 0


@pytest.mark.differs("a mail's raw text")
def test_ses_gets_the_message_byte_by_byte(aws: AwsWorld) -> None:
    """The MIME text is ours alone; the recipient stands in the envelope too."""
    aws.mailer.send(MAIL)
    (sent,) = ses_backends[ACCOUNT][REGION].sent_messages
    assert sent.raw_data == RAW.decode()
    assert set(sent.destinations) == {"ada@example.com"}


def test_ses_gets_tags_it_accepts() -> None:
    """Other characters are replaced and empty tags left out: either would make it refuse the mail."""
    wire = answering({"MessageId": "ses-1"})
    assert send_mail(wire) == "ses-1"
    ((operation, parameters),) = wire.calls
    assert operation == "send_email"
    assert parameters["ConfigurationSetName"] == "perennial"
    assert parameters["EmailTags"] == [
        {"Name": "message_id", "Value": "m-1"},
        {"Name": "campaign", "Value": "tea_time"},
    ]


def test_sns_gets_number_and_text(aws: AwsWorld) -> None:
    """As they were given."""
    aws.texter.send(NUMBER, "Time for tea.", {})
    assert texts() == [(NUMBER, "Time for tea.")]


@pytest.mark.parametrize(("sender_id", "named"), [("-", False), ("TeaShop", True)])
def test_a_sender_id_only_where_there_is_one(sender_id: str, named: bool) -> None:
    """A dash stands for none: the attribute is left out, since an empty one is refused."""
    wire = answering({"MessageId": "sns-1"})
    assert SnsTexter(wire, sender_id=sender_id).send(NUMBER, "Hi", {}) == "sns-1"
    attributes = wire.calls[0][1]["MessageAttributes"]
    assert ("AWS.SNS.SMS.SenderID" in attributes) is named


@pytest.mark.parametrize(("most", "left"), [(200.0, 150.0), (10.0, 0.0), (-1.0, float("inf"))])
def test_what_is_left_of_the_day(most: float, left: float) -> None:
    """Never below nothing; an account without a limit has no end."""
    answer = {"Max24HourSend": most, "SentLast24Hours": 50.0, "MaxSendRate": 14.0}
    assert SesAccount(answering(answer)).quota() == (14.0, left)


@pytest.mark.parametrize("send", [send_mail, send_text])
@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url=URL),
        ConnectTimeoutError(endpoint_url=URL),
        ProxyConnectionError(proxy_url=URL),
        NoCredentialsError(),
        ParamValidationError(report="bad"),
        client_error("TooManyRequestsException", "Maximum sending rate exceeded.", 429),
        client_error("Throttling", "Rate exceeded"),
        client_error("ThrottledException", status=429),
        client_error("LimitExceededException"),
        client_error("SendingPausedException"),
        client_error("AccountSuspendedException"),
        client_error("MailFromDomainNotVerifiedException"),
        client_error("NotFoundException", "Configuration set <perennial> does not exist.", 404),
        client_error("AccessDeniedException", "not authorized", 403),
        client_error("ExpiredTokenException", "The security token is expired", 403),
        client_error("MessageRejected", "Email address is not verified. Failed: ada@example.com"),
        client_error("MessageRejected", "The message contains invalid content."),
        client_error("BadRequestException", "Invalid tag value"),
    ],
    ids=lambda error: type(error).__name__ if type(error).__name__ != "ClientError" else str(error)[:70],
)
def test_certainly_not_sent(send: Send, error: Exception) -> None:
    """The request never left, or was answered with a no that may pass: it is tried again later."""
    with pytest.raises(Refused) as refused:
        send(failing(error))
    assert refused.value.permanent is False


@pytest.mark.parametrize("send", [send_mail, send_text])
@pytest.mark.parametrize(
    "error",
    [
        ReadTimeoutError(endpoint_url=URL),
        ConnectionClosedError(endpoint_url=URL),
        HTTPClientError(error="odd"),
        SSLError(endpoint_url=URL, error=OSError("bad record")),
        IncompleteReadError(actual_bytes=1, expected_bytes=2),
        BotoCoreError(),
        client_error("InternalFailure", status=500),
        client_error("ServiceUnavailable", status=503),
        client_error("Throttling", status=503),
        client_error("BadRequestException", "Missing final '@domain'", status=500),
        client_error("Unknown", status=0),
        client_error("302", status=302),
    ],
    ids=lambda error: type(error).__name__ if type(error).__name__ != "ClientError" else str(error)[:70],
)
def test_perhaps_sent(send: Send, error: Exception) -> None:
    """No answer, a server's error, or anything not understood: it may have gone out."""
    with pytest.raises(InDoubt):
        send(failing(error))


@pytest.mark.parametrize(
    "error",
    [
        client_error("BadRequestException", "Missing final '@domain'"),
        client_error("BadRequestException", "Local address contains control or whitespace"),
        client_error("BadRequestException", "Domain contains illegal character"),
        client_error("BadRequestException", "Domain starts with dot"),
        client_error("BadRequestException", "Missing domain"),
        client_error("InvalidParameterValue", "Illegal address"),
        client_error("MessageRejected", "Address blacklisted."),
        client_error("BadRequestException", "Invalid email address<ada@>"),
    ],
    ids=str,
)
def test_an_address_that_can_never_be_reached(error: Exception) -> None:
    """The fault lies with this recipient alone: no second try."""
    with pytest.raises(Refused) as refused:
        send_mail(failing(error))
    assert refused.value.permanent is True


@pytest.mark.parametrize(
    ("error", "permanent"),
    [
        (
            client_error(
                "InvalidParameter", "Invalid parameter: PhoneNumber Reason: +1 is not valid to publish to"
            ),
            True,
        ),
        (client_error("InvalidParameter", "Phone number is opted out"), True),
        (client_error("OptedOut"), True),
        (client_error("ParameterValueInvalid", "PhoneNumber"), True),
        (client_error("InvalidParameter", "Invalid parameter: AWS.SNS.SMS.SenderID"), False),
        (client_error("InvalidParameter", "PhoneNumber is not verified, account is in the sandbox"), False),
        (client_error("AuthorizationError", status=403), False),
    ],
    ids=str,
)
def test_a_number_that_can_never_be_reached(error: Exception, permanent: bool) -> None:
    """A bad or opted-out number is final; our own settings and the sandbox are not the number's fault."""
    with pytest.raises(Refused) as refused:
        send_text(failing(error))
    assert refused.value.permanent is permanent


@pytest.mark.differs("a bad phone number")
def test_the_service_refuses_a_bad_number(aws: AwsWorld) -> None:
    """As the emulated service says it, not only as we think it does."""
    with pytest.raises(Refused) as refused:
        aws.texter.send("not a number", "Hi", {})
    assert refused.value.permanent is True


def test_an_unverified_sender_is_the_accounts_trouble(aws: AwsWorld) -> None:
    """Nothing is lost while the shop's sender is not verified: the refusal is not final."""
    with pytest.raises(Refused) as refused:
        SesMailer(client("sesv2"), sender="nobody@elsewhere.example", configuration_set="perennial").send(
            MAIL
        )
    assert refused.value.permanent is False


def test_reasons_carry_no_address() -> None:
    """Reasons end in documents and logs, and the provider's text quotes the recipient."""
    error = client_error("MessageRejected", "Email address is not verified: ada@example.com")
    with pytest.raises(Refused) as refused:
        send_mail(failing(error))
    assert refused.value.reason == str(refused.value) == "MessageRejected"
    assert refused.value.__suppress_context__


def subscribed_queue(topic: str) -> str:
    """The URL of a new queue that hears what the topic is told."""
    may = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": "*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    made = client("sqs").create_queue(QueueName="subscribed", Attributes={"Policy": policy})
    url: str = made["QueueUrl"]
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn("sqs", "subscribed"))
    return url


def test_a_notice_reaches_whoever_subscribed(world: World) -> None:
    """Its text as it is; a subject that SNS would refuse becomes one that it takes."""
    subscribed = None if isinstance(world, MemoryWorld) else subscribed_queue(world.setting("NOTICES_TOPIC"))
    world.notices.tell("Not live:\n„brøwse“ " + "x" * 200, "line one\nline two")
    if isinstance(world, MemoryWorld):
        assert world.notices.told[0].text == "line one\nline two"
        return
    (message,) = client("sqs").receive_message(QueueUrl=subscribed)["Messages"]
    told = json.loads(message["Body"])
    text, subject = told["Message"], told["Subject"]
    assert text == "line one\nline two"
    assert subject is not None
    assert len(subject) == 100 and subject.startswith("Not live: ?br?wse? xxx")
