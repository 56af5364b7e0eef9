// The other ways to write: about how we work or about a colleague, past one's manager; and the account one was asked for.
// Fetched only when she looks for one. Drawn inside the note form, which keeps, seals and sends them like a note.
// No word here may tell an onlooker what it is about, and none asks for a case.
import { createElement as h, useEffect, useRef } from "react";
import { Card, Chips, Field } from "./parts.js";

const SAYS = {
  choice: {
    speak_up: ["How we work, or a colleague", "It does not go through your manager."],
    account: ["I was asked for my account", "Somebody asked you to write down what you saw or heard."],
  },
  back: "Back to the note of a visit",
  speak_up: {
    title: "How we work, or a colleague",
    reader: "One person reads this: the nominated individual. They stand above the managers. Your manager does not see it. Nobody you name below as involved sees it.",
    outside: "You can always go outside as well: to the local authority (your council), to CQC, or to the charity Protect. Protect gives free advice to people at work.",
    matter: "What is it about?",
    matters: [{ value: "how_we_work", label: "How we work" }, { value: "colleague", label: "A colleague" }],
    knows: ["What I saw or know", "What happened, where, how often. Say what you saw yourself and what others told you."],
    involved: ["Who is involved", "Their names, as you know them. If you name the person who reads this, nobody here can read it. Then go outside."],
    since: ["Since when?", "A day, a month, or as near as you know."],
    name: "Your name",
    nameless: "Do not say who I am",
    means: ["The office does not keep who sent it.", "They cannot ask you back, so write all they need to know.",
      "It is not in My notes once it has gone.", "What you write may still show who you are."],
    next: ["One person above the managers reads it. You need do no more.", "In My notes you see how it stands."],
    nextNameless: ["One person above the managers reads it.", "They cannot ask you back. If you know more, write again.", "It is not in My notes."],
    gaps: { matter: "Say what it is about.", knows: "Write what you saw or know." },
  },
  account: {
    title: "The account I was asked for",
    lead: "Write what you saw and heard yourself. Write it alone and soon. Nobody changes your words.",
    asked_by: "Who asked me",
    happened: "When did it happen?",
    own: ["What I saw and heard, in my own words", "Start at the beginning. If you are not sure of something, say so."],
    signed: "My own words",
    sign: "These are my own words. I have not talked them over with others.",
    next: ["A person in the office reads it. They keep it as you wrote it.", "If they need more, “please ring the office” stands in My notes."],
    gaps: { asked_by: "Say who asked you.", happened: "Say when it happened.", future: "That time has not come yet.",
      own: "Write what you saw and heard.", signed: "Tick this if it is so. If it is not, ring the office." },
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
      h("button", { type: "button", className: "btn btn-quiet", onClick: () => put("", "route") }, SAYS.back)),
    v.route === "account" ? h(Card, { key: "account" },
      h("p", { className: "hint" }, says.lead),
      field("asked_by", [says.asked_by]),
      field("happened", [says.happened], { type: "datetime-local", maxLength: undefined }),
      field("own", says.own, { rows: 8, maxLength: TEXT }),
      tick("signed", says.signed, says.sign))
      : h(Card, { key: "speak_up" },
        h("p", null, says.reader),
        h("p", { className: "hint" }, says.outside),
        chips("matter", says.matter, says.matters),
        field("knows", says.knows, { rows: 6, maxLength: TEXT }),
        field("involved", says.involved),
        field("since", says.since),
        tick("nameless", says.name, says.nameless),
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
  if (happened > new Date()) found.happened = says.future;
  needs("own", v.own?.trim());
  needs("signed", v.signed?.length);
  return found;
}

// What is sealed. No adult is asked for: whoever reads it finds out whom it is about.
export function payloadOf(v, id, seq) {
  const now = new Date().toISOString();
  const shared = { id, captured_at: now, capture_seq: seq, route: v.route, danger_now: v.danger_now || NOT_ANSWERED, injury: v.injury || NOT_ANSWERED };
  if (v.route === "account") {
    return { ...shared, when_seen: new Date(v.happened).toISOString(), asked_by: v.asked_by, seen: v.own, own_words_signed: v.signed.includes(TICKED) };
  }
  return { ...shared, when_seen: now, matter: v.matter, seen: v.knows, staff_names: v.involved ?? "", since: v.since ?? "",
    staff_involved: v.matter === "colleague" ? "yes" : NOT_ANSWERED, nameless: Boolean(v.nameless?.length) };
}

// What stands there once it is kept.
export function whatNext(v) {
  return v.route === "speak_up" && v.nameless?.length ? SAYS.speak_up.nextNameless : SAYS[v.route].next;
}
