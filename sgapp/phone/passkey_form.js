// Setting up a passkey: the password once more, then the device asks for a face, a finger or a key.
import { createElement as h, useEffect, useRef, useState } from "react";
import { askAsHers } from "./page_mark.js";
import { hasPasskeys, makePasskey } from "./passkey.js";

const WORDS = {
  password: "Your password",
  password_hint: "Once more, so that an open tablet is not enough.",
  name: "What you call it",
  name_hint: "Such as “office tablet”. You can leave it empty.",
  make: "Set it up",
  none: "This browser has no passkeys.",
  wrong: "That is not your password. Nothing was changed.",
  wait: "Too many tries. Wait a moment, then try again.",
  dropped: "The device made none. Nothing was changed; try again when you are ready.",
  fault: "No answer came. It may or may not have been done: look before you try again.",
};

const send = (path, body) => askAsHers(path, { method: "POST", body });

export function PasskeyForm({ onMade }) {
  const [ready, setReady] = useState(false);
  const [said, setSaid] = useState("");
  const [done, setDone] = useState("");
  const form = useRef(null);
  useEffect(() => setReady(true), []);
  const make = async (event) => {
    event.preventDefault();
    setSaid("");
    setDone("");
    setReady(false);
    const { password, name } = Object.fromEntries(new FormData(form.current));
    const problem = await setUp(password, name);
    setReady(true);
    if (problem) setSaid(problem);
  };
  const setUp = async (password, name) => {
    const asked = await send("/api/account/passkey", { password });
    if (!asked.json) return { 422: asked.problem?.errors?.[0]?.message ?? WORDS.wrong, 429: WORDS.wait }[asked.status] ?? WORDS.fault;
    let credential;
    try {
      credential = await makePasskey(asked.json);
    } catch {
      return WORDS.dropped;
    }
    const kept = await send("/api/intents/add-passkey", { credential, name, intent_id: crypto.randomUUID() });
    if (!kept.json) return kept.problem?.errors?.[0]?.message ?? WORDS.fault;
    form.current.reset();
    setDone(kept.json.message);
    onMade?.();
    return "";
  };
  const field = (name, label, hint, props) => h("div", { className: "field" },
    h("label", { htmlFor: `passkey-${name}`, className: "field-label" }, label),
    h("p", { id: `passkey-${name}-hint`, className: "hint" }, hint),
    h("input", { id: `passkey-${name}`, name, className: "control", autoComplete: "off",
      "aria-describedby": `passkey-${name}-hint`, ...props }));
  if (ready && !hasPasskeys()) return h("p", { className: "hint" }, WORDS.none);
  return h("form", { ref: form, method: "post", onSubmit: make, className: "durable-form", autoComplete: "off" },
    said ? h("p", { role: "alert", className: "error-summary" }, said) : null,
    done ? h("p", { role: "status" }, done) : null,
    field("password", WORDS.password, WORDS.password_hint, { type: "password", required: true }),
    field("name", WORDS.name, WORDS.name_hint, { maxLength: 60 }),
    h("button", { type: "submit", className: "btn btn-primary justify-self-start", disabled: !ready }, WORDS.make));
}
