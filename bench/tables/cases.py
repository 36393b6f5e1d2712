"""The widgets that are compared, and how a notebook makes each. What the page does with them is in
page.js."""

from __future__ import annotations

from dataclasses import dataclass

from bench.measure import FLOOR, OURS, PEER


@dataclass(frozen=True)
class Case:
    """`setup` runs before the clock starts; `show` is the cell that is timed, with the data in `df`."""

    name: str
    role: str
    setup: str
    show: str
    note: str = ""
    sorted_by: str = "sorted"


_OWN_FRAME = """
from invokeai_widgets.library.conforming import conform
from invokeai_widgets import ModelTable
columns = ["size" if name == "file_size" else name for name in df.columns]
df = conform(df.rename(columns={"file_size": "size"}))
"""
_AG = "{'columnDefs': [{'field': c, 'sortable': True, 'filter': True} for c in df.columns]}"

CASES = (
    Case("floor-window", FLOOR, "from bench.tables.floors import FloorWindow", "FloorWindow(df)"),
    Case("floor-client", FLOOR, "from bench.tables.floors import FloorClient", "FloorClient(df)"),
    Case(
        "ModelTable",
        OURS,
        _OWN_FRAME,
        "ModelTable(df, columns=columns)",
        note="of a DataFrame, as the others are; of a server, it waits for the list first (see `frame`)",
    ),
    Case("pandas repr", PEER, "", "df", note="shows 10 rows of any table; nothing to sort or search"),
    Case(
        "itables",
        PEER,
        "import itables; itables.init_notebook_mode(connected=False)",
        "itables.show(df, maxBytes=0)",
        note="pages of 10 rows; its 1 MB of JavaScript comes in the setup cell and is not in `wire`",
    ),
    Case(
        "itables widget",
        PEER,
        "from itables.widget import ITable",
        "ITable(df, maxBytes=0)",
        note="pages of 10 rows",
    ),
    Case("quak", PEER, "import quak", "quak.Widget(df)", note="has no text search"),
    Case(
        "ipydatagrid",
        PEER,
        "from ipydatagrid import DataGrid",
        "DataGrid(df)",
        note="shows sizes over 2 GiB wrong, so it is sorted by hash, "
        "by its model's calls like the search: it paints on a canvas",
        sorted_by="sorted by hash",
    ),
    Case(
        "ipyaggrid",
        PEER,
        "from ipyaggrid import Grid",
        f"Grid(grid_data=df, grid_options={_AG}, quick_filter=True)",
    ),
    Case("buckaroo", PEER, "from buckaroo import BuckarooWidget", "BuckarooWidget(df)"),
    Case(
        "perspective",
        PEER,
        "from perspective.widget import PerspectiveWidget",
        "PerspectiveWidget(df, settings=False)",
        note="sorted and searched by its viewer's `restore`",
    ),
)
