"""A backtest as a picture: how many messages were worth it, by how many are sent, and how soon a purchase came. SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from html import escape

from infra.backtesting.outcomes import surest
from infra.backtesting.report import WEEKS, Backtest, Row

WIDTH, HEIGHT = 960, 415
_COLOURS = ("#1f6f4a", "#c2571a", "#5b6f9a", "#9a8f3c")  # the campaign's first
_INK, _FAINT = "#24302a", "#d8ddd9"
_LEFT, _RIGHT = (70, 470), (560, 930)  # panels, from x to x
_TOP, _BOTTOM = 120, 360
_POINTS = 120  # of a curve
_LEAST = 20  # messages: a share of fewer says nothing


def picture(found: Backtest) -> str:
    """The whole file."""
    rows = [row for row in found.rows if row.outcomes]
    return "\n".join([*_head(found, rows), *_curves(rows), *_bars(rows), "</svg>\n"])


def _head(found: Backtest, rows: Sequence[Row]) -> Iterator[str]:
    first, last = date.fromordinal(found.first), date.fromordinal(found.last)
    title = f"{found.campaign.name}: backtest from {first} to {last}"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="{_INK}" role="img">'
    )
    yield f"<title>{escape(title)}</title>"
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    yield _text(24, 30, title, size=17, weight=600)
    for place, (row, colour) in enumerate(zip(rows, _COLOURS, strict=False)):
        x, y = 24 + 300 * (place % 3), 52 + 20 * (place // 3)
        yield f'<rect x="{x}" y="{y - 10}" width="12" height="12" rx="2" fill="{colour}"/>'
        yield _text(x + 18, y, f"{row.who}: {row.share:.1%} of {len(row.outcomes):,}")
    good = "No order within 90 days" if found.campaign.kind == "winback" else "Bought within 14 days"
    yield _text(_LEFT[0], _TOP - 18, f"{good}, the surest messages first", weight=600)
    yield _text(_RIGHT[0], _TOP - 18, "Days from the message to the next purchase", weight=600)


def _curves(rows: Sequence[Row]) -> Iterator[str]:
    curves = [_curve(row) for row in rows]
    most = max((points[-1][0] for points in curves if points), default=1)
    top = max((share for points in curves for _, share in points), default=0.0)
    step = _step(top)
    ceiling = step * max(1, -(-top // step))
    left, right = _LEFT
    for number in range(round(ceiling / step) + 1):
        yield from _line(_LEFT, _y(number * step / ceiling), f"{number * step:.0%}")
    for number in range(0, most + 1, _whole_step(most)):
        yield _text(left + (right - left) * number / most, _BOTTOM + 18, f"{number:,}", anchor="middle")
    yield _text((left + right) / 2, _BOTTOM + 38, "messages sent", anchor="middle")
    for points, colour in reversed(list(zip(curves, _COLOURS, strict=False))):
        path = " ".join(
            f"{left + (right - left) * number / most:.1f},{_y(share / ceiling):.1f}"
            for number, share in points
        )
        width = 3 if colour == _COLOURS[0] else 2
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round"/>'


def _curve(row: Row) -> list[tuple[int, float]]:
    """Number sent and share of good ones, the surest first."""
    ordered = surest(row.outcomes, len(row.outcomes))
    every = max(1, len(ordered) // _POINTS)
    points: list[tuple[int, float]] = []
    good = 0
    for number, each in enumerate(ordered, start=1):
        good += row.good(each)
        if number >= min(_LEAST, len(ordered)) and (number % every == 0 or number == len(ordered)):
            points.append((number, good / number))
    return points


def _bars(rows: Sequence[Row]) -> Iterator[str]:
    names = [*(f"{low} to {high}" for low, high in WEEKS), "none by then"]
    shares = [row.weeks() for row in rows]
    top = max((share for each in shares for share in each), default=0.0)
    step = _step(top)
    ceiling = step * max(1, -(-top // step))
    for number in range(round(ceiling / step) + 1):
        yield from _line(_RIGHT, _y(number * step / ceiling), f"{number * step:.0%}")
    left, right = _RIGHT
    group = (right - left) / len(names)
    width = group * 0.8 / max(1, len(rows))
    for place, name in enumerate(names):
        at = left + place * group + group * 0.1
        for number, each in enumerate(shares):
            height = (_BOTTOM - _TOP) * each[place] / ceiling
            yield (
                f'<rect x="{at + number * width:.1f}" y="{_BOTTOM - height:.1f}" width="{width * 0.92:.1f}" '
                f'height="{height:.1f}" fill="{_COLOURS[number]}"/>'
            )
        yield _text(left + (place + 0.5) * group, _BOTTOM + 18, name, anchor="middle")


def _step(top: float) -> float:
    """Between two lines of a scale of shares: three to six of them."""
    return next((step for step in (0.01, 0.02, 0.05, 0.1, 0.2) if top / step <= 5), 0.25)


def _whole_step(most: int) -> int:
    """Between two marks on a scale of numbers: at most five of them."""
    tens = int(f"1{'0' * max(0, len(str(most)) - 2)}")
    return next(step * tens for step in (1, 2, 5, 10, 20) if most / (step * tens) <= 5)


def _y(share: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * share


def _line(panel: tuple[int, int], y: float, text: str) -> Iterator[str]:
    yield f'<path d="M{panel[0]} {y:.1f}H{panel[1]}" stroke="{_FAINT}"/>'
    yield _text(panel[0] - 8, y + 4, text, anchor="end")


def _text(x: float, y: float, text: str, *, size: int = 12, weight: int = 400, anchor: str = "start") -> str:
    font = f'font-size="{size}" font-weight="{weight}" text-anchor="{anchor}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {font}>{escape(text)}</text>'
