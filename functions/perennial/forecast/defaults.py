"""Weights for a shop that knows too little of itself yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SHIPPED: Mapping[str, Any] = {
    "replenishment": {"bias": 0.0, "weights": {}, "threshold": 0.12, "rows": 0},
    "order": {"bias": 0.0, "weights": {}, "threshold": 0.0, "rows": 0},
    "lost": {"bias": 0.0, "weights": {}, "threshold": 0.5, "rows": 0},
}
