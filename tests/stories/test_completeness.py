"""Every campaign that is shipped has its story, and every story its campaign."""

from __future__ import annotations

from pathlib import Path

from tests.stories.telling import content

_HERE = Path(__file__).parent


def test_every_shipped_campaign_has_a_story():
    """With a case in which it stays silent, and a test named after its key."""
    told = {path.stem.removeprefix("test_"): path.read_text() for path in _HERE.glob("test_*.py")}
    del told["completeness"]
    assert told.keys() == content().campaigns.keys()
    for campaign, text in told.items():
        assert "_stays_silent" in text, campaign
        assert "def test_the_key_is_" in text, campaign
