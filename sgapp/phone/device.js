// This phone's credential: an ECDSA key that cannot leave the browser. It signs envelopes and can do nothing else, so a
// note goes out under its own writer, without a session, whoever holds the phone by then.
import { ask } from "./asked.js";
import { session } from "./page_mark.js";
import { KEYS, database, kept } from "./store.js";
import * as t from "./words/device.js";

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const LEARNED = new Set([200, 401, 403, 404]);
const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
const base64Of = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
const hexOf = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function phoneName() {
  const agent = navigator.userAgent;
  const system = [["iPhone", "iPhone"], ["iPad", "iPad"], ["Android", "Android"], ["Windows", "Windows"], ["Mac OS", "Mac"], ["Linux", "Linux"]]
    .find(([sign]) => agent.includes(sign))?.[1] ?? t.phone;
  const browser = [["Edg/", "Edge"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"]].find(([sign]) => agent.includes(sign))?.[1];
  return browser ? `${system}, ${browser}` : system;
}

// Whose phone this is now: an opaque id, empty when nobody is known.
export async function owner() {
  return (await kept("owner"))?.account ?? "";
}

// Whose note it is if it is saved now: {account, name}, both empty where nobody is known. Null where nothing can be kept, nor known.
export async function whoseNote() {
  if (!(await database().catch(() => null))) return null;
  const { account = "", called } = (await kept("owner")) ?? {};
  return { account, name: account && (called || t.last_here) };
}

// Whose notes this phone can hand in without a session, as colleagues call her; empty when it is enrolled for nobody who writes here.
export async function whoWrites() {
  const { account, called } = (await kept("owner")) ?? {};
  return account && (await kept(`device:${account}`)) ? called || t.last_here : "";
}

// Met the office: learn who is signed in, and enrol this phone for her if it was not, or was switched off meanwhile. Where nobody
// is signed in, somebody else was, or it was switched off, `letGo` is called; where it does not answer true, because the page ended
// in between, the next page owes it.
export async function meet(letGo = () => false) {
  const { status, json } = await session();
  if (!json?.id) {
    if (status === 401) await letGo();
    return;
  }
  const db = await database();
  const before = await kept("owner");
  const turned = Boolean(before?.owes || (before && before.account !== json.id));
  const own = (owes) => db.put(KEYS, { name: "owner", account: json.id, called: json.name, owes });
  await own(turned);
  const name = `device:${json.id}`;
  const mine = await db.get(KEYS, name);
  const list = mine ? await ask("/api/devices") : null;
  if (list && !LEARNED.has(list.status)) return; // no answer says nothing of this phone
  const known = list?.json?.devices?.some((device) => device.id === mine.device && !device.revoked_at);
  if (turned || (mine && !known)) await own(!(await letGo()));
  if (known) return;
  const pair = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  const point = await crypto.subtle.exportKey("raw", pair.publicKey);
  const { json: enrolled } = await ask("/api/devices", { method: "POST", body: { name: phoneName(), public_key: base64Of(point) } });
  if (enrolled?.device) await db.put(KEYS, { name, device: enrolled.device, key: pair.privateKey });
}

// The envelope with its writer and, if this phone is enrolled for her, her phone's signature over id and ciphertext.
export async function signed(envelope, writer) {
  const account = writer ?? (await owner());
  const mine = account ? await kept(`device:${account}`) : undefined;
  if (!mine) return { ...envelope, owner: account };
  const digest = hexOf(await crypto.subtle.digest("SHA-256", bytesOf(envelope.sealed)));
  const text = new TextEncoder().encode(`sgapp/envelope/1|${envelope.id}|${digest}`);
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, mine.key, text);
  return { ...envelope, owner: account, device: mine.device, signature: base64Of(signature) };
}

// Signed out: what is written from now on is nobody's until somebody signs in. What waits keeps its writer.
export async function forgetOwner() {
  await database().then((db) => db.delete(KEYS, "owner")).catch(() => undefined);
}
