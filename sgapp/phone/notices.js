// Lets this browser show notices: asks the person, then the browser's push service, then tells the office where to.
import { createElement as h, useEffect, useState } from "react";
import { register } from "./installed.js";
import { askAsHers } from "./page_mark.js";

const bytes = (base64url) => Uint8Array.from(atob(base64url.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function tell({ endpoint, p256dh, auth }) {
  const { json, problem } = await askAsHers("/api/intents/allow-browser", {
    method: "POST", body: { intent_id: crypto.randomUUID(), endpoint, p256dh, auth } });
  if (!json) throw new Error(problem?.errors?.[0]?.message ?? "");
}

async function allow(key) {
  if ((await Notification.requestPermission()) !== "granted") return "This browser was told not to show notices. Its settings can change that.";
  await register();
  const worker = await navigator.serviceWorker.ready;
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
  await tell({ endpoint: made.endpoint, p256dh: text(made.getKey("p256dh")), auth: text(made.getKey("auth")) });
  return "This browser shows notices from now on.";
}

export function Notices({ pushKey, onAllowed }) {
  const [can, setCan] = useState(false);
  const [said, setSaid] = useState("");
  useEffect(() => setCan("serviceWorker" in navigator && "PushManager" in window && "Notification" in window), []);
  const ask = () => allow(pushKey).then((words) => {
    setSaid(words);
    onAllowed?.();
  }, (error) => setSaid(error.message || "That did not work. Nothing was changed. E-mail does the same."));
  return h("div", { className: "grid gap-3" },
    can ? h("button", { type: "button", className: "btn btn-quiet justify-self-start", onClick: ask }, "Show notices in this browser")
      : h("p", { className: "hint" }, "This browser cannot show notices. On an iPad, put Visit notes on the home screen first."),
    h("p", { role: "status" }, said));
}
