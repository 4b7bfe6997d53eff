"""Quiet hours: messages go out within local clock times of the customer, and wait otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from perennial.deciding.verdicts import Finding, Verdict
from perennial.gates.case import Case
from perennial.times import stamp


def check(case: Case) -> Finding | None:
    if case.campaign.transactional:
        return None
    zone = case.look.zone
    opens = next_opening(case.now, case.campaign.send_between or case.shop.settings.send_between, zone)
    if opens <= case.now:
        return None
    return Finding(Verdict.QUIET_HOURS_UNTIL, {"until": stamp(opens), "zone": zone.key}, until=opens)


def next_opening(now: datetime, between: tuple[str, str], zone: ZoneInfo) -> datetime:
    """`now` when the window is open, else when it next opens. A window may pass midnight ("20:00" to "02:00").

    An opening that falls into the hour skipped in spring is moved on by that hour; one that occurs twice in autumn is
    taken the first time.
    """
    opens, closes = (time.fromisoformat(text) for text in between)
    local = now.astimezone(zone)
    clock = local.time().replace(tzinfo=None)
    inside = opens <= clock < closes if opens < closes else clock >= opens or clock < closes
    if inside or opens == closes:
        return now
    day = local.date() if clock < opens else local.date() + timedelta(days=1)
    return datetime.combine(day, opens, zone).astimezone(UTC)
