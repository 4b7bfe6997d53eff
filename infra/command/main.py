"""`perennial`: the desk, the content, and the shop's stack, from a terminal."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from importlib import import_module

import click

from infra.command.errors import PlainErrors

# Each is loaded when it is asked for: what one of them needs, the others need not wait for.
COMMANDS = {
    "demo": "local:demo",
    "dev": "local:dev",
    "validate": "content:validate",
    "publish": "content:publish",
    "rollback": "content:rollback",
    "schema": "content:schema",
    "explain": "explain:explain",
    "plan": "plan:plan",
    "let-go": "let_go:let_go",
    "preview": "preview:preview",
    "coupons": "coupons:coupons",
    "experiment": "experiment:experiment",
    "forecast": "forecast:forecast",
    "backtest": "backtest:backtest",
    "import": "orders:import_orders",
    "export": "rights:export",
    "erase": "rights:erase",
    "dead-letters": "dead_letters:dead_letters",
    "pause": "switch:pause",
    "resume": "switch:resume",
}


class _Loaded(MutableMapping[str, click.Command]):
    """The commands by name, as click keeps them."""

    def __init__(self, places: dict[str, str]) -> None:
        self._places = places
        self._commands: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._commands:
            module, _, attribute = self._places[name].partition(":")
            self._commands[name] = getattr(import_module(f"infra.command.{module}"), attribute)
        return self._commands[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._commands[name] = command
        self._places.setdefault(name, "")

    def __delitem__(self, name: str) -> None:
        del self._places[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


@click.group(cls=PlainErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="perennial")
def main() -> None:
    """Lifecycle marketing that runs in a shop's own AWS account."""


main.commands = _Loaded(COMMANDS)
