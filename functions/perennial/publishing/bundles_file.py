"""`content/bundles.yaml`: products that go together, for whoever has a part of them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema, field_validator

from perennial.publishing.problems import shown
from perennial.publishing.triggers import Strict
from perennial.publishing.values import Id

BUNDLES = "bundles.yaml"


def _product(value: object) -> str:
    """An id of digits alone is a number to YAML, and text to us."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not (isinstance(text, str) and 0 < len(text.strip()) <= 100):
        raise ValueError(f"{shown(value)} is not a product. Write its id as the store knows it.")
    return text.strip()


ProductId = Annotated[str, PlainValidator(_product), WithJsonSchema({"type": "string"})]


class BundleFile(Strict):
    """One bundle."""

    title: str = Field(
        min_length=1, max_length=100, description="As customers read it.", examples=["The breakfast table"]
    )
    products: list[ProductId] = Field(
        min_length=2, max_length=12, description="Ids of what goes together.", examples=[["1001", "2001"]]
    )

    @field_validator("products")
    @classmethod
    def _each_once(cls, products: list[str]) -> list[str]:
        if twice := sorted({each for each in products if products.count(each) > 1}):
            raise ValueError(f"'{twice[0]}' stands here twice. Name each product once.")
        return products


class BundlesFile(Strict):
    """The whole file."""

    bundles: dict[Id, BundleFile] = Field(
        max_length=100,
        examples=[{"breakfast": {"title": "The breakfast table", "products": ["1001", "2001"]}}],
    )

    def packed(self) -> list[Any]:
        """As `perennial.insight.bundles.bundles_from` reads it: pairs, since their order counts."""
        return [[name, bundle.model_dump()] for name, bundle in self.bundles.items()]


MODELS: dict[tuple[str, ...], type[Strict]] = {(): BundlesFile}
