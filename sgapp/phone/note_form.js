// The worker's note: facts in her own words, sealed on Save, and a reference at once. Nothing typed is stored in the clear.
import { createElement as h, useEffect, useMemo, useRef, useState } from "react";
import { meet, signed, whoWrites } from "./device.js";
import { useDraft, useKeptPeople } from "./draft.js";
import { register } from "./installed.js";
import { add, after, clockAhead, deliver, intakeKey, keepFlushing, all as keptNotes, lost, nextSequence, refreshKey, toldOfLoss, waits } from "./outbox.js";
import { Card, Chips, Field, Folded, Summary } from "./parts.js";
import { noteReference } from "./reference.js";
import { seal } from "./seal.js";

const YES_NO = [{ value: "no", label: "No" }, { value: "yes", label: "Yes" }, { value: "not_sure", label: "Not sure" }];
const MAYBE = ["yes", "not_sure"];
const NOT_ANSWERED = "not_answered"; // silence is no "no"
const OTHER = "other";
const ROOMS = [...["Kitchen", "Living room", "Bedroom", "Bathroom", "Hall", "Outside"].map((room) => ({ value: room, label: room })),
  { value: OTHER, label: "Other place" }];
const WHEN = [{ value: "now", label: "Just now" }, { value: "visit", label: "This visit" }, { value: "earlier", label: "Earlier" }];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
export const EMPTY = {
  person: "", other: "", when: "now", visit: "", earlier: "", room: "", elsewhere: "", seen: "", heard: "", said: [{ words: "", by: "", to: "" }],
  picker: [], present: "", done: "", told: "", wish: "", consent: "", staff_involved: "", staff_names: "",
  danger_now: "", injury: "", safety_codes: [],
};

const clock = (iso) => new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/London" })
  .format(new Date(iso));

// The moment it was seen, by the phone's clock; an invalid date while she has not said it.
function whenSeen(v, now) {
  if (v.when === "now") return now;
  if (v.when === "earlier") return new Date(v.earlier);
  const [hour, minute] = v.visit.split(":").map(Number);
  return v.visit ? new Date(now.getFullYear(), now.getMonth(), now.getDate(), hour, minute) : new Date(NaN);
}

function gaps(v, correcting) {
  const found = {};
  if (!correcting && (!v.person || (v.person === OTHER && !v.other.trim()))) found.person = "Say who you visited.";
  const words = v.said.some((q) => q.words.trim());
  if (!v.seen.trim() && !v.heard.trim() && !words && !v.picker.length) {
    found.seen = "Write what you saw, or what was said or heard.";
  }
  const now = new Date();
  const seen = whenSeen(v, now);
  if (v.when === "visit" && Number.isNaN(seen.getTime())) found.visit = "Say what time the visit was.";
  if (v.when === "visit" && seen > now) found.visit = "That time has not come yet. For yesterday, choose Earlier.";
  if (v.when === "earlier" && Number.isNaN(seen.getTime())) found.earlier = "Say when it was.";
  if (v.when === "earlier" && seen > now) found.earlier = "That time has not come yet.";
  if (v.room === OTHER && !v.elsewhere.trim()) found.elsewhere = "Say where it was.";
  return found;
}

export function payloadOf(v, id, seq, people, corrects) {
  const now = new Date();
  const known = people.find((p) => p.id === v.person);
  return {
    id, captured_at: now.toISOString(), capture_seq: seq,
    person: known ? { id: known.id } : { free_text: corrects ? "as in the note it adds to" : v.other.trim() },
    when_seen: whenSeen(v, now).toISOString(),
    where: v.room === OTHER ? { place: "other", room: v.elsewhere.trim() } : { place: "own_home", room: v.room },
    present: v.present, seen: v.seen, heard: v.heard, said: v.said.filter((q) => q.words.trim()),
    done: v.done, told: v.told, picker: v.picker, safety_codes: v.safety_codes, wish: v.wish, consent: v.consent,
    staff_involved: v.staff_involved || NOT_ANSWERED, staff_names: MAYBE.includes(v.staff_involved) ? v.staff_names : "",
    danger_now: v.danger_now || NOT_ANSWERED, injury: v.injury || NOT_ANSWERED, corrects: corrects || null,
  };
}

function Danger({ v, set }) {
  return h("section", { className: "panel grid gap-4" },
    h("a", { className: "danger-link", href: "tel:999" },
      h("span", null, "Someone hurt or in danger?"), h("b", null, "Ring 999 first ›")),
    h("p", { className: "hint" }, "The note can wait until then."),
    h(Chips, { id: "danger_now", optional: true, legend: "Is someone in danger now?", options: YES_NO, value: v.danger_now, onChange: set("danger_now") }),
    h(Chips, { id: "injury", optional: true, legend: "Is someone hurt?", options: YES_NO, value: v.injury, onChange: set("injury") }));
}

function Who({ v, set, people, missing, error }) {
  const options = [...people.map((p) => ({ value: p.id, label: p.label })), { value: OTHER, label: "Someone else" }];
  return [
    h(Chips, { key: "who", id: "person", legend: "Who did you visit?", options,
      hint: missing ? "The list is not here without a signal. Choose “Someone else” and write the name." : "", value: v.person, onChange: set("person"), error }),
    v.person === OTHER ? h(Field, { key: "other", id: "other", label: "Their name", hint: "As you know them. The office finds who it is.",
      value: v.other, onChange: set("other") }) : null,
  ];
}

function WhenWhere({ v, set, errors }) {
  return [
    h(Chips, { key: "when", id: "when", legend: "When?", options: WHEN, value: v.when, onChange: set("when") }),
    v.when === "earlier" ? h(Field, { key: "earlier", id: "earlier", label: "Day and time", type: "datetime-local", value: v.earlier,
      onChange: set("earlier"), error: errors.earlier }) : null,
    v.when === "visit" ? h(Field, { key: "visit", id: "visit", label: "What time was the visit?", hint: "Today.", type: "time", value: v.visit,
      onChange: set("visit"), error: errors.visit }) : null,
    h(Chips, { key: "room", id: "room", legend: "Where?", options: ROOMS, value: v.room, onChange: set("room") }),
    v.room === OTHER ? h(Field, { key: "elsewhere", id: "elsewhere", label: "Which place?", value: v.elsewhere, onChange: set("elsewhere"),
      error: errors.elsewhere }) : null,
  ];
}

function Said({ v, set }) {
  const change = (i, key) => (value) => set("said")(v.said.map((q, j) => (i === j ? { ...q, [key]: value } : q)));
  return h("div", { className: "grid gap-3" },
    v.said.map((quote, i) => h("div", { key: i, className: "quote grid gap-3" },
      h(Field, { id: `said-${i}`, label: i ? "And then" : "What was said, in their words", hint: i ? "" : "Word for word, as you remember it.",
        rows: 2, value: quote.words, onChange: change(i, "words") }),
      quote.words.trim() ? h("div", { className: "grid grid-cols-2 gap-2" },
        h(Field, { id: `by-${i}`, label: "Who said it", value: quote.by, onChange: change(i, "by") }),
        h(Field, { id: `to-${i}`, label: "To whom", value: quote.to, onChange: change(i, "to") })) : null)),
    v.said.at(-1).words.trim() ? h("button", { type: "button", className: "btn btn-quiet justify-self-start",
      onClick: () => set("said")([...v.said, { words: "", by: "", to: "" }]) }, "+ More words") : null);
}

function More({ v, set, codes }) {
  const groups = useMemo(() => Object.entries(Object.groupBy ? Object.groupBy(codes.picker, (c) => c.group) : grouped(codes.picker)), [codes]);
  return [
    h(Folded, { key: "heard", summary: "What I heard" },
      h(Field, { id: "heard", label: "What I heard", hint: "Exact words, whose, how loud.", rows: 2, value: v.heard, onChange: set("heard") })),
    h(Folded, { key: "noticed", summary: "Things I noticed", count: v.picker.length },
      groups.map(([group, entries]) => h(Chips, { key: group, id: `noticed-${group.replace(/\W+/g, "-")}`, legend: group, kind: "checkbox", plain: true,
        value: v.picker, onChange: set("picker"), options: entries.map((c) => ({ value: c.code, label: c.label })) }))),
    h(Folded, { key: "present", summary: "Who was there" },
      h(Field, { id: "present", label: "Who was there", value: v.present, onChange: set("present") })),
    h(Folded, { key: "wish", summary: "What they want" },
      h(Field, { id: "wish", label: "What do they want to happen?", rows: 2, value: v.wish, onChange: set("wish") }),
      h(Chips, { id: "consent", optional: true, legend: "May it be passed on?", hint: "What they said when you asked, or why you did not ask.", value: v.consent,
        onChange: set("consent"), options: codes.consent.map((c) => ({ value: c.code, label: c.label })) })),
    h(Folded, { key: "staff", summary: "Someone who works for us" },
      h(Chips, { id: "staff_involved", optional: true, legend: "Was someone who works for us involved?", options: YES_NO, value: v.staff_involved,
        onChange: set("staff_involved") }),
      !MAYBE.includes(v.staff_involved) ? null : h(Field, { id: "staff_names", label: "Their name, if you know it", value: v.staff_names, onChange: set("staff_names") })),
  ];
}

function grouped(entries) {
  const found = {};
  for (const entry of entries) (found[entry.group] ??= []).push(entry);
  return found;
}

function Codes({ v, set, codes }) {
  const [all, setAll] = useState(false);
  const [shownCode, setShownCode] = useState(null);
  useEffect(() => {
    const timer = shownCode && setTimeout(() => setShownCode(null), 5000);
    return () => clearTimeout(timer);
  }, [shownCode]);
  const explain = (code) => setShownCode(code ? { text: `${code.short}: ${code.label}` } : null); // an object: five seconds anew each time
  const shown = all ? codes.safety : codes.safety.slice(0, 6);
  const choose = (chosen) => {
    explain(codes.safety.find((c) => chosen.includes(c.code) && !v.safety_codes.includes(c.code)));
    set("safety_codes")(chosen);
  };
  return h(Card, null,
    h(Chips, { id: "safety_codes", legend: "How may we get back to them?", kind: "checkbox",
      hint: "A tap chooses. Hold one, or press ? on it, to see what it means for five seconds.",
      onHold: (option) => explain(codes.safety.find((c) => c.code === option.value)),
      value: v.safety_codes, onChange: choose, options: shown.map((c) => ({ value: c.code, label: `${c.symbol} ${c.short}` })) }),
    h("p", { role: "status", className: "code-meaning" }, shownCode?.text),
    all ? null : h("button", { type: "button", className: "btn btn-quiet justify-self-start", onClick: () => setAll(true) }, "All codes"));
}

function Saved({ saved, onNew }) {
  const title = useRef(null);
  useEffect(() => title.current?.focus(), []);
  const there = saved.state === "delivered";
  const line = there ? `Delivered ${clock(saved.received_at)}` : saved.state === "please_ring" ? "Kept. Please ring the office about it."
    : saved.state === "sign_in" ? "On this phone. Sign in to send it." : "On this phone. It goes by itself when there is a signal.";
  return h("section", { className: "panel grid gap-4" },
    h("h2", { tabIndex: -1, ref: title, className: "text-lg font-semibold" }, "Your note is kept"),
    h("p", { className: "text-2xl font-semibold", id: "reference" }, saved.reference),
    h("p", { role: "status", id: "receipt" }, line),
    h("p", { className: "hint" }, "The office reads it and decides what happens. If they need more, you will see “please ring the office” in My notes."),
    saved.state === "sign_in" ? h("a", { className: "btn btn-quiet", href: "/sign-in?back=/" }, "Sign in") : null,
    h("div", { className: "flex gap-2 flex-wrap" },
      h("button", { type: "button", className: "btn btn-primary", onClick: onNew }, "Write another"),
      h("a", { className: "btn btn-quiet", href: "/mine" }, "My notes")));
}

// What is wrong with the phone itself, and what it means for her notes.
function PhoneTroubles({ ahead, gone, onTold }) {
  return [
    gone ? h("div", { key: "gone", className: "panel panel-alert grid gap-2", role: "alert" },
      h("p", null, `${gone} ${gone === 1 ? "note" : "notes"} that waited on this phone ${gone === 1 ? "is" : "are"} gone: the browser cleared its storage. Ring the office, and write ${gone === 1 ? "it" : "them"} again.`),
      h("button", { type: "button", className: "btn btn-quiet justify-self-start", onClick: onTold }, "I will ring")) : null,
    ahead ? h("p", { key: "clock", className: "panel", role: "status" },
      `This phone's clock is ${ahead > 0 ? "fast" : "slow"} by ${span(Math.abs(ahead))}. Say the time as it really was; the office keeps its own time beside yours.`) : null,
  ];
}

const span = (ms) => {
  const minutes = Math.round(ms / 60000);
  if (minutes < 120) return `${minutes} minutes`;
  return minutes < 2880 ? `${Math.round(minutes / 60)} hours` : `${Math.round(minutes / 1440)} days`;
};

// Where the browser keeps nothing, or has no room: what became of a note that had to be delivered at once and was not.
function notSent(status, why) {
  const cannot = why?.name === "QuotaExceededError" ? "This phone has no room left to keep a note" : "This browser cannot keep notes";
  const here = `${cannot}, so it had to be sent at once`;
  if (after(status).state === "sign_in") return `${here}, and you are signed out. What you wrote is still here. Sign in in another tab, then save again.`;
  if (after(status).state === "please_ring") return `${here}, and it was not taken. What you wrote is still here. Please ring the office.`;
  return `${here}, and no answer came. What you wrote is still here: leave this page open, find a signal, then save again. Or ring the office.`;
}

export function NoteForm({ codes }) {
  const [v, setV] = useState(EMPTY);
  const [people, setPeople] = useState([]);
  const [listMissing, setListMissing] = useState(false);
  const [errors, setErrors] = useState({});
  const [busy, setBusy] = useState(false);
  const [ready, setReady] = useState(false);
  const [said, setSaid] = useState("");
  const [notes, setNotes] = useState([]);
  const [savedId, setSavedId] = useState(null);
  const [sentAtOnce, setSentAtOnce] = useState(null);
  const [signedOut, setSignedOut] = useState("");
  const [corrects, setCorrects] = useState(null);
  const [online, setOnline] = useState(true);
  const [ahead, setAhead] = useState(null);
  const [gone, setGone] = useState(0);
  const summary = useRef(null);
  const saving = useRef(false);
  const tried = useRef(null);
  const typed = useRef(false);
  const outbox = useRef(null);
  const set = (key) => (value) => setV((old) => ({ ...old, [key]: value }));
  const draft = useDraft({ v, setV, empty: EMPTY, done: Boolean(savedId || sentAtOnce) });
  useKeptPeople({ people, setPeople, missing: listMissing, setMissing: setListMissing, open: draft.open });
  const refresh = () => keptNotes().then(setNotes, () => setNotes([]));

  // Signed out. An enrolled phone goes on: its notes go without a session. Otherwise she signs in first, unless she has begun.
  const leaveOrStay = (known) => {
    if (known || typed.current) setSignedOut(known ? "known" : "unknown");
    else window.location.assign(`/sign-in?back=${encodeURIComponent(window.location.pathname + window.location.search)}`);
  };

  useEffect(() => {
    const asked = new URLSearchParams(window.location.search);
    const first = asked.get("corrects") ?? "";
    // The reference is made from the id: what an address says is nobody's word.
    if (UUID.test(first)) noteReference(first).then((reference) => setCorrects({ id: first.toLowerCase(), reference }));
    const signal = () => setOnline(navigator.onLine);
    signal();
    window.addEventListener("online", signal);
    window.addEventListener("offline", signal);
    fetch("/api/people/mine", { cache: "no-store", headers: { "X-Requested-With": "sgapp" } })
      .then((answer) => {
        if (answer.status === 401) whoWrites().then(leaveOrStay);
        return answer.ok ? answer.json() : Promise.reject(new Error(`no list: ${answer.status}`));
      }).then(({ people: found }) => setPeople(found)).catch(() => setListMissing(true));
    refreshKey().then(() => setAhead(clockAhead()));
    meet().catch(() => undefined);
    lost().then(setGone);
    register();
    outbox.current = keepFlushing(refresh);
    setReady(true);
    return () => {
      outbox.current.stop();
      window.removeEventListener("online", signal);
      window.removeEventListener("offline", signal);
    };
  }, []);

  const dirty = JSON.stringify(v) !== JSON.stringify(EMPTY);
  useEffect(() => {
    typed.current = dirty;
  }, [dirty]);
  useEffect(() => {
    const hold = (event) => event.preventDefault();
    if (dirty && !savedId && !sentAtOnce && !draft.open) window.addEventListener("beforeunload", hold);
    return () => window.removeEventListener("beforeunload", hold);
  }, [dirty, savedId, sentAtOnce, draft.open]);

  const save = async (event) => {
    event.preventDefault();
    if (saving.current) return; // a ref: a second tap may come before React has drawn the first
    const found = gaps(v, corrects);
    setErrors(found);
    setSaid("");
    if (Object.keys(found).length) {
      setTimeout(() => summary.current?.focus(), 0);
      return;
    }
    setBusy(true);
    saving.current = true;
    try {
      await keep();
    } catch {
      setSaid("It could not be kept on this phone. What you wrote is still here. Try again, or ring the office.");
    }
    saving.current = false;
    setBusy(false);
  };

  // One id for one text: the same words saved again are the same bytes, and other words never go under an id that was sent.
  const envelopeOf = async (key) => {
    if (tried.current?.written === v) return tried.current.envelope;
    const id = crypto.randomUUID();
    const seq = await nextSequence().catch(() => 0);
    const envelope = { id, reference: await noteReference(id), key_id: key.key_id,
      sealed: await seal(key, payloadOf(v, id, seq, people, corrects?.id)), saved_at: new Date().toISOString(), seq };
    tried.current = { written: v, envelope: await signed(envelope).catch(() => envelope) };
    return tried.current.envelope;
  };

  const keep = async () => {
    const key = await intakeKey();
    if (!key) {
      setSaid("This phone has not met the office yet, so it cannot seal a note. What you wrote is still here. Find a signal, then save.");
      return;
    }
    const envelope = await envelopeOf(key);
    try {
      await add(envelope);
    } catch (why) {
      const { status, receipt } = await deliver(envelope); // no storage here: it must be delivered before the form is cleared
      if (!receipt) setSaid(notSent(status, why));
      else setSentAtOnce({ id: envelope.id, reference: envelope.reference, state: "delivered", received_at: receipt.received_at });
      return;
    }
    setSavedId(envelope.id);
    await refresh();
    outbox.current?.now();
  };

  const another = () => {
    setV(EMPTY);
    setErrors({});
    setSavedId(null);
    setSentAtOnce(null);
    setCorrects(null);
    tried.current = null;
    window.history.replaceState(null, "", "/");
    window.scrollTo(0, 0);
  };

  if (draft.screen) return draft.screen;
  const saved = sentAtOnce ?? notes.find((note) => note.id === savedId);
  if (saved) return h("div", { className: "note-form" }, h(Saved, { saved, onNew: another }));

  const still = gaps(v, corrects);
  const beside = Object.fromEntries(Object.entries(errors).filter(([id]) => id in still)); // gone once mended
  const waiting = notes.filter(waits).length;
  const state = !online ? "No signal. It stays sealed here and goes by itself." : waiting ? `${waiting} on this phone, on the way.` : "It is sealed before it leaves this phone.";
  return h("form", { className: "note-form grid gap-4", method: "post", noValidate: true, autoComplete: "off", onSubmit: save },
    h(Summary, { errors, innerRef: summary }),
    signedOut ? h("p", { className: "panel", role: "status" }, signedOut === "known"
      ? "You are signed out. Go on writing: your notes go all the same. "
      : "You are signed out. Go on writing: Save keeps the note on this phone, and it goes once you have signed in. ",
    h("a", { className: "link", href: "/sign-in?back=/" }, "Sign in")) : null,
    h(PhoneTroubles, { ahead, gone, onTold: () => toldOfLoss().then(() => setGone(0)) }),
    corrects ? h("p", { className: "panel" }, `You are adding to note ${corrects.reference}. The first words stay as they are.`) : h(Danger, { v, set }),
    corrects ? null : h(Card, null, h(Who, { v, set, people, missing: listMissing, error: beside.person }), h(WhenWhere, { v, set, errors: beside })),
    h(Card, null,
      h(Field, { id: "seen", label: corrects ? "What you want to add" : "What I saw", hint: "If you had filmed it, what would it show?", rows: 3,
        value: v.seen, onChange: set("seen"), error: beside.seen }),
      h(Said, { v, set }),
      corrects ? null : h(More, { v, set, codes })),
    corrects ? null : h(Card, null,
      h(Field, { id: "done", label: "What I did", rows: 2, value: v.done, onChange: set("done") }),
      h(Field, { id: "told", label: "Whom I told, and when", value: v.told, onChange: set("told") })),
    corrects ? null : h(Codes, { v, set, codes }),
    draft.line,
    said ? h("p", { role: "alert", className: "panel panel-alert" }, said) : null,
    h("div", { className: "bottom-bar" },
      h("div", { className: "mx-auto max-w-xl px-4 py-3 flex items-center gap-3" },
        h("p", { className: "hint grow leading-snug", role: "status" }, state),
        h("button", { type: "submit", className: "btn btn-primary btn-lg", disabled: !ready || busy }, busy ? "Saving …" : "Save note"))));
}
