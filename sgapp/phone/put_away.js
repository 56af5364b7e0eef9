// Takes away what should not lie open: after a while, and as soon as the page goes out of sight. At once here, because a tablet that
// is switched off says it to nobody; and then where it came from.
import { useEffect, useState } from "react";

export function PutAway({ afterSeconds, onPutAway, children }) {
  const [away, setAway] = useState(false);
  useEffect(() => {
    const putAway = () => {
      setAway(true);
      onPutAway();
    };
    const timer = setTimeout(putAway, afterSeconds * 1000);
    const hidden = () => document.hidden && putAway();
    document.addEventListener("visibilitychange", hidden);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", hidden);
    };
  }, []);
  return away ? null : children;
}
