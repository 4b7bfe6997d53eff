"""What somebody said on a page is written before the page answers; if it cannot be, the signed queue keeps it."""

from __future__ import annotations

import logging

from on_event.envelope import seal
from on_event.page_event import envelope_of
from perennial.events import Event
from perennial.ports.world import World
from perennial.recording import Recorder

_log = logging.getLogger(__name__)


def keep(world: World, recorder: Recorder, event: Event) -> bool:
    """True: it holds already. False: it is safe on the queue. Raises when it could be kept nowhere."""
    try:
        failures = recorder.record([event])
        if not failures:
            return True
        reason = type(failures[0].error).__name__
    except Exception as error:  # noqa: BLE001 - whatever failed, there is another way in
        reason = type(error).__name__
    extra = {"event_name": event.name, "error": reason}
    _log.warning("a page's event goes by the queue, since its document could not be written", extra=extra)
    world.signed_queue.put([seal(envelope_of(event), world)])
    return False
