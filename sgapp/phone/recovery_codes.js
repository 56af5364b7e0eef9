// Recovery codes: made on the server, shown here once, kept nowhere in the browser. They go when the page goes.
import { createElement as h, useEffect, useRef, useState } from "react";
import { askAsHers } from "./page_mark.js";

const WORDS = {
  password: "Your password",
  make: "Make ten new codes",
  void: "Earlier codes count no more. Write these down now; they are not shown again.",
  wrong: "That is not your password. The codes you have still count.",
  fault: "No answer came. Try again; if new codes were made, the earlier ones count no more.",
  list: "Recovery codes",
};

export function RecoveryCodes({ onMade }) {
  const [codes, setCodes] = useState([]);
  const [said, setSaid] = useState("");
  const [ready, setReady] = useState(false);
  const form = useRef(null);
  useEffect(() => {
    setReady(true);
    const drop = () => setCodes([]);
    window.addEventListener("pagehide", drop);
    return () => window.removeEventListener("pagehide", drop);
  }, []);
  const make = async (event) => {
    event.preventDefault();
    const password = new FormData(form.current).get("password");
    const { status, json } = await askAsHers("/api/account/recovery-codes", { method: "POST", body: { password } });
    form.current.reset();
    if (json) {
      setSaid("");
      setCodes(json.codes);
      onMade?.();
    } else setSaid(status === 422 ? WORDS.wrong : WORDS.fault);
  };
  return h("div", { className: "grid gap-3" },
    h("form", { ref: form, method: "post", onSubmit: make, className: "durable-form", autoComplete: "off" },
      said ? h("p", { role: "alert", className: "error-summary" }, said) : null,
      h("div", { className: "field" },
        h("label", { htmlFor: "codes-password", className: "field-label" }, WORDS.password),
        h("input", { id: "codes-password", name: "password", type: "password", className: "control", autoComplete: "off" })),
      h("button", { type: "submit", className: "btn btn-primary justify-self-start", disabled: !ready }, WORDS.make)),
    codes.length ? h("div", { className: "grid gap-2", role: "status" },
      h("p", null, WORDS.void),
      h("ol", { className: "codes", "aria-label": WORDS.list }, codes.map((code) => h("li", { key: code }, code)))) : null);
}
