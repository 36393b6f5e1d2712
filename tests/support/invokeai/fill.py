"""Put models into a running server by plain requests, without the client that is under test."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx

FINAL = {"completed", "error", "cancelled"}


def install_in_place(api: httpx.Client, paths: Iterable[Path], timeout: float = 120) -> dict[str, str]:
    """Register `paths` where they lie, and wait; the names of those which were refused, and the reason."""
    asked = [str(path) for path in paths]
    for path in asked:
        query = {"source": path, "inplace": "true"}
        api.post("/api/v2/models/install", params=query, json={}).raise_for_status()
    jobs = _wait(api, asked, timeout)
    return {Path(job["source"]["path"]).name: job["error"] for job in jobs if job["status"] != "completed"}


def remove_all_but(api: httpx.Client, keys: Iterable[str]) -> None:
    """Cancel and forget every job, and delete every model whose key is not in `keys`."""
    for job in api.get("/api/v2/models/install").json():
        if job["status"] not in FINAL:
            api.delete(f"/api/v2/models/install/{job['id']}").raise_for_status()
    api.delete("/api/v2/models/install").raise_for_status()
    for key in installed_keys(api) - set(keys):
        api.delete(f"/api/v2/models/i/{key}").raise_for_status()


def installed_keys(api: httpx.Client) -> set[str]:
    """The keys of all models."""
    return {record["key"] for record in api.get("/api/v2/models/").json()["models"]}


def _wait(api: httpx.Client, sources: list[str], timeout: float) -> list[dict[str, Any]]:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        jobs = [
            job for job in api.get("/api/v2/models/install").json() if job["source"].get("path") in sources
        ]
        if len(jobs) >= len(sources) and all(job["status"] in FINAL for job in jobs):
            return jobs
        time.sleep(0.1)
    raise RuntimeError(f"the server did not install {len(sources)} models in {timeout:.0f} s")
