// The letter as it would leave, drawn beside the form that composes it. What is shown is made by the server each time, from the
// same code that makes the letter: nothing here knows what a letter looks like. Nothing of it is kept.
import { createElement as h, useEffect, useRef, useState } from "react";
import { contentOf } from "./durable_form.js";
import { askAsHers } from "./page_mark.js";

const WAIT_MS = 350;

export function LetterPreview({ caseId, formId }) {
  const [letter, setLetter] = useState(null);
  const [stale, setStale] = useState(false);
  const working = useRef({ timer: 0, sent: "" });

  useEffect(() => {
    const now = working.current;
    const frame = document.getElementById(formId);
    if (!caseId || !frame) return undefined;
    const draw = async () => {
      const form = frame.querySelector("form");
      if (!form) return;
      const body = { ...contentOf(form), case_id: caseId };
      const text = JSON.stringify(body);
      if (text === now.sent) return;
      now.sent = text;
      const { json } = await askAsHers("/api/letters/preview", { method: "POST", body });
      if (now.sent !== text) return; // something else was written since, or the page is gone
      if (json) setLetter(json);
      else now.sent = "";
      setStale(!json);
    };
    const later = () => {
      clearTimeout(now.timer);
      now.timer = setTimeout(draw, WAIT_MS);
    };
    frame.addEventListener("input", later);
    frame.addEventListener("change", later);
    // A draft that is put back makes no event: look again while the form settles.
    const watch = new MutationObserver(later);
    watch.observe(frame, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
    later();
    return () => {
      clearTimeout(now.timer);
      now.sent = "";
      watch.disconnect();
      frame.removeEventListener("input", later);
      frame.removeEventListener("change", later);
    };
  }, [caseId, formId]);

  if (!letter) return h("p", { className: "hint", role: "status" }, stale ? "The letter cannot be drawn now. What you chose is kept." : "Loading …");
  return h("div", { className: "letter-sheet" },
    h("p", { className: "hint" }, letter.title, " · ", letter.to),
    stale ? h("p", { role: "status", className: "hint" }, "Not up to date: the connection is gone.") : null,
    letter.parts.map((part) => h("section", { key: part.heading },
      h("h3", { className: "font-semibold" }, part.heading),
      part.listed ? h("ul", { className: "list-disc pl-5" }, part.lines.map((line, i) => h("li", { key: i }, line)))
        : part.lines.map((line, i) => h("p", { key: i }, line || "…")))),
    h("p", { className: "letter-closing" }, letter.closing),
    letter.slipped_in.length
      ? h("aside", { className: "thoughts", "aria-label": "In your own words" },
          h("p", { className: "font-semibold" }, "In your own words"),
          h("ul", { className: "list-disc pl-5" }, letter.slipped_in.map((line, i) => h("li", { key: i }, line))),
          h("p", null, "Take it out, or say at the end of the form why they need it."))
      : null,
    letter.thoughts.length
      ? h("aside", { className: "thoughts", "aria-label": "Think of it once more" },
          h("p", { className: "font-semibold" }, "Think of it once more"),
          h("ul", { className: "list-disc pl-5" }, letter.thoughts.map((thought, i) => h("li", { key: i }, thought))))
      : null);
}
