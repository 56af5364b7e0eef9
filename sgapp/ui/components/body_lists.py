"""The names of places, shapes and colours, as the phone has them beside its figure: `python -m sgapp.ui.components.body_lists`.

They lie in a file of their own, fetched with the figure, and not in the page, where they would weigh on the first load.
"""

import json
from pathlib import Path

from sgapp.domain.vocabulary import MARK_COLOURS, MARK_SHAPES, SITES
from sgapp.domain.vocabulary.body_sites import ARM, BACK_ONLY, FRONT_ONLY, LEG, MIDDLE_ONLY

SCRIPT = Path(__file__).resolve().parents[2] / "phone" / "body_lists.js"


def script_text() -> str:
    """The file as it has to be; a test compares."""
    sites = [[c.code, c.label, int(c.group in (ARM, LEG)), int(c.code in FRONT_ONLY | BACK_ONLY), int(c.code in MIDDLE_ONLY)]
             for c in SITES]
    lists = {"sites": sites, "shapes": MARK_SHAPES.options(), "colours": MARK_COLOURS.options()}
    rows = "".join(f"  {name}: [\n{''.join(f'    {json.dumps(entry)},{chr(10)}' for entry in entries)}  ],\n"
                   for name, entries in lists.items())
    return ("// Made by sgapp/ui/components/body_lists.py from the code lists of the domain; not to be written by hand.\n"
            "// A site: code, label, whether it is paired like a limb, shows on one view only, has no side.\n"
            f"export const BODY = {{\n{rows}}};\n")


if __name__ == "__main__":
    SCRIPT.write_text(script_text(), encoding="utf-8")
