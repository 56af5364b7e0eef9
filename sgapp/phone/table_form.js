// A table on its way in: chosen, looked through on the server, and taken in by one button. The file lies in this page's memory
// and is sent again for each look; it goes, and the codes of new accounts with it, when the page goes.
import { createElement as h, useEffect, useRef, useState } from "react";
import { asHers } from "./page_mark.js";

const AT_FIRST = 100;

const WORDS = {
  what: "What is in the table?",
  pick: "Choose a file",
  another: "Choose another file",
  how: "CSV in UTF-8, with the names of its columns in the first line. Nothing comes in before you say so.",
  reading: "Reading the file",
  sending: "Sending the file",
  looking: "Looking through it",
  taking: "Taking it in",
  columns: "Which column tells what",
  none: "Not in this table",
  choose: "Choose a column",
  missing: "Say which column tells this. It is needed.",
  known: "Everything in it is known already. There is nothing to take in.",
  refusedHead: "Nothing comes in while a row cannot be taken",
  mend: "Mend these in the file, save it and choose it once more. Nothing was changed.",
  line: "Line",
  why: "Why, and what to do",
  more: "Show more",
  retry: "Try again",
  done: "The table is in",
  nextVisits: "Next: who visits whom",
  nextTable: "Take in another table",
  codes: "Give each code to its owner alone",
  codesOnce: "They are shown here and now, and on no page again. Each counts once, for seven days, at /new-password. Whoever loses "
    + "hers gets another on the page Accounts.",
  print: "Print the codes",
  accounts: "Look at the accounts",
  unsure: "No answer came. The file is still here. Try again: nothing comes in twice.",
  gone: "The file could not be read any more. Choose it once more; nothing was changed.",
  signedOut: "You have been signed out. Nothing was changed, and the file is still here: sign in again in another tab, come back "
    + "and try again.",
  somebodyElse: "Somebody else signed in here since. Nothing was changed.",
  notYours: "This is not yours to do. Nothing was changed.",
  away: "The office cannot keep anything just now. Nothing was changed, and the file is still here. Try again in a few minutes.",
  fault: "Something went wrong on our side. Nothing was changed, and the file is still here. Try again in a moment.",
};

const number = (value) => value.toLocaleString("en-GB");
const counted = (n, one, many) => `${number(n)} ${n === 1 ? one : many}`;
const tooLarge = (most) => `This file is larger than ${Math.round(most / 1048576)} MB. Is it the right one? Else cut it into several. `
  + "Nothing was changed.";

// The last whole line of what has come so far.
function lastLine(text) {
  const end = text.lastIndexOf("\n");
  return end < 0 ? "" : text.slice(text.lastIndexOf("\n", end - 1) + 1, end);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

// Sends the file; `onStep` hears how far it is. Resolves to the status and what came of it, status 0 for no answer.
async function send(url, bytes, stop, onStep) {
  const headers = await asHers({ "Content-Type": "text/csv" });
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    stop.abort = () => request.abort();
    request.open("POST", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => onStep({ done: event.loaded, of: event.total, sending: true });
    request.upload.onload = () => onStep({ done: 0, of: 0 });
    request.onprogress = () => {
      const line = lastLine(request.responseText);
      const step = line.length < 100 ? parsed(line) : null;
      if (step?.of) onStep(step);
    };
    request.onload = () => {
      const text = request.responseText;
      resolve({ status: request.status, json: parsed(request.status === 200 ? lastLine(text) : text) });
    };
    request.onerror = () => resolve({ status: 0, json: null });
    request.onabort = () => resolve({ status: -1, json: null });
    request.send(bytes);
  });
}

function problemIn({ status, json }, most) {
  if (status === 200 && json && !json.fault && !json.of) return "";
  if (status === 200 && !json?.fault) return WORDS.unsure; // cut short
  if (status === 0) return WORDS.unsure;
  if (status === 401) return WORDS.signedOut;
  if (status === 404) return WORDS.notYours;
  if (status === 409) return json?.type?.endsWith("somebody-else") ? WORDS.somebodyElse : json?.detail ?? WORDS.fault;
  if (status === 413) return tooLarge(most);
  if (status === 422) return `${(json?.errors ?? []).map((e) => e.message).join(" ")} Nothing was changed.`;
  return status === 503 ? WORDS.away : WORDS.fault;
}

function Steps({ busy }) {
  if (!busy) return null;
  const { doing, done = 0, of = 0, sending } = busy;
  const words = sending ? WORDS.sending : WORDS[doing];
  const rows = !sending && of ? `: ${number(done)} of ${counted(of, "row", "rows")}` : "";
  return h("div", { className: "grid gap-1" },
    h("p", { role: "status" }, `${words}${rows} …`),
    h("progress", { className: "table-progress", "aria-label": words, max: of || undefined, value: of ? done : undefined }));
}

function Mapping({ kind, found, onChoose, off }) {
  return h("fieldset", { className: "field" },
    h("legend", { className: "field-label" }, WORDS.columns),
    h("div", { className: "table-columns" }, kind.columns.map(({ name, label, needed }) => {
      const id = `column-${kind.code}-${name.replace(/\W/g, "-")}`;
      const lacks = found.missing.includes(name);
      const at = found.columns.indexOf(found.mapping[name] ?? "\0");
      return h("div", { key: name, className: "field" },
        h("label", { htmlFor: id, className: "field-label" }, label, needed ? h("span", { className: "needed" }, " needed") : null),
        h("select", { id, className: "control", value: at < 0 ? "" : String(at), disabled: off, "aria-invalid": lacks || undefined,
          "aria-describedby": lacks ? `${id}-error` : undefined, onChange: (event) => onChoose(name, event.target.value) },
          h("option", { value: "" }, needed ? WORDS.choose : WORDS.none),
          found.columns.map((column, i) => (column ? h("option", { key: i, value: String(i) }, column) : null))),
        lacks ? h("p", { id: `${id}-error`, className: "field-error" }, WORDS.missing) : null);
    })));
}

function RefusedRows({ rows, of, innerRef }) {
  const [shown, setShown] = useState(AT_FIRST);
  return h("section", { className: "error-summary grid gap-2", role: "alert", tabIndex: -1, ref: innerRef },
    h("h3", { className: "font-semibold" }, WORDS.refusedHead),
    h("p", null, `${number(rows.length)} of ${counted(of, "row", "rows")} cannot be taken as they are. ${WORDS.mend}`),
    h("table", { className: "facts table-lines" },
      h("thead", null, h("tr", null, h("th", { scope: "col" }, WORDS.line), h("th", { scope: "col" }, WORDS.why))),
      h("tbody", null, rows.slice(0, shown).map(({ line, why }) => h("tr", { key: line },
        h("th", { scope: "row" }, line), h("td", { className: "break-words" }, why))))),
    rows.length > shown ? h("button", { type: "button", className: "btn btn-quiet justify-self-start",
      onClick: () => setShown(shown + 10 * AT_FIRST) }, `${WORDS.more} (${number(rows.length - shown)})`) : null);
}

function Counts({ found }) {
  const parts = [["New", found.new], ["Changed", found.changed], ["As they were", found.same]];
  return h("dl", { className: "table-counts", "aria-label": "What would come in" }, parts.map(([label, value]) =>
    h("div", { key: label }, h("dt", { className: "hint" }, label), h("dd", { className: "text-2xl font-semibold" }, number(value)))));
}

function Codes({ codes }) {
  return h("div", { className: "grid gap-3" },
    h("h3", { className: "font-semibold" }, WORDS.codes),
    h("p", null, WORDS.codesOnce),
    h("div", { className: "scrolls", tabIndex: 0, role: "region", "aria-label": "Codes" },
      h("table", { className: "facts table-codes" },
        h("thead", null, h("tr", null, ["User name", "Name", "Code"].map((text) => h("th", { key: text, scope: "col" }, text)))),
        h("tbody", null, codes.map(([username, name, code]) => h("tr", { key: username },
          h("th", { scope: "row" }, username), h("td", null, name), h("td", { className: "qr-key" }, code)))))));
}

function Done({ kind, result, innerRef, onNext, others }) {
  const visits = kind.code === "people" && others.some((other) => other.code === "visits");
  const again = h("button", { type: "button", className: "btn btn-quiet", onClick: () => onNext(kind.code) }, WORDS.nextTable);
  const first = { className: "btn btn-primary" };
  return h("div", { className: "grid gap-4" },
    h("div", { role: "status", tabIndex: -1, ref: innerRef },
      h("h3", { className: "font-semibold" }, WORDS.done), h("p", null, result.message)),
    result.codes.length ? h(Codes, { codes: result.codes }) : null,
    h("div", { className: "flex flex-wrap gap-2" },
      result.codes.length ? h("button", { type: "button", ...first, onClick: () => window.print() }, WORDS.print) : null,
      kind.code === "staff" ? h("a", { href: "/accounts", className: "btn btn-quiet" }, WORDS.accounts) : null,
      visits ? h("button", { type: "button", ...first, onClick: () => onNext("visits") }, WORDS.nextVisits) : null,
      again));
}

const NOTHING = { file: null, found: null, refused: null, result: null, said: "", retry: null };

export function TableForm({ kinds, mostBytes }) {
  const [ready, setReady] = useState(false);
  const [chosenKind, setChosenKind] = useState("");
  const [shown, setShown] = useState(NOTHING);
  const [busy, setBusy] = useState(null);
  const stop = useRef({ abort: () => undefined, turn: 0 });
  const place = useRef(null);
  const kind = kinds.find((one) => one.code === chosenKind) ?? (kinds.length === 1 ? kinds[0] : null);
  const show = (more) => setShown((before) => ({ ...before, said: "", retry: null, ...more }));

  useEffect(() => {
    setReady(true);
    const drop = () => {
      stop.current.turn += 1;
      stop.current.abort();
      setBusy(null);
      setShown(NOTHING);
    };
    window.addEventListener("pagehide", drop);
    window.addEventListener("sgapp:hide", drop);
    return () => {
      window.removeEventListener("pagehide", drop);
      window.removeEventListener("sgapp:hide", drop);
    };
  }, []);
  useEffect(() => place.current?.focus(), [shown.refused, shown.result]);

  const address = (end, columns, more = {}) => {
    const asked = new URLSearchParams(more);
    for (const [told, at] of Object.entries(columns)) asked.append("column", `${told}:${at}`);
    return `/api/tables/${end}?${asked}`;
  };

  // One thing at a time: what was begun before is let go of.
  const sent = async (doing, url, file) => {
    stop.current.abort();
    const turn = ++stop.current.turn;
    setBusy({ doing });
    const answer = await send(url, file.bytes, stop.current, (step) => turn === stop.current.turn && setBusy({ doing, ...step }));
    if (turn !== stop.current.turn) return null;
    setBusy(null);
    return answer;
  };

  const look = async (code, file, columns) => {
    show({ file, columns, refused: null, result: null });
    const answer = await sent("looking", address(`${code}/preview`, columns), file);
    if (!answer) return;
    const said = problemIn(answer, mostBytes);
    if (said) show({ said, retry: answer.status === 422 ? null : () => look(code, file, columns) });
    else show({ found: answer.json, refused: answer.json.refused.length ? answer.json.refused : null, intent: crypto.randomUUID() });
  };

  const take = async () => {
    const { file, columns, intent } = shown;
    show({});
    const answer = await sent("taking", address(kind.code, columns, { intent_id: intent }), file);
    if (!answer) return;
    const said = problemIn(answer, mostBytes);
    if (said) show({ said, retry: take });
    else if (answer.json.refused) show({ refused: answer.json.refused });
    else show({ ...NOTHING, result: answer.json });
  };

  const picked = async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    stop.current.abort();
    stop.current.turn += 1;
    setBusy(null);
    show({ ...NOTHING });
    if (file.size > mostBytes) return show({ said: tooLarge(mostBytes) });
    setBusy({ doing: "reading" });
    const bytes = await file.arrayBuffer().catch(() => null);
    setBusy(null);
    if (!bytes) return show({ said: WORDS.gone });
    return look(kind.code, { name: file.name, bytes }, {});
  };

  const turnTo = (code) => {
    setChosenKind(code);
    if (shown.result) setShown(NOTHING);
    else if (shown.file) {
      show({ found: null });
      look(code, shown.file, {});
    }
  };

  const { file, found, refused, result, said, retry } = shown;
  const taking = busy?.doing === "taking";
  const sure = found && !busy && !refused && !found.missing.length;
  const many = found ? found.new + found.changed : 0;
  return h("div", { className: "durable-form" },
    kinds.length > 1 ? h("fieldset", { className: "field" },
      h("legend", { className: "field-label" }, WORDS.what),
      h("div", { className: "chips" }, kinds.map(({ code, label }) => h("label", { key: code, className: "chip" },
        h("input", { type: "radio", name: "kind", value: code, checked: kind?.code === code, disabled: !ready || taking,
          onChange: () => turnTo(code) }),
        h("span", null, label))))) : null,
    kind && !result ? h("div", { className: "grid gap-2 justify-items-start file-pick" },
      h("input", { id: "table-file", type: "file", accept: ".csv,text/csv,text/plain", className: "sr-only", disabled: !ready || taking,
        "aria-describedby": "table-file-hint",
        onClick: (event) => { event.target.value = ""; }, // so that the same file, mended, is chosen anew
        onChange: picked }),
      h("label", { htmlFor: "table-file", className: file ? "btn btn-quiet" : "btn btn-primary" }, file ? WORDS.another : WORDS.pick),
      h("p", { id: "table-file-hint", className: file ? "break-words" : "hint" }, file ? `Chosen: ${file.name}` : WORDS.how)) : null,
    h(Steps, { busy }),
    said ? h("div", { role: "alert", className: "error-summary grid gap-2" }, h("p", null, said),
      retry ? h("button", { type: "button", className: "btn btn-quiet justify-self-start", onClick: retry }, WORDS.retry) : null) : null,
    found && kind ? h(Mapping, { kind, found, off: taking,
      onChoose: (name, at) => look(kind.code, file, { ...shown.columns, [name]: at }) }) : null,
    refused && found ? h(RefusedRows, { rows: refused, of: found.rows, innerRef: place }) : null,
    found && !refused && !found.missing.length && !result ? h(Counts, { found }) : null,
    sure && !result && !retry ? (many
      ? h("button", { type: "button", className: "btn btn-primary justify-self-start", onClick: take }, `Take in ${counted(many, "row", "rows")}`)
      : h("p", { role: "status" }, WORDS.known)) : null,
    result ? h(Done, { kind, result, innerRef: place, onNext: turnTo, others: kinds }) : null);
}
