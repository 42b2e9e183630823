"""Mapped feeds through the real ingest: every line, to the cent, once."""

from __future__ import annotations

import gzip
import json
import pickle
import shutil
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from cli.laws.derivation import silver_follows_from_bronze
from cli.laws.events import conserved, exactly_once
from lakehouse.catalogue import connect
from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import quarantine, silver
from pipelines.care import Care
from pipelines.feeds import Feed, IngestOptions
from pipelines.ingest import Summary, ingest
from pipelines.replay import replay
from pipelines.sources.kafka import KafkaFeed
from pipelines.sources.kafka.options import options_from
from pipelines.systems.mapped import load_mapping, read_mapping
from tests.pipelines.systems.mapped.feeds import SALES, SOUND
from tests.pipelines.systems.normalising import RECEIVED_AT

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SMALL = IngestOptions(batch_bytes=300, range_bytes=100)


def take_in(lake: Lakehouse, mapping: str | Path, path: object, options: IngestOptions | None = None) -> Summary:
    read = load_mapping(mapping) if isinstance(mapping, Path) else read_mapping(mapping)
    return ingest(lake, [Feed(read.source, str(path), Care(read))], options)


def assert_lawful(lake: Lakehouse) -> None:
    for check in (conserved, exactly_once, silver_follows_from_bronze):
        assert check(lake).breaches == ()


def invoices(lake: Lakehouse) -> dict[str, object]:
    """The query of examples/README.md."""
    (query,) = [block for block in (EXAMPLES / "README.md").read_text().split("```sql\n")[1:] if "invoices" in block]
    return connect(lake).sql(query.split("```")[0]).pl().to_dicts()[0]


ONLINE_RETAIL = {
    "lines": 19_632,
    "invoices": 905,
    "net": Decimal("324956.32"),
    "cancelled_lines": 256,
    "cancelled": Decimal("-60310.15"),
}


def test_online_retail_to_the_cent_and_twice_the_same(lake: Lakehouse, shared: Path, tmp_path: Path) -> None:
    feed = shared / "data/online_retail"
    first = take_in(lake, EXAMPLES / "online_retail.yaml", feed)
    assert (first.files, first.received, first.accepted, first.quarantined) == (7, 19_632, 19_632, 0)
    assert invoices(lake) == ONLINE_RETAIL
    shutil.copytree(feed, tmp_path / "again")
    again = take_in(lake, EXAMPLES / "online_retail.yaml", tmp_path / "again")
    assert (again.received, again.accepted, again.duplicate) == (19_632, 0, 19_632)
    assert invoices(lake) == ONLINE_RETAIL
    assert_lawful(lake)
    contracts = lake.scan(silver.CONTRACTS).select(pl.col("object_id").n_unique()).collect().item()
    assert contracts == 905


def test_jaffle_shop(lake: Lakehouse, shared: Path) -> None:
    summary = take_in(lake, EXAMPLES / "jaffle_shop.yaml", shared / "data/jaffle_shop/*.csv")
    assert (summary.accepted, summary.quarantined) == (100 + 99 + 113, 0)
    cash, sold = lake.scan(silver.CASH).collect(), lake.scan(silver.DOCUMENTS).collect()
    assert (cash.height, cash["amount"].sum()) == (113, Decimal("1672.00"))  # 167,200 cents
    assert sold["total"].sum() == Decimal("1672.00")
    orders = lake.scan(silver.CONTRACTS).collect()
    assert set(sold["contract_id"]) == set(orders["object_id"])
    customers = lake.scan(silver.CUSTOMERS).collect()
    assert set(orders["customer_id"]) <= set(customers["object_id"])
    assert_lawful(lake)


def test_the_shop_of_the_examples(lake: Lakehouse) -> None:
    summary = take_in(lake, EXAMPLES / "shop.yaml", EXAMPLES / "shop")
    assert (summary.accepted, summary.quarantined) == (14, 0)
    # 49 + 36 + 36 + 1,249 + 6 - 24.50
    assert lake.scan(silver.DOCUMENTS).collect()["total"].sum() == Decimal("1351.50")
    costs = lake.scan(silver.PRODUCTS).sort("object_id").collect()["unit_cost"].to_list()
    assert costs == [Decimal("11.20"), Decimal("1.85"), Decimal(702)]
    assert lake.scan(silver.PRICES).collect()["purpose"].value_counts().sort("purpose").rows() == [
        ("competitor", 1),
        ("list", 3),
        ("ssp", 1),
    ]
    assert_lawful(lake)


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet", "json", "jsonl.gz"])
def test_equal_lines_count_in_any_file_in_whatever_pieces_it_is_read(lake: Lakehouse, tmp_path: Path, ending: str) -> None:
    """Two equal lines of R1 stand far apart: with JSON lines, in different ranges if the file were read in ranges."""
    rows = [SOUND["sale"], *({**SOUND["returned"], "receipt": f"R{n}"} for n in range(10, 60)), SOUND["sale"]]
    frame = pl.DataFrame(rows)
    file = tmp_path / f"sales.{ending}"
    if ending == "csv":
        frame.write_csv(file)
    elif ending == "parquet":
        frame.write_parquet(file)
    elif ending == "json":
        file.write_text(json.dumps(rows))
    else:
        lines = frame.write_ndjson().encode()
        file.write_bytes(gzip.compress(lines) if ending.endswith("gz") else lines)
    summary = take_in(lake, SALES, file, SMALL)
    assert (summary.received, summary.accepted) == (52, 52)
    assert lake.scan(silver.DOCUMENTS).filter(number="R1").collect()["total"].to_list() == [Decimal("2.50")] * 2
    assert_lawful(lake)


def test_a_file_of_lines_that_grew_counts_its_equal_lines_from_the_beginning(lake: Lakehouse, tmp_path: Path) -> None:
    line = json.dumps(SOUND["sale"]) + "\n"
    file = tmp_path / "sales.jsonl"
    for times in (1, 3):
        file.write_text(line * times)
        take_in(lake, SALES, file)
    assert lake.open(silver.DOCUMENTS).count() == 3
    assert_lawful(lake)


def test_a_feed_travels_to_the_workers_of_a_cluster() -> None:
    mapping = load_mapping(EXAMPLES / "shop.yaml")
    feed = Feed(mapping.source, "x", Care(mapping))
    assert pickle.loads(pickle.dumps(feed)) == feed


def test_two_mappings_do_not_collide(lake: Lakehouse, tmp_path: Path) -> None:
    file = tmp_path / "sales.jsonl"
    file.write_text(json.dumps(SOUND["sale"]) + "\n")
    take_in(lake, SALES, file)
    take_in(lake, SALES.replace("name: till", "name: other_till"), file)
    assert sorted(lake.scan(silver.DOCUMENTS).collect()["source"]) == ["mapped:other_till", "mapped:till"]


def test_a_mapping_may_learn_but_not_tell_rows_apart_otherwise(lake: Lakehouse, tmp_path: Path) -> None:
    file = tmp_path / "sales.jsonl"
    file.write_text(json.dumps(SOUND["sale"]) + "\n")
    take_in(lake, SALES, file)
    take_in(lake, SALES + "  other:\n    identity: {by: key, columns: [x]}\n    time: day\n    facts: []\n", file)
    for changed in ("equal_rows: repeat", "equal_rows: count, columns: [receipt]"):
        with pytest.raises(RtrError, match="MAPPING_IDENTITY_CHANGED"):
            take_in(lake, SALES.replace("equal_rows: count", changed), file)
    with pytest.raises(RtrError, match="MAPPING_IDENTITY_CHANGED"):
        take_in(lake, SALES.replace("          product: article\n", ""), file)  # one column less identifies a row


def test_what_was_rejected_is_replayed_by_the_mapping_that_the_lakehouse_knows(lake: Lakehouse, tmp_path: Path) -> None:
    file = tmp_path / "sales.jsonl"
    rows = [SOUND["sale"], SOUND["sale"] | {"day": "01.03.2025"}, SOUND["sale"] | {"day": "01.03.2025"}]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert take_in(lake, SALES, file).quarantined == 2
    assert lake.scan(quarantine.REJECTED).collect()["code"].to_list() == ["WRONG_TYPE"] * 2
    mended = SALES.replace("time: day", "time: {column: day, format: '%d.%m.%Y'}")
    other = tmp_path / "other.jsonl"
    other.write_text("")
    take_in(lake, mended, other, IngestOptions())
    assert replay(lake, now=RECEIVED_AT).replayed == 2
    assert lake.open(silver.DOCUMENTS).count() == 3


def test_a_source_without_its_mapping_and_a_topic_that_would_have_to_count(lake: Lakehouse, tmp_path: Path) -> None:
    with pytest.raises(RtrError, match="MAPPING_MISSING"):
        ingest(lake, [Feed("mapped:till", str(tmp_path))])
    mapping = read_mapping(SALES)
    topic = options_from({"bootstrap_servers": "nowhere:1", "topics": "sales", "group": "g"})
    with pytest.raises(RtrError, match="NEEDS_FILES"):
        ingest(lake, [KafkaFeed(mapping.source, topic, Care(mapping))])
