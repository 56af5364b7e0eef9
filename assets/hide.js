// Takes everything off the screen, at once: before React, without the network, on every page. "Hide", or Shift alone three
// times, covers the page, ends the session and puts a neutral page in the place of this one. Nothing typed is touched here.
(() => {
  const END = "sgapp-end-session"; // in localStorage: the session has to be ended at the next contact
  const LEFT = "sgapp-left"; // in sessionStorage: this tab was hidden, so Back must show nothing of before
  const AWAY = "/away/";
  const NEUTRAL_TITLE = "Visit notes";
  const PRESSES = 3;
  const PRESSES_WITHIN_MS = 5000;
  const KEEP_WITHIN_MS = 100; // a draft may be kept behind the cover; the page does not wait longer for it
  const BLUR_SETTLES_MS = 150;
  const ANSWER_WITHIN_MS = 10000;
  const ASK_AGAIN_MS = 15000;
  const page = document.documentElement;
  const onAway = location.pathname.replace(/\/*$/, "/") === AWAY;
  const inMemory = {}; // where the browser keeps nothing

  function marked(store, name) {
    try {
      return window[store].getItem(name) !== null;
    } catch {
      return Boolean(inMemory[name]);
    }
  }

  function mark(store, name, on) {
    inMemory[name] = on;
    try {
      if (on) window[store].setItem(name, "1");
      else window[store].removeItem(name);
    } catch {
      // the mark is in memory
    }
  }

  const mustEnd = () => marked("localStorage", END);

  // Ending the session. Until that has happened nothing else is asked of the server: no request, no socket.
  const ask = window.fetch.bind(window);
  let ending = null;
  function endSession() {
    ending ??= askToEnd().then((ended) => {
      ending = null;
      if (ended) mark("localStorage", END, false);
      return ended;
    });
    return ending;
  }

  async function askToEnd() {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), ANSWER_WITHIN_MS);
    try {
      const answer = await ask("/api/session", {
        method: "DELETE", keepalive: true, cache: "no-store", credentials: "same-origin", signal: late.signal,
        headers: { "X-Requested-With": "sgapp" },
      });
      return answer.status === 204;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  }
  const endIfDue = () => mustEnd() && endSession();

  window.fetch = async (...asked) => {
    if (mustEnd() && !(await endSession())) throw new TypeError("no contact yet");
    return ask(...asked);
  };
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...asked) {
      if (mustEnd()) throw new Error("no contact yet"); // the page tries again by itself
      super(...asked);
    }
  };
  endIfDue();
  window.addEventListener("online", endIfDue);
  setInterval(endIfDue, ASK_AGAIN_MS);

  // The cover.
  let leaving = false;
  const cover = () => page.classList.add("covered");
  const uncover = () => {
    if (!leaving && document.visibilityState === "visible") page.classList.remove("covered");
  };
  // Two frames later, so that a page which locks itself on return has drawn its lock.
  const uncoverSoon = () => requestAnimationFrame(() => requestAnimationFrame(uncover));

  function blank() {
    leaving = true;
    page.classList.add("covered", "leaving");
    if (document.body) document.body.hidden = true;
    document.title = NEUTRAL_TITLE;
  }

  function go() {
    if (navigator.onLine || navigator.serviceWorker?.controller) {
      location.replace(AWAY);
      return;
    }
    // The neutral page cannot be had: the cover says the same, and the page comes with the signal.
    history.replaceState(null, "", AWAY);
    window.addEventListener("online", () => location.replace(AWAY));
  }

  function hide() {
    if (leaving || onAway) return;
    blank();
    // Forms keep their last words first: their requests leave before the session ends.
    const before = [];
    window.dispatchEvent(new CustomEvent("sgapp:hide", { detail: { waitUntil: (promise) => before.push(promise) } }));
    mark("localStorage", END, true);
    mark("sessionStorage", LEFT, true);
    const late = new Promise((done) => setTimeout(done, KEEP_WITHIN_MS));
    Promise.race([Promise.allSettled(before), late]).then(() => {
      endSession();
      go();
    });
  }

  // First in line, so that no page can ask "Leave this page?" behind the cover.
  window.addEventListener("beforeunload", (event) => leaving && event.stopImmediatePropagation(), true);
  // Hidden in one tab is hidden in all.
  window.addEventListener("storage", (event) => event.key === END && event.newValue && hide());

  // Back, or a tab brought back: nothing of what was there.
  const came = performance.getEntriesByType("navigation")[0]?.type;
  if (!onAway && marked("sessionStorage", LEFT)) {
    if (came === "back_forward") {
      blank();
      window.stop(); // not even its title is read
      location.replace(AWAY);
    } else {
      mark("sessionStorage", LEFT, false);
    }
  }
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted || onAway || !(leaving || marked("sessionStorage", LEFT))) return;
    blank();
    location.replace(AWAY);
  });

  // Ways to ask for it.
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-hide]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    hide();
  }, true);
  let presses = 0;
  let alone = false;
  let timer = 0;
  const startOver = () => {
    presses = 0;
    alone = false;
  };
  window.addEventListener("keydown", (event) => {
    if (event.key !== "Shift" || event.ctrlKey || event.altKey || event.metaKey) startOver();
    else if (!event.repeat) alone = true;
  }, true);
  window.addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    alone = false;
    presses += 1;
    clearTimeout(timer);
    timer = setTimeout(startOver, PRESSES_WITHIN_MS);
    if (presses === PRESSES) hide();
  }, true);
  window.addEventListener("pointerdown", () => {
    startOver();
    uncover();
  }, true);

  // Out of sight is covered: no picture of it among the open apps. A desk's own pickers take the focus too, so there only
  // a hidden page is covered.
  const inHand = matchMedia("(pointer: coarse), (display-mode: standalone)");
  document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? cover() : uncoverSoon()));
  window.addEventListener("blur", () => inHand.matches && setTimeout(() => document.hasFocus() || cover(), BLUR_SETTLES_MS));
  window.addEventListener("focus", uncoverSoon);
})();
