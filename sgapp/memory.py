"""What stands in memory for as long as a process serves is left out of the search for garbage."""

import gc

#: Python looks for garbage after so many new objects, for older garbage after ten such looks, and through everything after ten
#: of those. By its own figure of 700 it would look several times while one page is made.
_NEW_OBJECTS = 10_000


def settle() -> None:
    """Take what is there now for what stays: code, tables, pages. Called once, when a process has started.

    Looking through all of it took an eighth of a second, in which nobody was answered, and one look in twelve at three pages of
    the queue waited for it; none of it was ever garbage.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 10, 10)
