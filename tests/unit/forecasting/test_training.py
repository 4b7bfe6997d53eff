"""What the models learn from a shop: made-up ones, so that what is true of them is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from infra.forecasting.looking_back import Lookout
from infra.forecasting.ordering import customers, learn_lost, learn_order
from infra.forecasting.replenishing import learn, pairs
from infra.forecasting.simulated import COFFEE, GROCERY, shop
from perennial.forecast.models import LOST, NAMES, ORDER, REPLENISHMENT, chance_soon, expected_days, model
from perennial.forecast.timing import STARTS, best_start
from perennial.forecast.training import LEAST_ROWS, CustomerExample, fit_lost
from perennial.forecast.views import CUSTOMER_FEATURES

SOON = 14


@pytest.fixture(scope="module")
def lookout():
    """A shop that nobody fitted before, twelve fortnights before its end; what followed is known."""
    return Lookout(shop(replace(COFFEE, customers=700), seed=99), 737_000 + 364 - 90)


def ranks_well(scores, came):
    """The chance that of two, the one that came has the higher score."""
    yes = [score for score, label in zip(scores, came, strict=True) if label]
    no = [score for score, label in zip(scores, came, strict=True) if not label]
    wins = sum((high > low) + 0.5 * (high == low) for high in yes for low in no)
    return wins / (len(yes) * len(no))


def test_fitted_and_shipped_weights_rank_pairs(lookout):
    """Of a shop that the shipped weights never saw; and it is calibrated: as many come as were said to."""
    fitted = learn(lookout)
    assert fitted.rows > LEAST_ROWS
    found = [pair for _, _, pair in pairs(lookout.back(0))]
    came = [pair.next_in is not None and pair.next_in <= SOON for pair in found]
    for weights in (fitted, model({}, REPLENISHMENT)):
        chances = [chance_soon(weights, pair.features) for pair in found]
        assert ranks_well(chances, came) > 0.7
        assert sum(came) / sum(chances) == pytest.approx(1, abs=0.25)


def test_fitted_weights_order_customers(lookout):
    """Who orders sooner is expected sooner."""
    fitted = learn_order(lookout)
    found = [each for _, each in customers(lookout.back(0))]
    soon = [each.next_in is not None and each.next_in <= 30 for each in found]
    assert ranks_well([-expected_days(fitted, each.features) for each in found], soon) > 0.7


def test_fitted_and_shipped_weights_find_the_lost(lookout):
    """Better than the days of silence alone, which are the first feature."""
    found = [each for _, each in customers(lookout.back(0))]
    lost = [each.next_in is None or each.next_in > 90 for each in found]
    silence = ranks_well([each.features[0] for each in found], lost)
    for weights in (learn_lost(lookout)[1], model({}, LOST)):
        assert ranks_well([weights.line.log_odds(each.features) for each in found], lost) >= silence


def test_too_little_teaches_nothing():
    """Few examples, or hardly any of one kind: the shipped weights stand, and say that they are the shipped ones."""
    features = [0.0] * len(CUSTOMER_FEATURES)
    few = [CustomerExample(features, n % 2 or None, 90) for n in range(LEAST_ROWS - 1)]
    alike = [CustomerExample(features, None, 90)] * 10 * LEAST_ROWS
    for examples in (few, alike):
        assert fit_lost(examples) == model({}, LOST)
        assert fit_lost(examples).rows == 0


def test_a_fit_that_goes_wrong_leaves_the_shipped_weights():
    """Numbers that are none."""
    features = [float("nan")] * len(CUSTOMER_FEATURES)
    examples = [CustomerExample(features, n % 2 or None, 90) for n in range(5 * LEAST_ROWS)]
    assert fit_lost(examples) == model({}, LOST)


@pytest.mark.parametrize("name", [REPLENISHMENT, ORDER, LOST])
def test_weights_survive_the_release(name):
    """And weights for other features than today's are not used."""
    shipped = model({}, name)
    told = shipped.to_json(name)
    assert set(told["weights"]) == set(NAMES[name])
    assert model({name: told}, name) == shipped
    assert model({name: {**told, "weights": {"unknown": 1.0}}}, name) == shipped


def test_a_reminder_waits_for_the_day_that_is_clearly_better():
    """Today when it is likely now, later when that is much likelier, never when it is not likely enough."""
    assert best_start([0.3, 0.31, 0.3, 0.2, 0.1], 0.1) == STARTS[0]
    assert best_start([0.05, 0.1, 0.4, 0.2, 0.1], 0.1) == STARTS[2]
    assert best_start([0.05] * 5, 0.1) is None


def test_in_a_shop_of_weekly_orders_days_are_told_apart():
    """Nearly everybody orders within a fortnight there: who does within days is what shorter horizons teach."""
    lookout = Lookout(shop(replace(GROCERY, customers=150), seed=5), 737_000 + 364 - 28)
    fitted = learn_order(lookout)
    found = [each for _, each in customers(lookout.back(0))]
    for days in (3, 7):
        soon = [each.next_in is not None and each.next_in <= days for each in found]
        assert ranks_well([-expected_days(fitted, each.features) for each in found], soon) > 0.65
