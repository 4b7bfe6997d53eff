"""A customer's own SMS to the shop's number, by way of SNS (two-way SMS of AWS End User Messaging).

A no is never overlooked: STOP in any of its words alone, or anywhere in a short text, ends it at once. Only a text that is
nothing but START gives consent again, for whoever holds the phone said so. Anything else goes to the timeline, to be read.
"""

from __future__ import annotations

import re
import unicodedata

from on_event import reading, strict_json
from on_event.envelope import Envelope
from on_event.translation import Translation
from perennial.errors import Unintelligible
from perennial.events import ConsentEvidence, ConsentState, Event, Name
from perennial.people.identities import Identity, Kind, short_id
from perennial.times import stamp

SOURCE = "sms"
LONGEST_NO = 12  # words: a stop word in a longer text is most likely about something else
# What ends a subscription by the rules of carriers (CTIA), and what people write instead in other languages. The first mean
# nothing else, so they count within a short text too; the others ("fine, thanks") only alone.
CLEAR = frozenset(
    """stop stopall unsubscribe optout stopsms arret desabonner baja abmelden abbestellen stopp afmelden uitschrijven
    disiscriviti descadastrar avsluta avslutt wypisz odjava หยุด ยกเลิก 停止 退订 退訂 配信停止 수신거부 стоп отписка توقف הסר
    διακοπη""".split()
)
STOP = CLEAR | frozenset(
    """cancel end quit revoke arreter alto parar cancelar pare sair ende fine annulla cancella stoppa lopeta stoppe slut
    koniec zrus konec stoppen dur iptal berhenti batal huy 取消 解除 중지 중단 إلغاء עצור बंद रोकें""".split()
)
START = frozenset("start unstop yes subscribe optin".split())
_ACCENTS = re.compile("[\u0300-\u036f]")


def translate(envelope: Envelope, _currency: str | None = None) -> Translation:
    """One event: a word on consent, or an answer for the timeline. Unintelligible without number and text."""
    told = strict_json.parse(envelope.body)
    number = reading.phone(reading.mapping(told).get("originationNumber"))
    body = reading.mapping(told).get("messageBody")
    if number is None or not isinstance(body, str):
        raise Unintelligible("An SMS without the number it came from, or without its text.")
    name = reading.identifier(told.get("inboundMessageId")) or envelope.headers.get("notification", "")
    said = meaning(body)
    event = Event(
        id=short_id(SOURCE, number, name or body),
        name=Name.CONSENT_CHANGED if said else Name.MESSAGE_ANSWERED,
        occurred_at=envelope.received_at,
        received_at=envelope.received_at,
        source=SOURCE,
        trusted=envelope.trusted,
        identities=(Identity(Kind.PHONE, number),),
        properties=_consent(said, name, envelope) if said else {"channel": "sms", "text": reading.text(body)},
    )
    return Translation(events=[event])


def meaning(body: str) -> ConsentState | None:
    """What an SMS says about consent, None for anything else. "Please stop" is a no too: a no outranks a doubt."""
    words = _plain(body).split()
    together = "".join(words)
    if words and (set(words) <= STOP or together in STOP):
        return ConsentState.UNSUBSCRIBED
    if together in START:
        return ConsentState.SUBSCRIBED
    is_no = len(words) <= LONGEST_NO and not CLEAR.isdisjoint(words)
    return ConsentState.UNSUBSCRIBED if is_no else None


def _plain(text: str) -> str:
    """In small letters, without punctuation and the accents of Latin and Greek letters: ARRÊT and ARRET are one word."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", text.casefold()))
    letters = unicodedata.normalize("NFKC", bare)
    return "".join(" " if unicodedata.category(each)[0] in "PS" else each for each in letters)


def _consent(state: ConsentState, name: str, envelope: Envelope) -> dict[str, object]:
    evidence = ConsentEvidence(state=state, at=stamp(envelope.received_at), source="sms_reply", evidence=name)
    return {"consent": {"sms": evidence}}
