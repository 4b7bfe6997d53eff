"""The rejected lines of an orders file as a file of their own: mended there, it can be imported."""

from __future__ import annotations

import csv
from typing import TextIO

from on_event.orders_file.translate import REPORT, Remark, columns_of


class Report:
    """Writes each rejected line with its number and its reason, under the columns of the file it stood in.

    first_line: of that file; Unintelligible when it names no columns.
    """

    def __init__(self, out: TextIO, first_line: str) -> None:
        columns, _ = columns_of(first_line)
        self._writer = csv.writer(out)
        self._kept = [position for position, name in enumerate(columns) if name not in REPORT]
        self._writer.writerow([*REPORT, *(columns[position] for position in self._kept)])

    def take(self, remark: Remark) -> None:
        """One remark; what was taken in part is no rejected line."""
        if remark.rejected:
            cells = [remark.cells[position] for position in self._kept if position < len(remark.cells)]
            self._writer.writerow([remark.line, remark.reason, *cells])
