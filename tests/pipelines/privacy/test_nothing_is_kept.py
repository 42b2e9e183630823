"""What nobody may keep is nowhere below the lakehouse, in no layer, log or file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.laws.derivation import silver_follows_from_bronze
from cli.laws.events import conserved, exactly_once
from cli.main import app
from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, ops, quarantine, silver
from pipelines.care import Care
from pipelines.feeds import Feed
from pipelines.ingest import ingest
from pipelines.privacy import Action, Privacy, Secret
from tests.pipelines.events import cash_event, write_lines
from tests.pipelines.privacy.walk import found_below
from tests.pipelines.systems import stripe_events as stripe

pytestmark = pytest.mark.local_store

NAMES = ["Alice.Lovelace@example.org", "Ada Byron", "+44 20 7946"]
SECRET = "correct horse battery staple"

SOURCES = """
privacy:
  secret: {environment: TEST_WALK_SECRET}
  systems:
    native: {customer_id: hash, reason: drop}
    mapped:crm: {e-mail: hash, name: drop}
    stripe: {"**.email": hash, "**.name": drop, data.object.phone: drop, "data.object.lines.data[].description": hash}
sources:
  - {system: native, path: IN/*.jsonl}
  - {system: mapped, mapping: crm.yaml, path: IN/*.csv}
  - {system: stripe, path: IN/stripe/*.jsonl}
"""
CRM = """
name: crm
files: {delimiter: ";"}
rows:
  customer:
    identity: {by: state}
    time: {constant: "2025-01-01"}
    facts:
      - {table: customers, id: id, columns: {email: e-mail, name: name}}
"""


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of sources whose records are full of names: sound ones, rejected ones, malformed ones."""
    monkeypatch.setenv("TEST_WALK_SECRET", SECRET)
    mail, name, phone = NAMES
    events = [cash_event(n, customer_id=mail, reason=f"{name} paid") for n in range(3)]
    events += [cash_event(4, customer_id=mail, amount="ten"), cash_event(0, customer_id=mail, amount="11.00")]
    events += [f'{{"customer_id": "{mail}"'.encode(), f'["{mail}"]'.encode(), b"\xff" + mail.encode()]
    write_lines(tmp_path / "in" / "a.jsonl", events)
    rows = f"id;e-mail;name\n1;{mail};{name}\n2;{mail};{name};{phone}\n"
    (tmp_path / "in" / "crm.csv").write_text(rows)
    (tmp_path / "in" / "cut.csv").write_text(rows.replace("id;e-mail;name", "id,e-mail,name"))
    customer = stripe.customer() | {"email": mail, "name": name, "phone": phone, "shipping": {"name": name}}
    invoice = stripe.invoice() | {"customer_email": None}
    invoice["lines"]["data"][0]["description"] = f"for {name}"
    records = [stripe.event("customer.created", customer), stripe.event("invoice.finalized", invoice, id="evt_2")]
    write_lines(tmp_path / "in" / "stripe" / "a.jsonl", records)
    (tmp_path / "crm.yaml").write_text(CRM)
    config = tmp_path / "sources.yaml"
    config.write_text(SOURCES.replace("IN", str(tmp_path / "in")))
    return config


def run(config: Path, lake: Lakehouse) -> str:
    result = CliRunner().invoke(app, ["ingest", "--config", str(config), "--lakehouse", lake.root])
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def test_plain_values_are_nowhere_below_the_lakehouse(lake: Lakehouse, configured: Path) -> None:
    output = run(configured, lake)
    assert found_below(Path(lake.root), [*NAMES, SECRET]) == []
    assert SECRET not in output
    assert lake.open(bronze.EVENTS).count() == 8 + 4 + 2
    customers = lake.scan(silver.CUSTOMERS).collect()
    hashed = set(customers["email"].drop_nulls())
    assert len(hashed) == 1  # the CRM's customer and Stripe's are one address, which still can be seen
    cash = set(lake.scan(silver.CASH).collect()["customer_id"])
    assert {value.removeprefix("native:") for value in cash} == hashed
    codes = lake.scan(quarantine.REJECTED).collect()["code"].to_list()
    # Three lines that are no objects; a row with a cell too many; two rows of a table that was cut at the wrong delimiter.
    assert sorted(codes) == ["EVENT_CONFLICT", *["MALFORMED_JSON"] * 6, "WRONG_TYPE"]
    for check in (conserved, exactly_once, silver_follows_from_bronze):
        assert check(lake).breaches == ()


def test_a_replay_brings_nothing_back_and_hashes_nothing_twice(lake: Lakehouse, configured: Path) -> None:
    run(configured, lake)
    result = CliRunner().invoke(app, ["quarantine", "replay", "--lakehouse", lake.root])
    assert result.exit_code == 0, result.output
    assert found_below(Path(lake.root), [*NAMES, SECRET]) == []


@pytest.mark.slow
def test_nor_after_a_refresh_in_what_dagster_keeps(lake: Lakehouse, configured: Path) -> None:
    run(configured, lake)
    result = CliRunner().invoke(app, ["refresh", "--as-of", "2025-02-28", "--lakehouse", lake.root])
    assert result.exit_code == 0, (result.output, result.exception)
    assert found_below(Path(lake.root), [*NAMES, SECRET]) == []


def test_the_walk_finds_what_is_there(lake: Lakehouse, tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", [cash_event(1, customer_id=NAMES[0])])
    ingest(lake, [Feed("native", str(tmp_path / "a.jsonl"))])
    places = found_below(Path(lake.root), NAMES)
    assert any("bronze" in place for place in places)
    assert any("silver/cash" in place for place in places)


def test_a_run_that_forgot_the_rules_is_refused_until_they_are_ended(lake: Lakehouse, configured: Path) -> None:
    run(configured, lake)
    path = str(configured.parent / "in/*.jsonl")
    with pytest.raises(RtrError, match="PRIVACY_REQUIRED"):
        ingest(lake, [Feed("native", path)])
    ended = Privacy((), Secret(environment="TEST_WALK_SECRET"))
    ingest(lake, [Feed("native", path, Care(privacy=ended))])
    ingest(lake, [Feed("native", path)])
    rules = lake.scan(ops.PRIVACY_RULES).filter(source="native").sort("recorded_at").collect()["rules"]
    assert [json.loads(rule) for rule in rules] == [{"customer_id": "hash", "reason": "drop"}, {}]


def test_another_secret_is_refused_unless_it_was_rotated(lake: Lakehouse, tmp_path: Path) -> None:
    file = str(write_lines(tmp_path / "a.jsonl", [cash_event(1, customer_id=NAMES[0])]))
    secrets = []
    for number in range(2):
        secrets.append(tmp_path / f"secret{number}")
        secrets[-1].write_text(f"{SECRET} {number}")
    rules = (("customer_id", Action.HASH),)
    ingest(lake, [Feed("native", file, Care(privacy=Privacy(rules, Secret(file=str(secrets[0])))))])
    changed = Privacy(rules, Secret(file=str(secrets[1])))
    with pytest.raises(RtrError, match="SECRET_CHANGED"):
        ingest(lake, [Feed("native", file, Care(privacy=changed))])
    rotated = Privacy(rules, Secret(file=str(secrets[1])), rotated=True)
    ingest(lake, [Feed("native", file, Care(privacy=rotated))])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("secret: {environment: TEST_WALK_SECRET}|secret: hunter2", "never the secret itself"),
        ("reason: drop|reason: hide", "drop, hash"),
        ("reason: drop|reason..x: drop", "no path of a field"),
        ("mapped:crm|mapped:crn", "no source here"),
    ],
)
def test_wrong_rules_are_told(configured: Path, wrong: str, said: str) -> None:
    configured.write_text(configured.read_text().replace(*wrong.split("|")))
    result = CliRunner().invoke(app, ["ingest", "--config", str(configured)], env={"COLUMNS": "300"})
    assert result.exit_code == 2
    assert said in " ".join(result.output.replace("│", " ").split())
