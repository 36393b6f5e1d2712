"""`FolderScan` on the embedded server: what it finds, what it says of it, and what installing comes to."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from invokeai_widgets.client.errors import InvalidInput, InvalidRequest
from invokeai_widgets.widgets.offers import HEAD
from invokeai_widgets.widgets.scan import FolderScan
from tests.conftest import Begin
from tests.support.panels import BrowserSide
from tests.support.tiny_models import write_lora

from .conftest import Show


@pytest.fixture(scope="module")
def one_lora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A LoRA to make copies of."""
    return write_lora(tmp_path_factory.mktemp("one") / "lora.safetensors")


def fill(folder: Path, one: Path, names: list[str]) -> list[str]:
    """A folder with models of these names; their paths, in the order of the list."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(one, folder / name)
    return sorted((str(folder / name) for name in names), key=str.casefold)


def keys(side: BrowserSide) -> list[str]:
    return [row["key"] for row in side.result("rows")["rows"]]


def states(side: BrowserSide) -> dict[str, list[str]]:
    found: dict[str, list[str]] = side.result("rows")["states"]
    return found


def test_without_a_folder_it_asks_the_server_nothing(begin: Begin, show: Show) -> None:
    side = show(FolderScan, begin().url)
    assert side.panel.head["rows"] == []
    assert not side.panel.loaded
    assert "No folder" in side.panel.plain_text()


def test_a_folder_is_scanned_with_the_folders_below_it(
    begin: Begin, show: Show, tmp_path: Path, one_lora: Path
) -> None:
    paths = fill(tmp_path, one_lora, ["B.safetensors", "a.safetensors", "deep/down/c.safetensors"])
    side = show(FolderScan, begin().url)
    side.result("scan", folder=f"  {tmp_path} ")
    assert keys(side) == paths
    assert side.panel.folder == str(tmp_path)
    assert [row["key"] for row in side.panel.head["rows"]] == paths
    assert "3 models" in side.panel.plain_text()
    assert "3 not installed" in side.panel.plain_text()


def test_a_folder_given_at_first_is_scanned_when_it_is_seen(
    begin: Begin, show: Show, tmp_path: Path, one_lora: Path
) -> None:
    paths = fill(tmp_path, one_lora, ["a.safetensors"])
    side = show(FolderScan, begin().url, folder=tmp_path)
    side.wait(lambda: side.panel.loaded, "the scan")
    assert [found.path for found in side.panel.found] == paths  # type: ignore[attr-defined]


def test_the_same_from_python(begin: Begin, show: Show, tmp_path: Path, one_lora: Path) -> None:
    paths = fill(tmp_path, one_lora, ["a.safetensors"])
    panel = show(FolderScan, begin().url).panel
    assert isinstance(panel, FolderScan)
    assert [(found.path, found.is_installed) for found in panel.scan(str(tmp_path))] == [(paths[0], False)]
    with pytest.raises(InvalidInput, match="folder is empty"):
        panel.scan("")
    with pytest.raises(InvalidRequest, match="could not be scanned"):
        panel.scan("/no/such/folder")


def test_a_folder_that_is_not_there_leaves_nothing_of_the_last_one(
    begin: Begin, show: Show, tmp_path: Path, one_lora: Path
) -> None:
    fill(tmp_path, one_lora, ["a.safetensors"])
    side = show(FolderScan, begin().url)
    side.result("scan", folder=str(tmp_path))
    error = side.error("scan", folder="/no/such/folder")
    assert "could not be scanned" in error["message"]
    assert side.panel.problem["message"] == error["message"]
    assert keys(side) == []
    side.result("scan", folder=str(tmp_path))
    assert side.panel.problem is None


def test_installing_in_place_is_the_default_and_the_row_follows(
    begin: Begin, show: Show, tmp_path: Path, one_lora: Path
) -> None:
    first, second = fill(tmp_path, one_lora, ["a.safetensors", "b.safetensors"])
    side = show(FolderScan, begin().url)
    side.result("scan", folder=str(tmp_path))
    outcomes = side.result("install", keys=[first])
    assert [(each["key"], each["ok"]) for each in outcomes] == [(first, True)]
    side.wait(lambda: states(side).get(first) == ["installed", "Installed"], "the install")
    assert Path(first).exists(), "in place means that the file stays"
    assert second not in states(side)
    side.result("scan", folder=str(tmp_path))
    assert states(side) == {first: ["installed", "Installed"]}


def test_moving_puts_it_into_the_models_folder(
    begin: Begin, show: Show, tmp_path: Path, one_lora: Path
) -> None:
    (path,) = fill(tmp_path, one_lora, ["a.safetensors"])
    side = show(FolderScan, begin().url)
    side.result("scan", folder=str(tmp_path))
    side.result("install", keys=[path], in_place=False)
    side.wait(lambda: states(side).get(path) == ["installed", "Installed"], "the install")
    (model,) = side.panel.connection.snapshot.models.values()
    assert not Path(model.path).is_absolute(), "only what lies in the models folder has a relative path"


def test_each_has_an_outcome_of_its_own(begin: Begin, show: Show, tmp_path: Path, one_lora: Path) -> None:
    gone, good = fill(tmp_path, one_lora, ["a.safetensors", "b.safetensors"])
    side = show(FolderScan, begin().url)
    side.result("scan", folder=str(tmp_path))
    Path(gone).unlink()
    outcomes = {each["key"]: each for each in side.result("install", keys=[gone, good])}
    assert outcomes[good]["ok"]
    assert not outcomes[gone]["ok"]
    assert outcomes[gone]["message"]
    side.wait(lambda: states(side).get(good) == ["installed", "Installed"], "the install")
    assert states(side)[gone] == ["failed", outcomes[gone]["message"]]


def test_a_deleted_model_is_new_again(begin: Begin, show: Show, tmp_path: Path, one_lora: Path) -> None:
    (path,) = fill(tmp_path, one_lora, ["a.safetensors"])
    side = show(FolderScan, begin().url)
    side.result("scan", folder=str(tmp_path))
    side.result("install", keys=[path])
    connection = side.panel.connection
    side.wait(lambda: len(connection.snapshot.models) == 1, "the record")
    connection.loop.run(connection.delete(list(connection.snapshot.models)))
    side.wait(lambda: path not in states(side), "the state of a deleted model")


def test_only_what_was_found_can_be_installed(begin: Begin, show: Show, tmp_path: Path) -> None:
    side = show(FolderScan, begin().url)
    side.result("scan", folder=str(tmp_path))
    assert "not in this list" in side.error("install", keys=["/etc"])["message"]


def test_read_only_sends_nothing(begin: Begin, show: Show, tmp_path: Path, one_lora: Path) -> None:
    (path,) = fill(tmp_path, one_lora, ["a.safetensors"])
    server = begin()
    side = show(FolderScan, server.url, read_only=True)
    side.result("scan", folder=str(tmp_path))
    assert side.error("install", keys=[path], in_place=False)["kind"] == "ReadOnly"
    assert Path(path).exists()
    assert states(side) == {}


def test_a_large_folder_sends_its_first_rows_only_until_it_is_asked(
    begin: Begin, show: Show, tmp_path: Path
) -> None:
    for number in range(1000):
        (tmp_path / f"{number:04}.safetensors").touch()
    side = show(FolderScan, begin().url)
    side.result("scan", folder=str(tmp_path))
    assert side.panel.head["total"] == 1000
    assert len(side.panel.head["rows"]) == HEAD
    assert len(keys(side)) == 1000


def test_markup_in_a_name_is_text(begin: Begin, show: Show, tmp_path: Path, one_lora: Path) -> None:
    fill(tmp_path, one_lora, ["<img src=x onerror=alert(1)>.safetensors"])
    side = show(FolderScan, begin().url)
    side.result("scan", folder=str(tmp_path))
    assert "<img" not in side.panel.plain_html()
    assert "&lt;img" in side.panel.plain_html()


def test_two_scans_at_once_are_not_mixed_up(begin: Begin, show: Show, tmp_path: Path, one_lora: Path) -> None:
    for name in ("one", "two"):
        fill(tmp_path / name, one_lora, [f"{name}.safetensors"])
    side = show(FolderScan, begin().url)
    panel = side.panel
    assert isinstance(panel, FolderScan)

    async def both() -> None:
        await asyncio.gather(*(panel.do_scan(str(tmp_path / name)) for name in ("one", "two")))

    panel.connection.loop.run(both())
    assert keys(side) == [f"{panel.folder}/two.safetensors"]
    assert panel.folder == str(tmp_path / "two")
