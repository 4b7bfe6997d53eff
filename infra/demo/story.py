"""The scenes of the cast, and the moments at which somebody asks why there is no mail."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from infra.demo.cast import (
    AMARA,
    CHIARA,
    FREYA,
    HENRIK,
    INGRID,
    JONAS,
    KENJI,
    LEA,
    MATEO,
    NOOR,
    OWEN,
    PIOTR,
    SEUN,
    WALTER,
    YUKI,
)
from infra.demo.goods import BLANKET, DRIPPER, HONEY, LANTERN, MUG, TEA, TEAPOT, THYME, TOWELS, TROWEL, Good
from infra.demo.history import Basket
from infra.demo.people import Person
from infra.demo.plot import Plot
from infra.demo.storefront import Storefront
from infra.demo.watch import Watch

ORDERS_BEFORE_DUE = "29001"
ORDER_REPEATED = "29002"
ORDER_BEFORE_REMINDER = "29003"
ORDER_AFTER_REMINDER = "29004"


class Story:
    """Sets the scenes. start: the Monday on which the shop goes live."""

    def __init__(self, plot: Plot, shop: Storefront, watch: Watch, start: datetime) -> None:
        self._plot, self._shop, self._watch, self._start = plot, shop, watch, start

    def arrange(self) -> None:
        """All of them."""
        for scene in (
            self._unsubscribed,
            self._bought_just_before,
            self._bought_in_time,
            self._told_twice,
            self._bounced,
            self._at_night,
            self._capped,
            self._into_the_cart,
            self._never_asked,
            self._twice_in_a_week,
            self._sold_out,
            self._long_gone,
            self._by_text_message,
            self._at_the_checkout,
            self._cheaper,
            self._back_again,
        ):
            scene()

    def _unsubscribed(self) -> None:
        self._looks(INGRID, 1, 10, 5, BLANKET, LANTERN)
        mail = timedelta(hours=5)
        self._plot.on_mail(INGRID, "browse", mail, lambda to: self._shop.open_unsubscribe_page(to.mail))
        self._plot.on_mail(INGRID, "browse", 2 * mail, lambda to: self._shop.unsubscribe(to.mail))
        self._looks(INGRID, 11, 11, 0, BLANKET)
        self._asks(
            INGRID, 11, 15, 30, "browse", "Unsubscribed",
            "{first_name} followed the link in her mail of 15 September. Opening the page changed nothing, its button did. "
            "Ten days later she looked at the blanket again.",
        )  # fmt: skip

    def _bought_just_before(self) -> None:
        self._looks(AMARA, 3, 10, 0, TEAPOT, MUG)
        self._buys(AMARA, 3, 13, 47, TEAPOT, ORDERS_BEFORE_DUE)
        self._asks(
            AMARA, 3, 14, 30, "browse", "Bought just before the mail was due",
            "{first_name} looked at a teapot at 10:00, so a mail was due four hours later. She ordered it at 13:47.",
        )  # fmt: skip

    def _bought_in_time(self) -> None:
        self._buys(JONAS, 4, 18, 20, TEA, ORDER_BEFORE_REMINDER)
        self._asks(
            JONAS, 9, 12, 0, "replenishment", "Bought before the reminder",
            "{first_name} would have had a reminder of his tea this week. He ordered on 18 September, before it was due, "
            "and the next reminder is reckoned from there.",
        )  # fmt: skip

    def _told_twice(self) -> None:
        basket = Basket(KENJI, self._when(KENJI, 2, 12, 20), ((TEA, 2),), ORDER_REPEATED)
        self._plot.at(basket.at, partial(self._shop.order, basket, deliveries=3))
        self._asks(
            KENJI, 2, 12, 40, "replenishment", "One order, told six times",
            "The shop delivered the webhooks of {first_name}'s order three times over, created and paid. It is one order, "
            "his {orders_count}th, and the next reminder is reckoned from it once.",
        )  # fmt: skip

    def _bounced(self) -> None:
        self._looks(SEUN, 0, 11, 0, THYME)
        self._plot.on_mail(SEUN, "browse", timedelta(minutes=2), lambda to: self._shop.bounce(to.mail))
        self._looks(SEUN, 9, 11, 0, TROWEL)
        self._asks(
            SEUN, 9, 15, 30, "browse", "The address bounced",
            "The first mail to {first_name} came back: there is no such mailbox. Nothing is sent to it again, whatever he "
            "looks at.",
        )  # fmt: skip

    def _at_night(self) -> None:
        self._looks(YUKI, 8, 21, 10, TOWELS, MUG)
        self._asks(
            YUKI, 9, 2, 0, "browse", "Not at night",
            "{first_name} looked around at 21:10 in Los Angeles. The mail was due at 1:10 in the night, and waits for the "
            "morning there.",
        )  # fmt: skip

    def _capped(self) -> None:
        self._looks(CHIARA, 0, 9, 40, THYME, TROWEL)
        self._asks(
            CHIARA, 0, 14, 0, "browse", "One mail at a time",
            "{first_name} had a reminder of her coffee at 9:00, then looked at things for the garden. A second mail on the "
            "same day would be one too many; this one waits.",
        )  # fmt: skip

    def _into_the_cart(self) -> None:
        at = self._when(NOOR, 4, 10, 0)
        self._plot.at(at, partial(self._shop.browse, NOOR, [TOWELS, MUG], into_cart=True))
        self._asks(
            NOOR, 4, 15, 0, "browse", "Went on to the cart",
            "{first_name} looked at towels and a mug, and put the mug into the cart. This campaign is for those who left "
            "empty-handed.",
        )  # fmt: skip

    def _never_asked(self) -> None:
        self._looks(PIOTR, 5, 11, 0, DRIPPER)
        self._asks(
            PIOTR, 5, 15, 30, "browse", "Never agreed to mails",
            "{first_name} has an account and did not tick the box. An address is no permission.",
        )  # fmt: skip

    def _twice_in_a_week(self) -> None:
        self._looks(LEA, 1, 10, 0, LANTERN)
        self._looks(LEA, 4, 10, 0, LANTERN, BLANKET)
        self._asks(
            LEA, 4, 14, 30, "browse", "One such mail a week",
            "{first_name} came back to the lantern three days after a mail about it.",
        )  # fmt: skip

    def _sold_out(self) -> None:
        self._plot.at(self._when(HENRIK, 2, 8, 0), partial(self._shop.stock, HONEY, 0))
        self._asks(
            HENRIK, 13, 12, 0, "replenishment", "Sold out",
            "{first_name} will be running low on honey. But the shop has had none since 16 September, and a reminder of "
            "what cannot be bought helps nobody.",
        )  # fmt: skip

    def _long_gone(self) -> None:
        self._asks(
            WALTER, 1, 12, 0, "winback", "The past is left alone",
            "{first_name} has been silent for two hundred days. The mail was due long before the campaign went live, and a "
            "campaign does not start by writing to everybody it missed.",
        )  # fmt: skip

    def _by_text_message(self) -> None:
        """He wants no mails; on Tuesday he asks for text messages instead."""
        self._plot.at(self._when(MATEO, 1, 13, 0), partial(self._shop.says, MATEO, {"sms": "subscribed"}))

    def _at_the_checkout(self) -> None:
        """She comes as far as the payment, and a reminder brings her back."""
        began = self._when(FREYA, 2, 10, 15)
        self._plot.at(began, partial(self._shop.begin_checkout, FREYA, DRIPPER))
        self._buys(FREYA, 2, 12, 5, DRIPPER, ORDER_AFTER_REMINDER)
        self._asks(
            FREYA, 2, 12, 30, "checkout", "Came back",
            "{first_name} had a reminder of her checkout at 11:15, and ordered fifty minutes later. The second message of "
            "that campaign is for those who did not.",
        )  # fmt: skip

    def _cheaper(self) -> None:
        """What Owen looked at costs a fifth less a week later."""
        self._plot.at(self._when(OWEN, 0, 8, 0), partial(self._shop.stock, LANTERN, 12))
        self._looks(OWEN, 1, 12, 0, LANTERN)
        self._plot.at(
            self._when(OWEN, 8, 9, 30), partial(self._shop.stock, LANTERN, 12, cents=LANTERN.cents * 4 // 5)
        )

    def _back_again(self) -> None:
        """What Yuki looked at is sold out the day after, and there again later."""
        self._plot.at(self._when(YUKI, 9, 14, 0), partial(self._shop.stock, TOWELS, 0))
        self._plot.at(self._when(YUKI, 12, 10, 0), partial(self._shop.stock, TOWELS, 25))

    def _when(self, person: Person, day: int, hour: int, minute: int) -> datetime:
        return person.at(self._start + timedelta(days=day), hour, minute)

    def _looks(self, person: Person, day: int, hour: int, minute: int, *goods: Good) -> None:
        self._plot.at(self._when(person, day, hour, minute), partial(self._shop.browse, person, goods))

    def _buys(self, person: Person, day: int, hour: int, minute: int, good: Good, order_id: str) -> None:
        basket = Basket(person, self._when(person, day, hour, minute), ((good, 1),), order_id)
        self._plot.at(basket.at, partial(self._shop.order, basket))

    def _asks(
        self, person: Person, day: int, hour: int, minute: int, campaign: str, title: str, story: str
    ) -> None:
        noted = partial(self._watch.note, person, campaign, title, story)
        self._plot.at(self._when(person, day, hour, minute), noted)
