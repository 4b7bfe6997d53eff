"""Does everything once on a desk, and notes what each flow was the first to need."""

from __future__ import annotations

import tempfile
from pathlib import Path

from infra.desk.desk import Desk
from infra.desk.keys import Keys
from infra.privileges import content
from infra.privileges.flows import FLOWS, TOPIC
from infra.privileges.report import Permission, Report, allowed, found
from infra.privileges.shop import Shop


def everything() -> Report:
    """What the roles allow beside what was used of it."""
    needed_by: dict[Permission, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        content.save(Path(folder))
        with Desk(content=Path(folder), keys=Keys(sns_topic=TOPIC)) as desk:
            desk.permissions.used.clear()  # publishing the content at the start is no flow
            desk.permissions.missing.clear()
            shop = Shop(desk, Path(folder))
            for flow in FLOWS:
                flow(shop)
                for permission in found(desk):
                    needed_by.setdefault(permission, flow.__name__)
            return Report(list(allowed(desk.template)), sorted(set(desk.permissions.missing)), needed_by)
