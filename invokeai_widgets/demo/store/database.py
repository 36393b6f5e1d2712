"""The database: a file below the root, or memory."""

from __future__ import annotations

import sqlite3
from pathlib import Path

_TABLES = """
CREATE TABLE IF NOT EXISTS models (
    id TEXT PRIMARY KEY,
    config TEXT NOT NULL,
    hash TEXT GENERATED ALWAYS AS (json_extract(config, '$.hash')) VIRTUAL,
    base TEXT GENERATED ALWAYS AS (json_extract(config, '$.base')) VIRTUAL,
    type TEXT GENERATED ALWAYS AS (json_extract(config, '$.type')) VIRTUAL,
    path TEXT GENERATED ALWAYS AS (json_extract(config, '$.path')) VIRTUAL,
    format TEXT GENERATED ALWAYS AS (json_extract(config, '$.format')) VIRTUAL,
    name TEXT GENERATED ALWAYS AS (json_extract(config, '$.name')) VIRTUAL,
    source TEXT GENERATED ALWAYS AS (json_extract(config, '$.source')) VIRTUAL,
    created_at REAL NOT NULL DEFAULT (julianday('now')),
    updated_at REAL NOT NULL DEFAULT (julianday('now'))
);
CREATE UNIQUE INDEX IF NOT EXISTS models_path ON models (path) WHERE path != '';
CREATE INDEX IF NOT EXISTS models_name ON models (name COLLATE NOCASE);
CREATE INDEX IF NOT EXISTS models_hash ON models (hash);
CREATE TABLE IF NOT EXISTS relations (
    first TEXT NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    second TEXT NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    PRIMARY KEY (first, second)
);
CREATE TABLE IF NOT EXISTS promised_covers (key TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS users (
    user_id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    record TEXT NOT NULL,
    password TEXT NOT NULL
);
"""


def connect(file: Path | None) -> sqlite3.Connection:
    """The database in `file`, made if it is not there; None: one in memory.

    It is made on one thread and used on another afterwards, never on both at a time.
    """
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(file or ":memory:", isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.executescript(_TABLES)
    return connection
