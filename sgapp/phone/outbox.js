// The one way out: sealed notes wait here and are posted until a receipt comes. Only ciphertext is ever stored, and it
// goes when the receipt is there. The id makes a repeat harmless; one bad note never holds up the others.
import { openDB } from "idb";

const NAME = "visit-notes";
const NOTES = "notes";
const KEYS = "keys";
const FIRST_RETRY_MS = 4000;
const LAST_RETRY_MS = 120000;
const ANSWER_WITHIN_MS = 20000; // a signal in name only never answers: give up, keep the note, try again

let opened;
// Rejects where the browser keeps nothing; asked anew the next time.
function database() {
  opened ??= open().catch((problem) => {
    opened = undefined;
    throw problem;
  });
  return opened;
}

async function open() {
  return openDB(NAME, 1, {
    upgrade(db) {
      db.createObjectStore(NOTES, { keyPath: "id" });
      db.createObjectStore(KEYS, { keyPath: "name" });
    },
  });
}

// What becomes of a note after an answer. Pure, so that it can be tested without a network.
// status 0: no answer. Returns {state, again}: again says whether to try later.
export function after(status) {
  if (status === 200 || status === 201) return { state: "delivered", again: false };
  if (status === 401 || status === 403 || status === 404) return { state: "sign_in", again: true };
  if (status === 409 || status === 413 || status === 422) return { state: "please_ring", again: false };
  return { state: "on_phone", again: true };
}

export const waits = (note) => note.state === "on_phone" || note.state === "sign_in";

// Resolves when the note is on the disk. Under an id that is already there the first envelope stays.
export async function add(note) {
  const tx = (await database()).transaction(NOTES, "readwrite", { durability: "strict" });
  if (!(await tx.store.get(note.id))) await tx.store.put({ ...note, state: "on_phone" });
  await tx.done;
  navigator.storage?.persist?.().catch(() => false); // a phone short of room may otherwise clear it
}

export async function all() {
  const notes = await (await database()).getAll(NOTES);
  return notes.sort((a, b) => b.saved_at.localeCompare(a.saved_at));
}

export async function nextSequence() {
  const db = await database();
  const tx = db.transaction(KEYS, "readwrite");
  const row = (await tx.store.get("sequence")) ?? { name: "sequence", value: 0 };
  row.value += 1;
  await tx.store.put(row);
  await tx.done;
  return row.value;
}

// {status, body}; status 0 when no answer came in time, or one that is not ours (a login page of some Wi-Fi).
async function ask(path, options = {}) {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ANSWER_WITHIN_MS);
  try {
    const answer = await fetch(path, { cache: "no-store", credentials: "same-origin", signal: late.signal, ...options });
    return { status: answer.status, body: answer.ok ? await answer.json() : null };
  } catch {
    return { status: 0, body: null };
  } finally {
    clearTimeout(timer);
  }
}

let keyInHand = null;

// Fetch the public key and keep it, so that a note can be sealed without a signal. Null if it could not be had.
export async function refreshKey() {
  const { body } = await ask("/api/intake/key");
  if (!body?.public_key) return null;
  keyInHand = body;
  await database().then((db) => db.put(KEYS, { name: "intake", key: body })).catch(() => null);
  return body;
}

// The key to seal with, without waiting for the network if this phone has ever had one. Null if it has not.
export async function intakeKey() {
  const kept = keyInHand ?? (await database().then((db) => db.get(KEYS, "intake")).catch(() => null))?.key;
  return kept ?? refreshKey();
}

// {status, receipt}. Only an answer with a time of receipt is a receipt.
export async function post({ id, key_id, sealed }) {
  const { status, body } = await ask("/api/observations", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Requested-With": "sgapp" },
    body: JSON.stringify({ id, key_id, sealed }),
  });
  const receipt = body?.received_at ? body : null;
  return { status: after(status).state === "delivered" && !receipt ? 0 : status, receipt };
}

async function flushOnce() {
  const db = await database();
  let left = 0;
  for (const note of (await db.getAll(NOTES)).filter(waits).sort((a, b) => a.seq - b.seq)) {
    const { status, receipt } = await post(note);
    const { state, again } = after(status);
    const kept = { ...note, state };
    if (receipt) {
      kept.received_at = receipt.received_at;
      delete kept.sealed;
    }
    await db.put(NOTES, kept);
    if (again) left += 1;
    if (status === 0 || status === 429) break; // no signal, or asked to wait: the others would meet the same
  }
  return left;
}

// Two tabs take turns, so that a note is not posted by both at once.
export function flush() {
  return navigator.locks ? navigator.locks.request("visit-notes-outbox", flushOnce) : flushOnce();
}

// Keeps trying while the page is open: at once, on signal, on return to the page, and on a timer that backs off.
export function keepFlushing(onChange) {
  let timer;
  let wait = FIRST_RETRY_MS;
  let stopped = false;
  const run = async () => {
    clearTimeout(timer);
    const left = await flush().catch(() => 1);
    if (stopped) return;
    onChange();
    wait = left ? Math.min(2 * wait, LAST_RETRY_MS) : FIRST_RETRY_MS;
    if (left) timer = setTimeout(run, wait);
  };
  const soon = () => {
    wait = FIRST_RETRY_MS;
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
