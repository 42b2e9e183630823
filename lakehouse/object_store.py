"""An object store opened with the options that the tables on it are opened with."""

from __future__ import annotations

from obstore.store import ObjectStore, from_url

S3_OPTIONS = frozenset(
    f"aws_{name}"
    for name in (
        "access_key_id",
        "secret_access_key",
        "session_token",
        "region",
        "default_region",
        "endpoint",
        "endpoint_url",
        "virtual_hosted_style_request",
        "skip_signature",
        "web_identity_token_file",
        "role_arn",
        "container_credentials_relative_uri",
        "server_side_encryption",
        "sse_kms_key_id",
    )
)


def object_store(uri: str, storage_options: dict[str, str]) -> ObjectStore:
    """The object store at a URI, with the options that the tables are opened with."""
    options = {name.lower(): value for name, value in storage_options.items()}
    http = options.pop("aws_allow_http", options.pop("allow_http", "false")).lower() == "true"
    if uri.startswith("s3"):  # what is not an option of the store is of delta-rs, or of another program
        options = {name: value for name, value in options.items() if name in S3_OPTIONS}
    store: ObjectStore = from_url(uri, config=options, client_options={"allow_http": http})  # type: ignore[call-overload]
    return store


def first_line(error: Exception) -> str:
    """What an error of obstore says; the lines that follow are its insides."""
    return str(error).strip().splitlines()[0]
