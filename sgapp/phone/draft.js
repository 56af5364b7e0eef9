// The draft of a note, kept in the vault while she writes and put back when she returns; and the lock that goes with it.
// Without a lock of its own the phone keeps nothing: the words are in the page's memory, and she is told so.
import { createElement as h, useCallback, useEffect, useRef, useState } from "react";
import { onceDrawn } from "./installed.js";
import { letGo } from "./taken_along.js";
import * as t from "./words/draft.js";

const SEAL_AFTER_MS = 400;
const AT_LAST_MS = 2000; // for whoever goes on writing without a pause
const LOCK_AFTER_MS = 120_000;
const PEOPLE = "people";
const ACTIVE = ["pointerdown", "keydown", "input"];

// The lock itself, with the vault behind it: fetched once the page can be used. Until then nothing is kept.
const NOT_THERE = Object.freeze({ available: false, setUp: false, locked: false, ways: [] });
let vault;
let lockScreens;
const fetchLock = () => import("./lock.js").then((found) => {
  vault = found.vault;
  lockScreens = found;
});

// Locks two minutes after the last touch, and on Hide. `seal` is called first: it resolves to true when nothing would be
// lost, and then `forget` is called. `screen` stands in for the page while locked; `open` says that drafts can be kept.
export function useLock({ seal = async () => true, forget = () => undefined, onWiped = () => undefined } = {}) {
  const [state, setState] = useState(null);
  const [shut, setShut] = useState(false);
  const open = Boolean(state?.setUp && !state.locked);

  const latest = useRef({});
  latest.current = { seal, forget };
  const lock = useCallback(async () => {
    setShut(true); // the screen first, the disk after
    const safe = await latest.current.seal();
    vault.lock();
    if (safe) latest.current.forget();
    setState(await vault.status());
    setShut(false);
  }, []);

  useEffect(() => {
    let stop = () => undefined;
    let gone = false;
    const look = () => vault.status().then(setState);
    const begin = () => fetchLock().then(() => {
      if (gone) return;
      stop = vault.listen(look);
      look();
    }).catch(() => setState(NOT_THERE));
    const callOff = onceDrawn(begin);
    return () => {
      gone = true;
      callOff();
      stop();
    };
  }, []);

  useEffect(() => {
    const hide = (event) => event.detail.waitUntil(letGo()); // also while it is locked
    window.addEventListener("sgapp:hide", hide);
    return () => window.removeEventListener("sgapp:hide", hide);
  }, []);

  useEffect(() => {
    if (!open) return undefined;
    let seen = Date.now();
    let idle = setTimeout(lock, LOCK_AFTER_MS);
    const active = () => {
      seen = Date.now();
      clearTimeout(idle);
      idle = setTimeout(lock, LOCK_AFTER_MS);
    };
    const turned = () => {
      if (document.visibilityState === "hidden") seal();
      else if (Date.now() - seen >= LOCK_AFTER_MS) lock(); // timers may sleep with the phone
    };
    const hide = (event) => event.detail.waitUntil(seal().finally(vault.lock));
    const on = [...ACTIVE.map((name) => [window, name, active]), [document, "visibilitychange", turned], [window, "pagehide", seal],
      [window, "sgapp:hide", hide]];
    for (const [where, name, what] of on) where.addEventListener(name, what);
    return () => {
      clearTimeout(idle);
      for (const [where, name, what] of on) where.removeEventListener(name, what);
      seal(); // on the way to another page of ours
    };
  }, [open]);

  const screen = state?.setUp && (shut || state.locked) ? h(lockScreens.Locked, { ways: state.ways, onWiped }) : null;
  const stood = useRef(false);
  useEffect(() => {
    if (stood.current && !screen) document.getElementById("main")?.focus({ preventScroll: true }); // what she opened it by is gone
    stood.current = Boolean(screen);
  }, [Boolean(screen)]);
  return { state, open, screen, lock };
}

// A note that adds to another has a draft of its own.
const nameNow = () => `draft:${(new URLSearchParams(window.location.search).get("corrects") ?? "note").slice(0, 36).toLowerCase()}`;

// `v` and `setV` hold every field, `empty` is the untouched form, `done` says that the note was saved.
// {screen} stands in for the form while locked, {line} goes below it, {open} says that drafts can be kept, {keeps} that a reload
// takes nothing away.
export function useDraft({ v, setV, empty, done }) {
  const [name, setName] = useState("");
  const [said, setSaid] = useState("");
  const [full, setFull] = useState(false);
  const now = useRef({ timer: 0, atLast: 0, returned: "", ours: "" }); // ours: the draft that this page wrote or showed
  Object.assign(now.current, { v, done, name });
  const blank = (value) => JSON.stringify(value) === JSON.stringify(empty);

  // What another page keeps under the same name is its own.
  const dropOurs = async (mine) => {
    setFull(false);
    if (now.current.ours !== mine) return true;
    now.current.ours = "";
    return vault.drop(mine).then(() => true, () => false);
  };

  // Seals what stands there now.
  const seal = () => {
    clearTimeout(now.current.timer);
    return sealNow();
  };
  const sealNow = async () => {
    const { atLast, v: written, done: saved, name: mine, returned } = now.current;
    clearTimeout(atLast);
    now.current.atLast = 0;
    if (returned !== mine) return blank(written); // an older draft is still on its way back and must not be written over
    if (saved || blank(written)) return dropOurs(mine);
    now.current.ours = mine;
    try {
      const kept = await vault.put(mine, written);
      setFull(false);
      return kept;
    } catch {
      setFull(true);
      return false;
    }
  };
  const sealSoon = () => {
    clearTimeout(now.current.timer);
    now.current.timer = setTimeout(seal, SEAL_AFTER_MS);
    now.current.atLast ||= setTimeout(sealNow, AT_LAST_MS);
  };
  const forget = () => {
    now.current.returned = "";
    setV(empty);
  };
  const onWiped = () => setSaid(t.gone);
  const { state, open, screen, lock } = useLock({ seal, forget, onWiped });

  useEffect(() => setName(nameNow()));

  // Unlocked, now or a moment ago: what was kept comes back, unless she has already begun to write.
  useEffect(() => {
    if (!open || !name) return;
    vault.get(name).catch(() => null).then((found) => {
      now.current.returned = name;
      if (!found || !blank(now.current.v)) return sealSoon();
      now.current.ours = name;
      setV({ ...empty, ...found });
      return setSaid(t.back);
    });
  }, [open, name]);

  useEffect(() => {
    if (!open) return;
    if (done) seal(); // wiped at once
    else sealSoon();
  }, [v, done]);

  const line = state ? h("div", { className: "grid gap-3" },
    said ? h("p", { role: "status", className: "hint" }, said) : null,
    full ? h("p", { role: "status", className: "panel panel-alert" }, t.no_room) : null,
    lockScreens ? h(lockScreens.SetUpLock, { state, lock }) : h("p", { className: "hint" }, t.not_kept)) : null;
  return { screen, line, open, keeps: open && !full };
}

// The people she visits, as initials and reference, for when there is no signal. `people` is the list of the server.
export function useKeptPeople({ people, setPeople, missing, setMissing, open }) {
  const returned = useRef(null); // what was kept is not kept anew, or it would never grow old
  useEffect(() => {
    if (!open) return;
    if (people.length && people !== returned.current && !missing) vault.put(PEOPLE, people).catch(() => false);
    else if (missing) {
      vault.get(PEOPLE).catch(() => null).then((kept) => {
        if (!kept?.length) return;
        setPeople((now) => (now.length ? now : (returned.current = kept))); // the office's own may have come in between
        setMissing(false);
      });
    }
  }, [open, people, missing]);
}
