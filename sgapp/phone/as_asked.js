// What stands on a page is what its address asks for, or a word that it is on its way. A page that is opened anew in its tab, or
// a link to another case, has still what was there before until the answer comes: a tap must not land on that.
import { createElement as h, useRef } from "react";
import { useLocation } from "react-router";

const LONGEST = 64;

// Of several the last, as the server reads it.
const idIn = (search) => (new URLSearchParams(search).getAll("id").filter(Boolean).at(-1) ?? "").slice(0, LONGEST);

export function AsAsked({ shown, byId, says, children }) {
  const { search } = useLocation();
  const asked = byId ? idIn(search) : "";
  const drawn = useRef(null);
  if (shown === asked) drawn.current = { asked, children };
  // After a lost connection the server has forgotten what it sent: that stays until it is sent again.
  else if (shown !== null || drawn.current?.asked !== asked) drawn.current = null;
  return drawn.current?.children ?? h("p", { role: "status", className: "hint waiting" }, says);
}
