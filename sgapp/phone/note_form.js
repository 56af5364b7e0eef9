// The worker's note: facts in her own words, sealed on Save, and a reference at once. Nothing typed is stored in the clear.
import { createElement as h, memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { ask } from "./asked.js";
import { signed, whoseNote, whoWrites } from "./device.js";
import { useDraft, useKeptPeople } from "./draft.js";
import { fill } from "./fill.js";
import { onceDrawn, register } from "./installed.js";
import { EMPTY, gaps, payloadOf, words } from "./note.js";
import { useOnCall } from "./on_call.js";
import { add, after, clockAhead, deliver, goesByItself, intakeKey, keepFlushing, all as keptNotes, lost, nextSequence, onItsWay, refreshKey, toldOfLoss } from "./outbox.js";
import { Card, Field, Folded, Summary } from "./parts.js";
import { noteReference } from "./reference.js";
import { PhoneTroubles, Saved } from "./saved.js";
import { Codes, Help, More, Ring, Said, Who, WhenWhere } from "./sections.js";
import { keepOffice, office } from "./store.js";
import { letGo, meetOrLetGo } from "./taken_along.js";
import * as t from "./words/note_form.js";

const LATE_MS = 4000; // a signal in name only: what the phone knows stands in, and the answer may still come
const LIST_WITHIN_MS = 60_000;
const AGAIN_MS = 15_000; // a signal may come back without a word of the browser
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

// Fetched once the form can be used; until then nothing can be sealed, as before the first key has come.
let sealing;
const fetchSealing = () => (sealing ??= import("./seal.js").catch(() => {
  sealing = undefined;
  return null;
}));

// The other ways to write, fetched when she looks for one. `part` is what of them is drawn.
let ways;
function Other({ part, ...props }) {
  const [found, setFound] = useState(ways);
  useEffect(() => {
    import("./other_routes.js").then((fetched) => setFound(ways = fetched), () => setFound(null));
  }, []);
  if (found) return h(found[part], props);
  return h("p", { className: "hint", role: "status" }, found === null ? t.not_fetched : t.loading);
}

// Where the browser keeps nothing, or has no room: what became of a note that had to be delivered at once and was not.
function notSent(status, why) {
  const cannot = why?.name === "QuotaExceededError" ? t.no_room : t.keeps_nothing;
  const then = { sign_in: t.not_sent_signed_out, please_ring: t.not_sent_refused }[after(status).state] ?? t.not_sent_no_answer;
  return `${cannot} ${then}`;
}

// Draws itself again when it can be used, when it is known whose note it will be, and when the signal comes and goes; the form
// above it does not. `shown` holds whose it says that the note will be; `turned` whose it is since, once she was told.
const SaveBar = memo(function SaveBar({ waiting, busy, named, shown, turned }) {
  const [ready, setReady] = useState(false);
  const [whose, setWhose] = useState(null);
  const [online, setOnline] = useState(true);
  useLayoutEffect(() => setReady(true), []); // in the same breath as the first drawing
  useEffect(() => {
    const look = (met) => whoseNote().then((found) => {
      if (!met && !found?.account) return; // the office may be about to say
      shown.current = found;
      setWhose(found);
    }, () => undefined);
    look(false);
    meetOrLetGo().catch(() => undefined).then(() => look(true));
  }, []);
  useEffect(() => {
    const signal = () => setOnline(navigator.onLine);
    signal();
    window.addEventListener("online", signal);
    window.addEventListener("offline", signal);
    return () => {
      window.removeEventListener("online", signal);
      window.removeEventListener("offline", signal);
    };
  }, []);
  const [away, going] = goesByItself() ? [t.no_signal, t.waiting] : [t.no_signal_open, t.waiting_open];
  const way = !online ? away : waiting ? fill(going, { number: waiting }) : t.sealed;
  const writer = turned ?? whose;
  const says = !named || !writer ? way : writer.account ? `${way} ${fill(t.as_from, { name: writer.name })}` : t.nobodys;
  return h("div", { className: "bottom-bar" },
    h("div", { className: "mx-auto max-w-xl px-4 py-3 flex items-end gap-3" }, // however long the words, the button stays
      h("p", { className: "hint grow leading-snug", role: "status" }, says),
      h("button", { type: "submit", className: "btn btn-primary btn-lg", disabled: !ready || busy }, busy ? t.saving : t.save)));
});

export function NoteForm({ codes }) {
  const [v, setV] = useState(EMPTY);
  const [people, setPeople] = useState([]);
  const [listMissing, setListMissing] = useState(false);
  const [errors, setErrors] = useState({});
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState("");
  const [notes, setNotes] = useState([]);
  const [savedId, setSavedId] = useState(null);
  const [sentAtOnce, setSentAtOnce] = useState(null);
  const [signedOut, setSignedOut] = useState(null);
  const [corrects, setCorrects] = useState(null);
  const [ahead, setAhead] = useState(null);
  const [gone, setGone] = useState(0);
  const [onCall, hearOfTurn] = useOnCall();
  const summary = useRef(null);
  const saving = useRef(false);
  const tried = useRef(null);
  const shown = useRef(null); // whose note it will be, as the page says; null until it has said
  const [turned, setTurned] = useState(null);
  const typed = useRef(false);
  const outbox = useRef(null);
  const askAgain = useRef(0);
  const put = useCallback((value, field) => setV((old) => ({ ...old, [field]: typeof value === "function" ? value(old[field]) : value })), []);
  const draft = useDraft({ v, setV, empty: EMPTY, done: Boolean(savedId || sentAtOnce) });
  useKeptPeople({ people, setPeople, missing: listMissing, setMissing: setListMissing, open: draft.open });
  const refresh = () => keptNotes().then(setNotes, () => undefined);
  const nameless = v.route === "speak_up" && Boolean(v.nameless?.length);

  // Signed out. An enrolled phone goes on: its notes go without a session. Otherwise she signs in first, unless she has begun.
  const leaveOrStay = (known) => {
    if (known || typed.current) setSignedOut({ known });
    else window.location.assign(`/sign-in?back=${encodeURIComponent(window.location.pathname + window.location.search)}`);
  };

  useEffect(() => {
    const asked = new URLSearchParams(window.location.search);
    const first = asked.get("corrects") ?? "";
    // The reference is made from the id: what an address says is nobody's word.
    if (UUID.test(first)) noteReference(first).then((reference) => setCorrects({ id: first.toLowerCase(), reference }));
    if (asked.get("write") === "account") put("account", "route"); // she comes from the request, in My notes
    const callOff = onceDrawn(() => meetTheOffice()); // what asks the office or the disk must not hold up the form
    return () => {
      callOff();
      clearTimeout(askAgain.current);
      askAgain.current = null;
      window.removeEventListener("online", askPeople);
      outbox.current?.stop();
    };
  }, []);

  // What a note cannot be saved without comes first.
  const meetTheOffice = () => {
    fetchSealing();
    refreshKey().then(() => setAhead(clockAhead()));
    askPeople();
    window.addEventListener("online", askPeople);
    lost().then(setGone);
    register();
    outbox.current = keepFlushing(refresh);
  };

  // Whom she visits and whom to ring. It puts nothing in the place of what is known that knows less.
  const askPeople = () => {
    office().then((known) => hearOfTurn(known, { kept: true }));
    clearTimeout(askAgain.current);
    const late = setTimeout(setListMissing, LATE_MS, true);
    ask("/api/people/mine", { within: LIST_WITHIN_MS }).then(({ status, json: mine }) => {
      clearTimeout(late);
      setListMissing(!mine);
      if (status === 0 && askAgain.current !== null) askAgain.current = setTimeout(askPeople, AGAIN_MS);
      if (status === 401) letGo().then(whoWrites).then(leaveOrStay);
      if (!mine) return;
      setPeople(mine.people);
      const turn = { onCall: mine.on_call, until: mine.on_call_until, always: mine.always };
      hearOfTurn(turn);
      keepOffice(turn);
    });
  };

  // To whom to ring, on whatever screen it stands; as a link it would draw the page anew, and take away what was typed.
  useEffect(() => {
    const toHelp = (event) => {
      const help = event.target.closest('a[href$="#help"]') && document.getElementById("help");
      if (!help) return;
      event.preventDefault();
      event.stopPropagation();
      help.scrollIntoView();
      help.focus({ preventScroll: true });
    };
    document.addEventListener("click", toHelp, true);
    return () => document.removeEventListener("click", toHelp, true);
  }, []);

  const dirty = JSON.stringify(v) !== JSON.stringify(EMPTY);
  useEffect(() => {
    typed.current = dirty;
  }, [dirty]);
  // Nothing keeps what she writes: the browser asks before the page goes, also by a link that would only draw another in its place.
  const inMemoryOnly = dirty && !savedId && !sentAtOnce && !draft.keeps;
  useEffect(() => {
    if (!inMemoryOnly) return undefined;
    const hold = (event) => event.preventDefault();
    const asLink = (event) => event.target.closest("a[data-discover]:not([data-hide])") && event.stopPropagation();
    window.addEventListener("beforeunload", hold);
    document.addEventListener("click", asLink, true);
    return () => {
      window.removeEventListener("beforeunload", hold);
      document.removeEventListener("click", asLink, true);
    };
  }, [inMemoryOnly]);

  const save = async (event) => {
    event.preventDefault();
    if (saving.current) return; // a ref: a second tap may come before React has drawn the first
    if (v.route && !ways) return; // not drawn yet
    const found = v.route ? ways.gaps(v) : gaps(v, people, corrects);
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
      setSaid(t.not_kept);
    }
    saving.current = false;
    setBusy(false);
  };

  // One id for one text: the same words saved again are the same bytes, and other words never go under an id that was sent.
  // Null for more than the office takes in one note.
  const envelopeOf = async (key, { fits, seal }, writer) => {
    if (tried.current?.written === words(v) && tried.current.writer === writer) return tried.current.envelope;
    const id = crypto.randomUUID();
    const seq = nameless ? 0 : await nextSequence().catch(() => 0); // a number left out between two of hers would tell
    const payload = v.route ? ways.payloadOf(v, id, seq) : payloadOf(v, id, seq, people, corrects?.id);
    if (!fits(payload)) return null;
    const envelope = { id, reference: await noteReference(id), key_id: key.key_id, sealed: await seal(key, payload),
      saved_at: new Date().toISOString(), seq, ...(nameless && { brief: true }) };
    tried.current = { written: words(v), writer, envelope: await signed(envelope, writer).catch(() => envelope) };
    return tried.current.envelope;
  };

  // Somebody signed in or out in another tab since the page said whose note it will be: it says so anew, and she saves again.
  const turnedSince = (whose) => {
    if (nameless || !whose || !shown.current || whose.account === shown.current.account) return false;
    shown.current = whose;
    setTurned(whose);
    setSaid(whose.account ? fill(t.turned, { name: whose.name }) : t.turned_nobodys);
    return true;
  };

  const keep = async () => {
    const whose = await whoseNote();
    if (turnedSince(whose)) return;
    const [key, sealer] = await Promise.all([intakeKey(), fetchSealing()]);
    if (!key || !sealer) {
      setSaid(t.no_key);
      return;
    }
    const envelope = await envelopeOf(key, sealer, whose?.account);
    if (!envelope) {
      setSaid(t.too_long);
      return;
    }
    try {
      await add(envelope);
    } catch (why) {
      const { status, receipt } = await deliver(envelope); // no storage here: it must be delivered before the form is cleared
      if (!receipt) setSaid(notSent(status, why));
      else setSentAtOnce({ id: envelope.id, reference: envelope.reference, state: "delivered", received_at: receipt.received_at });
      return;
    }
    await refresh();
    setSavedId(envelope.id);
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

  const letBe = (name) => put((old) => [...old, name], "let_be");
  const onFocus = ({ target }) => import("./nudge.js").then(({ watch }) => watch(target, v.let_be, letBe), () => undefined);

  const out = useMemo(() => signedOut && h("span", { role: "status" }, signedOut.known ? fill(t.signed_out_known, { name: signedOut.known }) : t.signed_out_unknown, " ",
    h("a", { className: "link inline-flex items-center min-h-11", href: "/sign-in?back=/" }, t.sign_in)), [signedOut]);

  const ring = h(Ring, { key: "ring", onCall });
  if (draft.screen) return h("div", { className: "note-form grid gap-4" }, draft.screen, ring);
  const saved = sentAtOnce ?? notes.find((note) => note.id === savedId)
    ?? (savedId && nameless ? { ...tried.current.envelope, state: "delivered" } : null); // with its receipt nothing of it stays here
  if (saved) {
    const urgent = [v.danger_now, v.injury].some((answer) => answer === "yes" || answer === "not_sure");
    return h("div", { className: "note-form grid gap-4" }, h(Saved, { saved, onNew: another, next: v.route && ways.whatNext(v), urgent, ring }));
  }

  const still = v.route ? {} : gaps(v, people, corrects);
  const beside = Object.fromEntries(Object.entries(errors).filter(([id]) => id in still)); // gone once mended
  return h("form", { className: "note-form grid gap-4", method: "post", noValidate: true, autoComplete: "off", onSubmit: save, onFocus },
    h(Summary, { errors, innerRef: summary }),
    out && !nameless && (corrects || v.route) ? h("p", { className: "panel" }, out) : null,
    h(PhoneTroubles, { ahead, gone, onTold: () => toldOfLoss().then(() => setGone(0)) }),
    corrects ? [h("p", { key: "to", className: "panel" }, fill(t.adding_to, { reference: corrects.reference })), ring]
      : h(Help, { onCall, danger: v.danger_now, injury: v.injury, put }),
    v.route ? h(Other, { key: v.route, part: "Form", v, put, errors }) : [
    corrects ? null : h(Card, { key: "who" },
      h(Who, { person: v.person, other: v.other, put, people, missing: listMissing, out, error: beside.person }),
      h(WhenWhere, { when: v.when, visit: v.visit, earlier: v.earlier, room: v.room, elsewhere: v.elsewhere, put, visitError: beside.visit,
        earlierError: beside.earlier, elsewhereError: beside.elsewhere })),
    h(Card, { key: "what" },
      h(Field, { id: "seen", label: corrects ? t.add : t.seen, hint: t.seen_hint, rows: 3,
        value: v.seen, onChange: put, error: beside.seen }),
      corrects ? null : h(Field, { id: "heard", label: t.heard, hint: t.heard_hint, rows: 2, value: v.heard, onChange: put, error: beside.heard }),
      h(Said, { said: v.said, put }),
      corrects ? null : h(More, { picker: v.picker, marks: v.marks, present: v.present, wish: v.wish, consent: v.consent, staff: v.staff_involved,
        names: v.staff_names, put, codes })),
    corrects ? null : h(Card, { key: "done" },
      h(Field, { id: "done", label: t.done, rows: 2, value: v.done, onChange: put, error: beside.done }),
      h(Field, { id: "told", label: t.told, value: v.told, onChange: put, error: beside.told })),
    corrects ? null : h(Codes, { key: "codes", chosen: v.safety_codes, put, codes }),
    corrects ? null : h(Folded, { key: "else", summary: t.something_else }, h(Other, { part: "Choice", put }))],
    draft.line,
    said ? h("p", { role: "alert", className: "panel panel-alert" }, said) : null,
    h(SaveBar, { waiting: notes.filter(onItsWay).length, busy, named: !nameless, shown, turned }));
}
