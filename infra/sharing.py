"""Work on many customers, shared out among processes a piece at a time."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
W = TypeVar("W")
R = TypeVar("R")
Advance = Callable[[int], None]  # customers done


def shared(
    things: Iterable[T],
    size: int,
    begin: Callable[[W], None],
    world: W,
    work: Callable[[list[T]], R],
    processes: int | None,
) -> Iterator[tuple[int, R]]:
    """How many things a piece had, and what came of it, in their order.

    Each process begins once with the world; world, things, work and results have to be picklable. processes: 1 stays in this
    one, None is one for each processor; no more begin than there are pieces. Memory does not grow with the number of
    things: no more pieces are under way than keep the processes busy.
    """
    pieces = _in_pieces(things, size)
    processes = processes or os.cpu_count() or 1
    head = list(islice(pieces, processes))
    if len(head) <= 1 or processes == 1:
        begin(world)
        for piece in (*head, *pieces):
            yield len(piece), work(piece)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(head), context, begin, (world,)) as pool:
        under_way: deque[tuple[int, Future[R]]] = deque()
        for piece in (*head, *pieces):
            under_way.append((len(piece), pool.submit(work, piece)))
            if len(under_way) >= 2 * processes:
                yield _oldest(under_way)
        while under_way:
            yield _oldest(under_way)


def _oldest(under_way: deque[tuple[int, Future[R]]]) -> tuple[int, R]:
    number, future = under_way.popleft()
    return number, future.result()


def _in_pieces(things: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(things)
    while piece := list(islice(rest, size)):
        yield piece
