// The other ways to write: about how we work or about a colleague, past one's manager; and the account one was asked for.
// Fetched only when she looks for one. Drawn inside the note form, which keeps, seals and sends them like a note.
// No word here may tell an onlooker what it is about, and none asks for a case.
import { createElement as h, useEffect, useRef } from "react";
import { clockAhead, officeNow } from "./outbox.js";
import { Card, Chips, Field } from "./parts.js";
import * as t from "./words/other_routes.js";

const SAYS = {
  choice: { speak_up: [t.speak_up, t.speak_up_hint], account: [t.account, t.account_hint] },
  speak_up: {
    title: t.speak_up,
    matters: [{ value: "how_we_work", label: t.how_we_work }, { value: "colleague", label: t.colleague }],
    means: [t.nameless_1, t.nameless_2, t.nameless_3, t.nameless_4],
    next: [t.speak_up_next_1, t.speak_up_next_2],
    nextNameless: [t.nameless_next_1, t.nameless_next_2, t.nameless_next_3],
    gaps: { matter: t.say_matter, knows: t.say_knows },
  },
  account: {
    title: t.account_title,
    next: [t.account_next_1, t.account_next_2],
    gaps: { asked_by: t.say_asked_by, happened: t.say_happened, future: t.not_yet, own: t.say_own, signed: t.say_signed },
  },
};
const TICKED = "yes";
const LINE = 2000; // as long as the office takes it; what is longer would be kept for a look, with her name
const TEXT = 20_000;
const NOT_ANSWERED = "not_answered";

export function Choice({ put }) {
  return h("div", { className: "grid gap-3" }, Object.entries(SAYS.choice).map(([route, [label, hint]]) =>
    h("div", { key: route, className: "grid gap-1" },
      h("button", { type: "button", className: "btn btn-quiet justify-self-start", onClick: () => put(route, "route"), "aria-describedby": `${route}-hint` }, label),
      h("p", { className: "hint", id: `${route}-hint` }, hint))));
}

export function Form({ v, put, errors }) {
  const title = useRef(null);
  useEffect(() => {
    window.scrollTo(0, 0); // whom to ring comes first
    title.current?.focus({ preventScroll: true });
  }, []);
  const still = gaps(v);
  const field = (id, [label, hint], rest) => h(Field, { id, label, hint, value: v[id] ?? "", onChange: put, error: id in still ? errors[id] : undefined, maxLength: LINE, ...rest });
  const chips = (id, legend, options, rest) => h(Chips, { id, legend, options, value: v[id] ?? "", onChange: put, error: id in still ? errors[id] : undefined, ...rest });
  const tick = (id, legend, label) => chips(id, legend, [{ value: TICKED, label }], { kind: "checkbox", value: v[id] ?? [] });
  const says = SAYS[v.route];
  return [
    h("div", { key: "head", className: "grid gap-2 justify-items-start" },
      h("h2", { ref: title, tabIndex: -1, className: "text-lg font-semibold" }, says.title),
      h("button", { type: "button", className: "btn btn-quiet", onClick: () => put("", "route") }, t.back)),
    v.route === "account" ? h(Card, { key: "account" },
      h("p", { className: "hint" }, t.account_lead),
      field("asked_by", [t.asked_by]),
      field("happened", [t.happened], { type: "datetime-local", maxLength: undefined }),
      field("own", [t.own, t.own_hint], { rows: 8, maxLength: TEXT }),
      tick("signed", t.signed, t.sign))
      : h(Card, { key: "speak_up" },
        h("p", null, t.reader),
        h("p", { className: "hint" }, t.outside),
        chips("matter", t.matter, says.matters),
        field("knows", [t.knows, t.knows_hint], { rows: 6, maxLength: TEXT }),
        field("involved", [t.involved, t.involved_hint]),
        field("since", [t.since, t.since_hint]),
        tick("nameless", t.name, t.nameless),
        h("ul", { className: "hint list-disc pl-5" }, says.means.map((line) => h("li", { key: line }, line)))),
  ];
}

// What is missing, in words, by the field to mend.
export function gaps(v) {
  const says = SAYS[v.route].gaps;
  const found = {};
  const needs = (id, there) => {
    if (!there) found[id] = says[id];
  };
  if (v.route === "speak_up") {
    needs("matter", v.matter);
    needs("knows", v.knows?.trim());
    return found;
  }
  const happened = new Date(v.happened ?? "");
  needs("asked_by", v.asked_by?.trim());
  needs("happened", !Number.isNaN(happened.getTime()));
  if (happened > officeNow()) found.happened = says.future;
  needs("own", v.own?.trim());
  needs("signed", v.signed?.length);
  return found;
}

// What is sealed. No adult is asked for: whoever reads it finds out whom it is about.
export function payloadOf(v, id, seq) {
  const now = new Date().toISOString();
  const shared = { id, captured_at: now, capture_seq: seq, route: v.route, danger_now: v.danger_now || NOT_ANSWERED, injury: v.injury || NOT_ANSWERED };
  if (v.route === "account") {
    return { ...shared, clock_ahead_ms: clockAhead(), when_seen: new Date(v.happened).toISOString(), asked_by: v.asked_by, seen: v.own, own_words_signed: v.signed.includes(TICKED) };
  }
  return { ...shared, when_seen: now, matter: v.matter, seen: v.knows, staff_names: v.involved ?? "", since: v.since ?? "",
    staff_involved: v.matter === "colleague" ? "yes" : NOT_ANSWERED, nameless: Boolean(v.nameless?.length) };
}

// What stands there once it is kept.
export function whatNext(v) {
  return v.route === "speak_up" && v.nameless?.length ? SAYS.speak_up.nextNameless : SAYS[v.route].next;
}
