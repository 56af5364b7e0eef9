// What a page shows stays there while it is asked for again. After a lost connection the server has forgotten what it sent, and
// what she searches for stands on her screen alone: so the server asks for it (`wanted`), and how many rows she has before her.
import { createElement as h, useEffect, useRef } from "react";

export function StaysShown({ there, wanted, field, onWanted, children }) {
  const shown = useRef(null);
  const place = useRef(null);
  if (there) shown.current = children;
  useEffect(() => {
    if (wanted) onWanted(document.getElementById(field)?.value ?? "", place.current.querySelectorAll("li.row").length);
  }, [wanted]);
  return h("div", { ref: place, className: "grid gap-5" }, shown.current);
}
