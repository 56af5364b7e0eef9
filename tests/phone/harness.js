// The phone's own modules in a page of their own, for tests/phone/test_outbox_under_fire.py. What add() resolved for is put
// into localStorage at once, so that it is known although the tab was closed the moment after.
import { meet, signed } from "./device.js";
import { EMPTY, payloadOf } from "./note.js";
import { add, deliver, flush, intakeKey, keepFlushing, nextSequence, refreshKey, waits } from "./outbox.js";
import { noteReference } from "./reference.js";
import { seal } from "./seal.js";
import { KEYS, NOTES, database } from "./store.js";

// "No answer" is twenty seconds on a phone; here a silent connection is given up sooner.
const later = globalThis.setTimeout;
globalThis.setTimeout = (work, ms, ...more) => later(work, ms >= 20000 ? 1000 : ms, ...more);

const tab = crypto.randomUUID();
let running = null;
let writing = Promise.resolve();

async function sealedNote(seen, { id = crypto.randomUUID() } = {}) {
  const key = await intakeKey();
  const seq = await nextSequence();
  const written = payloadOf({ ...EMPTY, person: "other", other: "R. Linden", seen }, id, seq, [], null);
  const envelope = { id, reference: await noteReference(id), key_id: key.key_id, sealed: await seal(key, written),
    saved_at: new Date().toISOString(), seq };
  return signed(envelope);
}

async function write(number) {
  const began = Date.now();
  const envelope = await sealedNote(`note ${number} of ${tab}`);
  await add(envelope);
  const { seq, owner } = envelope;
  localStorage.setItem(`kept:${envelope.id}`, JSON.stringify({ seq, owner, tab, number, began, ended: Date.now() }));
  running?.now();
  return envelope.id;
}

const rows = async () => (await database()).getAll(NOTES);

globalThis.harness = {
  add, deliver, flush, meet, refreshKey, rows, sealedNote, write,
  begin: (pace) => { running = keepFlushing(() => undefined, pace); },
  now: () => running.now(),
  // Begins, one after the other, and does not wait for the end: the tab may be gone before.
  writeSome(from, pauses) {
    writing = writing.then(async () => {
      for (const [i, pause] of pauses.entries()) {
        await write(from + i);
        await new Promise((go) => later(go, pause));
      }
    });
  },
  written: () => writing.then(() => true),
  enrolled: async (account) => Boolean(await (await database()).get(KEYS, `device:${account}`)),
  kept: () => Object.fromEntries(Object.keys(localStorage).filter((name) => name.startsWith("kept:"))
    .map((name) => [name.slice(5), JSON.parse(localStorage[name])])),
  waiting: async () => (await rows()).filter(waits).length,
};
