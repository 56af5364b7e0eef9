// Those she visits today, as codes. A tap shows what one code means, for five seconds; each look is recorded. The words go
// straight into the page and out of it again: they are in no state, no storage and no address.
import { createElement as h, useEffect, useLayoutEffect, useRef, useState } from "react";
import { owner } from "./device.js";
import { useLock } from "./draft.js";
import { fill } from "./fill.js";
import { register } from "./installed.js";
import { canSealLooks, keepLook } from "./looks.js";
import { keepFlushing } from "./outbox.js";
import { askAsHers } from "./page_mark.js";
import { Field } from "./parts.js";
import { letGo, meetOrLetGo } from "./taken_along.js";
import { CARD, vault } from "./vault.js";
import * as t from "./words/today.js";

const SHOWN_MS = 5000;
const AGAIN_MS = 15_000; // a signal may come back without a word of the browser
const AT_THE_DOOR_MS = 3000; // what lies on the phone does not wait longer for a signal in name only
const PASSKEY_ALONE = "passkey";
const WHY = { 0: "no_signal", 401: "signed_out" };

// 404: whoever signs in here has no such list.
const problemOf = (status) => (status === 200 || status === 404 ? "" : WHY[status] ?? "later");
const clock = (iso) => new Intl.DateTimeFormat(t.locale, { hour: "2-digit", minute: "2-digit", timeZone: "Europe/London" })
  .format(new Date(iso));

// What was taken along, if it is hers; the page holds on to references and codes alone.
async function takenAlong() {
  const found = await vault.get(CARD).catch(() => null);
  return found && found.account === (await owner()) ? found : null;
}
const codesOnly = ({ person, reference, lines }) => ({
  person, label: reference, today: true, signs: lines.map(({ code, short, symbol }) => ({ code, short, symbol })),
});

// What comes later moves nothing that stands there already: somebody's finger may be on its way.
function inPlace(shown, there) {
  const stays = shown.map((card) => there.find((other) => other.person === card.person)).filter(Boolean);
  return [...stays, ...there.filter((card) => !stays.includes(card))];
}

// The place for the words, and the way to fill and to empty it. Emptied after its time and as soon as anybody else might look.
function useWords() {
  const place = useRef(null);
  const turn = useRef({ number: 0, timer: 0 });
  const [shown, setShown] = useState("");
  const drop = () => {
    turn.current.number += 1; // an answer that is on its way shows nothing any more
    clearTimeout(turn.current.timer);
    if (place.current) place.current.textContent = "";
    setShown("");
  };
  const show = (name, text) => {
    if (!place.current) return;
    place.current.textContent = text;
    setShown(name);
    turn.current.timer = setTimeout(drop, SHOWN_MS);
  };
  useEffect(() => {
    const on = [[window, "blur"], [window, "pagehide"], [window, "beforeprint"], [window, "sgapp:hide"], [document, "visibilitychange"]];
    for (const [where, name] of on) where.addEventListener(name, drop);
    return () => {
      for (const [where, name] of on) where.removeEventListener(name, drop);
      drop();
    };
  }, []);
  // A new turn: `mine()` tells whether it still is.
  const begin = () => {
    drop();
    const { number } = turn.current;
    return () => turn.current.number === number && document.visibilityState === "visible";
  };
  return { place, shown, show, begin, drop };
}

const nameOf = (card, sign) => `${card.person} ${sign.code}`;

function Person({ card, shown, onTap, reason, onReason, error }) {
  return h("li", { className: "panel grid gap-3" },
    h("h2", { className: "font-semibold", id: `who-${card.person}` }, card.label),
    card.today ? null : h(Field, { id: `reason-${card.person}`, label: t.reason, hint: t.reason_hint, rows: 2, value: reason, error,
      onChange: (text) => onReason(card.person, text) }),
    h("div", { className: "code-chips", role: "group", "aria-labelledby": `who-${card.person}` }, card.signs.map((sign) =>
      h("button", { key: sign.code, type: "button", className: "btn btn-quiet code-chip", "aria-pressed": shown === nameOf(card, sign),
        onClick: () => onTap(card, sign) }, h("span", { "aria-hidden": true }, sign.symbol), sign.short))));
}

function Find({ value, onChange, onFind, said, busy }) {
  const find = (event) => {
    event.preventDefault();
    if (!busy && value.trim()) onFind();
  };
  return h("form", { className: "panel grid gap-3", method: "post", noValidate: true, autoComplete: "off", onSubmit: find },
    h(Field, { id: "reference", label: t.somebody_else, hint: t.somebody_else_hint, value, onChange, error: said, autoCapitalize: "characters",
      spellCheck: "false" }),
    h("button", { type: "submit", className: "btn btn-quiet justify-self-start", disabled: busy }, busy ? t.one_moment : t.find));
}

// Whether they can be taken along; where they are, until when, and the way to let go of them.
function Along({ ways, kept, offered, onKeep, onLetGo, said, busy }) {
  const alone = ways.join() === PASSKEY_ALONE;
  const says = kept ? fill(t.kept, { time: clock(kept.until) }) : alone ? t.keep_hint : ways.length ? t.pin_too : t.needs_signal;
  const button = (label, onClick) => h("button", { type: "button", className: "btn btn-quiet justify-self-start", disabled: busy, onClick }, label);
  return h("section", { className: "grid gap-2", "aria-label": t.along },
    h("p", { className: "hint" }, says),
    kept ? button(t.let_go, onLetGo) : alone && offered ? button(busy ? t.one_moment : t.keep, onKeep) : null,
    h("p", { className: "form-says", role: "status" }, said));
}

function List({ problem, cards, drawPerson }) {
  const says = { no_signal: cards.length ? t.no_signal_kept : t.no_signal, later: t.later, signed_out: t.signed_out }[problem];
  return [
    says ? h("div", { key: "says", className: "panel grid gap-2", role: "status" }, h("p", null, says),
      problem === "signed_out" ? h("a", { className: "btn btn-quiet justify-self-start", href: "/sign-in?back=/today" }, t.sign_in) : null) : null,
    cards.length ? h("ul", { key: "list", className: "grid gap-3", "aria-label": t.list }, cards.map(drawPerson))
      : says ? null : h("div", { key: "none", className: "empty-state" }, h("p", { className: "font-semibold" }, t.none),
        h("p", { className: "hint" }, t.none_hint)),
  ];
}

// The office's list, what was taken along, and what is wrong. `there` and `problem` are null until they are known.
function useLists(open) {
  const [there, setThere] = useState(null);
  const [kept, setKept] = useState(null);
  const [looked, setLooked] = useState(!open);
  const [problem, setProblem] = useState(null);
  const lookForKept = async () => {
    const mine = open ? await takenAlong() : null;
    setKept(mine && { until: mine.until, cards: mine.cards.map(codesOnly) });
    setLooked(true);
  };
  const load = async () => {
    const { status, json } = await askAsHers("/api/card");
    if (status === 401) await letGo().then(lookForKept);
    if (status) setThere(json?.cards ?? null); // without an answer what is known stays
    setProblem(problemOf(status));
  };
  useEffect(() => {
    lookForKept();
  }, [open]);
  useEffect(() => {
    register();
    load();
    meetOrLetGo().then(lookForKept, () => undefined);
    const outbox = keepFlushing(() => undefined);
    const again = () => document.visibilityState === "visible" && load();
    window.addEventListener("online", again);
    document.addEventListener("visibilitychange", again);
    return () => {
      outbox.stop();
      window.removeEventListener("online", again);
      document.removeEventListener("visibilitychange", again);
    };
  }, []);
  useLayoutEffect(() => { // as it is said
    const timer = problem === "no_signal" && setInterval(() => document.visibilityState === "visible" && load(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [problem]);
  useEffect(() => {
    const timer = kept && setTimeout(lookForKept, Math.max(0, Date.parse(kept.until) - Date.now()) + 1);
    return () => clearTimeout(timer);
  }, [kept?.until]);
  return { there, kept, looked, problem, load, lookForKept };
}

// Takes today's along. What came of it, in words; empty if it did.
async function keepToday() {
  const able = await canSealLooks();
  await meetOrLetGo().catch(() => undefined); // whose they are
  const { status, json } = able ? await askAsHers("/api/card/along", { method: "POST" }) : { status: 0 };
  if (!json) return { 0: t.find_no_signal, 401: t.look_signed_out }[status] ?? t.look_later;
  const done = await vault.put(CARD, { account: await owner(), ...json }, Date.parse(json.until)).catch(() => false);
  return done ? "" : t.not_kept;
}

// {words} to show, or {why} there are none. Recorded first, so that there is no look without it.
async function lookOnPhone(card, sign) {
  const lines = (await takenAlong())?.cards.find(({ person }) => person === card.person)?.lines;
  const line = lines?.find(({ code }) => code === sign.code);
  if (!line) return { why: t.look_no_signal };
  return keepLook(card.person, sign.code).then(() => ({ words: line.words }), () => ({ why: t.look_not_kept }));
}

// Drawn only while the lock is open, so that whatever was typed or shown goes with it.
function Cards({ ways, open }) {
  const { there, kept, looked, problem, load, lookForKept } = useLists(open);
  const [wanted, setWanted] = useState("");
  const [found, setFound] = useState(null);
  const [reasons, setReasons] = useState({});
  const [asked, setAsked] = useState([]); // of whom the office asked for a reason, the last one last
  const [said, setSaid] = useState({}); // by the place where it is said
  const [busy, setBusy] = useState("");
  const cards = useRef([]);
  const words = useWords();
  const say = (place, text) => setSaid((old) => ({ ...old, [place]: text }));

  const askReason = (person) => {
    setAsked((old) => [...old, person]);
    say(person, t.reason_missing);
  };
  useEffect(() => document.getElementById(`reason-${asked.at(-1)}`)?.focus(), [asked]);
  const look = async (card, sign) => {
    const { person } = card;
    const lies = kept?.cards.some((other) => other.person === person);
    if (!navigator.onLine || (lies && problem === "no_signal")) return lookOnPhone(card, sign);
    const { status, json } = await askAsHers("/api/card/look", {
      method: "POST", body: { person, code: sign.code, reason: reasons[person] ?? "" }, ...(lies && { within: AT_THE_DOOR_MS }) });
    say(person, "");
    if (status === 0) return lookOnPhone(card, sign);
    if (status === 401) load();
    if (status === 422) askReason(person);
    return { words: json?.words, why: { 200: "", 401: t.look_signed_out, 404: t.look_gone, 422: "" }[status] ?? t.look_later };
  };
  const tap = async (card, sign) => {
    const name = nameOf(card, sign);
    const again = words.shown === name; // a second tap puts it away
    const mine = words.begin();
    say("look", "");
    if (again) return;
    setBusy("look");
    const seen = await look(card, sign);
    setBusy("");
    if (!mine()) return;
    if (seen.words) words.show(name, `${sign.short}: ${seen.words}`);
    else say("look", seen.why);
  };
  const find = async () => {
    setBusy("find");
    words.drop();
    const { status, json } = await askAsHers("/api/card/find", { method: "POST", body: { reference: wanted.trim() } });
    const listed = json && cards.current.some(({ person }) => person === json.person);
    setFound(listed ? null : json);
    say("find", listed ? t.listed : { 200: "", 401: t.look_signed_out, 404: t.not_found, 0: t.find_no_signal }[status] ?? t.look_later);
    setBusy("");
  };
  const keep = async () => {
    setBusy("keep");
    say("along", await keepToday());
    await lookForKept();
    setBusy("");
  };

  if (!looked || (problem === null && !kept)) return h("p", { className: "hint waiting", role: "status" }, t.loading);
  cards.current = inPlace(cards.current, problem === "signed_out" ? [] : there ?? kept?.cards ?? []);
  const drawPerson = (card) => h(Person, { key: card.person, card: asked.includes(card.person) ? { ...card, today: false } : card, shown: words.shown,
    onTap: tap, reason: reasons[card.person] ?? "", error: said[card.person],
    onReason: (person, text) => setReasons((old) => ({ ...old, [person]: text })) });
  return h("div", { className: "grid gap-4 today" },
    h(List, { problem, cards: cards.current, drawPerson }),
    h(Find, { value: wanted, onChange: setWanted, onFind: find, said: said.find, busy: busy === "find" }),
    found ? h("ul", { className: "grid gap-3", "aria-label": t.found }, drawPerson(found)) : null,
    h(Along, { ways, kept, offered: Boolean(there?.length), onKeep: keep, onLetGo: () => letGo().then(lookForKept), said: said.along,
      busy: busy === "keep" }),
    h("a", { className: "btn btn-quiet justify-self-start", href: "/mine" }, t.my_notes),
    h("div", { className: "bottom-bar code-bar" }, h("div", { className: "mx-auto max-w-xl px-4 py-3 grid content-start" },
      h("p", { className: "hint", hidden: Boolean(words.shown || said.look || !(cards.current.length || found)) }, busy === "look" ? t.one_moment : t.tap),
      h("p", { className: "form-says", role: "status" }, said.look),
      h("p", { className: "code-words", role: "status", ref: words.place }))));
}

export function Today() {
  const lock = useLock();
  if (lock.screen) return lock.screen;
  if (!lock.state) return h("p", { className: "hint waiting", role: "status" }, t.loading);
  return h(Cards, { ways: lock.state.ways, open: lock.open });
}
