"""What to tell people about an install that failed, was refused, or is not what it seems.

The server gives the class of a Python exception and its text. The tables here turn them into a plain cause
and the next step. The first case that fits counts; the server's own words are kept beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from .schema import InstallStatus, ModelInstJobInfo


class _Case(NamedTuple):
    """Words for all jobs on which every pattern given is found."""

    words: str
    reason: str = ""
    text: str = ""
    source: str = ""


_HUB: Final = r"^(?!\w+://)[\w.-]+/[\w.-]+(:|$)|^https?://(www\.)?(huggingface\.co|hf\.co)/"

_ERRORS: Final = (
    _Case(
        "The key is in use by another model, or cannot be one. Leave the key out of the config, or choose"
        " another one.",
        text=r"with key .* is already installed|Invalid model key",
    ),
    _Case(
        "The server has a model like this already. Use that one, delete it first, or give the new one"
        " another name.",
        reason="DuplicateModelException",
    ),
    _Case(
        "The server refuses to fetch from private addresses. Whoever runs it can set"
        " `allow_private_download_urls: true` in invokeai.yaml and restart it; or copy the file there and"
        " install it by its path.",
        reason="UnsafeDownloadURL",
    ),
    _Case(
        "The Hugging Face repository is gated or private. Accept its terms on its page, give the server a"
        " token with hf_login(token), and install it again.",
        reason="HTTPError",
        text="Unauthorized|Forbidden",
        source=_HUB,
    ),
    _Case(
        "The site wants a login. Install it again with access_token=..., a token of your account there.",
        reason="HTTPError",
        text="Unauthorized",
    ),
    _Case(
        "The site does not let this account have the file. Look at its page in a browser; then install it"
        " again with access_token=..., a token of an account that may.",
        reason="HTTPError",
        text="Forbidden",
    ),
    _Case(
        "There is no such file at the address. Open the address in a browser, and copy that of the download.",
        reason="HTTPError",
        text="Not Found|Gone",
    ),
    _Case(
        "The site had too many requests. Wait some minutes, and install it again.",
        reason="HTTPError",
        text="Too Many Requests",
    ),
    _Case("The site that has the file failed. Install it again later.", reason="HTTPError"),
    _Case(
        "The disk of the server is full. Make room there (delete models, or empty its folders), and"
        " install it again.",
        text=r"[Dd]isk space|No space left|Errno 28\b|[Dd]isk quota|Errno 122\b|WinError 112\b",
    ),
    _Case(
        "The server does not know the host in the address. Check the spelling, and whether the server has"
        " a connection to the internet.",
        text="NameResolution|Failed to resolve|not known|getaddrinfo|nodename nor servname",
    ),
    _Case(
        "The server must go through a proxy, and that did not let it. Check the proxy settings of the"
        " server.",
        reason="Proxy",
    ),
    _Case(
        "The site's certificate is not one the server trusts. Check the address, and the clock of the"
        " server.",
        reason="SSLError|CertificateError",
    ),
    _Case(
        "The site did not answer in time. Install it again later.",
        text="Timeout|timed out",
    ),
    _Case(
        "The connection broke off in the middle of the file, and what had come was thrown away. Install it"
        " again.",
        text="IncompleteRead|Connection broken|Connection aborted|reset by peer|RemoteDisconnected",
    ),
    _Case(
        "Nothing answers at the address. Check host and port as the server sees them: `localhost` is the"
        " server's own machine.",
        text="Connection refused|NewConnectionError",
    ),
    _Case(
        "The server cannot reach Hugging Face. Check its connection to the internet, and install it again.",
        reason="Connect",
        source=_HUB,
    ),
    _Case(
        "The server cannot reach the site. Check the server's connection, and try again.", reason="Connect"
    ),
    _Case(
        "The server may not read or move the file. Change its permissions, or those of its folder, or"
        " install it in place.",
        text=r"PermissionError|Permission denied|Errno 13\b|Access is denied|Read-only file system",
    ),
    _Case(
        "The file went away before it could be installed. Look where it is now, and install it from there.",
        reason="FileNotFoundError",
    ),
    _Case(
        "A name in it is too long, or cannot be a file's name. Rename it, and install it again.",
        text=r"File name too long|Errno 36\b|safe filename",
    ),
    _Case(
        "This is not a model file. Install a .safetensors, .ckpt, .pt, .pth, .bin, .gguf or .onnx file, or"
        " the folder of a diffusers model.",
        text="not a recognized model format",
    ),
    _Case(
        "This looks like a folder with all kinds of files. Name one model in it, or use scan_folder(path)"
        " to find them.",
        text="more than [0-9]+ files",
    ),
    _Case(
        "There is no model in the folder. Check the path: use scan_folder(path) to see what is there.",
        text="No model files or config files found",
    ),
    _Case(
        "The file is incomplete: parts of the model are missing. Download it again from where it came from.",
        text="incomplete|missing .* of the weights",
    ),
    _Case(
        "The server found the file to be unsafe, as it can hold code. Look for a .safetensors file of the"
        " same model.",
        text="infected|malware|failed scan|scan error",
    ),
    _Case(
        "The file is damaged, or not what its name says (a web page perhaps). Download it again from where"
        " it came from.",
        reason="SafetensorError|UnpicklingError|BadZipFile|EOFError|JSONDecodeError",
    ),
    _Case(
        "Type, base or format in the config do not fit the model. Leave them out: the server finds them"
        " itself.",
        reason="ValidationError",
    ),
    _Case(
        "InvokeAI did not recognise what came from the address: a model of a kind it does not know, or a web"
        " page in its place. Open the address in a browser, and copy that of the download.",
        reason="InvalidModelConfig",
        source="^https?://",
    ),
    _Case(
        "InvokeAI did not recognise the model: it is of a kind it does not know, or damaged. Check that"
        " the file is whole, and whether a newer InvokeAI knows the kind.",
        reason="InvalidModelConfig",
    ),
    _Case("The cause is not a known one. The server's log says more; look there before you try again."),
)

_PAUSED: Final = (
    _Case(
        "The site cannot go on in the middle of a file. Cancel the install, and start it again.",
        text="Restart required",
    ),
    _Case("The connection broke off. Resume the install.", text="Resume required"),
)

_ENDINGS: Final = {
    InstallStatus.CANCELLED: "Install it again if you want the model after all.",
    InstallStatus.LOST: (
        "The server was restarted, or its list of jobs was cleared. Look whether the model is there; if"
        " not, install it again."
    ),
}

_REFUSALS: Final = (
    _Case(
        "Nothing in the repository can be installed as a whole. See lookup_huggingface(repo) for its"
        " files, and install one by its address.",
        text="No downloadable files",
    ),
    _Case("Write a repository as org/name.", text="Repo id must"),
    _Case(
        "It is no file or folder on the machine of the server, no http(s) address and no repository"
        " org/name. Check the spelling; the server sees its own files only.",
        text="Unsupported model source",
    ),
    _Case(
        "The repository may not exist, may be gated, or the server cannot reach Hugging Face. Check the"
        " name; for a gated one accept its terms on its page and give the server a token with"
        " hf_login(token).",
        reason="5..",
        source=_HUB,
    ),
    _Case("The path or address may be too long, or hold what cannot be in one.", reason="5.."),
    _Case("Check the address: it cannot be read as one.", reason="409", source="://"),
)

#: A model that the server recorded from a folder it had not finished with after it was killed.
_LEFT_OVER: Final = "tmpinstall_"


def advice_for(info: ModelInstJobInfo) -> str | None:
    """The plain cause and the next step for a job that failed, or that cannot go on; None for all others."""
    if info.status == InstallStatus.ERROR:
        return _words(_ERRORS, info.error_reason or "", info.error or "", info.source)
    if info.status == InstallStatus.PAUSED:
        return _words(_PAUSED, "", " ".join(_messages(info)), info.source)
    return _ENDINGS.get(info.status)


def refusal_advice(source: str, status_code: int, text: str) -> str | None:
    """The next step for an install that the server refused to start."""
    return _words(_REFUSALS, str(status_code), text, source)


def warning_for(info: ModelInstJobInfo) -> str | None:
    """What the user should know about a completed job, in words; None if there is nothing."""
    record = info.config_out
    if info.status != InstallStatus.COMPLETED or record is None or not record.is_unknown:
        return None
    if info.error_reason:
        cause = "not all of its files could be fetched, and what is there is installed"
    elif record.name.startswith(_LEFT_OVER):
        cause = "the server was stopped in the middle of the install, and what had come is installed"
    elif info.is_remote:
        cause = "the file is damaged, or no model (a web page perhaps), or of a kind that it does not know"
    else:
        cause = "the file is damaged, or of a kind that it does not know"
    step = "Delete it and install it again, or set its type by hand."
    return f"InvokeAI could not tell what kind of model this is: {cause}. {step}"


def _messages(info: ModelInstJobInfo) -> Iterable[str]:
    """What the files of a job say of why they stand still."""
    for part in info.parts:
        extra = part.model_extra
        if extra.get("resume_required"):
            yield str(extra.get("resume_message") or "Resume required")


def _words(cases: Iterable[_Case], reason: str, text: str, source: str) -> str | None:
    # Newer servers may name a cause in either of the two.
    both = f"{reason}: {text}"
    for case in cases:
        if (
            re.search(case.reason, reason)
            and re.search(case.text, both)
            and re.search(case.source, source, re.IGNORECASE)
        ):
            return case.words
    return None
