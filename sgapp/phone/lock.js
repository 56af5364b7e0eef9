// The phone's own lock: the screen that asks for it, and the one quiet place where it is chosen.
import { createElement as h, memo, useEffect, useRef, useState } from "react";
import { Field, Folded } from "./parts.js";
import { offersPasskey, pinProblem, vault } from "./vault.js";

export { vault };

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
const SHORTEST = 6;
const LONGEST = 16;

const inWords = (ms) => (ms > 90_000 ? `${Math.ceil(ms / 60_000)} minutes` : `${Math.ceil(ms / 1000)} seconds`);

// What is said after a try that did not open it. No counting down: a screen reader would say every second.
function afterTry({ tried, left, waitMs }) {
  const first = tried ? "That was not it." : "Too soon.";
  return `${first} ${left === 1 ? "1 try is" : `${left} tries are`} left.${waitMs ? ` Wait ${inWords(waitMs)}.` : ""}`;
}

function PinPad({ onWiped }) {
  const [pin, setPin] = useState("");
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState(null);
  const box = useRef(null);
  useEffect(() => box.current?.focus(), []);
  const wait = answer?.waitMs ?? 0;
  useEffect(() => {
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
  return h("form", { method: "post", noValidate: true, autoComplete: "off", onSubmit: tryIt, className: "pin-pad", "aria-label": "Unlock" },
    h("label", { htmlFor: "pin", className: "field-label" }, "Your PIN"),
    h("input", { id: "pin", ref: box, className: "control pin dots", inputMode: "none", autoComplete: "off", value: pin,
      "aria-describedby": "pin-says", onChange: (event) => {
        setPin("");
        type(event.target.value);
      } }),
    h("p", { id: "pin-says", role: "status", className: "pin-says" }, says),
    h("div", { className: "pin-keys" },
      DIGITS.map((digit) => key(digit, { onClick: () => type(digit) })),
      key("⌫", { "aria-label": "Delete the last digit", onClick: () => setPin((old) => old.slice(0, -1)) }),
      key("0", { onClick: () => type("0") }),
      h("button", { type: "submit", className: "btn btn-primary pin-key", disabled: busy || wait > 0 || pin.length < SHORTEST }, busy ? "…" : "Open")));
}

function PasskeyButton({ primary }) {
  const [said, setSaid] = useState("");
  const tryIt = async () => {
    setSaid("");
    if (!(await vault.unlockWithPasskey())) setSaid("It did not open. Try again.");
  };
  return h("div", { className: "grid gap-2" },
    h("button", { type: "button", className: `btn btn-lg ${primary ? "btn-primary" : "btn-quiet"}`, onClick: tryIt }, "Use face or finger"),
    h("p", { role: "status", className: "form-says" }, said));
}

// Drawn instead of the page. `onWiped` hears that nothing is left to unlock.
export function Locked({ ways, onWiped }) {
  const startAfresh = () => vault.wipe().then(onWiped);
  return h("section", { className: "lock grid gap-5", "aria-labelledby": "lock-title" },
    h("h2", { id: "lock-title", className: "text-lg font-semibold" }, "Unlock your notes"),
    ways.includes("passkey") ? h(PasskeyButton, { primary: !ways.includes("pin") }) : null,
    ways.includes("pin") ? h(PinPad, { onWiped }) : null,
    h(Folded, { summary: "I cannot open it" },
      h("p", null, "You can start afresh. What you wrote and did not save is then gone. Notes you saved are safe."),
      h("button", { type: "button", className: "btn btn-quiet justify-self-start", onClick: startAfresh }, "Start afresh")));
}

function ChoosePin({ onDone }) {
  const [pin, setPin] = useState("");
  const [again, setAgain] = useState("");
  const [errors, setErrors] = useState({});
  const [busy, setBusy] = useState(false);
  const choose = async () => {
    const problem = pinProblem(pin);
    const found = problem ? { pin: problem } : pin === again ? {} : { again: "The two are not the same." };
    setErrors(found);
    if (Object.keys(found).length) return;
    setBusy(true);
    await vault.setUpPin(pin).then(onDone, () => setErrors({ pin: "It could not be kept on this phone. Nothing was changed." }));
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
    h(Field, { id: "new-pin", label: "A PIN of 6 digits or more", hint: "Not the one that unlocks this phone.", value: pin, error: errors.pin,
      onChange: setPin, ...digits }),
    h(Field, { id: "new-pin-again", label: "The same again", value: again, error: errors.again, onChange: setAgain, ...digits }),
    h("button", { type: "button", className: "btn btn-quiet justify-self-start", disabled: busy, onClick: choose }, busy ? "One moment …" : "Use this PIN"));
}

function ChoosePasskey({ label = "Use face or finger" }) {
  const [offered, setOffered] = useState(false);
  const [said, setSaid] = useState("");
  useEffect(() => {
    offersPasskey().then(setOffered);
  }, []);
  const choose = () => vault.setUpPasskey().catch(() => setSaid("This phone could not do that here. A PIN works everywhere."));
  if (!offered) return null;
  return h("div", { className: "grid gap-2" },
    h("button", { type: "button", className: "btn btn-quiet justify-self-start", onClick: choose }, label),
    h("p", { role: "status", className: "form-says" }, said));
}

// Offered once, folded, below the form; afterwards the place to lock it now or to stop. Says what is true without it.
export const SetUpLock = memo(function SetUpLock({ state, lock }) {
  if (!state.available) return h("p", { className: "hint" }, "This browser keeps nothing: what you write is there only while this page is open.");
  if (state.setUp) return h(Folded, { summary: "This phone's lock" },
    h("p", { className: "hint" }, "What you write is kept here, sealed, for 12 hours. It locks after 2 minutes, and when you press Hide."),
    ["pin", "passkey"].every((way) => state.ways.includes(way)) ? null : state.ways.includes("pin") ? h(ChoosePasskey, { label: "Open it with face or finger, too" }) : h(ChoosePin),
    h("div", { className: "flex flex-wrap gap-2" },
      h("button", { type: "button", className: "btn btn-quiet", onClick: lock }, "Lock now"),
      h("button", { type: "button", className: "btn btn-quiet", onClick: () => vault.wipe() }, "Take the lock off")));
  return h("div", { className: "grid gap-1" },
    h("p", { className: "hint", id: "not-kept" }, "What you write is kept only while this page is open."),
    h(Folded, { summary: "Keep drafts when this phone locks" },
      h("p", { className: "hint" }, "With a lock of its own, what you have not saved yet is kept on this phone, sealed, for 12 hours."),
      h(ChoosePin),
      h(ChoosePasskey)));
});
