// Whom to ring, as it stands at this moment: a number that is good until the end of a turn gives way to the provider's own then, also
// on a page that stays open.
import { useEffect, useState } from "react";
import { numberNow } from "./store.js";

const LONGEST_MS = 24 * 3_600_000; // a timer holds no more than some weeks

// [number, hear]: null until somebody says. `hear` takes {onCall, until, always}; what is `late` counts only where nobody has said.
export function useOnCall() {
  const [told, setTold] = useState(null);
  const [, draw] = useState(0);
  useEffect(() => {
    const ends = Date.parse(told?.until ?? "");
    if (!ends) return undefined;
    let timer;
    const look = () => {
      clearTimeout(timer);
      const left = ends - Date.now();
      if (left > 0) timer = setTimeout(look, Math.min(left + 1, LONGEST_MS));
      draw(left);
    };
    look();
    document.addEventListener("visibilitychange", look); // timers may sleep with the phone
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [told]);
  const hear = (says, late = false) => setTold((now) => (late && now ? now : says));
  return [told && numberNow(told), hear];
}
