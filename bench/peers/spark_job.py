# mypy: ignore-errors
"""Spark Structured Streaming: JSON lines, unique by event id, Parquet. Run by the Python that has pyspark.

python spark_job.py INPUT_GLOB SAMPLE_GLOB FOLDER VARIANT ROUNDS; prints one line of JSON. Only the queries on the input
are timed: the JVM, the session and the compiled code are warm from the same query on the sample.
"""

import json
import sys
import time
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql import functions as f

ENVELOPE = (
    "id string, object string, api_version string, created bigint, livemode boolean, pending_webhooks int, type string, "
    "data struct<object: struct<id: string, object: string>>"
)


INSTALLED = "installed"
FAVOURABLE = {
    "spark.driver.memory": "6g",
    "spark.driver.extraJavaOptions": "-Xms6g -XX:+UseParallelGC",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.parquet.compression.codec": "zstd",
}


def session(folder: Path, variant: str) -> SparkSession:
    builder = SparkSession.builder.master("local[2]").appName("peer")
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": str(folder / "local"),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
    }
    for key, value in (settings | ({} if variant == INSTALLED else FAVOURABLE)).items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def stream(spark: SparkSession, pattern: str, variant: str):
    if variant in ("typed", INSTALLED):  # inferred before the clock starts, as if it had been declared
        return spark.readStream.schema(spark.read.json(pattern).schema).json(pattern)
    if variant == "envelope":
        return spark.readStream.schema(ENVELOPE).json(pattern)
    lines = spark.readStream.text(pattern)
    return lines.select(f.from_json("value", ENVELOPE).alias("event"), f.col("value").alias("raw")).select("event.*", "raw")


def process(events, folder: Path) -> int:
    """One batch over all files there are: `availableNow` without a limit of files per trigger."""
    query = (
        events.dropDuplicates(["id"])
        .writeStream.format("parquet")
        .option("checkpointLocation", str(folder / "checkpoint"))
        .trigger(availableNow=True)
        .start(str(folder / "events"))
    )
    query.awaitTermination()
    return sum(progress["numInputRows"] for progress in query.recentProgress)


def peak_mb(jvm: int):
    """High-water marks of the resident memory of this process and of the JVM; unknown where there is no /proc."""
    statuses = [Path(f"/proc/{process}/status") for process in ("self", jvm)]
    if not all(status.exists() for status in statuses):
        return None
    lines = [line for status in statuses for line in status.read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def main(pattern: str, sample: str, folder: Path, variant: str, rounds: int) -> None:
    spark = session(folder, variant)
    process(stream(spark, sample, variant), folder / "warm-up")
    seconds = []
    for number in range(rounds):
        events = stream(spark, pattern, variant)
        began = time.perf_counter()
        events_in = process(events, folder / f"output-{number}")
        seconds.append(time.perf_counter() - began)
    peak = peak_mb(spark.sparkContext._gateway.proc.pid)
    events_out = spark.read.parquet(str(folder / "output-0" / "events")).count()
    report = {"seconds": seconds, "events_in": events_in, "events_out": events_out, "peak_rss_mb": peak}
    print(json.dumps(report), flush=True)
    spark.stop()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
