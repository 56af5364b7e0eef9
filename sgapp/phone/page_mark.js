// Whose page this is: asked once, as it opens, and sent along with whatever it asks from then on. When somebody else signs in
// in this browser, the office takes nothing from it any more. The mark is no secret and opens nothing.
import { ask } from "./asked.js";

const HEADER = "X-Session";
const onPage = typeof window !== "undefined";
let mark = "";
let asking = null;
let opened = null;

// Without an answer it is asked again with the next thing that needs it.
async function whose() {
  const answer = await ask("/api/session");
  mark ||= answer.json?.page ?? ""; // once known it stays: the page is nobody else's
  asking = null;
  return answer;
}

// Who is signed in: the first time what the page asked as it opened, and asked anew from then on.
export function session() {
  const first = opened;
  opened = null;
  return first ?? whose();
}

const aborted = (signal) => new Promise((done) => signal?.addEventListener("abort", done));

// The headers of what waits for nothing: with the mark, where it is known.
function asKnown(more = {}) {
  return { "X-Requested-With": "sgapp", ...(mark ? { [HEADER]: mark } : {}), ...more };
}

// The headers of any other request in somebody's session.
export async function asHers(more = {}, signal = undefined) {
  if (!mark && onPage) await Promise.race([(asking ??= whose()), aborted(signal)]);
  return asKnown(more);
}

// Asks something of the office in her session. Options: asked.js; `known`: what is asked as the page closes.
export const askAsHers = (path, { known = false, ...options } = {}) =>
  ask(path, { ...options, headers: known ? asKnown() : (signal) => asHers({}, signal) });

// Every form of the page that keeps its draft keeps it now, and puts the promise into `detail`.
export const KEEP = "sgapp:keep";
const KEPT_WITHIN_MS = 2_000;

// Before the page or its session goes. An office that does not answer holds up nobody.
export function keepDrafts() {
  const kept = [];
  window.dispatchEvent(new CustomEvent(KEEP, { detail: kept }));
  return Promise.race([Promise.all(kept), new Promise((late) => setTimeout(late, KEPT_WITHIN_MS))]);
}

// Where one signs in nobody is there yet.
if (onPage && !/^\/(sign-in|set-up|new-password)\b/.test(window.location.pathname)) opened = asking = whose();
