"""What is refused before it is identified, in InvokeAI's words."""

from __future__ import annotations

from pathlib import Path

from .subject import Subject

_EXTENSIONS = (".bin", ".ckpt", ".gguf", ".onnx", ".pt", ".pth", ".safetensors")
_MOST_FILES = 50
_DEPTH = 2


def check_looks_like_model(path: Path) -> None:
    """Raise `ValueError` for a wrong extension, a folder of over 50 files, or one without model files.

    A folder whose configuration file names a pipeline or model class passes at once.
    """
    extensions = ", ".join(_EXTENSIONS)
    if path.is_file():
        if path.suffix.lower() not in _EXTENSIONS:
            raise ValueError(
                f"File extension {path.suffix} is not a recognized model format. "
                f"Expected one of: {extensions}"
            )
        return
    if _names_a_model_class(Subject(path)):
        return
    if _more_files_than(path, _MOST_FILES):
        raise ValueError(
            f"Directory contains more than {_MOST_FILES} files. This looks like a general-purpose directory "
            "rather than a model. Please provide a path to a specific model file or model directory."
        )
    if not _has_model_file(path, _DEPTH):
        raise ValueError(
            f"No model files or config files found in directory {path}. Expected to find model files with "
            f"extensions: {extensions} or config files: config.json, model_index.json"
        )


def _names_a_model_class(subject: Subject) -> bool:
    # InvokeAI asks whether diffusers or transformers has the class; that it is named must do here.
    index = subject.config("model_index.json").get("_class_name")
    config = subject.config("config.json")
    return bool(index) or any(config.get(word) for word in ("_class_name", "model_type", "architectures"))


def _more_files_than(path: Path, most: int) -> bool:
    count = 0
    for entry in path.rglob("*"):
        # A hidden folder anywhere in the path hides all below it, the folders above `path` too.
        if not any(part.startswith(".") for part in entry.parts) and entry.is_file():
            count += 1
            if count > most:
                return True
    return False


def _has_model_file(path: Path, depth: int) -> bool:
    try:
        entries = list(path.iterdir())
    except PermissionError:
        return False
    if any(entry.suffix.lower() in _EXTENSIONS and entry.is_file() for entry in entries):
        return True
    return depth > 0 and any(_has_model_file(entry, depth - 1) for entry in entries if entry.is_dir())
