"""`make bench`: the figures are there, and they are of the work they claim to be of."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial

import pytest
from click.testing import CliRunner

from infra.bench import people, start, units
from infra.bench.__main__ import main
from infra.bench.crowd import Crowd
from infra.bench.floors import bodies
from infra.bench.meter import Listener, MeteredTables
from infra.bench.services import Services
from infra.bench.stage import SETTINGS, Stage
from infra.bench.timing import Timed, in_turns
from infra.bench.wire import Wire
from infra.bench.work import EVENTS, works
from perennial.adapters.documents import DynamoDocuments
from perennial.ports.documents import SHARDS

UNITS = ("event", "due_customer", "message")


@pytest.fixture(scope="module")
def figures():
    """What a quick run prints last."""
    ran = CliRunner().invoke(main, ["--quick"], catch_exceptions=False)
    return json.loads(ran.stdout)


def test_the_figures_have_the_agreed_names(figures):
    """Whoever compares two runs finds each figure at its place."""
    assert set(figures["init_ratio"]) == {"receive", "record", "sweep", "send"}
    for name in ("own_cpu_us", "whole_cpu_us", "calls"):
        assert set(figures[name]) == set(UNITS)
    assert {"event_single", "event_in_batch_of_20", "message"} <= set(figures["write_units"])
    assert figures["forecast"]["made_up"]["pairs"] > 100
    assert figures["forecast"]["skipped"] == "a quick run"
    assert {
        "json_loads_event",
        "unpack_and_pack_document",
        "bare_jinja_mail",
        "sandboxed_20_kb",
        "bare_jinja_20_kb",
    } == set(figures["floors_us"])
    assert {"python", "boto3", "cores"} <= set(figures["machine"])


def test_a_decision_is_told_beside_its_goal(figures):
    """Of one campaign, of those that cost most, and of all together, which cost less than one by one."""
    told = figures["decision_us"]
    assert told["goal_of_one"] == 50
    assert max(told["dearest"].values()) >= told["one"] > 0
    assert told["one"] * told["campaigns"] > told["all_live"] > told["shipped"] > 0


def test_the_whole_costs_more_than_our_own_part(figures):
    """The real clients are at work in one and absent in the other; both together, for a single run of each is rough."""
    whole, own = (sum(figures[part][unit] for unit in UNITS) for part in ("whole_cpu_us", "own_cpu_us"))
    assert whole > own > 0


def test_a_sweep_reads_what_is_due_whatever_is_stored(figures):
    """Ten times the customers, the same bill, and the tables really held them."""
    small, large = figures["sweeps"].values()
    assert (small["stored"], large["stored"]) == (2_000, 20_000)
    assert small["units"] == large["units"] >= 100
    assert small["calls"] == large["calls"]


def test_the_documents_are_of_the_usual_size(figures):
    """Units of smaller ones would flatter: two years of orders, views and messages, some 2 KB as they are stored."""
    assert figures["document_json_bytes"] >= 7_000
    assert 1_600 <= figures["document_bytes"] <= 2_500
    assert figures["details"]["mail_bytes"]["raw"] >= 20_000


def test_the_life_of_a_message_is_the_sum_of_its_steps(figures):
    """No put of it is left out; once the Send event has come, nothing is left to look at."""
    written = figures["write_units"]
    steps = [written[f"message_{step}"] for step in units.STEPS]
    assert written["message"] == pytest.approx(sum(steps), abs=0.05)
    *steps, last_look = steps
    assert min(steps) >= 1 and last_look == 0
    assert written["event_in_batch_of_20"] < written["event_single"] < written["message"]


def test_a_view_that_wakes_earlier_pays_for_the_moved_index_key():
    """The first view of a visit moves `wake_at`: two units more than those that follow it."""
    first, *later = units._recorded_in_turn(0, 3)
    assert first == later[0] + 2 == later[1] + 2


def test_sleepers_are_really_there():
    """Asked for later, the index of the crowd answers with everybody, earliest first."""
    first = people.NOW + timedelta(days=1)
    crowd = Crowd(SETTINGS["DOCUMENTS_TABLE"], people.customer(0), 200, first)
    documents = DynamoDocuments(crowd, SETTINGS["DOCUMENTS_TABLE"], people.KEYS)
    until = first + timedelta(days=2)
    assert all(documents.due(shard, people.NOW, 1000) == [] for shard in range(SHARDS))
    shards = [documents.due(shard, until, 1000) for shard in range(SHARDS)]
    assert sorted(each for shard in shards for each in shard) == sorted(f"sleeper-{n}" for n in range(200))
    loaded = documents.load(shards[0])
    waking = [loaded[each]["wake_at"] or "" for each in shards[0]]
    assert waking == sorted(waking)


def test_a_query_that_would_read_more_than_it_says_is_refused():
    """A filter reads what it throws away; such a query must not pass for a cheap one."""
    with pytest.raises(NotImplementedError, match="FilterExpression"):
        MeteredTables().query(TableName="documents", IndexName="due", FilterExpression="a = b")


def test_both_kinds_of_clients_leave_the_same_tables():
    """What is timed with real clients is the same work as without them (bodies hold the claim's random token)."""
    tables = []
    for real in (False, True):
        services = Services()
        Stage(services).open()
        client = Wire(services).client if real else None
        for work in works(partial(Stage, services, client), 4, 5).values():
            work.prepare()
            work.run()
        tables.append(
            {
                (table, *key): {name: value for name, value in item.items() if name != "body"}
                for table, items in services.dynamodb.items.items()
                for key, item in items.items()
            }
        )
    assert tables[0] == tables[1]


def test_a_start_makes_the_clients_that_the_first_event_uses():
    """Ports left out of the start would hide what the first customer waits for."""
    wanted = {"event": "record", "due_customer": "sweep", "message": "send"}
    listeners: list[Listener] = []

    def stage() -> Stage:
        services = Services()
        Stage(services).open()
        listeners.append(Listener(services))
        return Stage(services, listeners[-1].client)

    for (unit, work), listener in zip(works(stage, 5, 5).items(), listeners, strict=True):
        work.prepare()
        work.run()
        named = Listener(Services())
        world = Stage(Services(), named.client).world
        for port in start.HANDLERS[wanted[unit]][1]:
            getattr(world, port)
        assert set(named.services) == set(listener.services)


def test_work_that_was_not_done_gives_no_figure():
    """Were nobody due, the cost of nothing would be told."""
    services = Services()
    sweeping = works(lambda: Stage(services).open(), 5, 5)["due_customer"]
    sweeping.prepare()
    sweeping.run()
    with pytest.raises(RuntimeError, match="messages queued: 0, not 5"):
        sweeping.run()


def test_a_start_that_fails_gives_no_figure():
    """The time to an error is not a start."""
    with pytest.raises(RuntimeError, match="exit status 3"):
        start.cpu_seconds("raise SystemExit(3)")


def test_rounds_are_taken_in_turns_after_one_that_warms_up():
    """A busy minute falls on all works alike; preparation and what is taken off do not count."""
    ran: list[str] = []
    works_ = {name: Timed(partial(ran.append, name), 1) for name in "ab"}
    seconds = in_turns(works_, 2)
    assert ran == ["a", "b"] * 3
    assert [len(each) for each in seconds.values()] == [2, 2]


def test_the_mail_is_read_as_it_was_written():
    """The floor prints the text of the mail that was sent."""
    mail = b"A: b\r\n\r\n--x\r\nContent-Transfer-Encoding: base64\r\n\r\nSGk=\r\n--x--\r\n"
    assert bodies(mail) == ["Hi"]


def test_a_batch_is_as_full_as_lambda_makes_it():
    """A hundred messages in one call, as the event source says."""
    from infra.desk.template import load_template

    record = load_template().functions["RecordFunction"]
    assert {source.batch_size for source in record.queues} == {EVENTS}
