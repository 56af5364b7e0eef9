const DRAWN_AT_LAST_MS = 500; // out of sight nothing is drawn

// Calls back once what stands there now has been drawn. What it returns calls it off.
export function onceDrawn(then) {
  let over = false;
  const call = () => {
    if (!over) then();
    over = true;
  };
  requestAnimationFrame(() => setTimeout(call));
  setTimeout(call, DRAWN_AT_LAST_MS);
  return () => {
    over = true;
  };
}

// Asks the browser to keep the phone's pages. Where it cannot or will not, the pages work as before, with a signal.
export function register() {
  if (!window.isSecureContext || !navigator.serviceWorker) return;
  const ask = () => navigator.serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" }).catch(() => undefined);
  // After the page is there: what is kept for later must not hold up what is wanted now.
  if (document.readyState === "complete") ask();
  else window.addEventListener("load", ask, { once: true });
}
