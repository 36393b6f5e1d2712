"""The records of models: kept as JSON text, so that a list is read and sent without being taken apart."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

Record = dict[str, Any]

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

ORDERS = {
    "default": "type {0}, base COLLATE NOCASE {0}, name COLLATE NOCASE {0}, format {0}",
    "type": "type {0}",
    "base": "base COLLATE NOCASE {0}",
    "name": "name COLLATE NOCASE {0}",
    "format": "format {0}",
    "size": "IFNULL(json_extract(config, '$.file_size'), 0) {0}",
    "created_at": "created_at {0}",
    "updated_at": "updated_at {0}",
    "path": "path {0}",
}
"""`order_by` -> SQL, with the direction to be filled in."""


class DuplicateModelException(Exception):  # noqa: N818
    """The key or the path of another record."""


class UnknownModelError(Exception):
    """No record has that key."""

    def __init__(self) -> None:
        super().__init__("model not found")


class Records:
    """All records of a server."""

    def __init__(self, database: sqlite3.Connection, unique_names: bool = False) -> None:
        """`unique_names`: refuse a second record of the same name, type and base, as old servers did."""
        self._database = database
        self._unique_names = unique_names

    def __len__(self) -> int:
        return int(self._database.execute("SELECT count(*) FROM models").fetchone()[0])

    def texts(
        self,
        base: str | None = None,
        type_: str | None = None,
        name: str | None = None,
        format_: str | None = None,
        order_by: str = "name",
        direction: str = "ASC",
    ) -> list[tuple[str, str]]:
        """Key and JSON text of the records that match, in order."""
        wanted = {"name": name, "base": base, "type": type_, "format": format_}
        given = {column: value for column, value in wanted.items() if value}
        where = f"WHERE {' AND '.join(f'{column} = ?' for column in given)}" if given else ""
        order = ORDERS[order_by].format(direction)
        sql = f"SELECT id, config FROM models {where} ORDER BY {order}"  # noqa: S608
        return self._database.execute(sql, tuple(given.values())).fetchall()

    def sources(self) -> set[str]:
        """What the models were installed from."""
        return {source for (source,) in self._database.execute("SELECT source FROM models")}

    def places(self) -> list[tuple[str, str, str, str]]:
        """Key, path, hash and base of all records."""
        return self._database.execute("SELECT id, path, hash, base FROM models").fetchall()

    def paths(self) -> set[str]:
        """The paths of all records, as they stand in them."""
        return {path for (path,) in self._database.execute("SELECT path FROM models")}

    def get(self, key: str) -> Record:
        """The record of that key; raises `UnknownModelError`."""
        found = self.first("id", key)
        if found is None:
            raise UnknownModelError
        return found

    def first(self, column: str, value: str) -> Record | None:
        """The first record whose column (a constant, never a client's word) has that value."""
        sql = f"SELECT config FROM models WHERE {column} = ?"  # noqa: S608
        row = self._database.execute(sql, (value,)).fetchone()
        return json.loads(row[0]) if row else None

    def add(self, record: Record) -> None:
        """Store a new record; raises `DuplicateModelException`."""
        self.add_all([record])

    def add_all(self, records: Iterable[Record]) -> None:
        """Store new records, all or none; raises `DuplicateModelException`."""
        rows = [(record["key"], dump(record)) for record in records]
        if self._unique_names:
            self._check_names([json.loads(text) for _, text in rows])
        self._database.execute("BEGIN")
        try:
            self._database.executemany("INSERT INTO models (id, config) VALUES (?, ?)", rows)
        except sqlite3.IntegrityError as error:
            self._database.execute("ROLLBACK")
            raise DuplicateModelException(_already(rows, str(error))) from error
        self._database.execute("COMMIT")

    def replace(self, key: str, record: Record) -> None:
        """Store a record in the place of the one with that key.

        Raises `UnknownModelError`, and `sqlite3.IntegrityError` for the path of another record.
        """
        if self._unique_names:
            self._check_names([record], but=key)
        sql = "UPDATE models SET config = ?, updated_at = julianday('now') WHERE id = ?"
        if self._database.execute(sql, (dump(record), key)).rowcount == 0:
            raise UnknownModelError

    def delete(self, key: str) -> None:
        """Forget the record of that key; raises `UnknownModelError`."""
        if self._database.execute("DELETE FROM models WHERE id = ?", (key,)).rowcount == 0:
            raise UnknownModelError

    def related(self, key: str) -> list[str]:
        """The keys of the models that were linked to this one."""
        sql = (
            "SELECT second FROM relations WHERE first = ? UNION SELECT first FROM relations WHERE second = ?"
        )
        return [found for (found,) in self._database.execute(sql, (key, key))]

    def relate(self, one: str, other: str) -> None:
        """Link two models; raises `sqlite3.IntegrityError` if there is no such model."""
        self.relate_all([(one, other)])

    def relate_all(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Link the two models of each pair; raises as `relate` does."""
        sql = "INSERT INTO relations VALUES (?, ?) ON CONFLICT DO NOTHING"
        self._database.executemany(sql, [sorted(pair) for pair in pairs])

    def unrelate(self, one: str, other: str) -> bool:
        """Take the link away; False if there was none."""
        pair: Sequence[str] = sorted((one, other))
        deleted = self._database.execute("DELETE FROM relations WHERE first = ? AND second = ?", tuple(pair))
        return deleted.rowcount > 0

    def _check_names(self, records: Iterable[Record], but: str | None = None) -> None:
        sql = "SELECT 1 FROM models WHERE name = ? AND type = ? AND base = ? AND id IS NOT ?"
        for record in records:
            kind = (record["name"], record["type"], record["base"])
            if self._database.execute(sql, (*kind, but)).fetchone():
                raise DuplicateModelException(
                    "A model with name='{}', type='{}', base='{}' is already installed".format(*kind)
                )


def dump(record: Record) -> str:
    """A record as JSON text; raises `ValueError` for what no text can hold (a lone surrogate)."""
    text = _ENCODER.encode(record)
    text.encode()
    return text


def _already(rows: list[tuple[str, str]], why: str) -> str:
    """InvokeAI's words about the one record (several are added only where they cannot clash)."""
    record = json.loads(rows[0][1])
    if "path" in why:
        return f"A model with path '{record['path']}' is already installed"
    return f"A model with key '{record['key']}' is already installed"
