"""Floors: the least that the same work could cost, whoever does it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping

from jinja2 import Environment

from infra.bench import people
from infra.bench.stage import tracked
from infra.bench.timing import Timed
from perennial.adapters.codec import pack, unpack

TIMES = 200


def floors(mail: bytes) -> Mapping[str, Timed]:
    """Parsing one event, reading and writing one document, and printing the text of this mail with plain Jinja."""
    event = tracked(0, 0, "8100000000000", people.NOW)["body"]
    document = pack(people.customer(5))
    name = people.customer(0)["traits"]["first_name"]
    environment = Environment(autoescape=True)
    pages = [environment.from_string(_as_template(body, name)) for body in bodies(mail)]
    names = {"customer": {"first_name": name}}
    return {
        "json_loads_event": _often(lambda: json.loads(event)),
        "unpack_and_pack_document": _often(lambda: pack(unpack(document))),
        "bare_jinja_mail": _often(lambda: [page.render(names) for page in pages]),
    }


def bodies(mail: bytes) -> list[str]:
    """The text and the html of a MIME message as `send` lays it out."""
    parts = mail.split(b"Content-Transfer-Encoding: base64\r\n\r\n")[1:]
    return [base64.b64decode(part.partition(b"--")[0]).decode() for part in parts]


def _often(work: Callable[[], object]) -> Timed:
    def run() -> None:
        for _ in range(TIMES):
            work()

    return Timed(run, TIMES)


def _as_template(body: str, name: str) -> str:
    """The finished text, which prints the customer's name wherever it stands."""
    return "{% raw %}" + body.replace(name, "{% endraw %}{{ customer.first_name }}{% raw %}") + "{% endraw %}"
