// A list whose rows can be walked with the arrow keys once one of them has the focus. Nothing else is taken from the keyboard.
import { createElement as h, useEffect, useRef } from "react";

const STEP = { ArrowDown: 1, ArrowUp: -1 };
const TITLE = ".row-title";

// Where the button for more goes with the last of them, the keyboard goes on at the first row that came.
function useFocusThatGoesOn(list) {
  useEffect(() => {
    let before = list.current.querySelectorAll(TITLE).length;
    let asked = false;
    const look = new MutationObserver(() => {
      const rows = list.current.querySelectorAll(TITLE);
      if (asked && rows.length > before && document.activeElement === document.body) rows[before].focus({ preventScroll: true });
      asked = false;
      before = rows.length;
    });
    const ask = (event) => {
      asked = Boolean(event.target.closest("[data-more-rows]"));
    };
    look.observe(list.current, { childList: true });
    document.addEventListener("click", ask);
    return () => {
      look.disconnect();
      document.removeEventListener("click", ask);
    };
  }, []);
}

export function KeyRows({ label, children }) {
  const list = useRef(null);
  useFocusThatGoesOn(list);
  const onKeyDown = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !event.target.closest(".row")) return;
    const rows = [...list.current.querySelectorAll(TITLE)];
    const here = rows.indexOf(event.target.closest(".row").querySelector(TITLE));
    const next = event.key === "Home" ? 0 : event.key === "End" ? rows.length - 1 : here + (STEP[event.key] ?? NaN);
    if (!rows[next]) return;
    event.preventDefault();
    rows[next].focus();
  };
  return h("ul", { ref: list, className: "rows", "aria-label": label, onKeyDown }, children);
}
