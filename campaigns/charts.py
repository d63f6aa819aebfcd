"""Charts as geometry, for templates that draw them as SVG on the server: no script, no picture to load."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# More columns than this are too thin to be told apart on a phone: then a column is a week.
MOST_COLUMNS = 92
A_WEEK = 7


@dataclass(frozen=True)
class Column:
    """One column; `x`, `y`, `width`, `height` in units of the drawing, whose origin is at the top left."""

    first_day: date
    value: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class ColumnChart:
    """`highest` is the value of the tallest column; each covers `days` days."""

    columns: list[Column]
    width: int
    height: int
    highest: int
    days: int


def by_day(values: Mapping[date, int], *, width: int = 720, height: int = 160) -> ColumnChart | None:
    """A column for each day from the first to the last of `values`, empty ones too; for each week when that were too many.

    None when there is nothing to draw.
    """
    if not any(values.values()):
        return None
    first, last = min(values), max(values)
    span = (last - first).days + 1
    days = 1 if span <= MOST_COLUMNS else A_WEEK
    sums = [
        sum(values.get(first + timedelta(days=start + offset), 0) for offset in range(days))
        for start in range(0, span, days)
    ]
    highest, step = max(sums), width / len(sums)
    columns = [
        Column(
            first_day=first + timedelta(days=position * days),
            value=value,
            x=round(position * step, 2),
            y=round(height * (1 - value / highest), 2),
            width=round(step * 0.85, 2),
            height=round(height * value / highest, 2),
        )
        for position, value in enumerate(sums)
    ]
    return ColumnChart(columns, width, height, highest, days)


def shares(values: Sequence[int]) -> list[float]:
    """How long a bar is for each of `values`, the longest 100."""
    longest = max(values, default=0)
    return [round(100 * value / longest, 2) if longest else 0.0 for value in values]
