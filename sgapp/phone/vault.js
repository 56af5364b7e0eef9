// What has to stay on this phone for a while and be unreadable without her: drafts, the short list of people, and today's
// codes where she took them along.
// A random key K seals it. K is in memory only while unlocked; on the disk it lies wrapped under her PIN or her passkey,
// and in series under a key that the browser does not hand out. Why, and what it is worth: docs/decisions/0009.
// Today's codes are sealed under a key of their own, which her passkey makes and no PIN opens: docs/decisions/0024.
import { openDB } from "idb";
import { fill } from "./fill.js";
import * as t from "./words/vault.js";

const KEYS = "keys";
const VALUES = "values";
const ITERATIONS = 600_000; // Source: OWASP Password Storage Cheat Sheet, PBKDF2-HMAC-SHA-256
const MOST_TRIES = 10;
const FREE_TRIES = 3;
const FIRST_WAIT_MS = 5_000;
const LAST_WAIT_MS = 300_000;
const DRAFT_LIVES_MS = 12 * 3_600_000;
const NIGHT_ENDS_HOUR = 4; // a round that begins in the evening ends in the night
const IV_BYTES = 12;
const SHORTEST_PIN = 6;
// Kept only where a passkey is the one way in, and gone as soon as there is another.
export const CARD = "card";
const NOTHING = Object.freeze({ available: false, setUp: false, locked: false, ways: [] });

const bytesOf = (text) => new TextEncoder().encode(text);
const random = (length) => crypto.getRandomValues(new Uint8Array(length));
const waitAfter = (wrong) => (wrong < FREE_TRIES ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (wrong - FREE_TRIES), LAST_WAIT_MS));

// When a value goes: what was given an end at that, a draft after its hours, everything else with its day.
function endOf({ name, saved_at: savedAt, until }) {
  if (until) return until;
  if (name.startsWith("draft")) return savedAt + DRAFT_LIVES_MS;
  const night = new Date(savedAt);
  night.setDate(night.getDate() + 1);
  return night.setHours(NIGHT_ENDS_HOUR, 0, 0, 0);
}

async function seal(key, plain, context) {
  const iv = random(IV_BYTES);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bytesOf(context) }, key, plain);
  const whole = new Uint8Array(IV_BYTES + sealed.byteLength);
  whole.set(iv);
  whole.set(new Uint8Array(sealed), IV_BYTES);
  return whole;
}

// Rejects when the key, the context or a byte is another.
function unseal(key, whole, context) {
  return crypto.subtle.decrypt({ name: "AES-GCM", iv: whole.slice(0, IV_BYTES), additionalData: bytesOf(context) }, key,
    whole.slice(IV_BYTES));
}

const AES = { name: "AES-GCM", length: 256 };

async function keyFromPin(pin, salt, iterations) {
  const material = await crypto.subtle.importKey("raw", bytesOf(pin), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, material, AES, false, ["encrypt", "decrypt"]);
}

// {kek, card}: the key that wraps K, and the one that seals what no PIN may open.
async function keysFromPasskey(output, salt) {
  const material = await crypto.subtle.importKey("raw", output, "HKDF", false, ["deriveKey"]);
  const derive = (what) => crypto.subtle.deriveKey({ name: "HKDF", hash: "SHA-256", salt, info: bytesOf(`sgapp/vault/${what}`) },
    material, AES, false, ["encrypt", "decrypt"]);
  return { kek: await derive("passkey"), card: await derive(CARD) };
}

// Why a PIN will not do, in her words; empty if it will.
export function pinProblem(pin) {
  if (!/^\d+$/.test(pin) || pin.length < SHORTEST_PIN) return fill(t.too_short, { number: SHORTEST_PIN });
  const steps = new Set([...pin].slice(1).map((digit, i) => Number(digit) - Number(pin[i])));
  if (steps.size === 1 && [-1, 0, 1].includes([...steps][0])) return t.too_easy;
  return "";
}

// Whether this device offers a face, a finger or its own code to a page.
export async function offersPasskey() {
  const ask = globalThis.PublicKeyCredential?.isUserVerifyingPlatformAuthenticatorAvailable;
  return Boolean(ask && (await ask.call(globalThis.PublicKeyCredential).catch(() => false)));
}

// `name` is the database, `now` the clock, `iterations` the cost of a PIN: others only for tests.
export function makeVault({ name = "visit-vault", now = Date.now, iterations = ITERATIONS } = {}) {
  let key = null;
  let cardKey = null; // beside K only after her passkey has opened it
  let opened;
  let last = Promise.resolve();
  const listeners = new Set();
  const tell = () => listeners.forEach((hear) => hear());

  // A database of its own, so that nothing here can ever stand in the way of the notes that wait to be sent.
  function database() {
    opened ??= open().catch((problem) => {
      opened = undefined;
      throw problem;
    });
    return opened;
  }

  async function open() {
    const db = await openDB(name, 1, {
      upgrade(made) {
        made.createObjectStore(KEYS, { keyPath: "name" });
        made.createObjectStore(VALUES, { keyPath: "name" });
      },
      blocking() {
        opened = undefined;
        db.close();
      },
      terminated() {
        opened = undefined;
      },
    });
    await sweep(db);
    return db;
  }

  async function sweep(db) {
    const tx = db.transaction(VALUES, "readwrite");
    for (const row of await tx.store.getAll()) if (tooOld(row)) tx.store.delete(row.name);
    await tx.done;
  }

  const tooOld = (row) => now() > endOf(row);

  // One after the other, so that a draft on its way to the disk cannot arrive after it was dropped.
  function inTurn(work) {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  }

  async function status() {
    try {
      const rows = await (await database()).getAllKeys(KEYS);
      const ways = ["pin", "passkey"].filter((way) => rows.includes(way));
      return { available: true, setUp: ways.length > 0, locked: ways.length > 0 && !key, ways };
    } catch {
      return NOTHING;
    }
  }

  async function writeWay(way, kek, row) {
    const db = await database();
    if (!key && (await status()).setUp) throw new Error("locked: unlock first");
    const device = (await db.get(KEYS, "device"))?.key ?? (await crypto.subtle.generateKey(AES, false, ["encrypt", "decrypt"]));
    // Extractable, because a second way wraps the same K again. It never leaves this module.
    const whole = key ?? (await crypto.subtle.generateKey(AES, true, ["encrypt", "decrypt"]));
    const raw = await crypto.subtle.exportKey("raw", whole);
    const wrapped = await seal(device, await seal(kek, raw, way), way);
    const tx = db.transaction([KEYS, VALUES], "readwrite", { durability: "strict" });
    if (!key) tx.objectStore(VALUES).clear(); // nothing of an older key
    else tx.objectStore(VALUES).delete(CARD); // there is a second way in from now on
    tx.objectStore(KEYS).put({ name: "device", key: device });
    tx.objectStore(KEYS).put({ name: way, wrapped, ...row });
    tx.objectStore(KEYS).put({ name: "tries", wrong: 0, not_before: 0 });
    await tx.done;
    key = whole;
    tell();
  }

  async function unwrap(way, kek, row) {
    const { key: device } = await (await database()).get(KEYS, "device");
    const raw = await unseal(kek, new Uint8Array(await unseal(device, row.wrapped, way)), way);
    return crypto.subtle.importKey("raw", raw, AES, true, ["encrypt", "decrypt"]);
  }

  async function setUpPin(pin) {
    const problem = pinProblem(pin);
    if (problem) throw new Error(problem);
    const salt = random(16);
    await writeWay("pin", await keyFromPin(pin, salt, iterations), { salt, iterations });
  }

  // Counted before it is tried, so that closing the page half-way is no free try. {go} or {waitMs} or {wiped}.
  async function mayTry() {
    const tx = (await database()).transaction(KEYS, "readwrite", { durability: "strict" });
    const row = (await tx.store.get("tries")) ?? { name: "tries", wrong: 0, not_before: 0 };
    const waitMs = row.not_before - now();
    const spent = row.wrong >= MOST_TRIES;
    if (waitMs <= 0 && !spent) {
      row.wrong += 1;
      row.not_before = now() + waitAfter(row.wrong);
      tx.store.put(row);
    }
    await tx.done;
    return { go: waitMs <= 0 && !spent, spent, wrong: row.wrong, waitMs: Math.max(0, row.not_before - now()) };
  }

  // {unlocked, tried, left, waitMs, wiped}: whether this one counted, how many are left, how long until the next.
  async function unlockWithPin(pin) {
    const db = await database();
    const row = await db.get(KEYS, "pin");
    if (!row) return { unlocked: false, tried: false, left: 0, waitMs: 0, wiped: true };
    const { go, spent, wrong, waitMs } = await mayTry();
    const left = MOST_TRIES - wrong;
    if (go) {
      try {
        key = await unwrap("pin", await keyFromPin(pin, row.salt, row.iterations), row);
        await db.put(KEYS, { name: "tries", wrong: 0, not_before: 0 });
        tell();
        return { unlocked: true, tried: go, left: MOST_TRIES, waitMs: 0, wiped: false };
      } catch {
        // a wrong PIN: counted already
      }
    }
    if (spent || (go && left <= 0)) {
      await wipe();
      return { unlocked: false, tried: go, left: 0, waitMs: 0, wiped: true };
    }
    return { unlocked: false, tried: go, left, waitMs, wiped: false };
  }

  async function askPasskey(id, salt) {
    const found = await navigator.credentials.get({ publicKey: {
      challenge: random(32), rpId: location.hostname, userVerification: "required",
      allowCredentials: [{ type: "public-key", id }], extensions: { prf: { eval: { first: salt } } },
    } });
    return found.getClientExtensionResults().prf?.results?.first;
  }

  // Rejects if she says no, or if this phone cannot make a secret that way.
  async function setUpPasskey() {
    const salt = random(32);
    const made = await navigator.credentials.create({ publicKey: {
      challenge: random(32), rp: { id: location.hostname, name: t.title },
      user: { id: random(16), name: t.title, displayName: t.title },
      pubKeyCredParams: [{ type: "public-key", alg: -7 }, { type: "public-key", alg: -257 }],
      authenticatorSelection: { authenticatorAttachment: "platform", userVerification: "required", residentKey: "discouraged" },
      extensions: { prf: { eval: { first: salt } } },
    } });
    const id = new Uint8Array(made.rawId);
    // Some give the secret only when asked a second time.
    const output = made.getClientExtensionResults().prf?.results?.first ?? (await askPasskey(id, salt));
    if (!output) throw new Error("no secret from this passkey");
    const { kek, card } = await keysFromPasskey(output, salt);
    await writeWay("passkey", kek, { id, salt });
    cardKey = card;
  }

  // True once unlocked; false if she said no or it did not fit.
  async function unlockWithPasskey() {
    try {
      const row = await (await database()).get(KEYS, "passkey");
      const output = await askPasskey(row.id, row.salt);
      const { kek, card } = await keysFromPasskey(output, row.salt);
      key = await unwrap("passkey", kek, row);
      cardKey = card;
      tell();
      return true;
    } catch {
      return false;
    }
  }

  function lock() {
    key = null;
    cardKey = null;
    tell();
  }

  const keyFor = (valueName) => (valueName === CARD ? cardKey : key);

  // True when it is on the disk, sealed; false while locked, and for what may not lie behind the ways in that there are.
  // `until` is when it goes, in milliseconds, where it has an end of its own.
  function put(valueName, value, until) {
    const held = keyFor(valueName);
    if (!held) return Promise.resolve(false);
    return inTurn(async () => {
      const row = { name: valueName, saved_at: now(), ...(until && { until }) };
      const sealed = await seal(held, bytesOf(JSON.stringify(value)), contextOf(row));
      const tx = (await database()).transaction([KEYS, VALUES], "readwrite");
      const allowed = valueName !== CARD || !(await tx.objectStore(KEYS).getKey("pin")); // another tab may have set one up
      if (allowed) tx.objectStore(VALUES).put({ ...row, sealed });
      await tx.done;
      return allowed;
    });
  }

  const contextOf = ({ name: mine, saved_at, until }) => ["sgapp/vault", saved_at, mine, ...(until ? [until] : [])].join("|");

  // The value, or null if there is none, it is too old, it cannot be opened, or the vault is locked.
  function get(valueName) {
    return inTurn(async () => {
      const db = await database();
      const row = await db.get(VALUES, valueName);
      const held = keyFor(valueName);
      if (!row || !held) return null;
      try {
        if (!tooOld(row)) {
          const plain = await unseal(held, row.sealed, contextOf(row));
          return JSON.parse(new TextDecoder().decode(plain));
        }
      } catch {
        // sealed by another key, or damaged: of no use to anybody
      }
      await db.delete(VALUES, valueName);
      return null;
    });
  }

  const drop = (valueName) => inTurn(async () => (await database()).delete(VALUES, valueName));

  // Signing out: nothing that was kept stays, the PIN does.
  async function leave() {
    lock();
    await inTurn(async () => (await database()).clear(VALUES));
  }

  async function wipe() {
    key = null;
    cardKey = null;
    await inTurn(async () => {
      const tx = (await database()).transaction([KEYS, VALUES], "readwrite", { durability: "strict" });
      tx.objectStore(KEYS).clear();
      tx.objectStore(VALUES).clear();
      await tx.done;
    });
    tell();
  }

  // Hears of every lock, unlock, set-up and wiping. Returns how to stop.
  function listen(hear) {
    listeners.add(hear);
    return () => listeners.delete(hear);
  }

  return { status, setUpPin, setUpPasskey, unlockWithPin, unlockWithPasskey, lock, put, get, drop, leave, wipe, listen };
}

export const vault = makeVault();
