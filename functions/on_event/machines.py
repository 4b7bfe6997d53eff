"""Which opens and clicks were made by a program, not by a person: privacy proxies, and scanners behind a mailbox.

A program told as a person would send follow-ups to people who never looked, so in doubt it is a program.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

SOON = timedelta(seconds=10)  # after sending: no person is that quick, scanners follow links on arrival
_PROXY_AGENTS = frozenset({"", "Mozilla/5.0"})  # Apple's privacy proxy says no more than this
_PROGRAMS = re.compile(
    r"bot\b|crawl|spider|scan|preview|proofpoint|barracuda|mimecast|symantec|fireeye|trendmicro|ironport"
    r"|safelinks|urldefense|headless|phantomjs|python|curl|wget|okhttp|java/|go-http|libwww|axios|node-fetch|http-?client",
    re.IGNORECASE,
)


def by_machine(user_agent: str | None, at: datetime | None, sent_at: datetime | None) -> bool:
    """An open or click by a proxy or scanner. Gmail's and Yahoo's proxies fetch when a person looks, so they are none."""
    return _is_program(user_agent) or _is_at_once(at, sent_at)


def _is_program(user_agent: str | None) -> bool:
    agent = (user_agent or "").strip()
    return agent in _PROXY_AGENTS or bool(_PROGRAMS.search(agent))


def _is_at_once(at: datetime | None, sent_at: datetime | None) -> bool:
    return at is not None and sent_at is not None and at - sent_at < SOON
