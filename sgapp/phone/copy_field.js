// One part of a letter with a button that copies it, for the field of an agency's own form.
import { createElement as h, useState } from "react";

export function CopyField({ label, text }) {
  const [said, setSaid] = useState("");
  const copy = () => navigator.clipboard.writeText(text).then(() => setSaid("Copied"), () => setSaid("Mark the text and copy it"));
  return h("div", { className: "copy-field" },
    h("div", { className: "flex items-center gap-2" },
      h("b", { className: "grow" }, label),
      h("span", { role: "status", className: "hint" }, said),
      h("button", { type: "button", className: "btn btn-quiet btn-sm", onClick: copy, "aria-label": `Copy ${label}` }, "Copy")),
    h("p", { className: "letter" }, text));
}
