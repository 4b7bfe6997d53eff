"""What starts a campaign: one file per kind, each a pure function from a customer to occurrences.

An occurrence is computed from stored facts only, never from now, so whoever computes it gets the same key and moment.
"""

from __future__ import annotations

from collections.abc import Mapping

from perennial.triggers import browse, event, opt_in, replenishment, winback
from perennial.triggers.occurrence import Trigger

TRIGGERS: Mapping[str, Trigger] = {
    "browse": browse.occurrences,
    "event": event.occurrences,
    "opt_in": opt_in.occurrences,
    "replenishment": replenishment.occurrences,
    "winback": winback.occurrences,
}
