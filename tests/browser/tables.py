"""A model table in a notebook page, as a test uses it."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.support.jupyter import NotebookPage

SHOW = "from invokeai_widgets import ModelTable\ntable = ModelTable({source})\ntable"

UNTIL = """
import time
deadline = time.monotonic() + 30
while not ({condition}) and time.monotonic() < deadline:
    time.sleep(0.05)
{condition}
"""


class ShownTable:
    """The table of a cell's output. Cell 1 of the page is free for `python`."""

    def __init__(self, page: NotebookPage, index: int = 0) -> None:
        self.page = page
        self.root = page.widget(index).locator(".ivk-table")
        self.grid = self.root.get_by_role("grid", name="Models")
        self.search = self.root.get_by_role("textbox", name="Search models")
        self.tools = self.root.get_by_role("search")
        self.foot = self.root.locator(".ivk-foot")
        self.details = self.root.get_by_role("complementary", name="Details")
        self.dialog = self.root.get_by_role("dialog")

    def wait(self) -> ShownTable:
        """Until rows are there, and all of them if they are few."""
        self.row(0).wait_for()
        self.page.page.wait_for_timeout(
            400
        )  # until the browser has all rows, which nothing on the screen tells
        return self

    def row(self, place: int) -> Locator:
        """The row at a place of the view, if it is on the screen."""
        return self.grid.locator(f'[role="row"][aria-rowindex="{place + 2}"]')

    def named(self, name: str) -> Locator:
        """The row of a model on the screen."""
        return self.grid.get_by_role("row").filter(has=self.page.page.get_by_text(name, exact=True))

    def names(self, count: int = 5) -> list[str]:
        """The first names of the view."""
        return [self.row(place).locator(".ivk-name").inner_text() for place in range(count)]

    def header(self, column: str) -> Locator:
        return self.grid.get_by_role("columnheader", name=column)

    def tick(self, place: int) -> None:
        self.row(place).locator(".ivk-tick").click()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.page.keyboard.press(key)

    def focused_row(self) -> int:
        """The place of the row that has the focus; -1 if none has."""
        found: int = self.page.page.evaluate(
            "() => Number(document.activeElement.closest('[role=row]')?.ariaRowIndex ?? 1) - 2"
        )
        return found

    def expect_selected(self, count: int) -> None:
        """The bar says how many are selected; none: it is not there."""
        if count:
            expect(self.foot).to_contain_text(f"{count:,} selected")
        else:
            expect(self.foot).not_to_contain_text("selected")

    def expect_chosen(self, count: int) -> None:
        """Python knows of so many."""
        self.until(f"len(table.selection) == {count}")

    def wait_for_all_rows(self) -> None:
        """Until Python has sent them."""
        self.until("bool(table._sent)")

    def until(self, condition: str) -> None:
        """It is so in Python; a widget's messages may come in after those of a cell."""
        assert self.python(UNTIL.format(condition=condition)) == "True"

    def python(self, source: str) -> str:
        """Run something in the kernel; its text."""
        return self.page.run_source(1, source)
