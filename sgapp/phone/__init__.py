"""The JavaScript that runs in the browser, bundled with the pages. Python holds only the way to point at it."""

import reflex as rx


def script(name: str) -> str:
    """The import path of a file in this folder, for the `library` of a component that wraps it."""
    return rx.asset(name, shared=True).importable_path
