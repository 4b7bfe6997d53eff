"""Lambda's runtime API for one function, and the process that asks it: AWS's own runtime client with our handler."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from queue import Empty, Queue
from time import time
from typing import Any

from infra.desk.intrinsics import REGION, arn, physical
from infra.desk.stack import Function
from infra.desk.template import TEMPLATE
from tests.real_runtime.loopback import Answered, Asked, served

_VERSION = "/2018-06-01/runtime/"
_LONGEST = 60.0  # seconds for one call, the start of the process included


class FunctionFailed(Exception):
    """The handler raised, or could not be loaded; the text is what the runtime told."""


class RuntimeApi:
    """What one function asks for work, and tells what came of it."""

    def __init__(self, function: Function) -> None:
        self._function = function
        self._work: Queue[tuple[str, bytes] | None] = Queue()
        self._done: Queue[tuple[str, bytes]] = Queue()
        self._calls = 0

    def invoke(self, event: Mapping[str, Any]) -> Any:
        """The function's answer; FunctionFailed for an error."""
        self._calls += 1
        self._work.put((f"call-{self._calls}", json.dumps(event).encode()))
        try:
            kind, body = self._done.get(timeout=_LONGEST)
        except Empty:
            raise FunctionFailed(f"{self._function.id} has not answered.") from None
        if kind != "response":
            raise FunctionFailed(f"{self._function.id}: {body.decode()}")
        return json.loads(body)

    def stop(self) -> None:
        """Who waits for work gets none."""
        self._work.put(None)

    def answer(self, asked: Asked) -> Answered:
        """The four addresses of the interface."""
        if asked.target == f"{_VERSION}invocation/next":
            return self._next()
        kind = asked.target.rpartition("/")[2]
        self._done.put((kind, asked.body))
        return Answered(202, {}, b"{}")

    def _next(self) -> Answered:
        work = self._work.get()
        if work is None:
            return Answered(410)
        call, event = work
        headers = {
            "lambda-runtime-aws-request-id": call,
            "lambda-runtime-deadline-ms": str(int((time() + self._function.timeout) * 1000)),
            "lambda-runtime-invoked-function-arn": arn("lambda", f"function:{physical(self._function.id)}"),
            "content-type": "application/json",
        }
        return Answered(200, headers, event)


@contextmanager
def running(function: Function, aws: str) -> Iterator[RuntimeApi]:
    """The function in a process of its own, by the handler and the environment of the template. aws: host:port of moto."""
    api = RuntimeApi(function)
    with served(api.answer) as address:
        environment = {
            **function.environment,
            "AWS_LAMBDA_RUNTIME_API": address,
            "AWS_LAMBDA_FUNCTION_NAME": physical(function.id),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "desk",
            "AWS_SECRET_ACCESS_KEY": "desk",
            "AWS_ENDPOINT_URL": f"http://{aws}",
            "AWS_EC2_METADATA_DISABLED": "true",
            "PATH": os.environ["PATH"],
            "PYTHONWARNINGS": "ignore",
        }
        command = [sys.executable, "-m", "awslambdaric", function.handler]
        process = subprocess.Popen(
            command,
            cwd=TEMPLATE.parent / "functions",
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield api
        finally:
            api.stop()
            process.kill()
            process.wait()
