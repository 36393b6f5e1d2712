"""A search through many texts finds what asking each of them finds."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, strategies as st

from invokeai_widgets.library.texts import Texts

LETTERS = "ab.\u00e4\u4e16\U0001f600\ud800\n "
WORDS = st.text("ab.\u00e4\u4e16\U0001f600\ud800", min_size=1, max_size=3)


@given(texts=st.lists(st.text(LETTERS, max_size=9), max_size=40), term=WORDS, among=st.randoms())
def test_a_word_is_found_where_it_is(texts: list[str], term: str, among: random.Random) -> None:
    asked = np.array([among.random() < 0.6 for _ in texts], dtype=bool)
    found = Texts(texts).having(term, asked)
    assert found.tolist() == [bool(on) and term in text for on, text in zip(asked, texts, strict=True)]


@pytest.mark.parametrize("every", [1, 2, 9, 10, 11, 500, 1001])
def test_a_common_word_is_found_as_a_rare_one(every: int) -> None:
    """Rare ones are found by reading on, common ones by asking each text; in between by both."""
    texts = [f"row {n} of many{' with it twice: it' * (n % every == 0)}" for n in range(1000)]
    found = Texts(texts).having("it", np.ones(1000, dtype=bool))
    assert found.tolist() == [n % every == 0 for n in range(1000)]
