"""What a source string means: a path, an address, a repository, or a model that runs elsewhere."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic_core import Url

from invokeai_widgets.demo.hub.repository import HubFile

_VARIANTS = ("", "fp16", "fp32", "onnx", "openvino", "flax")
_REPOSITORY = re.compile(rf"^([^/:]+/[^/:]+)(?::({'|'.join(_VARIANTS)})?(?::/?([^:]+))?)?$")
_PAGE = re.compile(r"^https?://huggingface\.co/([^/]+/[^/]+)$", re.IGNORECASE)
_BLOB = re.compile(r"^(https?://huggingface\.co/[^/]+/[^/]+)/blob/([^?#]+)([?#].*)?$", re.IGNORECASE)
_PART = re.compile(r"[A-Za-z0-9][\w.-]*[A-Za-z0-9_]|[A-Za-z0-9]")
_MAX_REPOSITORY = 96


@dataclass
class LocalSource:
    """A file or folder of the machine the server runs on."""

    path: str
    inplace: bool = False
    kind = "path"

    def __str__(self) -> str:
        return self.path

    def wire(self) -> dict[str, Any]:
        """As `source` of a job shows it."""
        return {"path": self.path, "inplace": self.inplace, "type": "local"}


@dataclass
class UrlSource:
    """An address of one file, or of a repository's page."""

    url: str
    access_token: str | None = None
    kind = "url"

    def __str__(self) -> str:
        return self.url

    def wire(self) -> dict[str, Any]:
        """As `source` of a job shows it."""
        return {"url": self.url, "access_token": self.access_token, "type": "url"}

    @property
    def repository(self) -> str | None:
        """The repository, if the address is that of its page."""
        found = _PAGE.match(self.url)
        return found[1] if found else None

    @property
    def file_url(self) -> str:
        """Where the file is: the page about a file on the hub is not it."""
        return _BLOB.sub(r"\1/resolve/\2\3", self.url)


@dataclass
class HubSource:
    """A repository, or parts of it."""

    repo_id: str
    variant: str | None = None
    subfolder: str | None = None
    access_token: str | None = None
    kind = "hf_repo_id"

    def __str__(self) -> str:
        # InvokeAI prints the variant as the member of its enumeration; so it stands in `source` of records.
        text = self.repo_id
        if self.variant:
            text += f":ModelRepoVariant.{self.variant.upper() if self.variant != 'openvino' else 'OpenVINO'}"
        return f"{text}::{self.subfolder}" if self.subfolder else text

    def wire(self) -> dict[str, Any]:
        """As `source` of a job shows it."""
        return {
            "repo_id": self.repo_id,
            "variant": self.variant,
            "subfolder": self.subfolder,
            "access_token": self.access_token,
            "type": "hf",
        }

    @property
    def subfolders(self) -> list[PurePosixPath]:
        """The parts that are wanted; none: all."""
        return [PurePosixPath(each.strip()) for each in (self.subfolder or "").split("+") if each.strip()]

    def placed(self, files: list[HubFile]) -> list[tuple[str, PurePosixPath, int]]:
        """Address, place below the download folder, and size of each file.

        A subfolder `vae` of `x/sdxl` becomes the folder `sdxl_vae`, not `sdxl/vae`; several become folders
        in `sdxl_a_b`.
        """
        folders = self.subfolders
        if not folders:
            return [(file.url, file.path, file.size) for file in files]
        top = PurePosixPath(files[0].path.parts[0])
        joined = PurePosixPath("_".join([str(top), *(folder.name for folder in folders)]))
        return [(file.url, joined / self._inside(file.path, top), file.size) for file in files]

    def _inside(self, path: PurePosixPath, top: PurePosixPath) -> PurePosixPath:
        folders = self.subfolders
        if len(folders) == 1:
            return path.relative_to(top / folders[0])
        for folder in folders:
            if path.is_relative_to(top / folder):
                return PurePosixPath(folder.name) / path.relative_to(top / folder)
        return path.relative_to(top)


@dataclass
class ExternalSource:
    """A model of a provider."""

    provider_id: str
    provider_model_id: str
    kind = "external"

    def __str__(self) -> str:
        return f"external://{self.provider_id}/{self.provider_model_id}"

    def wire(self) -> dict[str, Any]:
        """As `source` of a job shows it."""
        return {
            "provider_id": self.provider_id,
            "provider_model_id": self.provider_model_id,
            "type": "external",
        }


Source = LocalSource | UrlSource | HubSource | ExternalSource
RemoteSource = (UrlSource, HubSource)


def understand(text: str) -> Source:
    """What `text` names; raises `ValueError` in the server's words, and `OSError` for an endless path."""
    stripped = text.strip('"')
    if stripped.startswith("external://"):
        provider, _, model = stripped.removeprefix("external://").partition("/")
        if not provider or not model:
            raise ValueError(f"Invalid external model source: '{stripped}'")
        return ExternalSource(provider, model)
    if _exists(stripped):
        return LocalSource(str(Path(stripped)))
    if found := _REPOSITORY.match(text):
        folder = str(PurePosixPath(found[3])) if found[3] else None
        return HubSource(_checked(found[1]), found[2] or None, folder)
    if re.match(r"^https?://[^/]+", text):
        return UrlSource(str(Url(text)))
    raise ValueError(f"Unsupported model source: '{text}'")


def _exists(path: str) -> bool:
    try:
        os.stat(path or ".")  # noqa: PTH116
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.EBADF, errno.ELOOP):
            return False
        raise
    except ValueError:  # a NUL in it
        return False
    return True


def _checked(repo_id: str) -> str:
    """The name of a repository, if it can be one."""
    parts = repo_id.split("/")
    good = all(_PART.fullmatch(part) and "--" not in part and ".." not in part for part in parts)
    if not good or len(repo_id) > _MAX_REPOSITORY or repo_id.endswith(".git"):
        raise ValueError(
            "Repo id must use alphanumeric chars, '-', '_' or '.'. "
            f"The name cannot start or end with '-' or '.' and the maximum length is 96: '{repo_id}'."
        )
    return repo_id
