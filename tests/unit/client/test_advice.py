"""From the server's words about an install to a plain cause and the next step.

The texts are those of real servers, 5.15.0 to 6.14.2.
"""

from __future__ import annotations

import pytest

from invokeai_widgets.client.advice import advice_for, refusal_advice, warning_for
from invokeai_widgets.client.errors import ModelInstallJobFailed
from invokeai_widgets.client.schema import DownloadPart, InstallStatus, ModelInstJobInfo, ModelRecord

URL = "https://files.example/x.safetensors"
REPO = "org/name:fp16"
FILE = "/models/x.safetensors"
POOL = "HTTPConnectionPool(host='h', port=80): Max retries exceeded with url: /x (Caused by {})"

FAILURES = [
    (URL, "HTTPError", "Unauthorized", "access_token"),
    (URL, "HTTPError", "Forbidden", "account"),
    (URL, "HTTPError", "Not Found", "no such file"),
    (URL, "HTTPError", "Too Many Requests", "too many requests"),
    (URL, "HTTPError", "Internal Server Error", "site that has the file failed"),
    (URL, "HTTPError", None, "site that has the file failed"),
    (REPO, "HTTPError", "Unauthorized", "hf_login"),
    ("https://huggingface.co/org/name/resolve/main/x.ckpt", "HTTPError", "Forbidden", "hf_login"),
    (
        URL,
        "UnsafeDownloadURLException",
        "Refusing to download from '127.0.0.1'",
        "allow_private_download_urls",
    ),
    (
        URL,
        "ConnectionError",
        POOL.format("NewConnectionError('[Errno 111] Connection refused')"),
        "Nothing answers",
    ),
    (
        URL,
        "ConnectionError",
        POOL.format("NameResolutionError(\"Failed to resolve 'h'\")"),
        "does not know the host",
    ),
    (URL, "ReadTimeout", "Read timed out.", "in time"),
    (URL, "SSLError", POOL.format("SSLError(CertificateError())"), "certificate"),
    (URL, "ProxyError", POOL.format("ProxyError()"), "proxy"),
    (URL, "ChunkedEncodingError", "('Connection broken: IncompleteRead(1 bytes read)')", "broke off"),
    (REPO, "ConnectError", "All connection attempts failed", "Hugging Face"),
    (URL, "RuntimeError", "Free disk space 0.10 GB is not enough for download of 2.00 GB.", "full"),
    (FILE, "OSError", "[Errno 28] No space left on device", "full"),
    (FILE, "PermissionError", "[Errno 13] Permission denied: '/models/x'", "permissions"),
    (FILE, "FileNotFoundError", "[Errno 2] No such file or directory", "went away"),
    (FILE, "OSError", "[Errno 36] File name too long: 'xxx'", "too long"),
    (FILE, "ValueError", "File extension .txt is not a recognized model format.", "not a model file"),
    (FILE, "ValueError", "Directory contains more than 50 files.", "scan_folder"),
    (FILE, "ValueError", "No model files or config files found in directory /x.", "no model in the folder"),
    (URL, "InvalidModelConfigException", "Unable to determine model type", "web page"),
    (FILE, "InvalidModelConfigException", "Could not identify model for /x", "did not recognise"),
    (FILE, "InvalidModelConfigException", "No valid config found", "did not recognise"),
    (FILE, "InvalidModelConfigException", "x is missing 455 of the weights required by PidNet", "incomplete"),
    (FILE, "SafetensorError", "Error while deserializing header: header too large", "damaged"),
    (FILE, "RuntimeError", "The model x is potentially infected by malware. Aborting import.", "unsafe"),
    (FILE, "ValidationError", "1 validation error for LoRALyCORISConfig", "do not fit"),
    (FILE, "DuplicateModelException", "A model with key 'kk' is already installed", "key is in use"),
    (FILE, "DuplicateModelException", "A model with path '/x' is already installed", "already"),
    (FILE, "SomethingNew", "never heard of", "log"),
    (FILE, None, None, "log"),
]


@pytest.mark.parametrize(("source", "reason", "text", "says"), FAILURES)
def test_each_failure_has_its_advice(source: str, reason: str | None, text: str | None, says: str) -> None:
    info = ModelInstJobInfo(
        job_id=0, status=InstallStatus.ERROR, source=source, error_reason=reason, error=text
    )
    advice = advice_for(info)
    assert advice is not None
    assert says in advice
    assert advice in str(ModelInstallJobFailed(info.replaced(advice=advice)))


@pytest.mark.parametrize("status", sorted(InstallStatus.FAILED))
def test_every_bad_end_has_advice(status: str) -> None:
    assert advice_for(ModelInstJobInfo(job_id=0, status=status))


@pytest.mark.parametrize("status", ["waiting", "downloading", "running", "paused", "completed", "dreaming"])
def test_where_nothing_failed_there_is_no_advice(status: str) -> None:
    assert advice_for(ModelInstJobInfo(job_id=0, status=status)) is None


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("Resume refused by server. Restart required.", "Cancel the install"),
        ("Download interrupted. Resume required.", "Resume the install"),
        (None, "Resume the install"),
    ],
)
def test_a_download_that_stopped_by_itself(message: str | None, says: str) -> None:
    part = DownloadPart.from_wire({"source": URL, "resume_required": True, "resume_message": message})
    info = ModelInstJobInfo(job_id=0, status=InstallStatus.PAUSED, source=URL, parts=(part,))
    assert says in (advice_for(info) or "")


@pytest.mark.parametrize(
    ("source", "status_code", "text", "says"),
    [
        ("tiny/one", 409, "tiny/one: No downloadable files found", "lookup_huggingface"),
        ("a/b", 409, "Repo id must use alphanumeric chars", "org/name"),
        ("nothing", 409, "Unsupported model source: 'nothing'", "machine of the server"),
        (REPO, 500, "Internal Server Error", "hf_login"),
        (FILE, 500, "Internal Server Error", "too long"),
        ("https://[", 409, "1 validation error for URLModelSource", "address"),
    ],
)
def test_refusals(source: str, status_code: int, text: str, says: str) -> None:
    assert says in (refusal_advice(source, status_code, text) or "")


def test_an_unheard_of_refusal_has_the_words_of_the_server_only() -> None:
    assert refusal_advice(FILE, 418, "teapot") is None


UNKNOWN = ModelRecord(key="k", name="x", type="unknown")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "damaged"),
        ({"extra": {"source": {"type": "url"}}}, "web page"),
        ({"error_reason": "HTTPError"}, "not all of its files"),
        ({"config_out": ModelRecord(name="tmpinstall_1", type="unknown")}, "stopped in the middle"),
    ],
)
def test_a_completed_job_with_a_model_that_was_not_recognised(changes: dict[str, object], says: str) -> None:
    info = ModelInstJobInfo(job_id=0, status=InstallStatus.COMPLETED, config_out=UNKNOWN)
    warning = warning_for(info.replaced(**changes))
    assert warning is not None
    assert says in warning
    assert "Delete it" in warning


def test_a_model_that_was_recognised_needs_no_warning() -> None:
    good = ModelInstJobInfo(job_id=0, status=InstallStatus.COMPLETED, config_out=ModelRecord(type="lora"))
    assert warning_for(good) is None
    assert warning_for(good.replaced(config_out=None)) is None
