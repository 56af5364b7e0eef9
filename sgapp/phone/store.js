// What this browser keeps for us: sealed notes, the key to seal with, and the phone's own credential. Nothing readable.
import { openDB } from "idb";

const NAME = "visit-notes";
export const NOTES = "notes";
export const KEYS = "keys";

let opened;

// Rejects where the browser keeps nothing; asked anew the next time.
export function database() {
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
    terminated() {
      opened = undefined; // the browser closed it under us: open it again the next time
    },
  });
}

// One row of the keys, or undefined; undefined too where nothing can be kept.
export const kept = (name) => database().then((db) => db.get(KEYS, name)).catch(() => undefined);

// Whom to ring, as far as this phone was ever told. It says nothing of anybody.
export const office = async () => (await kept("office"))?.office ?? {};
export const keepOffice = (told) => database().then((db) => db.put(KEYS, { name: "office", office: told })).catch(() => undefined);
