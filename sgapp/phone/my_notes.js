// Her own notes: where each one is, by reference and time. Never a word of what they say.
import { createElement as h, useEffect, useRef, useState } from "react";
import { meet } from "./device.js";
import { useLock } from "./draft.js";
import { register } from "./installed.js";
import { all as keptNotes, keepFlushing, othersWaiting } from "./outbox.js";
import { OwnPhones } from "./own_phones.js";
import { office } from "./store.js";

const WORDS = {
  on_phone: "on this phone", sign_in: "on this phone, sign in to send", delivered: "delivered", seen: "seen by the office",
  in_hand: "in hand", please_ring: "please ring the office", nobody_here: "delivered",
};
const NOBODY_HERE = "Nobody here may read this one. Please ring the local authority or CQC.";
const when = (iso) => new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: "Europe/London",
}).format(new Date(iso));

function merged(there, here) {
  const known = new Set(there.map((note) => note.id));
  const mine = here.filter((note) => !known.has(note.id))
    .map((note) => ({ id: note.id, reference: note.reference, state: note.state, at: note.received_at ?? note.saved_at }));
  const theirs = there.map((note) => ({ id: note.id, reference: note.reference, state: note.state, at: note.in_hand_at ?? note.seen_at ?? note.delivered_at,
    arrived: note.delivered_at }));
  return [...mine, ...theirs];
}

const READABLE_MS = 12 * 3600 * 1000; // the shift in which it arrived; the office says so too
const SHOWN_MS = 60_000;

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
    const answer = await fetch(`/api/observations/mine/${encodeURIComponent(id)}`, { cache: "no-store" }).catch(() => null);
    if (answer?.ok) setWords((await answer.json()).lines);
    else setSaid(!answer ? "No signal. It can be read when there is one." : answer.status === 401 ? "Sign in to read it." : "It can no longer be read here. Ring the office.");
  };
  return h("div", { className: "grid gap-2" },
    h("div", { className: "flex flex-wrap gap-2" },
      h("a", { className: "btn btn-quiet", href: `/?corrects=${encodeURIComponent(id)}` }, "Add to it"),
      readable ? h("button", { type: "button", className: "btn btn-quiet", "aria-expanded": Boolean(words), onClick: words ? () => setWords(null) : read },
        words ? "Put it away" : "Read it") : null),
    said ? h("p", { className: "hint", role: "status" }, said) : null,
    words ? h("dl", { className: "grid gap-2" }, words.map((line, i) => h("div", { key: i, className: "grid gap-1" },
      h("dt", { className: "hint" }, line.label), h("dd", null, line.quote ? h("blockquote", { className: "quote" }, "“", line.text, "”") : line.text)))) : null);
}

// Whom to ring and what to have ready. Not a word of what it is about.
function PleaseRing({ note, onCall }) {
  return h("p", null, "Ring the office", onCall ? [" on ", h("a", { key: "tel", className: "link", href: `tel:${onCall.replace(/[^+\d]/g, "")}` }, onCall)] : null,
    `. Have ready: ${note.reference}, and a quiet place. They ask; you need not look anything up.`);
}

function Row({ note, onCall }) {
  const there = !["on_phone", "sign_in"].includes(note.state) && Date.now() - new Date(note.arrived ?? 0) < READABLE_MS;
  return h("li", { className: "row" },
    h("div", { className: "row-what" },
      h("p", { className: "font-semibold" }, note.reference),
      h("p", { className: note.state === "please_ring" ? "font-semibold" : "hint" }, `${WORDS[note.state] ?? note.state}, ${when(note.at)}`),
      note.state === "please_ring" ? h(PleaseRing, { note, onCall }) : null,
      note.state === "nobody_here" ? h("p", { className: "font-semibold" }, NOBODY_HERE) : null),
    h("div", { className: "row-step" }, h(Steps, { id: note.id, readable: there })));
}

export function MyNotes() {
  const [notes, setNotes] = useState(null);
  const [problem, setProblem] = useState("");
  const [others, setOthers] = useState(0);
  const [onCall, setOnCall] = useState("");
  const met = useRef(null);
  const lock = useLock();
  useEffect(() => {
    let gone = false;
    register();
    office().then((known) => setOnCall(known.onCall));
    const load = async () => {
      const here = await keptNotes().catch(() => []);
      let there = [];
      try {
        const answer = await fetch("/api/observations/mine", { cache: "no-store" });
        if (answer.ok) there = (await answer.json()).notes;
        setProblem(answer.ok ? "" : answer.status === 401 ? "signed_out" : "later");
      } catch {
        setProblem("no_signal");
      }
      if (gone) return;
      setNotes(merged(there, here));
      setOthers(await othersWaiting());
    };
    const outbox = keepFlushing(load);
    met.current = meet().then(load, () => undefined);
    return () => {
      gone = true;
      outbox.stop();
    };
  }, []);
  const says = {
    signed_out: ["Sign in to see how your notes are getting on.", h("a", { key: "a", className: "btn btn-quiet", href: "/sign-in?back=/mine" }, "Sign in")],
    no_signal: ["No signal. This is what the phone knows."], later: ["The office does not answer now. This is what the phone knows."],
  }[problem];
  if (lock.screen) return lock.screen;
  return h("div", { className: "grid gap-4" },
    says ? h("div", { className: "panel grid gap-2", role: "status" }, h("p", null, says[0]), says[1]) : null,
    notes === null || !lock.state ? h("p", { className: "hint waiting", role: "status" }, "Loading …")
      : notes.length ? h("ul", { className: "rows", "aria-label": "My notes" }, notes.map((note) => h(Row, { key: note.id, note, onCall })))
        : says ? h("p", { className: "hint" }, "No notes lie on this phone.")
          : h("div", { className: "empty-state" }, h("p", { className: "font-semibold" }, "No notes yet"), h("p", { className: "hint" }, "What you save stands here.")),
    others ? h("p", { className: "hint", role: "status" }, `${others} more ${others === 1 ? "waits" : "wait"} here from somebody else, and ${others === 1 ? "goes" : "go"} by itself.`) : null,
    h("a", { className: "btn btn-quiet justify-self-start", href: "/" }, "Write a note"),
    notes === null || problem === "signed_out" ? null : h(OwnPhones, { met: () => met.current }));
}
