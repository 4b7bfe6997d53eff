"""Why a customer gets, got or does not get a message: the findings of `decide`, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from perennial.customer import Customer
from perennial.decide import decide
from perennial.shop import Shop


def explain(customer: Customer, shop: Shop, now: datetime) -> dict[str, dict[str, Any]]:
    """By campaign id: `verdict` (of the closed list) and `facts`. Empty for an anonymous visitor."""
    findings = decide(customer, shop, now).findings
    return {
        campaign: {"verdict": finding.verdict.value, "facts": finding.facts}
        for campaign, finding in findings.items()
    }
