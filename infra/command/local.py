"""`dev` and `demo`: Perennial without AWS. Both load what they need only when asked for."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--port", default=8787, show_default=True, help="Where it listens on this machine.")
@click.option(
    "--content",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default="content",
    show_default=True,
    help="The content folder it publishes.",
)
def dev(port: int, content: Path) -> None:
    """Run a cloud on the desk.

    The stack of template.yaml in one process, on a clock you can move, with the mails it sends to look at.
    """
    from infra.desk.server import serve

    serve(port=port, content=content)


@click.command()
def demo() -> None:
    """Play three weeks of a fictional shop.

    A year of orders is imported, then customers browse and buy; every message lies beside its explanation.
    """
    from infra.demo.run import main

    main()
