"""What the embedded server makes of model files, and that the records of it are InvokeAI's."""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3

from invokeai_widgets.demo.identify import (
    CLASSES,
    COMMON,
    InvalidModelConfigException,
    identify,
    variants,
)
from tests.conftest import TinyModels
from tests.support.conformance import SCHEMAS, classes, record_complaints
from tests.support.samples import Expected, write_samples
from tests.support.samples.writers import write_safetensors, write_torch

LORA_LAYER = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_k"


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Expected]]:
    folder = tmp_path_factory.mktemp("samples")
    return folder, write_samples(folder)


@pytest.fixture
def lora(tmp_path: Path) -> Path:
    path = tmp_path / "some_lora.safetensors"
    write_safetensors(path, {f"{LORA_LAYER}.lora_down.weight": (1, 768)})
    return path


def unlike(record: dict[str, Any], expected: Expected) -> dict[str, Any]:
    return {
        name: record.get(name, "missing") for name, value in expected.items() if record.get(name) != value
    }


def test_tiny_models_are_what_the_manifest_says(tiny_models: TinyModels) -> None:
    wrong = {}
    for name, expected in tiny_models.good.items():
        record = identify(tiny_models.folder / name).record("key")
        wrong[name] = [unlike(record, expected), record_complaints(record)]
    assert {name: found for name, found in wrong.items() if any(found)} == {}


def test_samples_of_all_other_classes(samples: tuple[Path, dict[str, Expected]]) -> None:
    folder, expected = samples
    wrong = {}
    for name, fields in expected.items():
        record = identify(folder / name).record("key")
        wrong[name] = [unlike(record, fields), record_complaints(record)]
    assert {name: found for name, found in wrong.items() if any(found)} == {}
    assert len(expected) > 90


def test_refusals_in_the_words_of_the_server(tiny_models: TinyModels, tmp_path: Path) -> None:
    folder = tiny_models.folder
    with pytest.raises(
        ValueError, match=r"^File extension \.txt is not a recognized model format\. Expected one of: "
    ):
        identify(folder / "notes.txt")
    with pytest.raises(
        ValueError, match=r"^No model files or config files found in directory .*empty-folder\. "
    ):
        identify(folder / "empty-folder")
    for number in range(51):
        (tmp_path / f"{number}.safetensors").touch()
    with pytest.raises(ValueError, match=r"^Directory contains more than 50 files"):
        identify(tmp_path)
    path = folder / "truncated_pid_decoder.safetensors"
    with pytest.raises(InvalidModelConfigException) as refused:
        identify(path)
    text = (
        f"Model at {path} cannot be used: PiD checkpoint is missing 455 of the weights required by PidNet; "
    )
    assert str(refused.value).startswith(text)
    assert str(refused.value).endswith("'lq_proj.gate_modules.0.content_proj.weight'] (+ 450 more)")


def test_a_large_folder_with_a_model_class_is_a_model(tmp_path: Path) -> None:
    config = {"architectures": ["LlamaForCausalLM"]}
    (tmp_path / "config.json").write_text(json.dumps(config))
    for number in range(60):
        (tmp_path / f"tokenizer{number}.json").write_text("{}")
    (tmp_path / "tokenizer.json").write_text("{}")
    assert identify(tmp_path).type == "text_llm"


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda data: data[:-1], id="cut off"),
        pytest.param(lambda data: data + b"\0", id="too long"),
        pytest.param(lambda data: data[:4], id="no header"),
        pytest.param(lambda data: b"\xff" * 8 + data[8:], id="length beyond the file"),
        pytest.param(lambda data: data[:8] + b"x" + data[9:], id="no JSON"),
        pytest.param(lambda data: data.replace(b'"F16"', b'"F99"'), id="unheard-of type"),
        pytest.param(lambda data: data.replace(b"768]", b"769]"), id="shape does not fit"),
        pytest.param(lambda data: b"", id="empty"),
        pytest.param(lambda data: b"<!DOCTYPE html><html></html>", id="a web page"),
    ],
)
def test_a_broken_file_is_unknown(lora: Path, spoil: Any) -> None:
    assert identify(lora).type == "lora"
    lora.write_bytes(spoil(lora.read_bytes()))
    assert identify(lora).type == "unknown"


def test_code_in_a_pickle_is_not_run(tmp_path: Path) -> None:
    trap = tmp_path / "sprung"

    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (trap,)

    path = tmp_path / "embedding.pt"
    write_torch(path, {"emb_params": (2, 768)})
    assert identify(path).type == "embedding"
    path.write_bytes(pickle.dumps({"emb_params": Trap()}))
    assert identify(path).type == "unknown"
    assert not trap.exists()


def test_old_torch_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "old.pt"
    names = {"string_to_token": {"*": 265}, "name": "x"}
    parts = (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}, names)
    path.write_bytes(b"".join(pickle.dumps(part, 2) for part in parts))
    assert identify(path).type == "unknown"  # readable, but without a tensor


def test_hash_and_size(lora: Path, tmp_path: Path) -> None:
    found = identify(lora)
    assert found.hash == f"blake3:{blake3(lora.read_bytes()).hexdigest()}"
    assert found.file_size == lora.stat().st_size
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "config.json").write_text('{"_class_name": "AutoencoderKL"}')
    for name in ("b.safetensors", "a.bin"):
        shutil.copy(lora, folder / name)
    each = blake3(lora.read_bytes()).hexdigest()
    whole = blake3((each + each).encode()).hexdigest()  # of the weight files only
    assert identify(folder).hash == f"blake3:{whole}"


def test_sidecar(tiny_models: TinyModels, lora: Path) -> None:
    told = identify(tiny_models.folder / "lora_sidecar.safetensors").record("key")
    assert (told["description"], told["trigger_phrases"]) == ("Read from the sidecar", ["tiny", "sketch"])
    lora.with_suffix(".json").write_text("[no object]")
    assert identify(lora).description is None
    lora.with_suffix(".json").write_text('{"description": "one", "notes": "two", "activation text": " , "}')
    record = identify(lora).record("key")
    assert (record["description"], record["trigger_phrases"]) == ("one | two", None)


def test_overrides_narrow_and_never_force(lora: Path) -> None:
    assert identify(lora, {"type": "lora", "base": "sd-1"}).type == "lora"
    for given in ({"type": "vae"}, {"base": "sdxl"}, {"format": "diffusers"}, {"variant": "normal"}):
        assert identify(lora, given).type == "unknown", given
    assert identify(lora, {"name": "Other", "description": None}).name == "Other"
    assert identify(lora, {"hash": "blake3:known"}).hash == "blake3:known"


def test_a_given_variant_is_taken_if_it_exists(samples: tuple[Path, dict[str, Expected]]) -> None:
    path = samples[0] / "main_z_image.safetensors"
    found = identify(path, {"variant": "zbase"}).record("key")
    assert (found["variant"], found["default_settings"]["steps"]) == ("zbase", 50)
    assert identify(path, {"variant": "inpaint"}).type == "unknown"


def test_what_is_given_to_a_record_wins_but_for_fields_it_lacks(lora: Path) -> None:
    record = identify(lora).record("key", source="https://x/y", source_type="url", name="N", cpu_only=True)
    assert (record["source"], record["source_type"], record["name"]) == ("https://x/y", "url", "N")
    assert "cpu_only" not in record
    assert record_complaints(record) == []


def test_the_table_of_classes_is_the_servers() -> None:
    fixed = {*COMMON, "type", "base", "format"}
    assert {kind: {*fields, *fixed} for kind, fields in CLASSES.items()} == classes()


def test_the_variants_are_the_servers() -> None:
    for (type_, base, format_), fields in CLASSES.items():
        told = set(variants(type_, base)) if "variant" in fields else set()
        assert told == _variants(type_, base, format_), (type_, base, format_)


def _variants(type_: str, base: str, format_: str) -> set[str]:
    found: set[str] = set()
    for schema in SCHEMAS.values():
        fields = schema.get("properties", {})
        kind = [fields.get(name, {}).get("const") for name in ("type", "base", "format")]
        if kind == [type_, base, format_] and "variant" in fields:
            told = fields["variant"]
            for each in told.get("anyOf", [told]):
                enum = SCHEMAS.get(each.get("$ref", "").rpartition("/")[2], each)
                found.update(enum.get("enum", [enum["const"]] if "const" in enum else []))
    return found
