// The cards of the note form. Each is drawn again only when something of its own has changed: `put(value, field)` stays
// the same from draw to draw, and so do the lists.
import { createElement as h, memo, useCallback, useEffect, useLayoutEffect, useMemo, useState } from "react";
import { onceDrawn } from "./installed.js";
import { Marks } from "./marks.js";
import { MAYBE, OTHER } from "./note.js";
import { Card, Chips, Field, Folded } from "./parts.js";
import * as t from "./words/sections.js";

const YES_NO = [{ value: "no", label: t.no }, { value: "yes", label: t.yes }, { value: "not_sure", label: t.not_sure }];
const ROOMS = [...[t.kitchen, t.living_room, t.bedroom, t.bathroom, t.hall, t.outside].map((room) => ({ value: room, label: room })),
  { value: OTHER, label: t.other_place }];
const WHEN = [{ value: "now", label: t.now }, { value: "visit", label: t.this_visit }, { value: "earlier", label: t.earlier }];
const AWAY = [{ value: "yes", label: t.yes }, { value: "no", label: t.no }];
const SOMEONE_ELSE = { value: OTHER, label: t.someone_else };
const SHOWN_MS = 5000;

// Whom to ring, in their order: where the 999 of the head of the page leads, so on each of its screens.
export function Ring({ onCall, children }) {
  return h("section", { className: "panel grid gap-3", id: "help", tabIndex: -1, "aria-label": t.whom_to_ring },
    h("a", { className: "danger-link", href: "tel:999" },
      h("span", null, t.hurt), h("b", null, t.ring_first)),
    onCall ? h("a", { className: "danger-link", href: `tel:${onCall.replace(/[^+\d]/g, "")}` },
      h("span", null, t.then_lead), h("b", { className: "calm" }, `${onCall} ›`)) : h("p", { className: "danger-link" }, t.then_office),
    children);
}

// With the two questions that decide how fast the office must be.
export const Help = memo(function Help({ onCall, danger, injury, put }) {
  return h(Ring, { onCall },
    h("p", { className: "hint" }, t.after),
    h(Chips, { id: "danger_now", optional: true, legend: t.danger_now, options: YES_NO, value: danger, onChange: put }),
    h(Chips, { id: "injury", optional: true, legend: t.injury, options: YES_NO, value: injury, onChange: put }));
});

// As tall as the list was the last time, so that nothing below it moves when it comes: a number of pixels, and nobody's name.
const TALL = "list-height";
function placeFor(people) {
  const box = document.getElementById("person");
  try {
    if (people.length) {
      const last = box.querySelector(".chips").lastElementChild;
      localStorage.setItem(TALL, Math.ceil(last.getBoundingClientRect().bottom - box.getBoundingClientRect().top));
    } else {
      const tall = Number(localStorage.getItem(TALL));
      if (tall > 0) box.style.minHeight = `max(11.25rem, ${tall}px)`;
    }
  } catch {
    // a browser that keeps nothing: what is below a long list moves once
  }
}

// Who is on the list comes late: what is there before stays where it is.
export const Who = memo(function Who({ person, other, put, people, missing, out, error }) {
  useEffect(() => onceDrawn(() => placeFor(people)), [people]); // asking the disk or the page holds up nothing
  const options = useMemo(() => [SOMEONE_ELSE, ...people.map((p) => ({ value: p.id, label: p.label }))], [people]);
  return [
    h(Chips, { key: "who", id: "person", legend: t.who, options,
      hint: out || (missing && !people.length ? t.list_missing : ""), value: person, onChange: put, error }),
    person === OTHER ? h(Field, { key: "other", id: "other", label: t.their_name, hint: t.their_name_hint,
      value: other, onChange: put }) : null,
    h("a", { key: "today", className: "link justify-self-start inline-flex items-center min-h-11", href: "/today" }, t.today_list),
  ];
});

export const WhenWhere = memo(function WhenWhere({ when, visit, earlier, room, elsewhere, put, visitError, earlierError, elsewhereError }) {
  return [
    h(Chips, { key: "when", id: "when", legend: t.when, options: WHEN, value: when, onChange: put }),
    when === "earlier" ? h(Field, { key: "earlier", id: "earlier", label: t.day_and_time, type: "datetime-local", value: earlier,
      onChange: put, error: earlierError }) : null,
    when === "visit" ? h(Field, { key: "visit", id: "visit", label: t.visit_time, hint: t.today, type: "time", value: visit,
      onChange: put, error: visitError }) : null,
    h(Chips, { key: "room", id: "room", legend: t.where, options: ROOMS, value: room, onChange: put }),
    room === OTHER ? h(Field, { key: "elsewhere", id: "elsewhere", label: t.which_place, value: elsewhere, onChange: put,
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
      h(Field, { id: `said-${i}`, label: i ? t.said_next : t.said, hint: i ? "" : t.said_hint,
        rows: 2, value: quote.words, onChange: change }),
      quote.words.trim() ? h("div", { className: "grid grid-cols-2 gap-2" },
        h(Field, { id: `by-${i}`, label: t.said_by, value: quote.by, onChange: change }),
        h(Field, { id: `to-${i}`, label: t.said_to, value: quote.to, onChange: change })) : null)),
    said.at(-1).words.trim() ? h("button", { type: "button", className: "btn btn-quiet justify-self-start",
      onClick: () => put((quotes) => [...quotes, QUOTE], "said") }, t.more_words) : null);
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
    h(Chips, { key: "away", id: "away", legend: t.away, options: AWAY, value: away === "still" ? "no" : away, onChange: setAway }),
    away === "yes" || away === "still" ? h("div", { key: "list", className: "grid gap-4" }, children) : null,
    away === "no" ? h("div", { key: "no", className: "grid gap-2" },
      h("p", { className: "hint" }, t.not_away),
      h("button", { type: "button", className: "btn btn-quiet justify-self-start", onClick: () => setAway("still") }, t.open_it)) : null,
  ];
}

export const More = memo(function More({ picker, marks, present, wish, consent, staff, names, put, codes }) {
  const groups = useMemo(() => grouped(codes.picker), [codes]);
  const consents = useMemo(() => chipsOf(codes.consent), [codes]);
  const pick = useCallback((chosen) => put(chosen, "picker"), [put]);
  return h("div", { className: "folded-grid" },
    h(Folded, { key: "noticed", summary: t.noticed, count: picker.length },
      h(AwayFirst, null, groups.map(({ group, id, options }) =>
        h(Chips, { key: group, id, legend: group, kind: "checkbox", plain: true, value: picker, onChange: pick, options })))),
    h(Folded, { key: "marks", summary: t.marks, count: marks.length }, h(Marks, { marks, put })),
    h(Folded, { key: "present", summary: t.present },
      h(Field, { id: "present", label: t.present, value: present, onChange: put })),
    h(Folded, { key: "wish", summary: t.wish },
      h(Field, { id: "wish", label: t.wish_question, rows: 2, value: wish, onChange: put }),
      h(Chips, { id: "consent", optional: true, legend: t.consent, hint: t.consent_hint, value: consent,
        onChange: put, options: consents })),
    h(Folded, { key: "staff", summary: t.staff },
      h(Chips, { id: "staff_involved", optional: true, legend: t.staff_question, options: YES_NO, value: staff, onChange: put }),
      MAYBE.includes(staff) ? h(Field, { id: "staff_names", label: t.staff_names, value: names, onChange: put }) : null));
});

export const Codes = memo(function Codes({ chosen, put, codes }) {
  const [all, setAll] = useState(false);
  const [shownCode, setShownCode] = useState(null);
  useLayoutEffect(() => { // its time begins as it is drawn
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
    h(Chips, { id: "safety_codes", legend: t.codes, kind: "checkbox",
      hint: t.codes_hint,
      onHold: (option) => explain(codes.safety.find((c) => c.code === option.value)),
      value: chosen, onChange: choose, options: shown.map((c) => ({ value: c.code, label: `${c.symbol} ${c.short}` })) }),
    h("p", { role: "status", className: "code-meaning" }, shownCode?.text),
    all ? null : h("button", { type: "button", className: "btn btn-quiet justify-self-start", onClick: () => setAll(true) }, t.all_codes));
});
