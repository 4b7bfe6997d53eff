"""The JSON Schema of campaign files (draft 7, what editors read), made from the models."""

from __future__ import annotations

import json
from typing import Any

from perennial.publishing.campaign_file import CampaignFile

_DRAFT = "http://json-schema.org/draft-07/schema#"


def campaign_schema() -> dict[str, Any]:
    """As it stands in content/schemas/campaign.schema.json."""
    schema: dict[str, Any] = _draft_7(CampaignFile.model_json_schema())
    return {"$schema": _DRAFT, "title": "Perennial campaign", **schema}


def schema_text() -> str:
    """The file's text."""
    return json.dumps(campaign_schema(), indent=2, ensure_ascii=False) + "\n"


def _draft_7(node: Any) -> Any:
    """Definitions under their old name, and without the titles that pydantic makes up."""
    if isinstance(node, list):
        return [_draft_7(item) for item in node]
    if isinstance(node, str):
        return node.replace("#/$defs/", "#/definitions/") if node.startswith("#/$defs/") else node
    if not isinstance(node, dict):
        return node
    return {
        "definitions" if key == "$defs" else key: _draft_7(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
    }
