// The phones that can hand in her notes: since when, when last, and a way to switch off one that she has not in her hand.
// The one in her hand has no such button: while she is signed in on it, it would enrol itself anew at once (device.js).
import { createElement as h, useEffect, useRef, useState } from "react";
import { meet, owner } from "./device.js";
import { fill } from "./fill.js";
import { askAsHers } from "./page_mark.js";
import { Folded } from "./parts.js";
import { kept } from "./store.js";
import * as t from "./words/own_phones.js";

const WHY_NOT = { 0: t.no_signal, 401: t.signed_out };
const format = (options) => (iso) => new Intl.DateTimeFormat(t.locale, { dateStyle: "medium", timeZone: "Europe/London", ...options }).format(new Date(iso));
const day = format({});
const moment = format({ timeStyle: "short" });

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
    const { status } = await askAsHers(`/api/devices/${encodeURIComponent(phone.id)}`, { method: "DELETE" });
    if (status === 204) return onDone(); // this part goes
    setBusy(false);
    return setSaid(WHY_NOT[status] ?? t.later);
  };
  return h("div", { className: "grid gap-3", role: "group", "aria-labelledby": `off-${phone.id}` },
    h("p", { id: `off-${phone.id}`, className: "font-semibold", tabIndex: -1, ref: title }, t.ask),
    h("p", null, t.ask_notes),
    h("p", null, t.ask_sign_in),
    said ? h("p", { role: "alert" }, said) : null,
    h("div", { className: "flex flex-wrap gap-2" },
      h("button", { type: "button", className: "btn btn-primary", disabled: busy, onClick: off }, busy ? t.one_moment : t.yes),
      h("button", { type: "button", className: "btn btn-quiet", disabled: busy, onClick: onLeave }, t.leave_on)));
}

function Phone({ phone, here, onOff }) {
  const [asking, setAsking] = useState(false);
  const button = useRef(null);
  const leave = () => {
    setAsking(false);
    setTimeout(() => button.current?.focus(), 0);
  };
  const since = phone.revoked_at ? t.off : phone.last_used_at ? t.used : t.unused;
  const time = phone.revoked_at ?? phone.last_used_at;
  return h("li", { className: "row row-wide" },
    h("div", { className: "row-what grid gap-1" },
      h("p", { className: "font-semibold" }, phone.name, here ? t.this_phone : ""),
      h("p", { className: "hint" }, fill(since, { day: day(phone.created_at), time: time && moment(time) })),
      here ? h("p", { className: "hint" }, t.here_hint) : null,
      asking ? h(Confirm, { phone, onDone: onOff, onLeave: leave }) : null),
    here || phone.revoked_at || asking ? null : h("div", { className: "row-step" },
      h("button", { type: "button", className: "btn btn-quiet", ref: button, "aria-label": fill(t.switch_off_named, { name: phone.name }), onClick: () => setAsking(true) }, t.switch_off)));
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
    const { status, json } = await askAsHers("/api/devices");
    setFound(json ? { phones: inOrder(json.devices, here), here } : { why: status ? t.not_shown : t.not_shown_signal });
  };
  const onToggle = (event) => {
    setSaid("");
    if (event.currentTarget.open) load();
    else setFound(null);
  };
  const onOff = (phone) => async () => {
    await meet().catch(() => undefined); // there is room now for the phone in her hand, where there was none
    await load();
    setSaid(fill(t.is_off, { name: phone.name }));
  };
  return h(Folded, { summary: t.title, onToggle },
    h("p", { role: "status", tabIndex: -1, ref: says, className: "form-says" }, said || found?.why || (found ? "" : t.loading)),
    found?.phones && !found.phones.some((phone) => phone.id === found.here) ? h("p", null, t.missing) : null,
    found?.phones ? h("ul", { className: "rows", "aria-label": t.title },
      found.phones.map((phone) => h(Phone, { key: phone.id + phone.revoked_at, phone, here: phone.id === found.here, onOff: onOff(phone) }))) : null);
}
