// Choosing a new password with the two halves of a code. Nothing of it is kept in the browser.
import { createElement as h, useEffect, useRef, useState } from "react";
import { ask } from "./asked.js";

const SET_WITHIN_MS = 30_000; // a password takes the office longer than anything else
const WORDS = {
  title: "New password",
  lead: "You were given a code in two halves. With both you choose a password that nobody else knows.",
  username: "User name",
  first: "First half of the code",
  second: "Second half of the code",
  password: "New password",
  password_hint: "At least twelve characters; three words in a row work well.",
  choose: "Choose this password",
  wrong: "These do not go together, or the code has run out. Check each half; ask for a new code if it still fails.",
  wait: "Too many tries. Wait a moment, then try again.",
  fault: "No answer came. Try again; if it stays so, ring the office.",
};

export function NewPasswordForm() {
  const [ready, setReady] = useState(false);
  const [said, setSaid] = useState("");
  const [weak, setWeak] = useState("");
  const alert = useRef(null);
  useEffect(() => setReady(true), []);
  const send = async (event) => {
    event.preventDefault();
    setSaid("");
    setWeak("");
    const { status, json, problem } = await ask("/api/new-password", {
      method: "POST", body: Object.fromEntries(new FormData(event.currentTarget)), within: SET_WITHIN_MS });
    if (json || status === 204) {
      window.location.assign("/sign-in");
      return;
    }
    if (status === 422) setWeak(problem?.errors?.[0]?.message ?? WORDS.fault);
    else setSaid({ 404: WORDS.wrong, 429: WORDS.wait }[status] ?? WORDS.fault);
    setTimeout(() => alert.current?.focus(), 0);
  };
  const field = (name, label, { type = "text", hint, error } = {}) => h("div", { className: "field" },
    h("label", { htmlFor: name, className: "field-label" }, label),
    hint ? h("p", { className: "hint" }, hint) : null,
    h("input", { id: name, name, type, className: "control", autoComplete: "off", autoCapitalize: "none", spellCheck: "false" }),
    error ? h("p", { className: "field-error", role: "alert" }, error) : null);
  return h("form", { method: "post", onSubmit: send, className: "panel grid gap-4", "aria-label": WORDS.title },
    said ? h("p", { role: "alert", tabIndex: -1, ref: alert, className: "error-summary" }, said) : null,
    h("p", null, WORDS.lead),
    field("username", WORDS.username),
    field("first", WORDS.first),
    field("second", WORDS.second),
    field("password", WORDS.password, { type: "password", hint: WORDS.password_hint, error: weak }),
    h("button", { type: "submit", className: "btn btn-primary btn-lg", disabled: !ready }, WORDS.choose));
}
