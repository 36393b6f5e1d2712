"""Sources of installs, as users write them and as the server gives them back."""

from __future__ import annotations

from pathlib import PurePath, PurePosixPath

import pytest

from invokeai_widgets.client.errors import InvalidInput
from invokeai_widgets.client.sources import (
    is_path,
    may_be_folder,
    same_source,
    usable_source,
    without_secrets,
)


# An empty source is taken for the server's working directory, whose content would be moved away.
@pytest.mark.parametrize(
    "source", ["", "  ", "\n", '""', '" "', '"""', ".", "..", "./", "/", "//", "~", "~/x.ckpt", "C:\\", "C:"]
)
def test_what_would_be_a_whole_folder_tree_is_refused(source: str) -> None:
    with pytest.raises(InvalidInput):
        usable_source(source)


@pytest.mark.parametrize(
    "source",
    [
        PurePosixPath("."),
        PurePosixPath("https://host/x.ckpt"),
        b"/models/x",
        "https://host/a\nb",
        "http://[/x",
        "https://host/\x1b",
        "/models/a\0b",
        "/m/" + "x" * 4095,
        None,
    ],
)
def test_what_cannot_be_a_source_is_refused(source: str) -> None:
    with pytest.raises(InvalidInput):
        usable_source(source)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        (" /models/x y.ckpt\n", "/models/x y.ckpt"),
        ('"C:\\models\\x.ckpt"', "C:\\models\\x.ckpt"),
        ('"https://me:pw@host/x.ckpt"', "https://me:pw@host/x.ckpt"),
        ("'https://host/x.ckpt'", "https://host/x.ckpt"),
        (' " /models/x.ckpt " ', "/models/x.ckpt"),
        ("HTTPS://Host/X.ckpt", "https://Host/X.ckpt"),
        ("/models/line\nbreak.ckpt", "/models/line\nbreak.ckpt"),
        ("org/name:fp16", "org/name:fp16"),
        (PurePosixPath("/models/x.ckpt"), "/models/x.ckpt"),
    ],
)
def test_a_source_as_it_is_written(written: str | PurePath, sent: str) -> None:
    assert usable_source(written) == sent


@pytest.mark.parametrize(
    ("source", "path", "folder"),
    [
        ("/models/x.SafeTensors", True, False),
        ('"/models/x.ckpt"', True, False),
        ("/models/folder", True, True),
        ("C:\\models\\folder", True, True),
        ("folder", True, True),
        ("org/name", False, False),
        ("./loras", True, True),
        ("../loras", True, True),
        ("org/name:fp16:unet/x", False, False),
        ("https://host/folder", False, False),
        ("external://openai/gpt", False, False),
    ],
)
def test_kinds_of_sources(source: str, path: bool, folder: bool) -> None:
    assert (is_path(source), may_be_folder(source)) == (path, folder)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/a//b/", "/a/b"),
        ('"/a/b c"', "/a/b c"),
        ("C:\\a\\b.ckpt", "C:/a/b.ckpt"),
        ("https://Host/x y", "https://host/x%20y"),
        ("https://host", "https://host/"),
        ("https://me:secret@host/x?token=secret", "https://host/x?token=***"),
        ("https://huggingface.co/org/name", "org/name"),
        ("https://huggingface.co/o/n/blob/main/x.ckpt", "https://huggingface.co/o/n/resolve/main/x.ckpt"),
    ],
)
def test_the_same_source(one: str, other: str) -> None:
    assert same_source(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://h/x?key=a", "https://h/x?key=b"),
        ("/a/b", "/a/B"),
        ("/a/b", "/a/../a/b"),
        ("https://h/x?a=1", "https://h/x?a=2"),
        ("a/b", "a/b:fp16"),
    ],
)
def test_other_sources(one: str, other: str) -> None:
    assert not same_source(one, other)


@pytest.mark.parametrize(
    ("source", "clean"),
    [
        ("https://me:secret@host:8/x?token=secret&type=Model&n=", "https://host:8/x?type=Model&n="),
        ("https://host/x?api_key=secret", "https://host/x"),
        ("https://host/x?type=Model", "https://host/x?type=Model"),
        ("/models/a?token=b", "/models/a?token=b"),
    ],
)
def test_taking_secrets_out(source: str, clean: str) -> None:
    assert without_secrets(source) == clean
