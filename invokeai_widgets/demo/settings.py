"""What an embedded server is started with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

VERSION = "6.14.2"
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Settings:
    """The choices of whoever starts it; see `invokeai_widgets.demo.serve` for their meaning."""

    models: int = 0
    seed: int = 0
    root: Path | None = None
    host: str = LOOPBACK
    port: int = 0
    version: str = VERSION
    multiuser: bool = False
    strict_password_checking: bool = False
    allow_private_download_urls: bool = True
    allow_unknown_models: bool = True
    hf_endpoint: str | None = None
    speed: float = 1.0
    clock_by_hand: bool = False

    @property
    def embedded_version(self) -> str:
        """The version it tells: InvokeAI's, with a local part that says what it is."""
        return f"{self.version}+embedded"

    @property
    def release(self) -> tuple[int, ...]:
        """The version in numbers."""
        return tuple(int(part) for part in self.version.split("."))
