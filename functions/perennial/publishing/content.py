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
from perennial.publishing import bundles_file, campaign_file, loyalty_file, shop_file
from perennial.publishing.bundles_file import BUNDLES, BundlesFile
from perennial.publishing.campaign_file import CampaignFile
from perennial.publishing.compiling import breaches
from perennial.publishing.crossing import unknown_names
from perennial.publishing.lint.sources import lint_sources
from perennial.publishing.lint.usages import usages
from perennial.publishing.loyalty_file import LOYALTY, LoyaltyFile
from perennial.publishing.offers_file import OFFERS, Offers, read_offers, unknown_offers
from perennial.publishing.problems import Path, Problem, content_error, did_you_mean, known_are
from perennial.publishing.shop_file import ShopFile
from perennial.publishing.stepping import missing_parts, sends
from perennial.publishing.template_building import mentions, read_templates
from perennial.publishing.template_files import FOLDER, TemplateSources
from perennial.publishing.triggers import Strict
from perennial.publishing.wording import Models, problems_of
from perennial.publishing.yaml_file import YamlFile, read_yaml

SHOP = "shop.yaml"
_CAMPAIGNS = "campaigns/"
_CAMPAIGN = re.compile(r"campaigns/([a-z][a-z0-9_-]{0,59})\.yaml")
_EACH_FOR_ITSELF = (_CAMPAIGNS, FOLDER)
_EVERYBODYS = (SHOP, OFFERS, LOYALTY, BUNDLES)
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
    """A content folder as understood. ids: of all campaigns, also of those whose files cannot be read.

    shop, loyalty, bundles: None for a file that cannot be read; empty where the last two are not there.

    Each campaign stands for itself, with its file, its templates and their partials; all other files are everybody's.
    """

    shop: ShopFile | None = None
    ids: set[str] = field(default_factory=set)
    campaigns: dict[str, CampaignFile] = field(default_factory=dict)
    sources: TemplateSources = field(default_factory=TemplateSources)
    offers: Offers = field(default_factory=Offers)
    loyalty: LoyaltyFile | None = field(default_factory=LoyaltyFile)
    bundles: BundlesFile | None = field(default_factory=lambda: BundlesFile(bundles={}))
    problems: list[Problem] = field(default_factory=list)

    @property
    def templates(self) -> dict[str, dict[str, str]]:
        """Template -> part -> Jinja source."""
        return self.sources.parts

    def checked_shop(self) -> ShopFile:
        """ContentError with the problems of the files that are everybody's, if there are any."""
        fatal = [each for each in self.errors if not each.file.startswith(_EACH_FOR_ITSELF)]
        if fatal or self.shop is None:
            raise content_error(fatal)
        return self.shop

    @property
    def errors(self) -> list[Problem]:
        """The problems that keep something from going live."""
        return sorted({each for each in self.problems if not each.warning})

    def behind(self, campaign_id: str) -> set[str]:
        """The files that a campaign is made of."""
        files = {f"{_CAMPAIGNS}{campaign_id}.yaml"}
        for template in self.templates_of(campaign_id):
            files |= self.sources.behind.get(template, set())
        return files

    def templates_of(self, campaign_id: str) -> list[str]:
        """The templates of a campaign, with their translations."""
        file = self.campaigns.get(campaign_id)
        stems = {each for _, step in sends(file) for each in step.templates.values()} if file else set()
        return [each for each in self.sources.behind if each.partition(".")[0] in stems]

    def good_campaigns(self) -> dict[str, CampaignFile]:
        """Those that may go live as they are."""
        bad = {each.file for each in self.errors}
        return {each: file for each, file in self.campaigns.items() if not bad & self.behind(each)}

    def good_templates(self) -> dict[str, dict[str, str]]:
        """Those whose files are all right."""
        bad = {each.file for each in self.errors}
        return {name: parts for name, parts in self.templates.items() if not bad & self.sources.behind[name]}


def files_of(folder: Folder) -> dict[str, bytes]:
    """The files of a content folder that matter, by path; ContentError when it is none."""
    if not (folder / SHOP).is_file():
        raise ContentError(
            f"{folder} is not a content folder: it holds no {SHOP}. Name the folder that does."
        )
    found = (
        path
        for pattern in (*_EVERYBODYS, *(f"{each}**/*" for each in _EACH_FOR_ITSELF))
        for path in folder.glob(pattern)
    )
    named = {path.relative_to(folder).as_posix(): path for path in found if path.is_file()}
    return {name: path.read_bytes() for name, path in sorted(named.items()) if is_read(name)}


def is_read(path: str) -> bool:
    """Whether a file of a content folder matters."""
    hidden = any(part.startswith(".") for part in path.split("/"))
    return (path in _EVERYBODYS or path.startswith(_EACH_FOR_ITSELF)) and not hidden


def read_content(files: Mapping[str, bytes]) -> Content:
    """Read and check everything; problems in the order in which they were met."""
    content = Content()
    sources = content.sources = read_templates(files)
    content.problems = sources.problems
    content.shop = _read_shop(files, content.problems)
    content.offers = read_offers(files, content.problems)
    _read_loyalty(content, files)
    for path in sorted(files):
        if path.startswith(_CAMPAIGNS):
            _read_campaign(content, sources, path, files[path])
    content.problems += _unanswered(content)
    hosts = content.shop.settings()["hosts"] if content.shop else ()
    content.problems += lint_sources(sources, usages(content.campaigns), hosts)
    return content


def _read_shop(files: Mapping[str, bytes], problems: list[Problem]) -> ShopFile | None:
    if SHOP not in files:
        problems.append(Problem(SHOP, 0, "", "this file is missing. It says who the shop is."))
        return None
    return _validated(read_yaml(SHOP, files[SHOP]), ShopFile, shop_file.MODELS, problems)


def _read_loyalty(content: Content, files: Mapping[str, bytes]) -> None:
    if LOYALTY in files:
        yaml = read_yaml(LOYALTY, files[LOYALTY])
        content.loyalty = _validated(yaml, LoyaltyFile, loyalty_file.MODELS, content.problems)
    if BUNDLES in files:
        yaml = read_yaml(BUNDLES, files[BUNDLES])
        content.bundles = _validated(yaml, BundlesFile, bundles_file.MODELS, content.problems)


def _read_campaign(content: Content, sources: TemplateSources, path: str, data: bytes) -> None:
    named = _CAMPAIGN.fullmatch(path)
    if not named:
        remedy = "it must be called campaigns/<id>.yaml, the id in small letters, digits, - and _. Rename it."
        content.problems.append(Problem(path, 0, "", remedy))
        return
    content.ids.add(named[1])
    yaml = read_yaml(path, data)
    file = _validated(yaml, CampaignFile, campaign_file.MODELS, content.problems)
    if file is None:
        return
    content.campaigns[named[1]] = file
    unknown = unknown_offers(yaml, content.offers)
    elsewhere = unknown_names(
        file,
        content.shop.segments if content.shop else None,
        content.loyalty.tiers if content.loyalty else None,
        content.bundles.bundles if content.bundles else None,
    )
    missing = missing_parts(file, sources.parts)
    between = (*breaches(file), *missing, *unknown, *elsewhere, *_no_topic(file, content.shop))
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
    all_are_read = len(content.campaigns) == len(content.ids)
    if content.shop and content.shop.double_opt_in and all_are_read and not any(asks):
        remedy = "a live campaign with 'trigger: {kind: opt_in}' must ask. Set campaigns/confirmation.yaml to 'mode: live'."
        yield Problem(SHOP, 0, "double_opt_in", remedy)
