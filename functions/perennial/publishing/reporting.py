"""What became of a save, for whoever saved: a page for each file that is not right, and a notice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape
from itertools import groupby

from perennial.ports.live import Blobs
from perennial.ports.providers import Notices
from perennial.publishing.problems import Problem
from perennial.publishing.publisher import PublishReport

PREFIX = "reports/content/"
_INDEX = f"{PREFIX}index.html"
_STYLE = (
    "body{font:17px/1.6 system-ui,sans-serif;max-width:46rem;margin:3rem auto;padding:0 1.2rem;color:#1f2a26}"
    "h1{font-size:1.5rem}code{background:#f0eee7;padding:.1em .35em;border-radius:4px}"
    "li{margin:.7em 0}.line{font-weight:600}.rule{color:#66716b;font-size:.9em}.warning{color:#6b5a1e}"
    "@media(prefers-color-scheme:dark){body{background:#161c19;color:#e9ece9}code{background:#2a332e}}"
)


class Reports:
    """Pages under reports/content/, and notices to a topic."""

    def __init__(self, blobs: Blobs, notices: Notices) -> None:
        self._blobs, self._notices = blobs, notices

    def went_live(self, report: PublishReport, now: datetime) -> None:
        """The pages of files that are right by now go; whoever subscribed hears of those that newly are not."""
        kept = [each.id for each in report.campaigns if each.is_kept]
        lines = [f"Live since {_said(now)}: release {report.release}."]
        if kept:
            lines.append(f"Still in their last good version: {', '.join(kept)}.")
        if report.left_out:
            lines.append(f"Not live, since they never were right: {', '.join(report.left_out)}.")
        self._write(report.problems, lines)

    def nothing_goes_live(self, problems: Iterable[Problem], now: datetime) -> None:
        """A file for everybody is not right."""
        line = f"Nothing went live at {_said(now)}: a file that everything builds on is not right."
        self._write(tuple(problems), [line])

    def _write(self, problems: tuple[Problem, ...], lines: list[str]) -> None:
        before = {each.key for each in self._blobs.stored(PREFIX)} - {_INDEX}
        pages = {
            f"{PREFIX}{file}.html": _page(f"{file}", list(own), lines)
            for file, own in groupby(sorted(problems), key=lambda each: each.file)
        }
        for key, page in pages.items():
            self._blobs.put(key, page.encode())
        for key in before - pages.keys():
            self._blobs.delete(key)
        self._blobs.put(_INDEX, _index(problems, lines).encode())
        errors = [each for each in problems if not each.warning]
        if errors:
            files = sorted({each.file for each in errors})
            subject = f"Not live: {files[0]}" + (f" and {len(files) - 1} more" if len(files) > 1 else "")
            self._notices.tell(subject, "\n".join([*lines, "", *map(str, errors)]))


def _said(now: datetime) -> str:
    return f"{now:%Y-%m-%d %H:%M} UTC"


def _index(problems: Iterable[Problem], lines: list[str]) -> str:
    by_file = groupby(sorted(problems), key=lambda each: each.file)
    items = "".join(f"<h2><code>{escape(file)}</code></h2>{_list(list(own))}" for file, own in by_file)
    return _html("What was saved last", lines, items or "<p>Everything is right.</p>")


def _page(file: str, problems: list[Problem], lines: list[str]) -> str:
    return _html(file, lines, _list(problems))


def _list(problems: list[Problem]) -> str:
    return f"<ul>{''.join(map(_item, problems))}</ul>"


def _item(problem: Problem) -> str:
    line = f'<span class="line">Line {problem.line}</span> ' if problem.line else ""
    key = f"<code>{escape(problem.key)}</code> " if problem.key else ""
    rule = f' <span class="rule">{escape(problem.rule)}</span>' if problem.rule else ""
    kind, word = ("warning", "Goes live all the same: ") if problem.warning else ("error", "")
    return f'<li class="{kind}">{line}{key}{word}{escape(problem.text)}{rule}</li>'


def _html(title: str, lines: Iterable[str], body: str) -> str:
    told = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return (
        f'<!doctype html><html lang="en" dir="ltr"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{told}{body}</body></html>\n"
    )
