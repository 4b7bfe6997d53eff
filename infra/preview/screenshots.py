"""`make screenshots`: every mail with every sample in a real browser, at two widths, light and dark, measured.

    .venv/bin/python -m infra.preview.screenshots [--content DIR] [--output DIR] [TEMPLATE ...]

Writes the pictures and an index.html, prints what cannot be read or does not fit, and ends with 1 when there is any.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from infra.preview.browser import Browser, Look, Picture, browser, find_chromium
from infra.preview.pictures import TYPE, drawn
from infra.preview.trying import kitchen
from perennial.errors import PerennialError
from perennial.rendering.renderer import Message

LOOKS = (Look(375), Look(375, dark=True), Look(640), Look(640, dark=True))
BARE = "375-without-pictures"


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture. name: its file without the ending."""

    template: str
    kind: str
    look: str
    name: str
    faults: tuple[str, ...]


@click.command()
@click.argument("templates", nargs=-1, metavar="[TEMPLATE]...")
@click.option("--content", type=click.Path(path_type=Path), default=Path("content"), show_default=True)
@click.option(
    "--output", type=click.Path(path_type=Path), default=Path("build/screenshots"), show_default=True
)
@click.pass_context
def main(context: click.Context, templates: tuple[str, ...], content: Path, output: Path) -> None:
    """Look at every mail in Chromium, and measure it."""
    try:
        shots = list(shoot(content, output, templates))
    except PerennialError as error:
        raise click.ClickException(str(error)) from error
    (output / "index.html").write_text(_index(shots), encoding="utf-8")
    faulty = [shot for shot in shots if shot.faults]
    for shot in faulty:
        click.echo(f"{shot.name}: {'; '.join(shot.faults)}")
    click.echo(f"{len(shots)} pictures, {len(faulty)} with faults: {output / 'index.html'}")
    context.exit(1 if faulty else 0)


def shoot(content: Path, output: Path, templates: tuple[str, ...]) -> Iterator[Shot]:
    """Each picture, once its file is written. templates: only these, or all. PerennialError without a Chromium."""
    chromium = find_chromium(os.environ)
    mails = [
        (template, kind, mail)
        for template, kind, mail in kitchen(content).every_mail()
        if isinstance(mail, Message) and (not templates or template in templates)
    ]
    if not mails:
        raise PerennialError(f"There is no mail in {content} to look at{' by that name' * bool(templates)}.")
    output.mkdir(parents=True, exist_ok=True)
    with browser(chromium) as page:
        for template, kind, mail in track(mails, "Looking", console=Console(stderr=True)):
            yield from _shots(page, template, kind, mail.html, output)


def _shots(page: Browser, template: str, kind: str, html: str, output: Path) -> Iterator[Shot]:
    for name, look, pictures in [*((str(look), look, _picture) for look in LOOKS), (BARE, LOOKS[0], None)]:
        seen = page.look(html, look, pictures)
        file = f"{template.replace('/', '.')}.{kind}.{name}"
        (output / f"{file}.png").write_bytes(seen.png)
        yield Shot(template, kind, name, file, seen.faults)


def _picture(url: str) -> Picture:
    return TYPE, drawn(url)


def _index(shots: list[Shot]) -> str:
    groups: dict[tuple[str, str], list[Shot]] = {}
    for shot in shots:
        groups.setdefault((shot.template, shot.kind), []).append(shot)
    rows = "".join(_row(*group, its) for group, its in groups.items())
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Screenshots</title><style>'
        "body{font:16px/1.5 system-ui;margin:2rem;background:#eee}h2{font-size:1.1rem;margin:2rem 0 .5rem}"
        "section{display:flex;gap:1rem;align-items:flex-start;overflow-x:auto}figure{margin:0;flex:none}"
        "img{width:250px;display:block}.fault{outline:4px solid #b3261e}figcaption{max-width:250px}</style>"
        f"<h1>{len(shots)} pictures</h1>{rows}</html>"
    )


def _row(template: str, kind: str, shots: list[Shot]) -> str:
    figures = "".join(
        f'<figure><a href="{shot.name}.png"><img class="{"fault" * bool(shot.faults)}" loading="lazy" src="{shot.name}.png"'
        f' alt="{shot.name}"></a><figcaption>{shot.look}<br>{"<br>".join(map(escape, shot.faults))}</figcaption></figure>'
        for shot in shots
    )
    return f"<h2>{template}, {kind}</h2><section>{figures}</section>"


if __name__ == "__main__":
    main()
