// Whose page this is: asked once, as it opens, and sent along with whatever it asks from then on. When somebody else signs in
// in this browser, the office takes nothing from it any more. The mark is no secret and opens nothing.
const HEADER = "X-Session";
const onPage = typeof window !== "undefined";
let mark = "";
let asking = null;
let opened = null;

// Resolves to the status, 0 without an answer, and what was said of her.
async function ask() {
  let found = { status: 0, json: null };
  try {
    const answer = await fetch("/api/session", { cache: "no-store", credentials: "same-origin" });
    const said = await answer.json(); // a refusal is read to its end, too, or it holds on to the line
    found = { status: answer.status, json: answer.ok ? said : null };
    if (answer.ok) mark ||= said.page ?? ""; // once known it stays: the page is nobody else's
  } catch {
    // no signal: asked again with the next thing that needs it
  }
  asking = null;
  return found;
}

// Who is signed in: the first time what the page asked as it opened, and asked anew from then on.
export function session() {
  const first = opened;
  opened = null;
  return first ?? ask();
}

const aborted = (signal) => new Promise((done) => signal?.addEventListener("abort", done));

export const JSON_BODY = { "Content-Type": "application/json" };

// The headers of what is asked as the page closes, which waits for nothing: with the mark, where it is known.
export function asKnown(more = {}) {
  return { "X-Requested-With": "sgapp", ...(mark ? { [HEADER]: mark } : {}), ...more };
}

// The headers of any other request in somebody's session.
export async function asHers(more = {}, signal = undefined) {
  if (!mark && onPage) await Promise.race([(asking ??= ask()), aborted(signal)]);
  return asKnown(more);
}

// Where one signs in nobody is there yet.
if (onPage && !/^\/(sign-in|set-up|new-password)\b/.test(window.location.pathname)) opened = asking = ask();
