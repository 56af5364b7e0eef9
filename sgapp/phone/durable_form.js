// A form that loses nothing. What is typed is kept as a draft on the server (encrypted there) and in this page's memory,
// never in the browser's storage. A submission carries an intent id, so that repeating it is harmless.
import { createElement as h, useEffect, useRef, useState } from "react";
import { KEEP, askAsHers, keepDrafts } from "./page_mark.js";
import { ticks, untouched } from "./untouched.js";

const AUTOSAVE_AFTER_MS = 600;
const INTENT = "_intent_id";

// Outlives a form that is redrawn (a reconnect empties what its page shows), and ends with the page.
const inMemory = new Map();

const WORDS = {
  unsure: "Not confirmed yet. What you typed is kept here. Try again.",
  somebodyElse: "Somebody else signed in here since. Nothing was changed; what you typed until then is kept for you alone.",
  signedOut: "You have been signed out. What you typed is kept. Sign in and come back.",
  gone: "This is no longer here, or no longer yours to change. What you typed is kept.",
  conflict: "Someone else changed this, or it was recorded already. What you typed is kept. Reload the page and look.",
  busy: "Too many tries at once. What you typed is kept. Wait a moment and try again.",
  fault: "Something went wrong on our side. What you typed is kept. Try again in a moment.",
};

const controlsOf = (form) => [...form.elements].filter((e) => e.name && e.type !== "submit");
const fieldOf = (form, name) => form.querySelector(`[data-field="${CSS.escape(name)}"]`);
const asArray = (value) => (Array.isArray(value) ? value : value === undefined || value === "" ? [] : [value]);

// Everything typed, hidden questions included: an answer hidden by another answer comes back with it.
function snapshot(form) {
  const found = {};
  for (const control of controlsOf(form)) {
    if (!ticks(control)) found[control.name] = control.value;
    else {
      found[control.name] ??= []; // none chosen is an answer too: one may have been taken back
      if (control.checked) found[control.name].push(control.value);
    }
  }
  return found;
}

// Only what is asked now. Repeated names are always lists.
export function contentOf(form) {
  const data = new FormData(form);
  const found = {};
  for (const name of new Set(data.keys())) found[name] = data.get(name);
  for (const box of form.querySelectorAll("[data-many]:not([hidden])")) {
    if (!box.closest("[data-ask-when][hidden]")) found[box.dataset.field] = data.getAll(box.dataset.field);
  }
  // A control called "list:item" puts "item=value" into the list, if it has a value.
  for (const box of form.querySelectorAll("[data-listed]")) {
    const start = `${box.dataset.field}:`;
    const names = Object.keys(found).filter((name) => name.startsWith(start));
    found[box.dataset.field] = names.filter((name) => found[name]).map((name) => `${name.slice(start.length)}=${found[name]}`);
    for (const name of names) delete found[name];
  }
  return found;
}

// What was typed before this script was there to hear it.
function typedEarly(form) {
  const all = snapshot(form);
  const touched = controlsOf(form).filter((c) => !untouched(c));
  return Object.fromEntries(touched.map((c) => [c.name, all[c.name] ?? []]));
}

function putBack(control, fields) {
  const value = fields[control.name];
  if (value === undefined) return;
  if (ticks(control)) control.checked = asArray(value).includes(control.value);
  else if (!Array.isArray(value)) control.value = value;
}

// Questions that depend on others. An answer that is itself hidden asks for nothing, so this runs until it rests.
// Returns what guidance this brought up.
function ask(form) {
  const before = shownGuidance(form);
  settleQuestions(form);
  return shownGuidance(form).filter((note) => !before.includes(note));
}

const shownGuidance = (form) => [...form.querySelectorAll("[data-guidance]")].filter((note) => !note.closest("[hidden]"));

function settleQuestions(form) {
  const boxes = [...form.querySelectorAll("[data-ask-when]")];
  for (let round = 0; round < 5; round++) {
    const data = new FormData(form);
    let changed = false;
    for (const box of boxes) {
      const rule = JSON.parse(box.dataset.askWhen);
      const asked = Object.entries(rule).every(([name, wanted]) => data.getAll(name).some((v) => wanted.includes(v)));
      if (box.hidden === asked) {
        box.hidden = !asked;
        changed = true;
      }
    }
    for (const box of boxes) {
      const off = Boolean(box.closest("[data-ask-when][hidden]"));
      for (const control of box.querySelectorAll("input, select, textarea")) control.disabled = off;
    }
    if (!changed) return;
  }
}

function showErrors(form, errors) {
  for (const p of form.querySelectorAll(".field-error")) {
    p.textContent = "";
    p.hidden = true;
  }
  for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
  return errors.map(({ field, message }) => {
    const box = fieldOf(form, field);
    const control = box?.querySelector("input, select, textarea");
    const place = box?.querySelector(".field-error");
    if (place) {
      place.textContent = message;
      place.hidden = false;
    }
    control?.setAttribute("aria-invalid", "true");
    const label = box?.querySelector(".field-label")?.firstChild?.textContent?.trim() ?? "";
    return { id: control?.id ?? "", label, message };
  });
}

const isSomebodyElse = (problem) => Boolean(problem?.type?.endsWith("somebody-else"));

const SHOWN_FOR_MS = 8_000;
let saidUntil = 0;

// A form may be gone once it was sent, because the page has moved on: what was said stands on the page itself.
function sayOnPage(text) {
  const place = document.getElementById("page-said");
  if (!place) return;
  clearTimeout(saidUntil);
  place.textContent = text;
  place.hidden = false;
  saidUntil = setTimeout(() => {
    place.hidden = true;
    place.textContent = "";
  }, SHOWN_FOR_MS);
}

const draftUrl = (key) => (key && !key.endsWith(":") ? `/api/drafts/${encodeURIComponent(key)}` : "");

export function DurableForm(props) {
  const { intent, formKey = "", hiddenFields = {}, submit, stay, compact, forgetful, tone, label, onSaved, children } = props;
  const [ready, setReady] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problems, setProblems] = useState([]);
  const [said, setSaid] = useState({ text: "" });
  const formRef = useRef(null);
  const summary = useRef(null);
  const spoken = useRef(null);
  const working = useRef({ key: formKey, fields: {}, intentId: "", saved: "", timer: 0, keeping: null, inFlight: false, fresh: false });
  const url = draftUrl(formKey);

  const keepDraft = async (closing = false) => {
    const now = working.current;
    clearTimeout(now.timer);
    now.timer = 0;
    if (!url) return;
    if (!Object.keys(now.fields).length) return; // nothing typed, nothing to keep
    const fields = { ...now.fields, ...(now.intentId ? { [INTENT]: now.intentId } : {}) };
    const text = JSON.stringify(fields);
    if (text !== now.saved) {
      now.saved = text;
      now.keeping = putDraft(fields, closing);
    }
    await now.keeping;
  };

  const putDraft = async (fields, closing) => {
    const now = working.current;
    const { status, problem } = await askAsHers(url, { method: "PUT", body: { fields }, known: closing, keepalive: closing });
    if (isSomebodyElse(problem)) setSaid({ text: WORDS.somebodyElse, signIn: true, bad: true });
    if (status === 401) setSaid({ text: WORDS.signedOut, signIn: true, bad: true });
    if (status < 200 || status >= 300) now.saved = "";
  };

  const remember = (form) => {
    const now = working.current;
    Object.assign(now.fields, snapshot(form));
    if (formKey) inMemory.set(formKey, { fields: { ...now.fields }, intentId: now.intentId });
  };

  useEffect(() => {
    const form = formRef.current;
    const now = working.current;
    Object.assign(now, { key: formKey, fields: {}, intentId: "", saved: "", fresh: false });
    const seen = new WeakSet();
    const settle = () => {
      for (const control of controlsOf(form)) {
        if (seen.has(control)) continue;
        seen.add(control);
        putBack(control, now.fields);
      }
      ask(form);
    };
    // Fields may arrive later, when the page's own data does: they get what was typed, too.
    const watch = new MutationObserver(settle);
    let gone = false;
    const start = async () => {
      Object.assign(now.fields, typedEarly(form));
      let known = inMemory.get(formKey);
      if (!known && url) {
        const { status, json } = await askAsHers(url);
        if (status === 200 && json?.fields) {
          const { [INTENT]: intentId = "", ...fields } = json.fields;
          known = { fields, intentId };
          now.saved = JSON.stringify(json.fields);
        }
      }
      if (gone) return;
      const early = Object.keys(now.fields).length > 0;
      if (known) {
        // What was typed while the draft was on its way is newer than the draft.
        now.fields = { ...known.fields, ...now.fields };
        now.intentId = known.intentId;
        if (Object.keys(known.fields).length) setSaid({ text: "Your draft is back." });
      }
      settle();
      watch.observe(form, { childList: true, subtree: true });
      setReady(true);
      if (early) now.timer = setTimeout(keepDraft, AUTOSAVE_AFTER_MS);
    };
    // A form that waits for its key does nothing yet; the effect runs again when the key has come.
    if (compact || forgetful || url) start(); // a forgetful one holds a password: it keeps no draft at all
    const leave = () => keepDraft(true);
    const hide = (event) => event.detail.waitUntil(leave()); // asked just before the session ends
    const keep = (event) => event.detail.push(keepDraft());
    const on = [["pagehide", leave], ["sgapp:hide", hide], [KEEP, keep]];
    for (const [name, what] of on) window.addEventListener(name, what);
    return () => {
      gone = true;
      watch.disconnect();
      for (const [name, what] of on) window.removeEventListener(name, what);
      if (now.timer) leave();
    };
  }, [formKey]);

  useEffect(() => {
    if (problems.length) summary.current?.focus();
  }, [problems]);

  const typed = (event) => {
    const now = working.current;
    const form = formRef.current;
    if (now.fresh) {
      // Mended after a refusal: other content, so another intent.
      now.intentId = "";
      now.fresh = false;
    }
    if (ready) remember(form);
    else if (event.target?.name) now.fields[event.target.name] = snapshot(form)[event.target.name];
    const guidance = ask(form).map((note) => note.firstChild.textContent);
    if (guidance.length && spoken.current) spoken.current.textContent = guidance.join(" ");
    clearTimeout(now.timer);
    now.timer = setTimeout(() => ready && keepDraft(), AUTOSAVE_AFTER_MS);
    if (said.text && !said.bad) setSaid({ text: "" });
  };

  const finish = async (answer) => {
    const now = working.current;
    const form = formRef.current;
    clearTimeout(now.timer);
    Object.assign(now, { fields: {}, intentId: "", saved: "", timer: 0 });
    inMemory.delete(formKey);
    setProblems([]);
    showErrors(form, []);
    setSaid({ text: answer.message || "Saved." });
    if (url) await askAsHers(url, { method: "DELETE" });
    if (answer.next && !stay) {
      window.location.assign(answer.next);
      return;
    }
    sayOnPage(answer.message || "Saved.");
    form.reset();
    ask(form);
    setBusy(false);
    onSaved?.();
  };

  const send = async (event) => {
    event.preventDefault();
    const now = working.current;
    if (now.inFlight || !ready) return; // three taps are one
    now.inFlight = true;
    setBusy(true);
    const form = formRef.current;
    const content = contentOf(form);
    now.intentId ||= crypto.randomUUID();
    remember(form);
    // Kept before it is sent, so that a reload in between repeats this intent and makes no second one. So are the drafts of the other
    // forms here: what this one writes into them (“Start from the last one”) is not written over as the page goes.
    await keepDrafts();
    const { status, json, problem } = await askAsHers(`/api/intents/${intent}`, {
      method: "POST", body: { ...content, ...hiddenFields, intent_id: now.intentId },
    });
    now.inFlight = false;
    if (status >= 200 && status < 300) return finish(json ?? {});
    setBusy(false);
    if (status === 422) {
      now.fresh = true;
      const errors = problem?.errors?.length ? problem.errors : [{ field: "", message: problem?.detail ?? WORDS.fault }];
      setProblems(showErrors(form, errors));
      setSaid({ text: "" });
      return;
    }
    setProblems([]);
    showErrors(form, []);
    if (status === 0) setSaid({ text: WORDS.unsure, bad: true });
    else if (isSomebodyElse(problem)) setSaid({ text: WORDS.somebodyElse, signIn: true, bad: true });
    else if (status === 401) setSaid({ text: WORDS.signedOut, signIn: true, bad: true });
    else if (status === 404 || status === 403) setSaid({ text: WORDS.gone, bad: true });
    else if (status === 409) setSaid({ text: problem?.detail ? `${problem.detail} What you typed is kept.` : WORDS.conflict, bad: true });
    else if (status === 429) setSaid({ text: WORDS.busy, bad: true });
    else setSaid({ text: WORDS.fault, bad: true });
  };

  // A second tap on a chosen answer takes it back: only then can a question be left unanswered again.
  const chosenBefore = useRef(null);
  const radioOf = (event) => event.target.closest?.("label.chip")?.querySelector("input[type=radio]");
  const aim = (event) => {
    const radio = radioOf(event);
    chosenBefore.current = radio?.checked ? radio : null;
  };
  const takeBack = (event) => {
    if (event.target !== chosenBefore.current) return;
    event.target.checked = false;
    chosenBefore.current = null;
    typed(event);
  };

  const goTo = (id) => (event) => {
    event.preventDefault();
    const control = document.getElementById(id);
    control?.scrollIntoView({ block: "center" });
    control?.focus();
  };

  return h(
    "form",
    { ref: formRef, method: "post", noValidate: true, autoComplete: "off", "aria-label": compact ? undefined : label, onSubmit: send,
      onInput: typed, onPointerDown: aim, onClick: takeBack, className: compact ? "durable-form compact" : "durable-form" },
    problems.length
      ? h("div", { className: "error-summary", role: "alert", tabIndex: -1, ref: summary },
          h("h2", null, "Something needs mending"),
          h("ul", null, problems.map((p, i) => h("li", { key: i },
            p.id ? h("a", { href: `#${p.id}`, onClick: goTo(p.id) }, p.label ? h("b", null, p.label, " ") : null, p.message)
                 : p.message))))
      : null,
    children,
    compact ? null : h("p", { ref: spoken, className: "sr-only", "aria-live": "polite" }),
    h("div", { className: "form-end" },
      h("button", { type: "submit", disabled: !ready || busy, "aria-busy": busy || undefined,
        className: tone === "primary" ? "btn btn-primary" : "btn btn-quiet" }, busy ? "Sending …" : submit),
      h("p", { role: "status", className: said.bad ? "form-says bad" : "form-says" }, said.text,
        said.signIn ? [" ", h("a", { key: "in", href: signInAddress() }, "Sign in")] : null)),
  );
}

function signInAddress() {
  return typeof window === "undefined" ? "/sign-in"
    : `/sign-in?back=${encodeURIComponent(window.location.pathname + window.location.search)}`;
}
