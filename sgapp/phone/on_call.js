// Whom to ring, as it stands at this moment: a number that is good until the end of a turn gives way to the provider's own then, also
// on a page that stays open.
import { useEffect, useState } from "react";

const LONGEST_MS = 24 * 3_600_000; // a timer holds no more than some weeks

// A number that was good until a moment is not rung after it: whoever had that turn may be asleep.
const isOver = ({ until }) => Boolean(until) && Date.now() >= Date.parse(until);
const numberNow = (told) => (isOver(told) ? told.always : told.onCall ?? "");

// [number, hear]: null until somebody says. `hear` takes {onCall, until, always}; `kept`: what the phone kept counts only where the
// office has not said, and no longer than its turn. What the office says now is so, however wrong the phone's clock.
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
  const hear = (says, { kept = false } = {}) => setTold((now) => {
    if (kept) return now ?? says;
    return isOver(says) ? { ...says, until: undefined } : says;
  });
  return [told && numberNow(told), hear];
}
