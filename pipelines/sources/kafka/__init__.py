"""Kafka as a source: native Python, partitions as splits, offsets as positions."""

from pipelines.sources.kafka.feed import KafkaFeed as KafkaFeed
from pipelines.sources.kafka.options import KafkaOptions as KafkaOptions
from pipelines.sources.kafka.options import OnGap as OnGap
from pipelines.sources.kafka.options import Start as Start
