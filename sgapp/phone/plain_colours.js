// Stands in for what Reflex keeps of light and dark (sgapp/ui/first_load.py says why): our styles follow the device by themselves.
import { useEffect } from "react";

// The head of a page says once which of the two it is. A page that stays open into the evening follows the device from then on.
export function ThemeProvider({ children }) {
  useEffect(() => {
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    const follow = () => {
      document.documentElement.style.colorScheme = "";
    };
    dark.addEventListener("change", follow);
    return () => dark.removeEventListener("change", follow);
  }, []);
  return children;
}
