// A list whose rows can be walked with the arrow keys once one of them has the focus. Nothing else is taken from the keyboard.
import { createElement as h, useRef } from "react";

const STEP = { ArrowDown: 1, ArrowUp: -1 };

export function KeyRows({ label, children }) {
  const list = useRef(null);
  const onKeyDown = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !event.target.closest(".row")) return;
    const rows = [...list.current.querySelectorAll(".row-title")];
    const here = rows.indexOf(event.target.closest(".row").querySelector(".row-title"));
    const next = event.key === "Home" ? 0 : event.key === "End" ? rows.length - 1 : here + (STEP[event.key] ?? NaN);
    if (!rows[next]) return;
    event.preventDefault();
    rows[next].focus();
  };
  return h("ul", { ref: list, className: "rows", "aria-label": label, onKeyDown }, children);
}
