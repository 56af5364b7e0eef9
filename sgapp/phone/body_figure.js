// The picture of the figure with its numbered dots, for the phone's form and for the lead's page. It says nothing that the
// list in words beside it does not say.
import { createElement as h, useId } from "react";
import "./body_map.css";
import { HEAD, HEIGHT, OUTLINE, WIDTH, smooth } from "./body_regions.js";
import * as t from "./words/body_figure.js";

export const VIEWS = { front: t.front, back: t.back };
const BODY = smooth(OUTLINE);
// Neckline, sleeves, waist and hems: a person in everyday clothes.
const SEAMS = ["M51 137L69 129M169 137L151 129M74 206C92 211 128 211 146 206M82 450C87 452 92 452 97 451M138 450C133 452 128 452 123 451"];
const OF_VIEW = { front: "M92 85C96 101 124 101 128 85", back: "M92 85C98 91 122 91 128 85M90 48C96 57 124 57 130 48" };

function Dot({ mark, number, shown, radius }) {
  const [x, y] = [mark.x * WIDTH, mark.y * HEIGHT];
  return h("g", { className: shown ? "body-dot shown" : "body-dot", "data-mark": number }, h("circle", { cx: x, cy: y, r: radius }),
    h("text", { x, y: y + radius * 0.48, fontSize: radius * 1.4, textAnchor: "middle" }, number));
}

// One view. `children` lie between the figure and its dots; `rest` goes to the picture.
export function Figure({ view, marks, open = -1, radius = 8, children, ...rest }) {
  const clip = useId();
  const shape = [h("path", { key: "b", d: BODY }), h("ellipse", { key: "h", cx: HEAD.x, cy: HEAD.y, rx: HEAD.rx, ry: HEAD.ry })];
  const [first, second] = view === "front" ? [t.their_right, t.their_left] : [t.their_left, t.their_right];
  return h("figure", { className: "body-view" },
    h("figcaption", null, h("b", null, VIEWS[view]), h("span", null, first), h("span", null, second)),
    h("svg", { className: "body-figure", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, ...rest },
      h("clipPath", { id: clip }, shape),
      h("g", { className: "body-shape", "aria-hidden": true }, shape, h("path", { className: "body-seam", d: SEAMS + OF_VIEW[view] })),
      children ? h("g", { clipPath: `url(#${clip})` }, children) : null,
      h("g", { "aria-hidden": true }, marks.map((mark, i) => (mark.view === view
        ? h(Dot, { key: i, mark, number: i + 1, shown: i === open, radius }) : null)))));
}

// Both views side by side, to be looked at only.
export const Figures = ({ marks }) => h("div", { className: "body-views" },
  Object.keys(VIEWS).map((view) => h(Figure, { key: view, view, marks, radius: 12, "aria-hidden": true })));
