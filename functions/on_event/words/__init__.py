"""The words of our own pages, in the languages they speak. Plain text: pages escape it and fill in what stands in braces.

{shop}: the shop's name. {messages}: one of `emails`, `texts`, `notifications`, `any_messages`. {contact}: a link to the
shop's address. {date}: a day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from on_event.words.de import DE
from on_event.words.en import EN
from on_event.words.es import ES
from on_event.words.fr import FR
from on_event.words.it import IT
from on_event.words.nl import NL
from on_event.words.table import Words
from on_event.words.th import TH

LANGUAGES: Mapping[str, Words] = {each.language: each for each in (EN, DE, FR, ES, NL, IT, TH)}
_MOST_ASKED = 10  # languages of a browser's list that are looked at


def words_for(*locales: str | None) -> Words:
    """The first of these that is spoken, each a locale such as "de-AT" or a browser's list; else English."""
    spoken = (LANGUAGES.get(language) for locale in locales if locale for language in _languages(locale))
    return next(filter(None, spoken), EN)


def _languages(listed: str) -> Iterator[str]:
    """Browsers write the dearest first: de-AT,de;q=0.9,en;q=0.5 is de, de, en."""
    for each in listed.split(",")[:_MOST_ASKED]:
        yield each.partition(";")[0].strip().replace("_", "-").partition("-")[0].lower()


__all__ = ["LANGUAGES", "Words", "words_for"]
