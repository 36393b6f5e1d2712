"""A real JupyterLab and Notebook 7 in a real browser, and real kernels without one."""

from .browser import Browser, find_chromium
from .kernel import Kernel
from .notebook import FRONT_ENDS, NotebookPage, open_notebook
from .old_kernels import IPYKERNELS, ipykernel_path
from .server import JupyterServer

__all__ = [
    "FRONT_ENDS",
    "IPYKERNELS",
    "Browser",
    "JupyterServer",
    "Kernel",
    "NotebookPage",
    "find_chromium",
    "ipykernel_path",
    "open_notebook",
]
