// The one way out: sealed notes wait here and are posted until a receipt comes. Only ciphertext is ever stored, and it
// goes when the receipt is there. The id makes a repeat harmless; one bad note never holds up the others.
import { ask } from "./asked.js";
import { owner } from "./device.js";
import { KEYS, NOTES, database, kept } from "./store.js";

const BACK_OFF = { first: 4000, last: 120000 }; // milliseconds between tries
const ANSWER_WITHIN_MS = 20000; // a signal in name only never answers: give up, keep the note, try again
const SLOWEST_BYTES_A_MS = 1; // but a long note on a thin line gets the time it needs
const SHOW_DELIVERED_MS = 24 * 3600 * 1000; // after that only the office knows; nothing of it stays here
const TOO_FAR_MS = 10 * 60 * 1000; // a clock this wrong is told
const MOST_SILENT = 2; // one silence may be the note's own doing; a second is taken for no signal, until the next time
const LONGEST_PAUSE_MS = 15 * 60 * 1000; // whatever we are asked: notes must not wait for ever
const TALLY = "waiting"; // a cookie: it outlives a browser that clears its storage

// What becomes of a note after an answer. Pure, so that it can be tested without a network.
// status 0: no answer. Returns {state, again}: again says whether to try later.
export function after(status) {
  if (status === 200 || status === 201) return { state: "delivered", again: false };
  if (status === 401 || status === 403 || status === 404) return { state: "sign_in", again: true };
  if (status === 409 || status === 413 || status === 422) return { state: "please_ring", again: false };
  return { state: "on_phone", again: true };
}

export const waits = (note) => note.state === "on_phone" || note.state === "sign_in";

// On its way: it needs nothing but a signal.
export const onItsWay = (note) => note.state === "on_phone";

// Whether the browser wakes the worker when there is a signal, so that what waits goes with the app closed, too.
export const goesByItself = () => "SyncManager" in globalThis;

// What is a note: a look (looks.js) waits here too, goes the same way, and is none.
const notesOf = (rows) => rows.filter((row) => !row.look);

// A nameless one is not counted: the worker that delivers it writes no cookie, and whoever opens the form next would be told of it.
const counted = (rows) => notesOf(rows).filter((note) => !note.brief);

// Resolves when the note is on the disk. Under an id that is already there the first envelope stays.
export async function add(note) {
  const tx = (await database()).transaction(NOTES, "readwrite", { durability: "strict" });
  if (!(await tx.store.get(note.id))) await tx.store.put({ ...note, state: "on_phone" });
  await tx.done;
  navigator.storage?.persist?.().catch(() => false); // a phone short of room may otherwise clear it
  navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("notes")).catch(() => undefined);
  await tally();
}

// Her notes on this phone, the newest first. Another writer's that wait here are not shown, only sent.
export async function all() {
  const mine = await owner();
  const notes = notesOf(await (await database()).getAll(NOTES)).filter((note) => !note.owner || note.owner === mine);
  const stands = (note) => (waits(note) && !note.device && !mine ? { ...note, state: "sign_in" } : note); // no signal will do
  return notes.map(stands).sort((a, b) => b.saved_at.localeCompare(a.saved_at));
}

// How many wait here that nobody has for hers: written while nobody was signed in. One without a name is nobody's for good.
export async function nobodysWaiting() {
  const notes = await database().then((db) => db.getAll(NOTES)).then(counted).catch(() => []);
  return notes.filter((note) => waits(note) && !note.owner).length;
}

// How many notes wait here that are not shown, because nobody is signed in or somebody else is.
export async function othersWaiting() {
  const mine = await owner();
  const notes = await database().then((db) => db.getAll(NOTES)).then(notesOf).catch(() => []);
  return notes.filter((note) => waits(note) && note.owner && note.owner !== mine).length;
}

const rememberedTally = () => Number(/(?:^|; )waiting=(\d+)/.exec(globalThis.document?.cookie ?? "")?.[1] ?? 0);

async function tally() {
  if (!globalThis.document) return; // the worker has no cookies to write
  const waiting = counted(await (await database()).getAll(NOTES)).filter(waits).length;
  document.cookie = `${TALLY}=${waiting}; path=/; max-age=${waiting ? 30 * 24 * 3600 : 0}; samesite=strict`;
}

// How many notes waited here and are gone although nobody delivered them: the browser cleared its storage.
export async function lost() {
  const rows = await database().then((db) => db.getAll(NOTES)).then(counted).catch(() => []);
  return Math.max(0, rememberedTally() - rows.length);
}

// She was told. What is gone is counted no more.
export const toldOfLoss = () => tally().catch(() => undefined);

export async function nextSequence() {
  const db = await database();
  const tx = db.transaction(KEYS, "readwrite");
  const row = (await tx.store.get("sequence")) ?? { name: "sequence", value: 0 };
  row.value += 1;
  await tx.store.put(row);
  await tx.done;
  return row.value;
}

// By how many milliseconds this phone's clock runs ahead of the office's; null until an answer has told it, 0 if it is near.
let ahead = null;
export const clockAhead = () => (ahead !== null && Math.abs(ahead) <= TOO_FAR_MS ? 0 : ahead);

// The time as the office has it, as far as an answer has told: by it she says when something was.
export const officeNow = () => new Date(Date.now() - (ahead ?? 0));

function readClock(headers) {
  const there = Date.parse(headers.get("date") ?? "");
  if (!Number.isNaN(there)) ahead = Date.now() - there;
}

// For how long an answer asks us to leave it alone, in milliseconds; 0 where it does not say. In seconds, or until a
// moment by the office's own clock.
export function pauseAsked(headers) {
  const asked = headers.get("retry-after") ?? "";
  const ms = /^\d+$/.test(asked) ? 1000 * Number(asked) : Date.parse(asked) - (Date.parse(headers.get("date") ?? "") || Date.now());
  return Math.min(Math.max(ms || 0, 0), LONGEST_PAUSE_MS);
}

async function askOffice(path, { bytes = 0, ...options } = {}) {
  const answer = await ask(path, { within: ANSWER_WITHIN_MS + bytes / SLOWEST_BYTES_A_MS, ...options });
  if (answer.status) readClock(answer.headers);
  return answer;
}

let keyInHand = null; // where it could not be kept; else another tab may know a newer one than this page ever heard of

// Fetch the public key and keep it, so that a note can be sealed without a signal. Null if it could not be had.
export async function refreshKey() {
  const { json: key } = await askOffice("/api/intake/key");
  if (!key?.public_key) return null;
  const stored = await database().then((db) => db.put(KEYS, { name: "intake", key })).catch(() => null);
  keyInHand = stored ? null : key;
  return key;
}

// The key to seal with, without waiting for the network if this phone has ever had one. Null if it has not.
export async function intakeKey() {
  return keyInHand ?? (await kept("intake"))?.key ?? refreshKey();
}

// {status, receipt, pause}. Only an answer with a time of receipt is a receipt.
async function post({ id, key_id, sealed, device = "", signature = "" }) {
  const { status, json, headers } = await askOffice("/api/observations", {
    method: "POST",
    credentials: device ? "omit" : "same-origin", // a signed note is its writer's, whoever is signed in here by now
    body: { id, key_id, sealed, ...(device ? { device, signature } : {}) },
    bytes: sealed.length,
  });
  const receipt = json?.received_at ? json : null;
  return { status: after(status).state === "delivered" && !receipt ? 0 : status, receipt, pause: json ? 0 : pauseAsked(headers) };
}

// Signed by its writer's phone; or, where that does not count, in her own session and nobody else's.
export async function deliver(note) {
  if (note.device) {
    const answer = await post(note);
    if (answer.status !== 401) return answer;
  }
  const { status, json: she } = await askOffice("/api/session");
  if (!she?.id) return { status: status === 200 ? 0 : status, receipt: null, pause: 0 };
  if (note.owner && note.owner !== she.id) return { status: 401, receipt: null, pause: 0 };
  return post({ ...note, device: "", signature: "" });
}

// We were asked to wait, by an answer to this page or to another of ours. Nonsense after a clock was set back.
async function mustWait() {
  const ms = ((await kept("pause"))?.until ?? 0) - Date.now();
  return ms > 0 && ms <= LONGEST_PAUSE_MS;
}

// Writes what became of a note. A phone without room can still delete: what has its receipt goes, what waits stays as it is.
// Of a brief one, which does not say who wrote it, nothing stays once it has its receipt.
function record(db, row, brief) {
  if (brief && row.received_at) return db.delete(NOTES, row.id);
  return db.put(NOTES, row).catch(() => (row.received_at ? db.delete(NOTES, row.id) : undefined));
}

const answered = new Set(); // for good, though a phone without room may not have been able to write it

const turnOf = (note) => note.turn ?? 0; // 0 until it met silence; from then on it stands behind all that met it before

// In the order they were written, but what met silence after what did not: the office knows their order from inside the seal.
const inTurn = (notes) => notes.sort((a, b) => turnOf(a) - turnOf(b) || a.seq - b.seq);

async function flushOnce() {
  const db = await database();
  const notes = inTurn(await db.getAll(NOTES));
  if (await mustWait()) return notes.filter(waits).length;
  let left = 0;
  let silent = 0;
  let turn = Math.max(0, ...notes.map(turnOf));
  for (const note of notes) {
    if (!waits(note)) {
      if (note.received_at && Date.now() - Date.parse(note.received_at) > SHOW_DELIVERED_MS) await db.delete(NOTES, note.id);
      continue;
    }
    const { status, receipt, pause } = await deliver(note);
    const { state, again } = after(status);
    const { id, reference, seq, saved_at, owner: writer } = note;
    const waiting = { ...note, state, ...(status === 0 && { turn: turn += 1 }) };
    await record(db, receipt ? { id, reference, seq, saved_at, owner: writer, state, received_at: receipt.received_at } : waiting, note.brief);
    if (pause) await db.put(KEYS, { name: "pause", until: Date.now() + pause }).catch(() => undefined);
    if (again) left += 1;
    else answered.add(id);
    if (status === 0) silent += 1;
    if (silent === MOST_SILENT || status === 429 || pause) break; // no signal, or asked to wait: the others would meet the same
  }
  await tally();
  return left;
}

// Two tabs, and the worker, take turns, so that a note is not posted by both at once.
export function flush() {
  return navigator.locks ? navigator.locks.request("visit-notes-outbox", flushOnce) : flushOnce();
}

const waitsStill = (note) => waits(note) && !answered.has(note.id);
const anyWaits = () => database().then((db) => db.getAll(NOTES)).then((notes) => notes.some(waitsStill)).catch(() => false);

// Keeps trying while the page is open: at once, on signal, on return to the page, and on a timer that backs off. Where nothing
// waits it looks whether another page has left something: one that is closed right after Save cannot send it any more.
export function keepFlushing(onChange, { first, last } = BACK_OFF) {
  let timer;
  let wait = first;
  let stopped = false;
  const next = (work, ms) => {
    clearTimeout(timer); // two may have been at it at once
    timer = setTimeout(work, ms);
  };
  const run = async () => {
    clearTimeout(timer);
    timer = null;
    const left = await flush().catch(() => 1);
    if (stopped) return;
    onChange();
    wait = left ? Math.min(2 * wait, last) : first;
    if (left) next(run, wait);
    else next(look, last);
  };
  const look = async () => {
    const mine = timer;
    const found = await anyWaits();
    if (stopped || timer !== mine) return; // it is being tried, or was
    if (found) run();
    else next(look, last);
  };
  const soon = () => {
    wait = first;
    run();
  };
  const shown = () => document.visibilityState === "visible" && soon();
  window.addEventListener("online", soon);
  document.addEventListener("visibilitychange", shown);
  run();
  return {
    now: soon,
    stop() {
      stopped = true;
      clearTimeout(timer);
      window.removeEventListener("online", soon);
      document.removeEventListener("visibilitychange", shown);
    },
  };
}
