// The part for marks on the skin. The figure is fetched when it is first opened, so that it costs the first load nothing.
import { createElement as h, useEffect, useState } from "react";
import * as t from "./words/marks.js";

export function Marks({ marks, put }) {
  const [map, setMap] = useState(null);
  const fetchMap = () => import("./body_map.js").then((found) => setMap(() => found.BodyMap), () => setMap(false));
  useEffect(() => {
    fetchMap();
  }, []);
  if (map) return h(map, { marks, put });
  return h("p", { className: "hint", role: "status" }, map === null ? t.loading : t.not_fetched);
}
