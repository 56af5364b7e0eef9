// Takes away what should not lie open: after a while, and as soon as the page goes out of sight.
import { useEffect } from "react";

export function PutAway({ afterSeconds, onPutAway }) {
  useEffect(() => {
    const timer = setTimeout(onPutAway, afterSeconds * 1000);
    const hidden = () => document.hidden && onPutAway();
    document.addEventListener("visibilitychange", hidden);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", hidden);
    };
  }, []);
  return null;
}
