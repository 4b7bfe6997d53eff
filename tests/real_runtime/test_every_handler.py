"""Every function under AWS's own runtime client: by its `Handler`, with the template's environment, one process each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from moto.ses.models import ses_backends

from infra.desk.desk import Desk
from infra.desk.intrinsics import ACCOUNT, REGION
from infra.desk.runtime import Runtime
from infra.desk.stack import Function
from infra.privileges import content
from infra.privileges.flows import ALARM, COLUMNS
from infra.privileges.shop import Shop
from tests.real_runtime import moto_over_http
from tests.real_runtime.loopback import served
from tests.real_runtime.runtime_api import RuntimeApi, running


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A desk of which no function runs in this process."""
    content.save(tmp_path)
    with ExitStack() as processes:
        aws = processes.enter_context(served(moto_over_http.answer))
        started: dict[str, RuntimeApi] = {}
        desks: list[Desk] = []

        def invoke(_runtime: Runtime, function: Function, event: dict[str, Any]) -> Any:
            if function.id not in started:
                started[function.id] = processes.enter_context(running(function, aws))
            answer = started[function.id].invoke(event)
            for desk in desks:  # it does not see what another process queues
                for queue in desk.template.queues.values():
                    desk._arrived(queue.url)
            return answer

        monkeypatch.setattr(Runtime, "invoke", invoke)
        desk = processes.enter_context(Desk(content=tmp_path))
        desks.append(desk)
        yield Shop(desk, tmp_path)
        assert started.keys() == desk.template.functions.keys(), "a function was not tried"


def test_every_handler_works_in_the_real_runtime_loop(shop: Shop) -> None:
    """From a webhook to a mail, and all the ways beside it; each answer has a shape that Lambda takes."""
    desk = shop.desk
    shop.customer(1)
    shop.page("POST", "/forms/news", "email=form@fernleaf.example")
    desk.sweep()
    sent = ses_backends[ACCOUNT][REGION].sent_messages
    assert [set(message.destinations) for message in sent] == [{"form@fernleaf.example"}]

    shop.file("till.csv", f"{COLUMNS}2,2026-01-05,F1,61,Tea,1,5.00,c2@fernleaf.example,,\n")
    desk.night()
    assert all(desk.customer(f"c{number}@fernleaf.example") for number in (1, 2))

    before = desk.world.pointer.read()
    file = shop.folder / "campaigns" / "bus.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "priority: 60\n", encoding="utf-8")
    desk.notice_saves()
    desk.deliver(ALARM)
    live = desk.world.pointer.read()
    assert before and live and live.release != before.release and "*" in live.paused
    assert desk.dead_letters() == []
