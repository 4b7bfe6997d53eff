"""From files to what can go live, or to everything that is wrong with them. Pure: the files are handed in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path as Folder
from typing import TypeVar

from pydantic import ValidationError

from perennial.campaigns import OPT_IN
from perennial.errors import ContentError
from perennial.publishing import campaign_file, shop_file
from perennial.publishing.campaign_file import CampaignFile
from perennial.publishing.compiling import breaches
from perennial.publishing.offers_file import OFFERS, Offers, read_offers, unknown_offers
from perennial.publishing.problems import Path, Problem, content_error, did_you_mean, known_are
from perennial.publishing.shop_file import ShopFile
from perennial.publishing.stepping import missing_parts, sends
from perennial.publishing.template_files import TemplateSources, mentions, read_templates
from perennial.publishing.triggers import Strict
from perennial.publishing.wording import Models, problems_of
from perennial.publishing.yaml_file import YamlFile, read_yaml

SHOP = "shop.yaml"
_CAMPAIGNS = "campaigns/"
_CAMPAIGN = re.compile(r"campaigns/([a-z][a-z0-9_-]{0,59})\.yaml")
_READ = (SHOP, OFFERS, f"{_CAMPAIGNS}**/*", "templates/**/*")
_WAY_OUT = {
    "html": 'Add <a href="{{ unsubscribe_url }}">Unsubscribe</a>.',
    "text": "Add a line 'Unsubscribe: {{ unsubscribe_url }}'.",
}
_YES = {
    "html": 'Add <a ses:no-track href="{{ confirm_url }}">Yes, subscribe me</a>.',
    "text": "Add a line 'Yes, subscribe me: {{ confirm_url }}'.",
}
_Model = TypeVar("_Model", bound=Strict)


@dataclass(slots=True)
class Content:
    """A content folder as understood. It may go live when `problems` is empty; `shop` is there then."""

    shop: ShopFile | None = None
    campaigns: dict[str, CampaignFile] = field(default_factory=dict)
    templates: dict[str, dict[str, str]] = field(default_factory=dict)
    offers: Offers = field(default_factory=Offers)
    problems: list[Problem] = field(default_factory=list)

    def checked_shop(self) -> ShopFile:
        """ContentError with all problems, if there are any."""
        if self.problems or self.shop is None:
            raise content_error(self.problems)
        return self.shop


def files_of(folder: Folder) -> dict[str, bytes]:
    """The files of a content folder that matter, by path; ContentError when it is none."""
    if not (folder / SHOP).is_file():
        raise ContentError(
            f"{folder} is not a content folder: it holds no {SHOP}. Name the folder that does."
        )
    found = (path for pattern in _READ for path in folder.glob(pattern))
    named = {path.relative_to(folder): path for path in found if path.is_file()}
    return {
        name.as_posix(): path.read_bytes()
        for name, path in sorted(named.items())
        if not any(part.startswith(".") for part in name.parts)
    }


def read_content(files: Mapping[str, bytes]) -> Content:
    """Read and check everything; problems in the order in which they were met."""
    content = Content()
    sources = read_templates(files)
    content.templates, content.problems = sources.parts, sources.problems
    content.shop = _read_shop(files, content.problems)
    content.offers = read_offers(files, content.problems)
    for path in sorted(files):
        if path.startswith(_CAMPAIGNS):
            _read_campaign(content, sources, path, files[path])
    content.problems += _unanswered(content)
    return content


def _read_shop(files: Mapping[str, bytes], problems: list[Problem]) -> ShopFile | None:
    if SHOP not in files:
        problems.append(Problem(SHOP, 0, "", "this file is missing. It says who the shop is."))
        return None
    return _validated(read_yaml(SHOP, files[SHOP]), ShopFile, shop_file.MODELS, problems)


def _read_campaign(content: Content, sources: TemplateSources, path: str, data: bytes) -> None:
    named = _CAMPAIGN.fullmatch(path)
    if not named:
        remedy = "it must be called campaigns/<id>.yaml, the id in small letters, digits, - and _. Rename it."
        content.problems.append(Problem(path, 0, "", remedy))
        return
    yaml = read_yaml(path, data)
    file = _validated(yaml, CampaignFile, campaign_file.MODELS, content.problems)
    if file is None:
        return
    content.campaigns[named[1]] = file
    unknown = unknown_offers(yaml, content.offers)
    between = (*breaches(file), *missing_parts(file, sources.parts), *unknown, *_no_topic(file, content.shop))
    content.problems += [yaml.problem(where, text) for where, text in between]
    content.problems += _without_links(file, sources)


def _no_topic(file: CampaignFile, shop: ShopFile | None) -> Iterator[tuple[Path, str]]:
    """Where customers can choose among topics, they must be able to leave this one."""
    if shop and shop.topics and file.type == "marketing" and file.topic not in shop.topics:
        hint = did_you_mean(file.topic, shop.topics) or known_are(sorted(shop.topics))
        yield ("topic",), f"there is no topic '{file.topic}' in shop.yaml, so nobody could leave it.{hint}"


def _validated(yaml: YamlFile, model: type[_Model], models: Models, problems: list[Problem]) -> _Model | None:
    problems += yaml.problems
    if yaml.data is None:
        return None
    try:
        return model.model_validate(yaml.data)
    except ValidationError as error:
        told = {problem.line for problem in yaml.problems}
        problems += (each for each in problems_of(error, yaml, models) if each.line not in told)
        return None


def _without_links(file: CampaignFile, sources: TemplateSources) -> Iterator[Problem]:
    """Marketing mail without a visible way out breaks the law in most places, and `send` would skip it.

    A mail that asks for a confirmation is of no use without the link that gives it.
    """
    is_opt_in = file.trigger.kind == OPT_IN
    if not is_opt_in and file.type != "marketing":
        return
    name, remedies = ("confirm_url", _YES) if is_opt_in else ("unsubscribe_url", _WAY_OUT)
    what = (
        "an opt_in mail needs the link that confirms"
        if is_opt_in
        else "a marketing mail needs an unsubscribe link"
    )
    mails = (step for _, step in sends(file) if step.send in ("email", "best"))
    templates = dict.fromkeys(template for step in mails for template in step.templates.values())
    for template, part in product(templates, remedies):
        place = sources.places.get((template, part))
        if place and not mentions(sources, template, part, name):
            yield Problem(place.file, 0, "", f"{what}. {remedies[part]}")


def _unanswered(content: Content) -> Iterator[Problem]:
    """With double opt-in, and nothing that asks, nobody could ever subscribe."""
    asks = (
        each for each in content.campaigns.values() if each.trigger.kind == OPT_IN and each.mode == "live"
    )
    if content.shop and content.shop.double_opt_in and not any(asks):
        remedy = "a live campaign with 'trigger: {kind: opt_in}' must ask. Set campaigns/confirmation.yaml to 'mode: live'."
        yield Problem(SHOP, 0, "double_opt_in", remedy)
