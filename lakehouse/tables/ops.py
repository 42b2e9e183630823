"""Operations: progress, gate results, closed periods."""

from __future__ import annotations

from lakehouse.table import Column, Layer, Table
from lakehouse.types import Kind

S, T, I, D, B, M = Kind.STRING, Kind.TIMESTAMP, Kind.INTEGER, Kind.DATE, Kind.BOOLEAN, Kind.MONEY

OWNER = "team:data-platform"

POSITIONS = Table(
    layer=Layer.OPS,
    name="positions",
    description="How far each file of a source has been read; the latest row of a split counts.",
    owner=OWNER,
    columns=(
        Column("source", S, "System it belongs to.", required=True),
        Column("split", S, "Path of the file.", required=True),
        Column("sequence", I, "Counts the entries of a split.", required=True),
        Column("size", I, "Size in bytes when it was read.", required=True),
        Column("etag", S, "The store's tag or the modification time when it was read."),
        Column("position", I, "End of what was read: bytes of the decompressed records.", required=True),
        Column("complete", B, "Whether the file was read to its end.", required=True),
        Column("recorded_at", T, "When.", required=True),
    ),
    key=("source", "split", "sequence"),
)

INGEST_BATCHES = Table(
    layer=Layer.OPS,
    name="ingest_batches",
    description="What each batch of an ingest read and did; for watching, not for proving.",
    owner=OWNER,
    columns=(
        Column("batch_id", S, "Identity of the batch.", required=True),
        Column("source", S, "System.", required=True),
        Column("started_at", T, "Start.", required=True),
        Column("commit_started_at", T, "When everything was staged and its commit began."),
        Column("finished_at", T, "End.", required=True),
        Column("bytes_read", I, "Bytes of records read.", required=True),
        Column("received", I, "Records read.", required=True),
        Column("accepted", I, "Events accepted and mapped.", required=True),
        Column("unmapped", I, "Events of a type that carries no revenue facts.", required=True),
        Column("duplicate", I, "Events already held.", required=True),
        Column("quarantined", I, "Records rejected.", required=True),
        Column("behind", I, "Bytes of files, or messages, known to be waiting when the batch was committed."),
    ),
    key=("batch_id",),
)

GATE_RESULTS = Table(
    layer=Layer.OPS,
    name="gate_results",
    description="What each expectation of a gate found.",
    owner=OWNER,
    columns=(
        Column("run_id", S, "Run of the gate.", required=True),
        Column("table_name", S, "Table that was judged.", required=True),
        Column("expectation", S, "Name of the expectation.", required=True),
        Column("description", S, "What it asserts, in a controller's words.", required=True),
        Column(
            "severity", S, "Critical blocks what is downstream.", required=True, allowed=("critical", "warning", "info")
        ),
        Column("success", B, "Whether it held.", required=True),
        Column("rows_judged", I, "How many rows it looked at.", required=True),
        Column("rows_failing", I, "How many rows broke it.", required=True),
        Column("sample_keys", S, "Keys of the first failing rows, comma-separated."),
        Column("table_version", I, "Delta version that was judged."),
        Column("context_versions", S, "Delta versions of the other tables that were read, as JSON."),
        Column("judged_at", T, "When.", required=True),
    ),
    key=("run_id", "table_name", "expectation"),
)

PERIOD_LOG = Table(
    layer=Layer.OPS,
    name="period_log",
    description="Closes and reopenings of accounting periods.",
    owner="team:finance",
    columns=(
        Column("legal_entity_id", S, "Whose books.", required=True),
        Column("book", S, "Which book.", required=True),
        Column("module", S, "Which part of the books, such as revenue.", required=True),
        Column("period", D, "First day of the accounting period.", required=True),
        Column("sequence", I, "Counts the entries of an entity, book and module.", required=True),
        Column("action", S, "What was done.", required=True, allowed=("close", "reopen")),
        Column("silver_cut", S, "Versions of the silver tables at the close, as JSON."),
        Column("preparer", S, "Who prepared it.", required=True),
        Column("approver", S, "Who approved it."),
        Column("reason", S, "Why; required to reopen."),
        Column("evidence", S, "Folder of the evidence of a close, below the folder of this table."),
        Column("evidence_sha256", S, "SHA-256 of the manifest of the evidence, which holds those of its files."),
        Column("recorded_at", T, "When.", required=True),
    ),
    key=("legal_entity_id", "book", "module", "sequence"),
)

PERIOD_BALANCES = Table(
    layer=Layer.OPS,
    name="period_balances",
    description="Balances frozen by a close; verify compares the journal with them.",
    owner="team:finance",
    columns=(
        Column("legal_entity_id", S, "Whose books.", required=True),
        Column("book", S, "Which book.", required=True),
        Column("module", S, "Which part of the books.", required=True),
        Column("sequence", I, "The entry of the period log that froze it.", required=True),
        Column("period", D, "First day of the accounting period.", required=True),
        Column("account", S, "Account.", required=True),
        Column("currency", S, "ISO 4217 code.", required=True),
        Column("functional_currency", S, "ISO 4217 code of the functional currency.", required=True),
        Column("amount", M, "Net posted in the period, debit positive.", required=True),
        Column("functional_amount", M, "The same in the functional currency.", required=True),
    ),
    key=("legal_entity_id", "book", "module", "sequence", "period", "account", "currency", "functional_currency"),
)

MAPPINGS = Table(
    layer=Layer.OPS,
    name="mappings",
    description="By which mapping the rows of each mapped feed become facts; the latest of a name is used.",
    owner=OWNER,
    columns=(
        Column("name", S, "Name of the mapping.", required=True),
        Column("recorded_at", T, "When it was first used.", required=True),
        Column("digest", S, "Hash of the mapping.", required=True),
        Column("mapping", S, "The mapping itself, as YAML.", required=True),
    ),
    key=("name", "recorded_at"),
)

PRIVACY_RULES = Table(
    layer=Layer.OPS,
    name="privacy_rules",
    description="Which fields of a source are dropped or hashed before anything is written; the latest row counts.",
    owner=OWNER,
    columns=(
        Column("source", S, "System or mapping.", required=True),
        Column("recorded_at", T, "When they were first used.", required=True),
        Column("rules", S, "Path and action of each field, as JSON.", required=True),
        Column("secret_check", S, "What the secret makes of a text that is known: tells whether it is the same secret."),
    ),
    key=("source", "recorded_at"),
)

SCHEMA_DRIFT = Table(
    layer=Layer.OPS,
    name="schema_drift",
    description="Fields of a source's records, when they were first seen, and what became of records that had a new one.",
    owner=OWNER,
    columns=(
        Column("source", S, "System or mapping.", required=True),
        Column("event_type", S, "Type of the records.", required=True),
        Column("path", S, "Path of the field from the top of the record.", required=True),
        Column("batch_id", S, "Batch in which it was seen.", required=True),
        Column(
            "status",
            S,
            "first: with the first records of its type; new: later, and known since; discarded, refused: unknown.",
            required=True,
            allowed=("first", "new", "discarded", "refused"),
        ),
        Column("example_type", S, "JSON type of its value in the first record that had it.", required=True),
        Column("count", I, "Records of the block that had it, of those that were looked at.", required=True),
        Column("looked_at", I, "Records of the block that were looked at.", required=True),
        Column("first_seen_at", T, "When the block was read.", required=True),
    ),
    key=("source", "event_type", "path", "batch_id"),
)

SCHEMA_POLICIES = Table(
    layer=Layer.OPS,
    name="schema_policies",
    description="What becomes of records with fields that are new: evolve, discard or freeze; the latest row counts.",
    owner=OWNER,
    columns=(
        Column("source", S, "System or mapping.", required=True),
        Column("recorded_at", T, "When it was first used.", required=True),
        Column("policy", S, "The policy, by type of record where it differs, as JSON.", required=True),
    ),
    key=("source", "recorded_at"),
)

REFRESHED = Table(
    layer=Layer.OPS,
    name="refreshed",
    description="What the gold tables stand at since the last refresh: the next computes what came since. One row.",
    owner=OWNER,
    columns=(
        Column("run_id", S, "Run that brought them there.", required=True),
        Column("as_of", D, "Day that they are as of.", required=True),
        Column("rules", S, "Versions of the rules that computed them.", required=True),
        Column("cut", S, "Versions of the facts, by qualified name, as JSON.", required=True),
        Column("periods", I, "Version of the log of closes and reopenings; empty where there is none."),
        Column("gold", S, "Versions of the gold tables, by name, as JSON.", required=True),
        Column("systems", S, "Which systems had told of which kinds of objects, as JSON.", required=True),
    ),
    key=("run_id",),
)

TABLES: tuple[Table, ...] = (
    POSITIONS,
    INGEST_BATCHES,
    GATE_RESULTS,
    PERIOD_LOG,
    PERIOD_BALANCES,
    MAPPINGS,
    PRIVACY_RULES,
    SCHEMA_DRIFT,
    SCHEMA_POLICIES,
    REFRESHED,
)
