"""template.yaml as the desk and the tests see it: tables, queues, buckets, functions, rules, and how to make the data ones.

template = load_template()
with mock_aws():
    resources = create_resources(template, boto3.client)
    resources.tables["DocumentsTable"], resources.queues["SendQueue"], resources.buckets["ContentBucket"]
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.desk.intrinsics import REGION, Resolver, TemplateError, arn, physical, queue_url, read
from infra.desk.policies import grants
from infra.desk.stack import Bucket, Function, Queue, QueueSource, Route, Rule, Schedule, Table, Template

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"
_UNDERSTOOD = ("HttpApi", "SQS", "ScheduleV2", "EventBridgeRule")
_EXAMPLES = {"SenderEmail": "hello@shop.example"}  # parameters without a default


@dataclass(frozen=True)
class Resources:
    """What was made, by logical id: names of tables and buckets, URLs of queues."""

    tables: Mapping[str, str]
    queues: Mapping[str, str]
    buckets: Mapping[str, str]


def load_template(
    path: Path = TEMPLATE,
    parameters: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
) -> Template:
    """The template with its functions answered; TemplateError for what the desk does not understand.

    secrets: text by logical id of a secret, or by the last part of a given ARN; any other gets a text of its own.
    """
    document = read(path.read_text(encoding="utf-8"))
    examples = {name: text for name, text in _EXAMPLES.items() if name in document.get("Parameters", {})}
    resolve = Resolver(document, examples | dict(parameters or {}), secrets or {})
    return _Reading(document, resolve).template()


def create_resources(template: Template, clients: Callable[..., Any]) -> Resources:
    """Make tables, queues, buckets and topics. `clients` is `boto3.client` or a session's; moto is expected behind it."""
    _create_tables(template, clients("dynamodb", region_name=REGION))
    _create_queues(template, clients("sqs", region_name=REGION))
    _create_buckets(template, clients("s3", region_name=REGION))
    for topic in template.topics:
        clients("sns", region_name=REGION).create_topic(Name=physical(topic))
    return Resources(
        tables={each: table.name for each, table in template.tables.items()},
        queues={each: queue.url for each, queue in template.queues.items()},
        buckets={each: bucket.name for each, bucket in template.buckets.items()},
    )


def _create_tables(template: Template, dynamodb: Any) -> None:
    for table in template.tables.values():
        dynamodb.create_table(TableName=table.name, **table.definition)
        if table.expires:
            ttl = {"AttributeName": table.expires, "Enabled": True}
            dynamodb.update_time_to_live(TableName=table.name, TimeToLiveSpecification=ttl)


def _create_queues(template: Template, sqs: Any) -> None:
    for queue in sorted(template.queues.values(), key=lambda each: each.dead_letters is not None):
        attributes = {
            "VisibilityTimeout": str(queue.visibility),
            "MessageRetentionPeriod": str(queue.retention),
        }
        if queue.dead_letters:
            target = template.queues[queue.dead_letters].arn
            redrive = {"deadLetterTargetArn": target, "maxReceiveCount": queue.max_receives}
            attributes["RedrivePolicy"] = json.dumps(redrive)
        sqs.create_queue(QueueName=queue.name, Attributes=attributes)


def _create_buckets(template: Template, s3: Any) -> None:
    for bucket in template.buckets.values():
        s3.create_bucket(Bucket=bucket.name, CreateBucketConfiguration={"LocationConstraint": REGION})
        if bucket.versioned:
            s3.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})


class _Reading:
    """One reading of a template."""

    def __init__(self, document: Mapping[str, Any], resolve: Resolver) -> None:
        self._document, self._resolve = document, resolve
        self._globals: Mapping[str, Any] = document.get("Globals", {}).get("Function", {})

    def template(self) -> Template:
        queues = {each: self._queue(each, properties) for each, properties in self._all("AWS::SQS::Queue")}
        by_arn = {queue.arn: queue.id for queue in queues.values()}
        return Template(
            document=self._document,
            tables={
                each: self._table(each, properties) for each, properties in self._all("AWS::DynamoDB::Table")
            },
            queues=queues,
            buckets={
                each: self._bucket(each, properties) for each, properties in self._all("AWS::S3::Bucket")
            },
            functions={
                each: self._function(each, properties, by_arn)
                for each, properties in self._all("AWS::Serverless::Function")
            },
            rules={
                each: self._rule(each, properties, by_arn)
                for each, properties in self._all("AWS::Events::Rule")
            },
            topics={each: self._subscribed(each, by_arn) for each, _ in self._all("AWS::SNS::Topic")},
        )

    def _all(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for logical, resource in self._document["Resources"].items():
            if resource["Type"] == kind and self._resolve.exists(resource):
                yield logical, resource.get("Properties", {})

    def _table(self, logical: str, properties: Mapping[str, Any]) -> Table:
        taken = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
        definition = {key: self._resolve(properties[key]) for key in taken if key in properties}
        expires = properties.get("TimeToLiveSpecification", {}).get("AttributeName")
        return Table(physical(logical), definition, expires)

    def _queue(self, logical: str, properties: Mapping[str, Any]) -> Queue:
        redrive = properties.get("RedrivePolicy", {})
        target = redrive.get("deadLetterTargetArn", {}).get("Fn::GetAtt", [None])[0]
        return Queue(
            id=logical,
            name=physical(logical),
            url=queue_url(logical),
            arn=arn("sqs", physical(logical)),
            visibility=int(properties.get("VisibilityTimeout", 30)),
            retention=int(properties.get("MessageRetentionPeriod", 345600)),
            dead_letters=target,
            max_receives=int(redrive.get("maxReceiveCount", 0)),
        )

    def _bucket(self, logical: str, properties: Mapping[str, Any]) -> Bucket:
        return Bucket(
            physical(logical), properties.get("VersioningConfiguration", {}).get("Status") == "Enabled"
        )

    def _function(self, logical: str, properties: Mapping[str, Any], by_arn: Mapping[str, str]) -> Function:
        merged = {**self._globals, **properties}
        events: list[tuple[str, Mapping[str, Any]]] = [
            (event["Type"], event.get("Properties", {})) for event in properties.get("Events", {}).values()
        ]
        return Function(
            id=logical,
            handler=merged["Handler"],
            timeout=int(merged.get("Timeout", 3)),
            memory=int(merged.get("MemorySize", 128)),
            environment=self._environment(properties),
            routes=tuple(
                Route(each["Method"].upper(), each["Path"]) for kind, each in events if kind == "HttpApi"
            ),
            queues=tuple(self._source(each, by_arn) for kind, each in events if kind == "SQS"),
            schedules=tuple(self._schedule(each) for kind, each in events if kind == "ScheduleV2"),
            other_events=tuple(kind for kind, _ in events if kind not in _UNDERSTOOD),
            grants=tuple(grants(properties.get("Policies", []), self._resolve)),
            patterns=tuple(
                self._resolve(each["Pattern"]) for kind, each in events if kind == "EventBridgeRule"
            ),
        )

    def _schedule(self, properties: Mapping[str, Any]) -> Schedule:
        zone = str(self._resolve(properties.get("ScheduleExpressionTimezone", "UTC")))
        return Schedule(properties["ScheduleExpression"], zone)

    def _environment(self, properties: Mapping[str, Any]) -> dict[str, str]:
        shared = self._globals.get("Environment", {}).get("Variables", {})
        own = properties.get("Environment", {}).get("Variables", {})
        return {name: str(self._resolve(value)) for name, value in {**shared, **own}.items()}

    def _source(self, properties: Mapping[str, Any], by_arn: Mapping[str, str]) -> QueueSource:
        queue = self._resolve(properties["Queue"])
        if queue not in by_arn:
            raise TemplateError(f"An event source names {queue}, which is no queue of the template.")
        return QueueSource(
            queue=by_arn[queue],
            batch_size=int(properties.get("BatchSize", 10)),
            window=int(properties.get("MaximumBatchingWindowInSeconds", 0)),
            partial="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", []),
        )

    def _subscribed(self, topic: str, by_arn: Mapping[str, str]) -> tuple[str, ...]:
        every = (properties for _, properties in self._all("AWS::SNS::Subscription"))
        ends = [self._resolve(each["Endpoint"]) for each in every if each["TopicArn"] == {"Ref": topic}]
        return tuple(by_arn[end] for end in ends if end in by_arn)

    def _rule(self, logical: str, properties: Mapping[str, Any], by_arn: Mapping[str, str]) -> Rule:
        targets = (self._resolve(each["Arn"]) for each in properties["Targets"])
        return Rule(
            logical,
            self._resolve(properties["EventPattern"]),
            tuple(by_arn[each] for each in targets if each in by_arn),
        )
