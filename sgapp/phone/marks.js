// The part for marks on the skin. The figure is fetched when it is first opened, so that it costs the first load nothing.
import { createElement as h, useEffect, useState } from "react";

export function Marks({ marks, put }) {
  const [map, setMap] = useState(null);
  const fetchMap = () => import("./body_map.js").then((found) => setMap(() => found.BodyMap), () => setMap(false));
  useEffect(() => {
    fetchMap();
  }, []);
  if (map) return h(map, { marks, put });
  return h("p", { className: "hint", role: "status" }, map === null ? "Loading …" : "The figure could not be fetched. Write it under “What I saw”.");
}
