// Marks on the skin as the desk reads them: in words, and as numbered dots on the figure once it has come.
import { createElement as h, useEffect, useState } from "react";

export function MarksShown({ marks }) {
  const [picture, setPicture] = useState(null);
  const some = marks.length > 0;
  useEffect(() => {
    if (some) import("./body_map.js").then((found) => setPicture(() => found.Figures), () => undefined);
  }, [some]);
  if (!some) return null;
  return h("section", { className: "grid gap-4", "aria-label": "Marks on the skin" },
    h("p", { className: "hint" }, "Marks on the skin. Left and right are the person’s own."),
    picture ? h(picture, { marks }) : null,
    h("ol", { className: "mark-list" }, marks.map((mark, i) => h("li", { key: i },
      h("span", { className: "mark-number", "aria-hidden": true }, i + 1), h("span", null, mark.words)))));
}
