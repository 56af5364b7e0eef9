// The phone's own lock: the screen that asks for it, and the one quiet place where it is chosen.
import { createElement as h, memo, useEffect, useLayoutEffect, useRef, useState } from "react";
import { fill, many } from "./fill.js";
import { Field, Folded } from "./parts.js";
import { offersPasskey, pinProblem, vault } from "./vault.js";
import * as t from "./words/lock.js";

export { vault };

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
const SHORTEST = 6;
const LONGEST = 16;

const inWords = (ms) => (ms > 90_000 ? fill(t.minutes, { number: Math.ceil(ms / 60_000) })
  : many(Math.ceil(ms / 1000), t.seconds_one, t.seconds_many));

// What is said after a try that did not open it. No counting down: a screen reader would say every second.
function afterTry({ tried, left, waitMs }) {
  const first = tried ? t.wrong : t.too_soon;
  return `${first} ${many(left, t.left_one, t.left_many)}${waitMs ? ` ${inWords(waitMs)}` : ""}`;
}

function PinPad({ onWiped }) {
  const [pin, setPin] = useState("");
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState(null);
  const box = useRef(null);
  useEffect(() => box.current?.focus(), []);
  const wait = answer?.waitMs ?? 0;
  useLayoutEffect(() => { // the wait begins as it is said
    const timer = wait && setTimeout(() => setAnswer({ ...answer, tried: true, waitMs: 0 }), wait);
    return () => clearTimeout(timer);
  }, [answer]);
  const type = (digits) => setPin((old) => (old + digits).replace(/\D/g, "").slice(0, LONGEST));
  const tryIt = async (event) => {
    event.preventDefault();
    if (busy || wait || pin.length < SHORTEST) return;
    setBusy(true);
    const found = await vault.unlockWithPin(pin).catch(() => null);
    if (found?.unlocked) return; // this screen goes
    setBusy(false);
    setPin("");
    if (found?.wiped) onWiped();
    setAnswer(found);
    box.current?.focus();
  };
  const says = answer ? afterTry(answer) : "";
  const key = (label, props) => h("button", { key: label, type: "button", className: "btn btn-quiet pin-key", ...props }, label);
  return h("form", { method: "post", noValidate: true, autoComplete: "off", onSubmit: tryIt, className: "pin-pad", "aria-label": t.unlock },
    h("label", { htmlFor: "pin", className: "field-label" }, t.your_pin),
    h("input", { id: "pin", ref: box, className: "control pin dots", inputMode: "none", autoComplete: "off", value: pin,
      "aria-describedby": "pin-says", onChange: (event) => {
        setPin("");
        type(event.target.value);
      } }),
    h("p", { id: "pin-says", role: "status", className: "pin-says" }, says),
    h("div", { className: "pin-keys" },
      DIGITS.map((digit) => key(digit, { onClick: () => type(digit) })),
      key("⌫", { "aria-label": t.delete_digit, onClick: () => setPin((old) => old.slice(0, -1)) }),
      key("0", { onClick: () => type("0") }),
      h("button", { type: "submit", className: "btn btn-primary pin-key", disabled: busy || wait > 0 || pin.length < SHORTEST }, busy ? "…" : t.open)));
}

function PasskeyButton({ primary }) {
  const [said, setSaid] = useState("");
  const tryIt = async () => {
    setSaid("");
    if (!(await vault.unlockWithPasskey())) setSaid(t.not_opened);
  };
  return h("div", { className: "grid gap-2" },
    h("button", { type: "button", className: `btn btn-lg ${primary ? "btn-primary" : "btn-quiet"}`, onClick: tryIt }, t.use_passkey),
    h("p", { role: "status", className: "form-says" }, said));
}

// Drawn instead of the page. `onWiped` hears that nothing is left to unlock.
export function Locked({ ways, onWiped }) {
  const startAfresh = () => vault.wipe().then(onWiped);
  return h("section", { className: "lock grid gap-5", "aria-labelledby": "lock-title" },
    h("h2", { id: "lock-title", className: "text-lg font-semibold" }, t.title),
    ways.includes("passkey") ? h(PasskeyButton, { primary: !ways.includes("pin") }) : null,
    ways.includes("pin") ? h(PinPad, { onWiped }) : null,
    h(Folded, { summary: t.cannot_open },
      h("p", null, t.afresh_hint),
      h("button", { type: "button", className: "btn btn-quiet justify-self-start", onClick: startAfresh }, t.afresh)));
}

function ChoosePin({ onDone }) {
  const [pin, setPin] = useState("");
  const [again, setAgain] = useState("");
  const [errors, setErrors] = useState({});
  const [busy, setBusy] = useState(false);
  const choose = async () => {
    const problem = pinProblem(pin);
    const found = problem ? { pin: problem } : pin === again ? {} : { again: t.not_same };
    setErrors(found);
    if (Object.keys(found).length) return;
    setBusy(true);
    await vault.setUpPin(pin).then(onDone, () => setErrors({ pin: t.not_kept }));
    setBusy(false);
  };
  // Inside the note's form: Enter must not save the note.
  const onKeyDown = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    choose();
  };
  const digits = { inputMode: "numeric", maxLength: LONGEST, className: "control dots", onKeyDown };
  return h("div", { className: "grid gap-3" },
    h(Field, { id: "new-pin", label: t.new_pin, hint: t.new_pin_hint, value: pin, error: errors.pin,
      onChange: setPin, ...digits }),
    h(Field, { id: "new-pin-again", label: t.again, value: again, error: errors.again, onChange: setAgain, ...digits }),
    h("button", { type: "button", className: "btn btn-quiet justify-self-start", disabled: busy, onClick: choose }, busy ? t.one_moment : t.use_pin));
}

function ChoosePasskey({ label = t.use_passkey }) {
  const [offered, setOffered] = useState(false);
  const [said, setSaid] = useState("");
  useEffect(() => {
    offersPasskey().then(setOffered);
  }, []);
  const choose = () => vault.setUpPasskey().catch(() => setSaid(t.no_passkey));
  if (!offered) return null;
  return h("div", { className: "grid gap-2" },
    h("button", { type: "button", className: "btn btn-quiet justify-self-start", onClick: choose }, label),
    h("p", { role: "status", className: "form-says" }, said));
}

// Offered once, folded, below the form; afterwards the place to lock it now or to stop. Says what is true without it.
export const SetUpLock = memo(function SetUpLock({ state, lock }) {
  if (!state.available) return h("p", { className: "hint" }, t.keeps_nothing);
  if (state.setUp) return h(Folded, { summary: t.lock },
    h("p", { className: "hint" }, t.lock_hint),
    ["pin", "passkey"].every((way) => state.ways.includes(way)) ? null : state.ways.includes("pin") ? h(ChoosePasskey, { label: t.passkey_too }) : h(ChoosePin),
    h("div", { className: "flex flex-wrap gap-2" },
      h("button", { type: "button", className: "btn btn-quiet", onClick: lock }, t.lock_now),
      h("button", { type: "button", className: "btn btn-quiet", onClick: () => vault.wipe() }, t.take_off)));
  return h("div", { className: "grid gap-1" },
    h("p", { className: "hint", id: "not-kept" }, t.page_only),
    h(Folded, { summary: t.keep_drafts },
      h("p", { className: "hint" }, t.keep_drafts_hint),
      h(ChoosePin),
      h(ChoosePasskey)));
});
