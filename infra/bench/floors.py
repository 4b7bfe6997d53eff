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
from perennial.rendering.templates import Templates
from perennial.rendering.values import Fields, Items, rendering_for

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
        **_mail_of_20_kb(),
    }


def _mail_of_20_kb() -> Mapping[str, Timed]:
    """One template, rendered by the sandbox and by plain Jinja: the first may cost 1.3 times the second."""
    row = (
        "<tr><td style='padding:12px;font-size:16px'><a href='{{ item.url }}'>{{ item.title }}</a></td></tr>"
        * 5
    )
    source = f"<p>{{{{ customer.first_name }}}}</p>{{% for item in items %}}{row}{'<p>words</p>' * 40}{{% endfor %}}"
    items = [Fields("item", {"url": "https://shop.example/p", "title": "Evening Tea"}) for _ in range(20)]
    names = {"customer": Fields("customer", {"first_name": "Ada"}), "items": Items(items)}
    sandboxed, bare = Templates({"mail": {"html": source}}), Environment(autoescape=True).from_string(source)

    def ours() -> str:
        with rendering_for("en", "UTC"):
            return sandboxed.render("mail", "html", names)

    if ours() != bare.render(names):
        raise ValueError("the sandbox and Jinja write the same mail differently")
    return {"sandboxed_20_kb": _often(ours), "bare_jinja_20_kb": _often(lambda: bare.render(names))}


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
