// The one way out: sealed notes wait here and are posted until a receipt comes. Only ciphertext is ever stored, and it
// goes when the receipt is there. The id makes a repeat harmless; one bad note never holds up the others.
import { openDB } from "idb";

const NAME = "visit-notes";
const NOTES = "notes";
const KEYS = "keys";
const FIRST_RETRY_MS = 4000;
const LAST_RETRY_MS = 120000;

let opened;
function database() {
  opened ??= openDB(NAME, 1, {
    upgrade(db) {
      db.createObjectStore(NOTES, { keyPath: "id" });
      db.createObjectStore(KEYS, { keyPath: "name" });
    },
  });
  return opened;
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

export async function add(note) {
  await (await database()).put(NOTES, { ...note, state: "on_phone" });
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

// The public key is fetched when there is a signal and kept, so that a note can be sealed without one.
export async function intakeKey() {
  const db = await database();
  try {
    const answer = await fetch("/api/intake/key", { cache: "no-store" });
    if (answer.ok) {
      const key = await answer.json();
      await db.put(KEYS, { name: "intake", key });
      return key;
    }
  } catch {
    // no signal: the kept one serves
  }
  return (await db.get(KEYS, "intake"))?.key ?? null;
}

export async function post({ id, key_id, sealed }) {
  try {
    const answer = await fetch("/api/observations", {
      method: "POST",
      cache: "no-store",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-Requested-With": "sgapp" },
      body: JSON.stringify({ id, key_id, sealed }),
    });
    const receipt = answer.ok ? await answer.json() : null;
    return { status: answer.status, receipt };
  } catch {
    return { status: 0, receipt: null };
  }
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
    if (status === 0) break; // no signal: the others would meet the same
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
