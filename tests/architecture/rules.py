"""The import rules of the house. Each answers with what breaks it, in words; nothing when all is well."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from tests.architecture.reading import Module, reached_from

Modules = Mapping[str, Module]
Rule = Callable[[Modules], Iterator[str]]

SHARED: Final = "perennial"
HANDLERS: Final = frozenset({"on_event", "publish", "scheduler", "send"})
SDK: Final = frozenset({"boto3", "botocore"})
# Functions of their arguments alone: the same in the cloud, on the desk, in a test and in an explanation.
PURE: Final = (
    "perennial.apply",
    "perennial.customer",
    "perennial.decide",
    "perennial.deciding",
    "perennial.folding",
    "perennial.forecast",
    "perennial.gates",
    "perennial.insight",
    "perennial.messaging.channels",
    "perennial.messaging.letting_go",
    "perennial.messaging.messages",
    "perennial.messaging.offers",
    "perennial.messaging.outbox",
    "perennial.outlook",
    "perennial.plan",
    "perennial.triggers",
)
_WORLDLY: Final = frozenset(
    {"os", "time", "random", "secrets", "socket", "subprocess", "pathlib", "threading", "uuid", "logging"}
)
_CLOCKS: Final = frozenset({"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"})
_ENVIRONMENT: Final = frozenset({"os.environ", "os.getenv", "environ", "getenv"})


def handlers_are_strangers(modules: Modules) -> Iterator[str]:
    """No handler's folder imports another's."""
    for module in _in(modules, HANDLERS):
        for other in sorted(_folders(module) & HANDLERS - {module.folder}):
            yield f"{module.name} imports {other}"


def the_heart_knows_no_handler(modules: Modules) -> Iterator[str]:
    """`perennial` is imported by the handlers, and imports none."""
    for module in _in(modules, {SHARED}):
        for handler in sorted(_folders(module) & HANDLERS):
            yield f"{module.name} imports {handler}"


def only_adapters_speak_to_aws(modules: Modules) -> Iterator[str]:
    """The SDK is imported by the adapters, and by the bootstrap that makes its clients."""
    for module in modules.values():
        may = module.name.startswith("perennial.adapters.") or module.name == "perennial.bootstrap"
        if not may and _folders(module) & SDK:
            yield f"{module.name} imports the AWS SDK"


def the_core_is_pure(modules: Modules) -> Iterator[str]:
    """What decides reaches no adapter, no environment and no clock, not even by way of others."""
    for name in (each for each in modules if _belongs(each, PURE)):
        for reached in sorted(reached_from(name, modules)):
            if _belongs(reached, ("perennial.adapters", "perennial.bootstrap")):
                yield f"{name} reaches {reached}"
            for worldly in sorted(_folders(modules[reached]) & _WORLDLY):
                yield f"{name} reaches {worldly} by way of {reached}"
        if "utc_now" in modules[name].names():
            yield f"{name} asks for the time"


def time_is_handed_in(modules: Modules) -> Iterator[str]:
    """Only `perennial.times` reads the wall clock; measuring how long something takes is another matter."""
    for module in modules.values():
        for clock in sorted(module.names() & _CLOCKS if module.name != "perennial.times" else ()):
            yield f"{module.name} uses {clock}"


def the_environment_is_read_once(modules: Modules) -> Iterator[str]:
    """Settings come from `World.setting`; only the bootstrap knows where they stand."""
    for module in modules.values():
        if module.name != "perennial.bootstrap" and module.names() & _ENVIRONMENT:
            yield f"{module.name} reads the environment"


def nothing_is_printed(modules: Modules) -> Iterator[str]:
    """A function logs; what it prints would stand in the log without level and time."""
    for module in modules.values():
        if "print" in module.names():
            yield f"{module.name} prints"


def no_name_hides_the_standard_library(modules: Modules) -> Iterator[str]:
    """A folder `email` under functions/ would be what the SDK gets when it imports email."""
    for name in sorted({module.folder for module in modules.values()} & sys.stdlib_module_names):
        yield f"functions/{name} hides the standard library's"


RULES: Final[tuple[Rule, ...]] = (
    handlers_are_strangers,
    the_heart_knows_no_handler,
    only_adapters_speak_to_aws,
    the_core_is_pure,
    time_is_handed_in,
    the_environment_is_read_once,
    nothing_is_printed,
    no_name_hides_the_standard_library,
)


def _in(modules: Modules, folders: Iterable[str]) -> Iterator[Module]:
    return (module for module in modules.values() if module.folder in folders)


def _folders(module: Module) -> set[str]:
    return {name.partition(".")[0] for name in module.imports()}


def _belongs(name: str, parents: Iterable[str]) -> bool:
    return any(name == parent or name.startswith(f"{parent}.") for parent in parents)
