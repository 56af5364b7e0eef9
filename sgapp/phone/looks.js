// A look at a code without a signal: sealed for the office, signed and handed in like a note, and none. It is on the disk before
// the words are on the screen, so that no look is missing.
import { signed } from "./device.js";
import { add, intakeKey, refreshKey } from "./outbox.js";

const AFTER_NOTES = Number.MAX_SAFE_INTEGER; // in the order of sending; of hers it takes no number

// Rejects while this phone has no key to seal with, or no room.
export async function keepLook(person, code) {
  const [key, { seal }] = await Promise.all([intakeKey(), import("./seal.js")]);
  const id = crypto.randomUUID();
  const at = new Date().toISOString();
  const sealed = await seal(key, { id, person, captured_at: at, card_looks: [{ code, at }] });
  const envelope = { id, key_id: key.key_id, sealed, saved_at: at, seq: AFTER_NOTES, brief: true, look: true };
  await add(await signed(envelope).catch(() => envelope));
}

// Fetched while there is a signal: what a look without one is sealed with. False where it could not be had.
export const canSealLooks = () => Promise.all([refreshKey(), import("./seal.js")]).then(([key]) => Boolean(key), () => false);
