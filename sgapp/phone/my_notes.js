// Her own notes: where each one is, by reference and time. Never a word of what they say.
import { createElement as h, useEffect, useRef, useState } from "react";
import { ask } from "./asked.js";
import { useLock } from "./draft.js";
import { fill, many, pieces } from "./fill.js";
import { register } from "./installed.js";
import { useOnCall } from "./on_call.js";
import { all as keptNotes, keepFlushing, othersWaiting, waits } from "./outbox.js";
import { OwnPhones } from "./own_phones.js";
import { office } from "./store.js";
import { letGo, meetOrLetGo } from "./taken_along.js";
import * as t from "./words/my_notes.js";

const WORDS = {
  on_phone: t.on_phone, sign_in: t.sign_in_to_send, delivered: t.delivered, seen: t.seen,
  in_hand: t.in_hand, please_ring: t.please_ring, nobody_here: t.delivered, nobodys: t.nobodys,
};
const when = (iso) => new Intl.DateTimeFormat(t.locale, {
  day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: "Europe/London",
}).format(new Date(iso));

function merged(there, here) {
  const known = new Set(there.map((note) => note.id));
  const mine = here.filter((note) => !known.has(note.id))
    .map((note) => ({ id: note.id, reference: note.reference, state: waits(note) && !note.owner && !note.brief ? "nobodys" : note.state,
      at: note.received_at ?? note.saved_at }));
  const theirs = there.map((note) => ({ id: note.id, reference: note.reference, state: note.state, at: note.in_hand_at ?? note.seen_at ?? note.delivered_at,
    arrived: note.delivered_at }));
  return [...mine, ...theirs];
}

const READABLE_MS = 12 * 3600 * 1000; // the shift in which it arrived; the office says so too
const SHOWN_MS = 60_000;
const SOON_MS = 2000; // sending what waits may take long: what the phone knows is shown before

// Her own words again: from the office, each time, and gone from the screen after a minute.
function Steps({ id, readable }) {
  const [words, setWords] = useState(null);
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (!words) return undefined;
    const drop = () => setWords(null);
    const timer = setTimeout(drop, SHOWN_MS);
    window.addEventListener("pagehide", drop);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("pagehide", drop);
    };
  }, [words]);
  const read = async () => {
    setSaid("");
    const { status, json } = await ask(`/api/observations/mine/${encodeURIComponent(id)}`);
    if (json) setWords(json.lines);
    else setSaid({ 0: t.read_no_signal, 401: t.read_signed_out }[status] ?? t.read_no_more);
  };
  return h("div", { className: "grid gap-2" },
    h("div", { className: "flex flex-wrap gap-2" },
      h("a", { className: "btn btn-quiet", href: `/?corrects=${encodeURIComponent(id)}` }, t.add),
      readable ? h("button", { type: "button", className: "btn btn-quiet", "aria-expanded": Boolean(words), onClick: words ? () => setWords(null) : read },
        words ? t.put_away : t.read) : null),
    said ? h("p", { className: "hint", role: "status" }, said) : null,
    words ? h("dl", { className: "grid gap-2" }, words.map((line, i) => h("div", { key: i, className: "grid gap-1" },
      h("dt", { className: "hint" }, line.label), h("dd", null, line.quote ? h("blockquote", { className: "quote" }, "“", line.text, "”") : line.text)))) : null);
}

// Whom to ring and what to have ready. Not a word of what it is about.
function PleaseRing({ note, onCall }) {
  const phone = onCall && h("a", { key: "tel", className: "link", href: `tel:${onCall.replace(/[^+\d]/g, "")}` }, onCall);
  return h("p", null, pieces(onCall ? t.ring_on : t.ring, { phone, reference: note.reference }));
}

const PARTS = { morning: t.part_morning, afternoon: t.part_afternoon, evening: t.part_evening, night: t.part_night, day: t.part_day };

// Somebody at the office asks for her own account. The day and the part of it, and not a word of what it is about.
function Asked({ request }) {
  const day = new Intl.DateTimeFormat(t.locale, { day: "numeric", month: "long", timeZone: "UTC" }).format(new Date(request.on));
  return h("section", { className: "panel grid gap-2" },
    h("p", { className: "font-semibold" }, fill(t.asked, { who: request.asked_by, part: PARTS[request.part], day })),
    h("p", { className: "hint" }, t.asked_hint),
    h("a", { className: "btn btn-primary justify-self-start", href: "/?write=account" }, t.asked_write));
}

// Whom to ring outside, where nobody here should act on it.
function RingOutside({ numbers }) {
  return h("div", { className: "grid gap-1" },
    h("p", { className: "font-semibold" }, t.nobody_here),
    numbers.length ? h("ul", { className: "grid gap-1" }, numbers.map(({ name, number }) => h("li", { key: name },
      `${name} `, h("a", { className: "link", href: `tel:${number.replace(/[^+\d]/g, "")}` }, number)))) : null);
}

function Row({ note, onCall, outside }) {
  const there = !["on_phone", "sign_in", "nobodys"].includes(note.state) && Date.now() - new Date(note.arrived ?? 0) < READABLE_MS;
  return h("li", { className: "row" },
    h("div", { className: "row-what" },
      h("p", { className: "font-semibold" }, note.reference),
      h("p", { className: note.state === "please_ring" ? "font-semibold" : "hint" }, fill(t.state_at, { state: WORDS[note.state] ?? note.state, time: when(note.at) })),
      note.state === "please_ring" ? h(PleaseRing, { note, onCall }) : null,
      note.state === "nobody_here" ? h(RingOutside, { numbers: outside }) : null),
    h("div", { className: "row-step" }, h(Steps, { id: note.id, readable: there })));
}

export function MyNotes() {
  const [notes, setNotes] = useState(null);
  const [problem, setProblem] = useState("");
  const [others, setOthers] = useState(0);
  const [onCall, hearOfTurn] = useOnCall();
  const [asked, setAsked] = useState([]);
  const [outside, setOutside] = useState([]);
  const met = useRef(null);
  const there = useRef([]); // what the office said last, which a lost signal takes away from nobody
  const lock = useLock();
  useEffect(() => {
    let gone = false;
    register();
    office().then((known) => hearOfTurn(known, { kept: true }));
    const load = async () => {
      clearTimeout(soon);
      const here = await keptNotes().catch(() => []);
      const { status, json: mine } = await ask("/api/observations/mine");
      const { json: request } = mine ? await ask("/api/accounts/asked") : {};
      if (status === 401) letGo();
      if (gone) return;
      if (mine) setOutside(mine.outside ?? []);
      if (mine || status === 401) there.current = mine?.notes ?? [];
      if (request) setAsked(request.asked);
      // 404: whoever signs in here writes no notes, and so has none.
      setProblem({ 0: "no_signal", 200: "", 401: "signed_out", 404: "" }[status] ?? "later");
      setNotes(merged(there.current, here));
      setOthers(await othersWaiting());
    };
    const soon = setTimeout(load, SOON_MS);
    const outbox = keepFlushing(load);
    met.current = meetOrLetGo().then(load, () => undefined);
    return () => {
      gone = true;
      clearTimeout(soon);
      outbox.stop();
    };
  }, []);
  const says = {
    signed_out: [t.signed_out, h("a", { key: "a", className: "btn btn-quiet", href: "/sign-in?back=/mine" }, t.sign_in)],
    no_signal: [t.no_signal], later: [t.later],
  }[problem];
  if (lock.screen) return lock.screen;
  // The ways on come first: what comes late, below them, moves nothing under her thumb.
  return h("div", { className: "grid gap-4" },
    h("div", { className: "flex flex-wrap gap-2" },
      h("a", { className: "btn btn-quiet", href: "/" }, t.write), h("a", { className: "btn btn-quiet", href: "/today" }, t.today)),
    says ? h("div", { className: "panel grid gap-2", role: "status" }, h("p", null, says[0]), says[1]) : null,
    asked.map((request) => h(Asked, { key: `${request.on} ${request.part}`, request })),
    notes === null || !lock.state ? h("p", { className: "hint waiting", role: "status" }, t.loading)
      : notes.length ? h("ul", { className: "rows", "aria-label": t.list }, notes.map((note) => h(Row, { key: note.id, note, onCall, outside })))
        : says ? h("p", { className: "hint" }, t.none_here)
          : h("div", { className: "empty-state" }, h("p", { className: "font-semibold" }, t.none), h("p", { className: "hint" }, t.none_hint)),
    others ? h("p", { className: "hint", role: "status" }, many(others, t.others_one, t.others_many)) : null,
    notes === null || problem === "signed_out" ? null : h(OwnPhones, { met: () => met.current }));
}
