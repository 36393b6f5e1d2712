"""The table's other faces: out of core ipywidgets, as HTML, as text. What a server sends is text in each."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import ipywidgets
import pandas as pd
import pytest

from invokeai_widgets import ModelTable
from invokeai_widgets.widgets.table.plain import PAGE, PlainTable

XSS = "<img src=x onerror=alert(1)>"


def models(count: int = 50) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "key": [f"k{n:02}" for n in range(count)],
            "name": [XSS, *(f"Model {n:02}" for n in range(1, count))],
            "type": [XSS, *(("main", "lora")[n % 2] for n in range(1, count))],
            "base": "sdxl",
            "size": [2**32 + n for n in range(count)],
        }
    )


@pytest.fixture
def table() -> ModelTable:
    """Fifty models, the first with markup for a name."""
    return ModelTable(models())


@pytest.fixture
def plain(table: ModelTable) -> PlainTable:
    """The plain face of it."""
    return table.plain()


class Tags(HTMLParser):
    """The tags of an HTML text, and its cells."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def bundle(table: ModelTable) -> dict[str, Any]:
    data, _ = table._repr_mimebundle_()
    assert isinstance(data, dict)
    return data


def test_beside_the_widget_there_are_html_and_text(table: ModelTable) -> None:
    data = bundle(table)
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "50 models" in data["text/html"]
    assert "50 models" in data["text/plain"]
    assert "30 more" in data["text/html"]
    assert "4.29 GB" in data["text/plain"]
    assert repr(table) == "ModelTable('', 50 models)"


def test_markup_in_a_name_is_text_in_each_face(table: ModelTable, plain: PlainTable) -> None:
    for html in (bundle(table)["text/html"], plain._rows.value):
        found = Tags(html)
        assert XSS in found.texts
        assert not found.tags & {"img", "script"}
    assert XSS in bundle(table)["text/plain"]


def test_a_name_commands_no_terminal() -> None:
    text = bundle(ModelTable(pd.DataFrame({"name": ["red \x1b[31m", "two\nlines", "a\u202eb"]})))[
        "text/plain"
    ]
    assert "red �[31m" in text
    assert "two lines" in text
    assert "a�b" in text


def test_the_fallback_shows_the_view(table: ModelTable) -> None:
    table.filter(type="lora", sort=[("name", "desc")])
    first = next(text for text in Tags(bundle(table)["text/html"]).texts if text.startswith("Model"))
    assert first == "Model 49"


# -- core ipywidgets -----------------------------------------------------------------------------------------


def press(plain: PlainTable, text: str) -> None:
    [button] = [each for each in plain._buttons if each.description == text]
    button.click()


def names(plain: PlainTable) -> list[str]:
    return [text for text in Tags(plain._rows.value).texts if text.startswith("Model ")]


def test_it_is_made_of_core_widgets_only(plain: PlainTable) -> None:
    def walk(widget: ipywidgets.Widget) -> set[str]:
        return {type(widget)._model_module.default_value}.union(  # type: ignore[attr-defined]
            *(walk(child) for child in getattr(widget, "children", ()))
        )

    assert walk(plain) == {"@jupyter-widgets/controls"}


def test_it_turns_pages(plain: PlainTable) -> None:
    assert len(names(plain)) == PAGE - 1  # and the one with markup
    press(plain, "Next")
    assert names(plain)[0] == f"Model {PAGE:02}"
    press(plain, "Next")
    assert plain._buttons[1].disabled
    press(plain, "Previous")
    assert names(plain)[0] == f"Model {PAGE:02}"


def test_search_filter_and_sort_are_those_of_the_table(plain: PlainTable, table: ModelTable) -> None:
    press(plain, "Next")
    plain._search.value = "model 1"
    assert names(plain)[0] == "Model 01", "it begins with the first page again"
    plain._facets["type"].value = "lora"
    plain._down.value = True
    assert names(plain)[0] == "Model 41"
    assert table.view.index[0] == "k41"
    table.filter()
    assert plain._search.value == ""
    assert plain._facets["type"].value == ""


def test_the_selection_is_that_of_the_table(plain: PlainTable, table: ModelTable) -> None:
    table.select(["k30"])
    plain._chosen.value = ("k01", "k02")
    assert table.selected == ["k30", "k01", "k02"], "what is on another page stays"
    plain._search.value = "model 4"
    press(plain, "Select all in view")
    assert set(table.selected) == set(table.view.index)
    press(plain, "Select none")
    assert plain._chosen.value == ()
    table.select("k40")
    assert "k40" in plain._chosen.value


def test_a_control_changes_its_part_of_the_view_only(plain: PlainTable, table: ModelTable) -> None:
    table.filter(type=["lora", "main"], state="in place", sort=[("size", "desc"), ("name", "asc")])
    assert plain._facets["type"].label == "LoRA, Main"
    assert (plain._sort.value, plain._down.value) == ("Size", True)
    plain._search.value = "model"
    assert table.query["facets"] == {"type": ["lora", "main"], "state": ["in place"]}
    assert table.query["sort"] == [["size", "desc"], ["name", "asc"]]
    plain._facets["type"].value = "lora"
    assert table.query["facets"] == {"type": ["lora"], "state": ["in place"]}
    plain._facets["type"].value = ""
    plain._down.value = False
    assert table.query["facets"] == {"state": ["in place"]}
    assert table.query["sort"] == [["size", "asc"]]
    table.filter(sort=[("hash", "desc")])
    assert (plain._sort.value, plain._down.value) == ("hash", True)
    plain._search.value = "x"
    assert table.query["sort"] == [["hash", "desc"]]


def test_it_is_a_view_of_the_table(table: ModelTable, plain: PlainTable) -> None:
    """As long as it is open the table follows the server, with or without the rich view beside it."""
    loop, connection = table.connection.loop, table.connection

    async def reported() -> bool:
        return connection.is_watched

    table._handle_custom_msg({"kind": "view", "view": "rich", "state": "visible"}, [])
    assert loop.run(reported())
    plain.close()
    plain.close()
    assert loop.run(reported())
    table._handle_custom_msg({"kind": "view", "view": "rich", "state": "gone"}, [])
    assert not loop.run(reported())


def test_closed_it_hears_no_more(plain: PlainTable, table: ModelTable) -> None:
    before = plain._rows.value
    plain.close()
    table.filter("nothing like it")
    assert plain._rows.value == before
