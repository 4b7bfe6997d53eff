"""`python -m infra.mutants [NAME ...]`: mutmut over planning, sending and adapters; exit code 1 for an unexplained survivor.

mutmut wants the import root at its own, so the run has a workspace: the functions beside the tests, in `.mutants/`. Texts,
defaults and arguments are left alone, since most of such mutants say nothing about the rules.
"""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORKSPACE = ROOT / ".mutants"
EQUIVALENT = Path(__file__).with_name("equivalent.txt")
MUTATED = (
    "perennial/plan.py",
    "perennial/messaging/outbox.py",
    "send/delivery.py",
    "send/offering.py",
    *(
        f"perennial/adapters/{name}.py"
        for name in ("documents", "pointers", "coupons", "providers", "pointer")
    ),
)
TESTS = (
    "tests/unit/deciding",
    *(
        f"tests/unit/test_{name}.py"
        for name in (
            "outbox",
            "sender", "sending_together", "delivery", "sweep", "offering", "every_no", "feedback", "merging", "erasing",
            "pointers",
            "push_and_bus",
            "double_opt_in",
        )
    ),
    "tests/properties/test_messages.py",
    *(
        f"tests/adapters/test_{name}.py"
        for name in ("documents", "documents_on_dynamodb", "coupons", "providers", "pointer", "forgetting", "pointing")
    ),
)  # fmt: skip
OPERATORS = ("number", "augmented_assignment", "remove_unary_ops", "keywords", "swap_op", "match", "if_exp")
_RUN = f"""
import sys
from mutmut.mutation import mutators
kept = {tuple("operator_" + each for each in OPERATORS)!r}
mutators.mutation_operators[:] = [each for each in mutators.mutation_operators if each[1].__name__ in kept]
from mutmut.__main__ import cli
sys.path[:] = [each for each in sys.path if each not in ("", {str(ROOT)!r}, {str(WORKSPACE)!r})]
cli()
"""


def main(names: list[str]) -> int:
    """Run, and tell what survived without a reason in equivalent.txt."""
    _prepare()
    _mutmut("run", "--max-children", str(os.cpu_count() or 1), *names)
    told = _mutmut("results", "--all", "true", quiet=True)
    ends = dict(line.strip().split(": ") for line in told.splitlines() if "__mutmut_" in line)
    checked = {name: end for name, end in ends.items() if end not in ("not checked", "skipped")}
    survivors = sorted(name for name, end in checked.items() if end in ("survived", "no tests"))
    reasons = dict(line.split(" # ") for line in EQUIVALENT.read_text().splitlines() if " # " in line)
    unexplained = []
    for name in survivors:
        change = _change(name)
        if change not in reasons:
            unexplained.append(f"{name}: {change}")
    sys.stdout.write(
        f"{len(checked)} mutants, {len(checked) - len(survivors)} killed,"
        f" {len(survivors) - len(unexplained)} equivalent, {len(unexplained)} survived\n"
    )
    sys.stdout.write("".join(f"{each}\n" for each in unexplained))
    return 1 if unexplained or not checked else 0


def _prepare() -> None:
    shutil.rmtree(WORKSPACE, ignore_errors=True)
    WORKSPACE.mkdir()
    skipped = shutil.ignore_patterns("__pycache__", "clients", "end_to_end")
    for each in (ROOT / "functions").iterdir():
        if each.is_dir() and each.name != "__pycache__":
            shutil.copytree(each, WORKSPACE / each.name, ignore=skipped)
    for name in ("tests", "infra", "content"):
        shutil.copytree(ROOT / name, WORKSPACE / name, ignore=skipped)
    shutil.copy(ROOT / "template.yaml", WORKSPACE)
    (WORKSPACE / "pytest.ini").write_text("[pytest]\npythonpath = .\naddopts = --import-mode=importlib\n")
    beside = [each.name for each in WORKSPACE.iterdir() if each.name not in ("perennial", "send", "tests")]
    config = configparser.ConfigParser()
    config["mutmut"] = {
        "source_paths": "\nperennial\nsend",
        "only_mutate": "\n".join(("", *MUTATED)),
        "also_copy": "\n".join(("", *beside)),
        "pytest_add_cli_args": "\n-p\nno:xdist\n-q",
        "pytest_add_cli_args_test_selection": "\n".join(("", *TESTS)),
        "use_git_change_detection": "false",
        "track_dependencies": "false",
    }
    with (WORKSPACE / "setup.cfg").open("w") as file:
        config.write(file)


def _change(name: str) -> str:
    """What is changed: the old line, an arrow, the new one."""
    lines = _mutmut("show", name, quiet=True).splitlines()
    old = [line[1:].strip() for line in lines if line.startswith("-") and not line.startswith("---")]
    new = [line[1:].strip() for line in lines if line.startswith("+") and not line.startswith("+++")]
    return f"{' '.join(old)} => {' '.join(new)}"


def _mutmut(*arguments: str, quiet: bool = False) -> str:
    command = [sys.executable, "-c", _RUN, *arguments]
    output = subprocess.PIPE if quiet else None
    ran = subprocess.run(command, cwd=WORKSPACE, stdout=output, text=True, check=False)  # noqa: S603 - our own
    return ran.stdout or ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
