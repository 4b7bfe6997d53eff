"""The templates of a content folder, filled with their samples: for preview, screenshots and golden mails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from perennial.forecast.gaps import IntervalTables
from perennial.publishing import Content, files_of, in_this_process, read_content
from perennial.publishing.content import SHOP
from perennial.publishing.problems import Problem
from perennial.publishing.stepping import sends
from perennial.rendering.renderer import Message, Renderer
from perennial.rendering.sampling import KINDS, three
from perennial.rendering.values import SkipMessage
from perennial.shop import Shop, pack, unpack

PARTS = {"email": "html", "sms": "sms", "push": "push"}  # by channel, the part without which it has none
PARTIALS = "partials/"
_FOLDER = "templates"

Tried = Message | str  # or why there is no message


@dataclass(frozen=True)
class Kitchen:
    """A content folder, read once. Templates that are wrong are missing in it; `problems` says why."""

    folder: Path
    content: Content
    _samples: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    @cached_property
    def templates(self) -> list[str]:
        """Names of the templates that make a message, translations among them ("browse/reminder.de")."""
        made = (name for name, parts in self.content.templates.items() if set(PARTS.values()) & parts.keys())
        return sorted(name for name in made if not name.startswith(PARTIALS))

    @cached_property
    def problems(self) -> list[Problem]:
        """What keeps the folder from going live, and what is only to be warned of; samples and lint included."""
        return sorted({*self.content.problems, *in_this_process(self.content)})

    @cached_property
    def shop(self) -> Shop:
        """The folder as a release without campaigns. ContentError when there is no shop.yaml that can be read."""
        if self.content.shop is None:
            self.content.checked_shop()
        assert self.content.shop  # noqa: S101 - or the line before has raised
        release = {
            "settings": self.content.shop.settings(),
            "campaigns": [],
            "templates": self.content.templates,
            "intervals": IntervalTables().to_json(),
        }
        return unpack("preview", pack(release)[1])

    @cached_property
    def _renderer(self) -> Renderer:
        return Renderer(self.shop)

    @cached_property
    def _transactional(self) -> frozenset[str]:
        """Templates that no marketing campaign uses."""
        marketing = {
            template
            for campaign in self.content.campaigns.values()
            if campaign.type == "marketing"
            for _, step in sends(campaign)
            for template in step.templates.values()
        }
        return frozenset(name for name in self.templates if name.partition(".")[0] not in marketing)

    def channels(self, template: str) -> list[str]:
        """Those that the template has a part for."""
        parts = self.content.templates.get(template, {})
        return [channel for channel, part in PARTS.items() if part in parts]

    def samples(self, template: str) -> Mapping[str, dict[str, Any]]:
        """The full, the minimal and the hostile sample; a translation may have its own."""
        if template not in self._samples:
            known = self.content.sources.samples
            own = known.get(template, known.get(template.partition(".")[0]))
            self._samples[template] = three(own, self.shop.settings)
        return self._samples[template]

    def message(self, template: str, channel: str, sample: Mapping[str, Any]) -> Tried:
        """The message, or why there would be none."""
        is_marketing = template not in self._transactional
        try:
            return self._renderer.try_out(template, channel, sample, is_marketing=is_marketing)
        except SkipMessage as skipped:
            return skipped.reason

    def every_mail(self) -> Iterator[tuple[str, str, Tried]]:
        """Template, kind of sample, and the mail."""
        for template in self.templates:
            if "email" in self.channels(template):
                for kind in KINDS:
                    yield template, kind, self.message(template, "email", self.samples(template)[kind])


def kitchen(folder: Path, template: str | None = None) -> Kitchen:
    """A content folder as it lies there now; ContentError when it is none.

    template: only this one, in all its languages and with the partials, which takes a fraction of the time.
    """
    files = files_of(folder)
    if template is None:
        return Kitchen(folder, read_content(files))
    stem = template.partition(".")[0]
    kept = (f"{_FOLDER}/{stem}.", f"{_FOLDER}/{PARTIALS}")
    wanted = {
        path: data
        for path, data in files.items()
        if not path.startswith(f"{_FOLDER}/") or path.startswith(kept)
    }
    content = read_content(wanted)
    content.problems = [each for each in content.problems if each.file.startswith((*kept, SHOP))]
    return Kitchen(folder, content)


def fingerprint(folder: Path) -> int:
    """Another number after each save below the folder."""
    stats = sorted((path.as_posix(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file())
    return hash(tuple(stats))
