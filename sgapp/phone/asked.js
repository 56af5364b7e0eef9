// Everything that is asked of the office, but for what comes or goes in pieces, is asked here: with a time in which an answer has
// to come, because a signal in name only never answers.
const ANSWER_WITHIN_MS = 10_000;
const JSON_BODY = { "Content-Type": "application/json" };
const OURS = { "X-Requested-With": "sgapp" };

// {status, json, problem, headers}: what was answered, or why it was refused (api/problems.py). Status 0 where no answer came in time,
// or one that is not ours (a login page of some Wi-Fi): whatever grants something, or says that nobody is signed in, has to be.
// `headers`: what is sent along, or a function that fetches it while the time runs (page_mark.js); `within`: milliseconds.
export async function ask(path, { body, headers = OURS, within = ANSWER_WITHIN_MS, ...more } = {}) {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), within);
  try {
    const sent = typeof headers === "function" ? await headers(late.signal) : headers;
    const answer = await fetch(path, {
      cache: "no-store", credentials: "same-origin", ...more, signal: late.signal,
      headers: body ? { ...sent, ...JSON_BODY } : sent, body: body && JSON.stringify(body),
    });
    const said = await answer.json().catch(() => null); // a refusal is read to its end, too, or it holds on to the line
    const ours = said !== null || answer.status === 204 || !(answer.ok || answer.status === 401);
    return { status: ours ? answer.status : 0, json: answer.ok ? said : null, problem: answer.ok ? null : said, headers: answer.headers };
  } catch {
    return { status: 0, json: null, problem: null, headers: new Headers() };
  } finally {
    clearTimeout(timer);
  }
}
