// One page, one session. A socket that came back in somebody else's says so, and the page begins anew as theirs.
import { useEffect } from "react";

export function FreshPage({ notHers }) {
  useEffect(() => {
    if (notHers) window.location.reload();
  }, [notHers]);
  return null;
}

// Whoever signs in begins with a page that no session had before.
export function beginAnew() {
  try {
    sessionStorage.removeItem("token");
  } catch {
    // a browser that keeps nothing has nothing to drop
  }
}
