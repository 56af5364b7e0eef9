// The phones that can hand in her notes: since when, when last, and a way to switch off one that she has not in her hand.
// The one in her hand has no such button: while she is signed in on it, it would enrol itself anew at once (device.js).
import { createElement as h, useEffect, useRef, useState } from "react";
import { meet, owner } from "./device.js";
import { Folded } from "./parts.js";
import { kept } from "./store.js";

const WHY_NOT = { 0: "No signal. Nothing was changed; try again when there is one.", 401: "You are signed out. Nothing was changed; sign in first." };
const ELSE = "The office does not answer now. Nothing was changed; try again later.";
const MISSING = "The phone in your hand is not among them, so what you write on it goes only while you are signed in. Twenty is the most: switch off one that you no longer use.";
const format = (options) => (iso) => new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "Europe/London", ...options }).format(new Date(iso));
const day = format({});
const moment = format({ timeStyle: "short" });

async function call(method, path) {
  const answer = await fetch(path, { method, cache: "no-store", headers: { "X-Requested-With": "sgapp" } }).catch(() => null);
  return { status: answer?.status ?? 0, json: answer?.status === 200 ? await answer.json().catch(() => null) : null };
}

const inOrder = (phones, here) => {
  const rank = (phone) => (phone.id === here ? 0 : phone.revoked_at ? 2 : 1);
  return [...phones].sort((a, b) => rank(a) - rank(b));
};

function Confirm({ phone, onDone, onLeave }) {
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState("");
  const title = useRef(null);
  useEffect(() => title.current?.focus(), []);
  const off = async () => {
    setBusy(true);
    const { status } = await call("DELETE", `/api/devices/${encodeURIComponent(phone.id)}`);
    if (status === 204) return onDone(); // this part goes
    setBusy(false);
    return setSaid(WHY_NOT[status] ?? ELSE);
  };
  return h("div", { className: "grid gap-3", role: "group", "aria-labelledby": `off-${phone.id}` },
    h("p", { id: `off-${phone.id}`, className: "font-semibold", tabIndex: -1, ref: title }, "Switch this phone off?"),
    h("p", null, "Notes that still wait on it are not lost: when they come, the office looks at them first."),
    h("p", null, "Everywhere but here you will have to sign in again. Until you do so on that phone, it sends nothing in your name."),
    said ? h("p", { role: "alert" }, said) : null,
    h("div", { className: "flex flex-wrap gap-2" },
      h("button", { type: "button", className: "btn btn-primary", disabled: busy, onClick: off }, busy ? "One moment …" : "Yes, switch it off"),
      h("button", { type: "button", className: "btn btn-quiet", disabled: busy, onClick: onLeave }, "Leave it on")));
}

function Phone({ phone, here, onOff }) {
  const [asking, setAsking] = useState(false);
  const button = useRef(null);
  const leave = () => {
    setAsking(false);
    setTimeout(() => button.current?.focus(), 0);
  };
  const used = phone.last_used_at ? `last used ${moment(phone.last_used_at)}` : "not used yet";
  return h("li", { className: "row row-wide" },
    h("div", { className: "row-what grid gap-1" },
      h("p", { className: "font-semibold" }, phone.name, here ? " · This phone" : ""),
      h("p", { className: "hint" }, `Since ${day(phone.created_at)}, ${phone.revoked_at ? `switched off ${moment(phone.revoked_at)}` : used}`),
      here ? h("p", { className: "hint" }, "To switch this one off, sign out here, then use another phone or ask the office.") : null,
      asking ? h(Confirm, { phone, onDone: onOff, onLeave: leave }) : null),
    here || phone.revoked_at || asking ? null : h("div", { className: "row-step" },
      h("button", { type: "button", className: "btn btn-quiet", ref: button, "aria-label": `Switch off ${phone.name}`, onClick: () => setAsking(true) }, "Switch off")));
}

// `met` gives the promise of this visit's first contact with the office: before it this phone may not be on the list yet.
export function OwnPhones({ met }) {
  const [found, setFound] = useState(null);
  const [said, setSaid] = useState("");
  const says = useRef(null);
  useEffect(() => {
    if (said) says.current?.focus(); // its button is gone
  }, [said]);
  const load = async () => {
    await met();
    const here = (await kept(`device:${await owner()}`))?.device;
    const { status, json } = await call("GET", "/api/devices");
    setFound(json ? { phones: inOrder(json.devices, here), here } : { why: status ? "They cannot be shown now. Sign in again, or try later." : "No signal. They can be shown when there is one." });
  };
  const onToggle = (event) => {
    setSaid("");
    if (event.currentTarget.open) load();
    else setFound(null);
  };
  const onOff = (phone) => async () => {
    await meet().catch(() => undefined); // there is room now for the phone in her hand, where there was none
    await load();
    setSaid(`${phone.name} is switched off.`);
  };
  return h(Folded, { summary: "Phones that can send my notes", onToggle },
    h("p", { role: "status", tabIndex: -1, ref: says, className: "form-says" }, said || found?.why || (found ? "" : "Loading …")),
    found?.phones && !found.phones.some((phone) => phone.id === found.here) ? h("p", null, MISSING) : null,
    found?.phones ? h("ul", { className: "rows", "aria-label": "Phones that can send my notes" },
      found.phones.map((phone) => h(Phone, { key: phone.id + phone.revoked_at, phone, here: phone.id === found.here, onOff: onOff(phone) }))) : null);
}
