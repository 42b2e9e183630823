"""Who the customers are and when they come, and the rhythm of each one's life."""

from __future__ import annotations

from pipelines.simulator.catalogue import COUNTRIES, CURRENCIES, CURRENCY_WEIGHTS
from pipelines.simulator.changes import draw_change
from pipelines.simulator.company import Company
from pipelines.simulator.moments import DAY
from pipelines.simulator.parties import Customer, PaymentMethod
from pipelines.simulator.shapes.customer import customer_shape, payment_method_shape, setup_intent_shape
from pipelines.simulator.shapes.goods import coupon_shape, price_shape, product_shape, tax_rate_shape
from pipelines.simulator.subscriptions import subscribe

FIRST_WORDS = (
    "Northwind",
    "Bright",
    "Köhler",
    "Aurora",
    "Granite",
    "Señal",
    "Tanaka",
    "Blue Heron",
    "Lumen",
    "Côté",
    "Kestrel",
    "青葉",
)
SECOND_WORDS = ("Logistics", "Labs", "Design", "Foods", "Analytics", "Health", "Studios", "Energy", "Partners", "Robotics")
DEBITS = {"USD": "us_bank_account", "EUR": "sepa_debit", "GBP": "bacs_debit"}
IN_THE_FIRST_MONTH, COMES_BACK, ORDERS_MORE = 0.12, 0.1, 0.012


def open_shop(company: Company) -> None:
    """Products, prices, tax rates and coupons come into being, then every customer's arrival is planned."""
    modern = company.modern
    for product in company.catalogue.products.values():
        company.emit("product.created", product_shape(product, modern))
    for price in company.catalogue.prices.values():
        company.emit("price.created", price_shape(price, modern))
    for tax in company.catalogue.taxes.values():
        company.emit("tax_rate.created", tax_rate_shape(tax))
    for coupon in company.catalogue.coupons:
        company.emit("coupon.created", coupon_shape(coupon))
    starts = company.parameters.month_starts
    days = (starts[-1] - starts[0]) // DAY
    first_month = (starts[1] - starts[0]) // DAY
    for number in range(company.parameters.customers):
        if company.chance(IN_THE_FIRST_MONTH):
            day = company.random.randrange(first_month)
        else:  # Arrivals grow with time: the share that came by a fraction t of the time is t ** 1.3.
            day = int(days * company.random.random() ** (1 / 1.3))
        # The catalogue takes the first two minutes of the first day.
        moment = max(starts[0] + day * DAY + company.hour(), starts[0] + 300)
        customer = newcomer(company, number, moment)
        company.at(moment, customer, arrive, customer)


def newcomer(company: Company, number: int, created: int) -> Customer:
    """A customer with a currency, a country, a tax treatment and a way to pay."""
    random = company.random
    currency = random.choices(CURRENCIES, CURRENCY_WEIGHTS)[0]
    country = random.choice(COUNTRIES[currency])
    by_invoice = company.chance(0.1)
    kind = DEBITS.get(currency, "card") if by_invoice else "card"
    brand = random.choice(("visa", "mastercard", "amex")) if kind == "card" else kind
    method = PaymentMethod(
        id=company.new_id("pm"),
        kind=kind,
        brand=brand,
        last4=f"{random.randrange(10_000):04d}",
        exp_month=random.randint(1, 12),
        exp_year=random.randint(2028, 2032),
        fingerprint=f"{random.getrandbits(64):016X}",
    )
    first_word = FIRST_WORDS[number % len(FIRST_WORDS)]
    second_word = SECOND_WORDS[number // len(FIRST_WORDS) % len(SECOND_WORDS)]
    return Customer(
        id=company.new_id("cus"),
        name=f"{first_word} {second_word} {number + 1}",
        email=f"billing@customer-{number + 1}.example",
        country=country,
        currency=currency,
        tax=company.catalogue.taxes.get(country) if company.chance(0.6) else None,
        method=method,
        by_invoice=by_invoice,
        created=created,
        invoice_prefix=f"{random.getrandbits(32):08X}",
    )


def arrive(company: Company, customer: Customer) -> None:
    """Sign up, leave a means of payment, and order."""
    customer.created = company.now
    company.customers.append(customer)
    company.emit("customer.created", customer_shape(customer, company.modern))
    company.emit("payment_method.attached", payment_method_shape(customer, company.now, company.modern))
    if not customer.by_invoice:
        setup_intent = setup_intent_shape(customer, company.new_id("seti"), company.now)
        company.emit("setup_intent.succeeded", setup_intent)
    subscribe(company, customer)
    previous = {"currency": None, "invoice_settings": {"default_payment_method": None}}
    company.emit("customer.updated", customer_shape(customer, company.modern), previous)
    company.at(company.later(20, 40), customer, live, customer)


def live(company: Company, customer: Customer) -> None:
    """About once a month: change a subscription, come back, order something besides, or do nothing."""
    company.at(company.later(24, 36), customer, live, customer)
    living = [subscription for subscription in customer.subscriptions if subscription.alive]
    for subscription in living:
        draw_change(company, subscription)
    if not living and company.chance(COMES_BACK):
        subscribe(company, customer)
    elif len(living) == 1 and living[0].status == "active" and company.chance(ORDERS_MORE):
        subscribe(company, customer, "Priority support")
    elif company.chance(0.02):
        customer.email = f"accounts{len(customer.subscriptions)}@{customer.email.split('@')[1]}"
        company.emit("customer.updated", customer_shape(customer, company.modern), {"email": None})
