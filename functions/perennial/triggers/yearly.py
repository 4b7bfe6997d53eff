"""Days that come back each year: shared by the triggers about them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import count, islice

from perennial.campaigns import Campaign
from perennial.times import zone_of


def on(day: date, year: int) -> date:
    """The day in a year; the 29th of February is the 28th where there is none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def due(day: date, clock: str, zone: str) -> datetime:
    """That time of that day on the customer's clock."""
    hour, minute = map(int, clock.split(":"))
    return datetime.combine(day, time(hour, minute), zone_of(zone))


def next_two(
    day: date, before: timedelta, campaign: Campaign, zone: str, now: datetime
) -> list[tuple[int, datetime]]:
    """The first year whose message could still go now and the one after it, each with when it is due.

    Two, since somebody who has got this year's must be looked at again next year.
    """
    late = now - timedelta(days=campaign.send_by.days + 1, seconds=campaign.send_by.seconds)
    years = ((year, due(on(day, year) - before, campaign.trigger["at"], zone)) for year in count(late.year))
    return list(islice((each for each in years if each[1] >= late), 2))
