"""The sizes that the checkpoint and its configuration files must agree on; as small as they go."""

from __future__ import annotations

SMALL, LARGE = 8, 16  # channels of the UNet and of the VAE, by level
GROUPS = 4
CONTEXT = 768  # by its width the server tells Stable Diffusion 1
TEXT_WIDTH, TEXT_INNER, TEXT_LAYERS, TEXT_HEADS, TEXT_POSITIONS = 32, 64, 1, 2, 77

FIRST_WORD, LAST_WORD = "<|startoftext|>", "<|endoftext|>"


def vocabulary() -> dict[str, int]:
    """A CLIP tokenizer's vocabulary without merges: the 256 bytes, alone and at a word's end."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = [chr(byte) for byte in plain] + [chr(256 + number) for number in range(256 - len(plain))]
    words = [*letters, *(f"{letter}</w>" for letter in letters), FIRST_WORD, LAST_WORD]
    return {word: number for number, word in enumerate(words)}
