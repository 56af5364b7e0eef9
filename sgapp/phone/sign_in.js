// Signing in and out, and the first administrator. A full navigation follows each, because the socket's cookie is fixed
// when it opens. Nothing typed here is kept anywhere.
import { createElement as h, useEffect, useRef, useState } from "react";
import { ask } from "./asked.js";
import { forgetOwner } from "./device.js";
import { fill, many } from "./fill.js";
import { beginAnew } from "./fresh_page.js";
import { nobodysWaiting } from "./outbox.js";
import { askAsHers, keepDrafts } from "./page_mark.js";
import { askPasskey, hasPasskeys } from "./passkey.js";
import { vault } from "./vault.js";
import * as t from "./words/sign_in.js";

const PHONE_ROLES = ["worker", "senior"];
const DROPPED_WITHIN_MS = 2000;
const SIGNED_IN_WITHIN_MS = 30_000; // a password takes the office longer than anything else
const send = (path, body) => ask(path, { method: "POST", body, within: SIGNED_IN_WITHIN_MS });

// Only a path of ours: never another site, whatever the address says.
function wayBack() {
  const back = new URLSearchParams(window.location.search).get("back") ?? "";
  return /^\/(?![/\\])/.test(back) ? back : "";
}

const HOMES = { admin: "/accounts", auditor: "/cases", hr: "/matters", rota: "/available" };
const homeOf = (role) => (PHONE_ROLES.includes(role) ? "/" : HOMES[role] ?? "/desk");

function Field({ id, label, hint, error, ...control }) {
  return h("div", { className: "field" },
    h("label", { htmlFor: id, className: "field-label" }, label),
    hint ? h("p", { id: `${id}-hint`, className: "hint" }, hint) : null,
    h("input", { id, className: "control", "aria-invalid": error ? "true" : undefined,
      "aria-describedby": [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined, ...control }),
    error ? h("p", { id: `${id}-error`, className: "field-error" }, error) : null);
}

function useForm(sent) {
  const [ready, setReady] = useState(false);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState("");
  const alert = useRef(null);
  useEffect(() => setReady(true), []);
  const onSubmit = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setSaid("");
    const problem = await sent(new FormData(event.currentTarget));
    if (problem === null) return; // on the way to another page
    setBusy(false);
    setSaid(problem);
    setTimeout(() => alert.current?.focus(), 0);
  };
  const says = said ? h("p", { role: "alert", tabIndex: -1, ref: alert, className: "error-summary" }, said) : null;
  return { onSubmit, says, off: !ready || busy };
}

function sayWhy({ status, problem, headers }) {
  if (status === 0) return t.offline;
  if (status === 429) return fill(t.tries, { number: headers.get("retry-after") ?? 60 });
  return problem?.detail ?? t.fault;
}

// True on the way to the page that comes first.
function enter(answer) {
  if (answer.status !== 200) return false;
  beginAnew();
  window.location.replace(answer.json.set_up ? "/account" : wayBack() || homeOf(answer.json.role));
  return true;
}

function ByPasskey() {
  const [there, setThere] = useState(false);
  useEffect(() => setThere(hasPasskeys()), []);
  const form = useForm(async () => {
    const asked = await ask("/api/session/passkey");
    if (asked.status !== 200) return sayWhy(asked);
    try {
      const answer = await send("/api/session/passkey", { credential: await askPasskey(asked.json) });
      return enter(answer) ? null : sayWhy(answer);
    } catch {
      return t.no_passkey;
    }
  });
  return there ? h("form", { method: "post", onSubmit: form.onSubmit, className: "grid gap-4", "aria-label": t.passkey },
    form.says, h("button", { type: "submit", className: "btn btn-quiet btn-lg", disabled: form.off }, t.passkey)) : null;
}

export function SignInForm() {
  const [demo, setDemo] = useState([]);
  const [needsCode, setNeedsCode] = useState(false);
  const [nobodys, setNobodys] = useState(0);
  const name = useRef(null);
  const password = useRef(null);
  useEffect(() => {
    ask("/api/demo/accounts").then(({ json }) => setDemo(json?.accounts ?? []));
    nobodysWaiting().then(setNobodys);
  }, []);
  const form = useForm(async (data) => {
    const answer = await send("/api/session", Object.fromEntries(data));
    if (enter(answer)) return null;
    if (answer.problem?.type?.includes("second-factor-needed")) {
      setNeedsCode(true);
      return t.code_too;
    }
    return sayWhy(answer);
  });
  const take = async (account) => {
    name.current.value = account.username;
    password.current.value = account.password;
    if (account.code) {
      setNeedsCode(true);
      const { json } = await ask("/api/demo/accounts"); // the code of this moment
      const now = json?.accounts?.find((a) => a.username === account.username)?.code ?? "";
      setTimeout(() => {
        document.getElementById("otp").value = now;
      }, 0);
    }
    document.getElementById("sign-in-button").focus();
  };
  return h("div", { className: "grid gap-6" },
    h("div", { className: "panel grid gap-4" }, h("form", { method: "post", noValidate: true, onSubmit: form.onSubmit,
      className: "grid gap-4", "aria-label": t.title },
      form.says,
      h("div", { className: "field" },
        h("label", { htmlFor: "username", className: "field-label" }, t.user_name),
        h("input", { id: "username", name: "username", ref: name, className: "control", autoComplete: "username",
          autoCapitalize: "none", spellCheck: "false" })),
      h("div", { className: "field" },
        h("label", { htmlFor: "password", className: "field-label" }, t.password),
        h("input", { id: "password", name: "password", type: "password", ref: password, className: "control",
          autoComplete: "current-password" })),
      needsCode ? h(Field, { id: "otp", name: "otp", label: t.six_digits, inputMode: "numeric", autoComplete: "one-time-code" }) : null,
      h("button", { id: "sign-in-button", type: "submit", className: "btn btn-primary btn-lg", disabled: form.off }, t.title)),
      h(ByPasskey)),
    nobodys ? h("p", { role: "status" }, many(nobodys, t.nobodys_one, t.nobodys_many)) : null,
    demo.length ? h(DemoAccounts, { accounts: demo, take }) : null);
}

function DemoAccounts({ accounts, take }) {
  const group = (device, heading) => {
    const members = accounts.filter((a) => (a.device === "phone") === (device === "phone"));
    return members.length ? h("section", { className: "grid gap-2 content-start" },
      h("h3", { className: "field-label" }, heading),
      h("ul", { className: "demo-accounts" }, members.map((a) => h("li", { key: a.username },
        h("button", { type: "button", className: "btn btn-quiet demo-account", onClick: () => take(a) },
          h("span", null, a.name), h("span", { className: "hint" }, a.username)))))) : null;
  };
  return h("section", { className: "grid gap-3", "aria-label": t.demo_accounts },
    h("div", null,
      h("h2", { className: "text-lg font-semibold" }, t.demo),
      h("p", { className: "hint" }, t.demo_hint)),
    h("div", { className: "demo-groups" }, group("phone", t.on_phone), group("tablet", t.on_tablet)));
}

export function SetUpForm() {
  const [errors, setErrors] = useState({});
  const form = useForm(async (data) => {
    const token = new URLSearchParams(window.location.search).get("token") ?? "";
    const answer = await send("/api/set-up", { ...Object.fromEntries(data), token });
    if (answer.status === 201 || answer.status === 200) {
      window.location.assign("/sign-in");
      return null;
    }
    setErrors(Object.fromEntries((answer.problem?.errors ?? []).map((e) => [e.field, e.message])));
    if (answer.status === 404) return t.link_used;
    return answer.status === 422 ? t.mend : sayWhy(answer);
  });
  return h("form", { method: "post", noValidate: true, autoComplete: "off", onSubmit: form.onSubmit, className: "panel grid gap-4",
      "aria-label": t.first_administrator },
    form.says,
    h(Field, { id: "name", name: "name", label: t.your_name, error: errors.name, autoComplete: "off" }),
    h(Field, { id: "username", name: "username", label: t.user_name, hint: t.user_name_hint,
      error: errors.username, autoComplete: "username", autoCapitalize: "none", spellCheck: "false" }),
    h(Field, { id: "password", name: "password", type: "password", label: t.password,
      hint: t.password_hint, error: errors.password,
      autoComplete: "new-password" }),
    h("button", { type: "submit", className: "btn btn-primary btn-lg", disabled: form.off }, t.make_account));
}

// No signal: the mark that Hide leaves too. Every page of ours then ends the session first, at the next contact.
function endLater() {
  try {
    localStorage.setItem("sgapp-end-session", "1");
  } catch {
    // a browser that keeps nothing keeps no mark; the session ends by its own limits
  }
}

export function SignOut({ label }) {
  const [busy, setBusy] = useState(false);
  const leave = async () => {
    setBusy(true);
    await keepDrafts(); // while they can still be kept as hers
    // A browser that keeps nothing has nothing to drop, and one that does not answer keeps nobody signed in.
    const dropped = Promise.race([vault.leave().catch(() => undefined), new Promise((late) => setTimeout(late, DROPPED_WITHIN_MS))]);
    const { status } = await askAsHers("/api/session", { method: "DELETE" });
    if (status === 0) endLater();
    await dropped;
    await forgetOwner();
    // For its Back button a browser may keep the page as it stands now, and show it without asking anybody.
    document.documentElement.style.display = "none";
    window.addEventListener("pageshow", () => window.location.reload());
    window.location.assign("/sign-in");
  };
  return h("button", { type: "button", className: "btn btn-quiet btn-sm", disabled: busy, onClick: leave }, label);
}
