"""Recurring revenue and its movements on a handful of subscriptions."""

from __future__ import annotations

from pipelines.simulator.goods import Price, Product
from pipelines.simulator.parties import Customer, Item, PaymentMethod, Subscription
from pipelines.simulator.truth_mrr import MOVEMENTS, MrrHistory, subscription_mrr

PRODUCT = Product("prod_1", "Plan", "", None, 0)
CARD = PaymentMethod("pm_1", "card", "visa", "4242", 1, 2030, "F")


def customer(name: str) -> Customer:
    return Customer(name, name, "a@example.com", "US", "USD", None, CARD, False, 0, "A")


def subscribe(buyer: Customer, unit_amount: int, interval: str = "month", quantity: int = 1) -> Subscription:
    price = Price(f"price_{unit_amount}", PRODUCT, "USD", unit_amount, interval, False, 0)
    item = Item("si_1", price, quantity, 0)
    subscription = Subscription(f"sub_{unit_amount}", buyer, [item], "active", 0, 0, 0, 0, interval)
    buyer.subscriptions.append(subscription)
    return subscription


def movements(history: MrrHistory) -> dict[str, int]:
    month = history.months[-1]["USD"]
    assert month.opening + sum(month.movements.values()) == month.closing
    assert set(month.movements) == set(MOVEMENTS)
    return {kind: amount for kind, amount in month.movements.items() if amount}


def test_a_year_counts_a_twelfth_rounded_half_to_even_by_item() -> None:
    buyer = customer("a")
    assert subscription_mrr(subscribe(buyer, 60_000, "year")) == 5_000
    assert subscription_mrr(subscribe(buyer, 29_000, "year")) == 2_417  # 2416.67
    assert subscription_mrr(subscribe(buyer, 30, "year")) == 2  # 2.5 goes to the even 2


def test_only_active_and_past_due_count_and_metered_never() -> None:
    subscription = subscribe(customer("a"), 1_000, quantity=3)
    expected = {"active": 3_000, "past_due": 3_000, "trialing": 0, "incomplete": 0, "unpaid": 0}
    for status, amount in expected.items():
        subscription.status = status
        assert subscription_mrr(subscription) == amount
    metered = Price("price_m", PRODUCT, "USD", 2, "month", True, 0)
    subscription.status = "active"
    subscription.items.append(Item("si_2", metered, 0, 0))
    assert subscription_mrr(subscription) == 3_000
    subscription.ended_at = 1
    assert subscription_mrr(subscription) == 0


def test_new_expansion_contraction_churn_reactivation() -> None:
    history, buyer = MrrHistory(), customer("a")
    first = subscribe(buyer, 1_000)
    history.snapshot([buyer])
    assert movements(history) == {"new": 1_000}
    second = subscribe(buyer, 500)
    history.snapshot([buyer])
    assert movements(history) == {"expansion": 500}
    second.ended_at = 1
    history.snapshot([buyer])
    assert movements(history) == {"contraction": -500}
    first.ended_at = 1
    history.snapshot([buyer])
    assert movements(history) == {"churn": -1_000}
    subscribe(buyer, 700)
    history.snapshot([buyer])
    assert movements(history) == {"reactivation": 700}


def test_a_trial_is_new_only_when_it_converts() -> None:
    history, buyer = MrrHistory(), customer("a")
    subscription = subscribe(buyer, 1_000)
    subscription.status = "trialing"
    history.snapshot([buyer])
    assert history.months == [{}]
    subscription.status = "active"
    history.snapshot([buyer])
    assert movements(history) == {"new": 1_000}
