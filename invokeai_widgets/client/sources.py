"""Sources of installs: what users write, and what the server makes of it. No I/O."""

from __future__ import annotations

import re
from os import PathLike, fspath
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from .errors import InvalidInput
from .secrets import holds_secret, redact_text

#: The server fails on longer ones, be they paths or addresses.
_LONGEST: Final = 4095
#: Folders that nobody means as a model; the server would take the first ones for where it was started.
_NO_MODEL: Final = re.compile(r"[./\\]*|~|[A-Za-z]:[\\/]*")
_SCHEME: Final = re.compile(r"(https?)://", re.IGNORECASE)
_REMOTE: Final = re.compile(r"(https?|external)://")
_REPO: Final = re.compile(r"(?!\.)[^/:\\]+/[^/:\\]+(:.*)?")  # `./x` and `../x` are paths
_HUB_PAGE: Final = re.compile(r"https?://(?:www\.)?huggingface\.co/([^/]+/[^/?#]+)/?")
_MODEL_FILE: Final = re.compile(r"\.(safetensors|ckpt|pth?|bin|gguf|onnx)\"?$", re.IGNORECASE)
_ADDRESS_AS_PATH: Final = re.compile(r"https?:[/\\]", re.IGNORECASE)
_DRIVE: Final = re.compile(r"[A-Za-z]:\\")


def usable_source(written: str | PathLike[str]) -> str:
    """The source as it is sent: without the white space and quotes that come along when it is pasted.

    Raises:
        InvalidInput: It is empty, or something that the server would misunderstand or fail on.
    """
    if isinstance(written, PathLike):
        written = fspath(written)
        if isinstance(written, str) and _ADDRESS_AS_PATH.match(written):
            raise InvalidInput(f"{redact_text(written)!r} was an address.", advice="Give addresses as text.")
    if not isinstance(written, str):
        raise InvalidInput(f"A source is text or a path, not {type(written).__name__}.")
    source = _unquoted(written)
    if not source:
        raise InvalidInput(
            "The source is empty.", advice="Name a path, an address, or a repository org/name."
        )
    if _NO_MODEL.fullmatch(source):
        raise InvalidInput(
            f"{source!r} is a whole folder tree, not a model.", advice="Use scan_folder(path) to find models."
        )
    if source.startswith(("~/", "~\\")):
        raise InvalidInput(
            "The server does not know `~`.", advice="Write the whole path, as the server sees it."
        )
    if "\0" in source or (is_remote(source) and not source.isprintable()):
        raise InvalidInput(
            "The source holds control characters.", advice="Copy it again, without line breaks."
        )
    if is_remote(source):
        _check_address(source)
    if len(source.encode("utf-8", "surrogatepass")) > _LONGEST:
        raise InvalidInput(f"The source is longer than {_LONGEST} bytes, which the server cannot take.")
    return source


def _unquoted(written: str) -> str:
    source = _SCHEME.sub(lambda found: found[0].lower(), written.strip(), count=1).strip('"').strip()
    address = source.strip("'")  # which a path may begin with
    return address if is_remote(address) else source


def _check_address(source: str) -> None:
    try:
        urlsplit(source)
    except ValueError:  # not chained: Python's words may repeat a password that the address holds
        raise InvalidInput(
            f"{redact_text(source)!r} cannot be read as an address.",
            advice="Look at its host: brackets, or signs that only look like / : ? # @.",
        ) from None


def is_remote(source: str) -> bool:
    """Whether it is an address. A repository `org/name` may also be a path, which the server tries first."""
    return bool(_REMOTE.match(source))


def is_path(source: str) -> bool:
    """Whether it can be nothing but a path on the server."""
    return not is_remote(source) and not _REPO.fullmatch(source)


def may_be_folder(source: str) -> bool:
    """Whether it is a path that does not end like a model file."""
    return is_path(source) and not _MODEL_FILE.search(source)


def same_source(one: str, other: str) -> bool:
    """Whether two texts name the same source, though the server writes some otherwise than the user.

    Passwords and tokens count only where both have theirs: what was read from jobs has none.
    """
    whole = holds_secret(one) and holds_secret(other)
    return _plain(one, whole) == _plain(other, whole)


def without_secrets(source: str) -> str:
    """An address without the user, password and token in it; any other source as it is."""
    if not is_remote(source) or not holds_secret(source):
        return source
    parts = urlsplit(source)
    host = parts.netloc.rpartition("@")[2]
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not holds_secret(f"?{name}=x")
    ]
    return urlunsplit(parts._replace(netloc=host, query=urlencode(query)))


def _plain(source: str, whole: bool) -> str:
    text = source.strip('"') if whole else redact_text(source.strip('"'))
    if page := _HUB_PAGE.fullmatch(text):
        return page[1]
    if is_remote(text):
        scheme, _, rest = unquote(text).partition("://")
        host, slash, path = rest.replace("/blob/", "/resolve/", 1).partition("/")
        return f"{scheme}://{host.lower()}{slash}{path}".rstrip("/")
    return PurePosixPath(text.replace("\\", "/") if _DRIVE.match(text) else text).as_posix()
