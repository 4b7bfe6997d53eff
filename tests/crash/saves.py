"""A marketer saves: what is right goes live whole, what is not stays as it was, and everybody is reconsidered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from perennial.live import LiveShop
from perennial.publishing.reporting import PREFIX
from perennial.releasing import read_release
from tests.crash.content import FILES
from tests.crash.flows import SENT, Act, Flow, Other, be_due
from tests.crash.lab import Lab
from tests.crash.nights import RENAMED, SEGMENT, SEGMENTED, pass_over

CAMPAIGN, SHOP = "campaigns/browse.yaml", "shop.yaml"
WRONG_CAMPAIGN = RENAMED.replace("kind: browse", "kind: brows")
WRONG_SHOP = FILES[SHOP].replace("Europe/London", "Nowhere")
REPORTED = frozenset({"s3.ListObjectsV2", "s3.PutObject"})
LIVE = REPORTED | {"dynamodb.UpdateItem", "sqs.SendMessageBatch"}
Wanted = Callable[[Lab, Mapping[str, Any]], Iterator[str]]


def be_open(lab: Lab) -> None:
    """A customer is known and nothing is due; a night has passed; the room holds what is live."""
    be_due(lab)
    lab.rest()
    pass_over(lab)
    lab.save(FILES)
    lab.deliver()


def _saving(files: Mapping[str, str]) -> Act:
    def save(lab: Lab) -> None:
        lab.save(files)
        lab.deliver("PublishQueue")

    return save


def _kept(wanted: Wanted) -> Callable[[Lab, Collection[str]], Iterator[str]]:
    """What holds whatever is saved: a whole shop is live, with the tables of the night, and the report is about it."""

    def broken(lab: Lab, _: Collection[str]) -> Iterator[str]:
        if lab.waiting():
            yield "what was saved is never published"
        if lab.seen.nowhere:
            yield "what was live was not stored"
        try:
            LiveShop(lab.world.pointer, lab.world.blobs, lab.clock).fresh()
        except (KeyError, ClientError):
            yield "no shop is live"
            return
        release = read_release(lab.world.blobs, lab.world.pointer.read())
        if release["tables"]["customers"] != 1:
            yield "what the night counted is gone"
        yield from wanted(lab, release)

    return broken


def _better(lab: Lab, release: Mapping[str, Any]) -> Iterator[str]:
    """All of it is live, and of another save at the same moment too."""
    room = lab.world.blobs.get(f"content/{CAMPAIGN}").decode()
    named = [each["name"] for each in release["campaigns"]]
    if SEGMENT not in release["segments"] or named != [
        "Renamed" if "Renamed" in room else "Browse follow-up"
    ]:
        yield "what was saved is not live"
    if SEGMENT not in lab.customer().get("lifecycle", {}).get("segments", {}):
        yield "nobody was reconsidered"
    live = lab.world.pointer.read()
    if live is None or live.release not in _page(lab, "index"):
        yield "the report is about something else"


def _half(lab: Lab, release: Mapping[str, Any]) -> Iterator[str]:
    """The shop's file is live, the campaign as it was, and a page says why."""
    if SEGMENT not in release["segments"]:
        yield "what was saved is not live"
    if [each["name"] for each in release["campaigns"]] != ["Browse follow-up"]:
        yield "the last good campaign is not live"
    if "brows" not in _page(lab, CAMPAIGN):
        yield "nobody is told why"


def _nothing(lab: Lab, release: Mapping[str, Any]) -> Iterator[str]:
    """All is as it was, and a page says why."""
    if [each["name"] for each in release["campaigns"]] != ["Browse follow-up"] or release["segments"]:
        yield "something that is not right is live"
    if "Nowhere" not in _page(lab, SHOP):
        yield "nobody is told why"


def _page(lab: Lab, name: str) -> str:
    try:
        return lab.world.blobs.get(f"{PREFIX}{name}.html").decode()
    except KeyError:
        return ""


MET = {
    "another save": Other(_saving({CAMPAIGN: RENAMED})),
    "the night": Other(pass_over),
    "a second copy": Other(lambda lab: lab.deliver("PublishQueue", again=True)),
}
BETTER = Flow("save", be_open, _saving({SHOP: SEGMENTED[SHOP]}), LIVE, SENT, MET, _kept(_better))
# A customer whom the database refuses again and again is passed by, and reconsidered with everybody else the next night.
BETTER_AND_A_NIGHT = replace(BETTER, name="save and the next night", others={}, later=pass_over)
HALF_RIGHT = Flow(
    "save of a wrong campaign",
    be_open,
    _saving({SHOP: SEGMENTED[SHOP], CAMPAIGN: WRONG_CAMPAIGN}),
    LIVE,
    SENT,
    broken=_kept(_half),
)
ALL_WRONG = Flow(
    "save of a wrong shop",
    be_open,
    _saving({SHOP: WRONG_SHOP, CAMPAIGN: RENAMED}),
    REPORTED,
    SENT,
    broken=_kept(_nothing),
)
