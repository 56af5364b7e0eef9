// What stands where the form stood once a note is kept; and what is wrong with the phone itself.
import { createElement as h, useEffect, useRef } from "react";

const clock = (iso) => new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/London" })
  .format(new Date(iso));

const NEXT = ["A person in the office reads it and decides what happens. You need do no more.",
  "If they need more, “please ring the office” stands in My notes."];

// `next` says what happens with it; a note without its writer's name has no time of its receipt any more.
export function Saved({ saved, onNew, next }) {
  const title = useRef(null);
  useEffect(() => title.current?.focus(), []);
  const there = saved.state === "delivered";
  const line = there ? `Delivered ${saved.received_at ? clock(saved.received_at) : ""}` : saved.state === "please_ring" ? "Kept. Please ring the office about it."
    : saved.state === "sign_in" ? "On this phone. Sign in to send it." : "On this phone. It goes by itself when there is a signal.";
  return h("section", { className: "panel grid gap-4" },
    h("h2", { tabIndex: -1, ref: title, className: "text-lg font-semibold" }, "Your note is kept"),
    h("p", { className: "text-2xl font-semibold", id: "reference" }, saved.reference),
    h("p", { role: "status", id: "receipt" }, line),
    (next || NEXT).map((says) => h("p", { key: says, className: "hint" }, says)),
    saved.state === "sign_in" ? h("a", { className: "btn btn-quiet", href: "/sign-in?back=/" }, "Sign in") : null,
    h("div", { className: "flex gap-2 flex-wrap" },
      h("button", { type: "button", className: "btn btn-primary", onClick: onNew }, "Write another"),
      h("a", { className: "btn btn-quiet", href: "/mine" }, "My notes")));
}

// What is wrong with the phone itself, and what it means for her notes.
export function PhoneTroubles({ ahead, gone, onTold }) {
  return [
    gone ? h("div", { key: "gone", className: "panel panel-alert grid gap-2", role: "alert" },
      h("p", null, `${gone} ${gone === 1 ? "note" : "notes"} that waited on this phone ${gone === 1 ? "is" : "are"} gone: the browser cleared its storage. Ring the office, and write ${gone === 1 ? "it" : "them"} again.`),
      h("button", { type: "button", className: "btn btn-quiet justify-self-start", onClick: onTold }, "I will ring")) : null,
    ahead ? h("p", { key: "clock", className: "panel", role: "status" },
      `This phone's clock is ${ahead > 0 ? "fast" : "slow"} by ${span(Math.abs(ahead))}. Say the time as it really was; the office keeps its own time beside yours.`) : null,
  ];
}

const span = (ms) => {
  const minutes = Math.round(ms / 60000);
  if (minutes < 120) return `${minutes} minutes`;
  return minutes < 2880 ? `${Math.round(minutes / 60)} hours` : `${Math.round(minutes / 1440)} days`;
};
