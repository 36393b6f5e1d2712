"""The model table: the rows for the browser, the widget, its other faces."""

from invokeai_widgets.widgets.table.model_table import ModelTable

__all__ = ["ModelTable"]
