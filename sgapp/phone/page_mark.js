// Whose page this is: asked once, as it opens, and sent along with whatever it asks from then on. When somebody else signs in
// in this browser, the office takes nothing from it any more. The mark is no secret and opens nothing.
const HEADER = "X-Session";
const onPage = typeof window !== "undefined";
let mark = "";
let asking = null;

async function ask() {
  try {
    const answer = await fetch("/api/session", { cache: "no-store", credentials: "same-origin" });
    if (answer.ok) mark = (await answer.json()).page ?? "";
  } catch {
    // no signal: asked again with the next thing that needs it
  }
  asking = null;
}

const aborted = (signal) => new Promise((done) => signal?.addEventListener("abort", done));

export const JSON_BODY = { "Content-Type": "application/json" };

// The headers of a request in somebody's session. What is asked as the page closes waits for nothing.
export async function asHers(more = {}, signal = undefined) {
  if (!mark && onPage) await Promise.race([(asking ??= ask()), aborted(signal)]);
  return { "X-Requested-With": "sgapp", ...(mark ? { [HEADER]: mark } : {}), ...more };
}

if (onPage) asHers();
