// The cards of the note form. Each is drawn again only when something of its own has changed: `put(value, field)` stays
// the same from draw to draw, and so do the lists.
import { createElement as h, memo, useCallback, useEffect, useMemo, useState } from "react";
import { Marks } from "./marks.js";
import { MAYBE, OTHER } from "./note.js";
import { Card, Chips, Field, Folded } from "./parts.js";

const YES_NO = [{ value: "no", label: "No" }, { value: "yes", label: "Yes" }, { value: "not_sure", label: "Not sure" }];
const ROOMS = [...["Kitchen", "Living room", "Bedroom", "Bathroom", "Hall", "Outside"].map((room) => ({ value: room, label: room })),
  { value: OTHER, label: "Other place" }];
const WHEN = [{ value: "now", label: "Now" }, { value: "visit", label: "This visit" }, { value: "earlier", label: "Earlier" }];
const AWAY = [{ value: "yes", label: "Yes" }, { value: "no", label: "No" }];
const SOMEONE_ELSE = { value: OTHER, label: "Someone else" };
const SHOWN_MS = 5000;

// Whom to ring, in their order, and the two questions that decide how fast the office must be.
export const Help = memo(function Help({ onCall, danger, injury, put }) {
  return h("section", { className: "panel grid gap-3", id: "help", tabIndex: -1, "aria-label": "Whom to ring" },
    h("a", { className: "danger-link", href: "tel:999" },
      h("span", null, "Hurt, or in danger?"), h("b", null, "Ring 999 first ›")),
    onCall ? h("a", { className: "danger-link", href: `tel:${onCall.replace(/[^+\d]/g, "")}` },
      h("span", null, "Then the lead"), h("b", { className: "calm" }, `${onCall} ›`)) : h("p", null, "Then ring the office."),
    h("p", { className: "hint" }, "The note comes after. Cannot speak? Ring 999 from a mobile and press 55 when asked. They do not see where you are."),
    h(Chips, { id: "danger_now", optional: true, legend: "Is someone in danger now?", options: YES_NO, value: danger, onChange: put }),
    h(Chips, { id: "injury", optional: true, legend: "Is someone hurt?", options: YES_NO, value: injury, onChange: put }));
});

export const Who = memo(function Who({ person, other, put, people, missing, error }) {
  const options = useMemo(() => [...people.map((p) => ({ value: p.id, label: p.label })), SOMEONE_ELSE], [people]);
  return [
    h(Chips, { key: "who", id: "person", legend: "Who did you visit?", options,
      hint: missing ? "The list is not here without a signal. Choose “Someone else” and write the name." : "", value: person, onChange: put, error }),
    person === OTHER ? h(Field, { key: "other", id: "other", label: "Their name", hint: "As you know them. The office finds who it is.",
      value: other, onChange: put }) : null,
  ];
});

export const WhenWhere = memo(function WhenWhere({ when, visit, earlier, room, elsewhere, put, visitError, earlierError, elsewhereError }) {
  return [
    h(Chips, { key: "when", id: "when", legend: "When?", options: WHEN, value: when, onChange: put }),
    when === "earlier" ? h(Field, { key: "earlier", id: "earlier", label: "Day and time", type: "datetime-local", value: earlier,
      onChange: put, error: earlierError }) : null,
    when === "visit" ? h(Field, { key: "visit", id: "visit", label: "What time was the visit?", hint: "Today.", type: "time", value: visit,
      onChange: put, error: visitError }) : null,
    h(Chips, { key: "room", id: "room", legend: "Where?", options: ROOMS, value: room, onChange: put }),
    room === OTHER ? h(Field, { key: "elsewhere", id: "elsewhere", label: "Which place?", value: elsewhere, onChange: put,
      error: elsewhereError }) : null,
  ];
});

const QUOTE = { words: "", by: "", to: "" };

export const Said = memo(function Said({ said, put }) {
  const change = useCallback((value, id) => {
    const [part, i] = id.split("-");
    const key = part === "said" ? "words" : part;
    put((quotes) => quotes.map((quote, j) => (j === Number(i) ? { ...quote, [key]: value } : quote)), "said");
  }, [put]);
  return h("div", { className: "grid gap-3" },
    said.map((quote, i) => h("div", { key: i, className: "quote grid gap-3" },
      h(Field, { id: `said-${i}`, label: i ? "And then" : "What was said, in their words", hint: i ? "" : "Word for word, as you remember it.",
        rows: 2, value: quote.words, onChange: change }),
      quote.words.trim() ? h("div", { className: "grid grid-cols-2 gap-2" },
        h(Field, { id: `by-${i}`, label: "Who said it", value: quote.by, onChange: change }),
        h(Field, { id: `to-${i}`, label: "To whom", value: quote.to, onChange: change })) : null)),
    said.at(-1).words.trim() ? h("button", { type: "button", className: "btn btn-quiet justify-self-start",
      onClick: () => put((quotes) => [...quotes, QUOTE], "said") }, "+ More words") : null);
});

const chipsOf = (entries) => entries.map((c) => ({ value: c.code, label: c.label }));

function grouped(entries) {
  const found = new Map();
  for (const entry of entries) found.set(entry.group, [...(found.get(entry.group) ?? []), entry]);
  return [...found].map(([group, of]) => ({ group, id: `noticed-${group.replace(/\W+/g, "-")}`, options: chipsOf(of) }));
}

// What others may see over her shoulder is opened only where she is alone with it.
function AwayFirst({ children }) {
  const [away, setAway] = useState("");
  return [
    h(Chips, { key: "away", id: "away", legend: "Are you away from the home?", options: AWAY, value: away === "still" ? "no" : away, onChange: setAway }),
    away === "yes" || away === "still" ? h("div", { key: "list", className: "grid gap-4" }, children) : null,
    away === "no" ? h("div", { key: "no", className: "grid gap-2" },
      h("p", { className: "hint" }, "Then leave this for later: others may see the screen. You can save the note now and add to it."),
      h("button", { type: "button", className: "btn btn-quiet justify-self-start", onClick: () => setAway("still") }, "Nobody sees it, open it")) : null,
  ];
}

export const More = memo(function More({ picker, marks, present, wish, consent, staff, names, put, codes }) {
  const groups = useMemo(() => grouped(codes.picker), [codes]);
  const consents = useMemo(() => chipsOf(codes.consent), [codes]);
  const pick = useCallback((chosen) => put(chosen, "picker"), [put]);
  return h("div", { className: "folded-grid" },
    h(Folded, { key: "noticed", summary: "Things I noticed", count: picker.length },
      h(AwayFirst, null, groups.map(({ group, id, options }) =>
        h(Chips, { key: group, id, legend: group, kind: "checkbox", plain: true, value: picker, onChange: pick, options })))),
    h(Folded, { key: "marks", summary: "A mark on the skin", count: marks.length }, h(Marks, { marks, put })),
    h(Folded, { key: "present", summary: "Who was there" },
      h(Field, { id: "present", label: "Who was there", value: present, onChange: put })),
    h(Folded, { key: "wish", summary: "What they want" },
      h(Field, { id: "wish", label: "What do they want to happen?", rows: 2, value: wish, onChange: put }),
      h(Chips, { id: "consent", optional: true, legend: "May it be passed on?", hint: "What they said when you asked, or why you did not ask.", value: consent,
        onChange: put, options: consents })),
    h(Folded, { key: "staff", summary: "Someone who works for us" },
      h(Chips, { id: "staff_involved", optional: true, legend: "Was someone who works for us involved?", options: YES_NO, value: staff, onChange: put }),
      MAYBE.includes(staff) ? h(Field, { id: "staff_names", label: "Their name, if you know it", value: names, onChange: put }) : null));
});

export const Codes = memo(function Codes({ chosen, put, codes }) {
  const [all, setAll] = useState(false);
  const [shownCode, setShownCode] = useState(null);
  useEffect(() => {
    const timer = shownCode && setTimeout(() => setShownCode(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shownCode]);
  const explain = (code) => setShownCode(code ? { text: `${code.short}: ${code.label}` } : null); // an object: five seconds anew each time
  const shown = all ? codes.safety : codes.safety.slice(0, 6);
  const choose = (now) => {
    explain(codes.safety.find((c) => now.includes(c.code) && !chosen.includes(c.code)));
    put(now, "safety_codes");
  };
  return h(Card, null,
    h(Chips, { id: "safety_codes", legend: "How may we get back to them?", kind: "checkbox",
      hint: "A tap chooses. Hold one, or press ? on it, to see what it means for five seconds.",
      onHold: (option) => explain(codes.safety.find((c) => c.code === option.value)),
      value: chosen, onChange: choose, options: shown.map((c) => ({ value: c.code, label: `${c.symbol} ${c.short}` })) }),
    h("p", { role: "status", className: "code-meaning" }, shownCode?.text),
    all ? null : h("button", { type: "button", className: "btn btn-quiet justify-self-start", onClick: () => setAll(true) }, "All codes"));
});
