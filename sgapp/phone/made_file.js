// A file that takes a while to make: a button, how far it is, and then the file, as a link would give it. Made on the server; here
// it lies in memory until the browser has taken it.
import { createElement as h, useEffect, useRef, useState } from "react";
import { asHers } from "./page_mark.js";

const FAILED = {
  0: "No answer came. Nothing was kept; try again.",
  401: "You have been signed out. Sign in again and come back.",
  409: "Somebody else signed in here since. Open the page anew.",
  503: "The office cannot make anything just now. Try again in a few minutes.",
};
const FAULT = "It could not be made. Nothing was kept; try again, and ring whoever looks after this if it goes on.";

// What came, line by line; `onStep` hears every step, and the last line is given back. Rejects where the line broke.
async function read(answer, onStep) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  const held = [];
  let last = null;
  for (;;) {
    const { value, done } = await reader.read();
    const [first, ...more] = (value ?? "").split("\n");
    held.push(first);
    for (const next of more) {
      last = JSON.parse(held.splice(0, held.length, next).join(""));
      if (last.of) onStep(last);
    }
    if (done) return last;
  }
}

function give({ name, content }) {
  const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: "application/zip" }));
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // the browser has begun to write it by then
}

// Props: where it is made, the button's words, what they are about for who hears them, and what is counted.
export function MadeFile({ made, label, about, counted }) {
  const [step, setStep] = useState(null);
  const [said, setSaid] = useState("");
  const stop = useRef(null);
  useEffect(() => () => stop.current?.abort(), []);

  async function fetchIt() {
    const mine = new AbortController();
    stop.current = mine;
    setSaid("");
    setStep({});
    try {
      const answer = await fetch(made, { cache: "no-store", signal: mine.signal, headers: await asHers({}, mine.signal) });
      const last = answer.ok ? await read(answer, setStep) : null;
      if (last?.content) give(last);
      setSaid(last?.content ? "It is among your downloads." : FAILED[answer.status] ?? FAULT);
    } catch {
      if (mine.signal.aborted) return;
      setSaid(FAILED[0]);
    }
    setStep(null);
  }

  const words = step?.of ? `Making it: ${step.done} of ${step.of} ${counted} …` : "Making it …";
  return h("div", { className: "grid gap-1 made-file" },
    h("button", { type: "button", className: "btn btn-quiet", onClick: fetchIt, disabled: Boolean(step) }, label,
      h("span", { className: "sr-only" }, about)),
    h("p", { role: "status", className: "hint" }, step ? words : said),
    step ? h("progress", { className: "table-progress", "aria-label": "Making it", max: step.of, value: step.of ? step.done : undefined })
      : null);
}
