// What stands where the form stood once a note is kept; and what is wrong with the phone itself.
import { createElement as h, useEffect, useRef } from "react";
import { fill, many } from "./fill.js";
import { goesByItself, onItsWay } from "./outbox.js";
import * as t from "./words/saved.js";

const clock = (iso) => new Intl.DateTimeFormat(t.locale, { hour: "2-digit", minute: "2-digit", timeZone: "Europe/London" })
  .format(new Date(iso));

const waiting = (note) => {
  if (onItsWay(note)) return goesByItself() ? t.on_phone : t.on_phone_open;
  return note.owner || note.brief ? t.sign_in_to_send : t.nobodys;
};

// `next` says what happens with it, if not what happens with a note; a note without its writer's name has no time of its receipt
// any more. `urgent`: she has said that somebody is in danger or hurt, or may be. `ring`: whom to ring.
export function Saved({ saved, onNew, next, urgent, ring }) {
  const title = useRef(null);
  useEffect(() => title.current?.focus(), []);
  const there = saved.state === "delivered";
  const line = there ? fill(t.delivered, { time: saved.received_at ? clock(saved.received_at) : "" }).trim() : saved.state === "please_ring" ? t.please_ring
    : fill(waiting(saved), { time: clock(saved.saved_at) });
  const then = next || [there ? (urgent ? t.next_urgent : t.next) : t.next_waits, t.if_more];
  return [urgent && ring, h("section", { key: "saved", className: "panel grid gap-4" },
    h("h2", { tabIndex: -1, ref: title, className: "text-lg font-semibold" }, t.kept),
    h("p", { className: "text-2xl font-semibold", id: "reference" }, saved.reference),
    h("p", { role: "status", id: "receipt" }, line),
    then.map((says) => h("p", { key: says, className: "hint" }, says)),
    saved.state === "sign_in" ? h("a", { className: "btn btn-quiet", href: "/sign-in?back=/" }, t.sign_in) : null,
    h("div", { className: "flex gap-2 flex-wrap" },
      h("button", { type: "button", className: "btn btn-primary", onClick: onNew }, t.another),
      h("a", { className: "btn btn-quiet", href: "/mine" }, t.my_notes))), !urgent && ring];
}

// What is wrong with the phone itself, and what it means for her notes.
export function PhoneTroubles({ ahead, gone, onTold }) {
  return [
    gone ? h("div", { key: "gone", className: "panel panel-alert grid gap-2", role: "alert" },
      h("p", null, many(gone, t.gone_one, t.gone_many)),
      h("button", { type: "button", className: "btn btn-quiet justify-self-start", onClick: onTold }, t.will_ring)) : null,
    ahead ? h("p", { key: "clock", className: "panel", role: "status" },
      fill(ahead > 0 ? t.clock_fast : t.clock_slow, { time: span(Math.abs(ahead)) })) : null,
  ];
}

const span = (ms) => {
  const minutes = Math.round(ms / 60000);
  if (minutes < 120) return fill(t.minutes, { number: minutes });
  if (minutes < 2880) return fill(t.hours, { number: Math.round(minutes / 60) });
  return fill(t.days, { number: Math.round(minutes / 1440) });
};
