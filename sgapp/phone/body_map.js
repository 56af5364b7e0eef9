// Marks on the skin: tap a place on the figure, then say what can be seen there. Fetched when its part is opened.
// What is written goes into the note's `marks` at once, each already in the form in which it is sealed.
import { Fragment, createElement as h, useEffect, useRef, useState } from "react";
import { Figure, VIEWS } from "./body_figure.js";
import { BODY } from "./body_lists.js";
import { HEIGHT, REGIONS, WIDTH, isArrow, nextRegion, placeAt, placeIn, regionOf } from "./body_regions.js";
import { fill } from "./fill.js";
import { capital, markInWords, placeInWords } from "./mark_words.js";
import { Chips, Field } from "./parts.js";
import * as t from "./words/body_map.js";

export { Figures } from "./body_figure.js";

const SILENT = "not_answered";
const NEW = { length_cm: null, width_cm: null, shape: "", colours: [], skin_broken: SILENT, swelling: SILENT, words: "", said_by: "",
  seen_before: SILENT, seen_before_when: "" };
const MOST = 20; // the server takes forty
const NEAR = 16; // of the picture: a tap this close to a dot means that mark
const ANSWERS = [["no", t.no], ["yes", t.yes], ["not_sure", t.not_sure]];
const WHOLE = { front: t.front_of_body, back: t.back_of_body };
const chips = (entries) => entries.map(([value, label]) => ({ value, label }));
const nameOf = (place) => capital(placeInWords(place));
const bare = (mark) => Object.keys(NEW).every((part) => JSON.stringify(mark[part]) === JSON.stringify(NEW[part]));

// One view to point at: the nearest place is meant, so that a thumb need not be exact. With the keyboard it is one stop,
// with the arrows from place to place and Enter to choose.
function Pointing({ view, marks, open, onPlace, onMark }) {
  const [at, setAt] = useState(REGIONS[view][0].key);
  const places = useRef({});
  const pointed = (event) => {
    const region = regionOf(event.target.getAttribute("data-region"));
    if (!event.detail && region) return onPlace(placeIn(region)); // pressed by a screen reader: there is no point
    const box = event.currentTarget.getBoundingClientRect();
    const p = [((event.clientX - box.left) / box.width) * WIDTH, ((event.clientY - box.top) / box.height) * HEIGHT];
    const near = marks.findIndex((m) => m.view === view && Math.hypot(m.x * WIDTH - p[0], m.y * HEIGHT - p[1]) < NEAR);
    if (near >= 0) return onMark(near);
    const place = placeAt(view, p);
    return place && onPlace(place);
  };
  const pressed = (region) => (event) => {
    if (event.key === "Enter" || event.key === " ") onPlace(placeIn(region));
    else if (isArrow(event.key)) {
      const next = nextRegion(region, event.key);
      setAt(next.key);
      places.current[next.key].focus();
    } else return;
    event.preventDefault();
  };
  return h(Figure, { view, marks, open, role: "group", "aria-label": WHOLE[view], onClick: pointed },
    REGIONS[view].map((region) => h("path", {
      key: region.key, ref: (place) => { places.current[region.key] = place; }, className: "body-region", role: "button",
      "aria-label": nameOf(region), tabIndex: region.key === at ? 0 : -1, "data-region": region.key,
      d: `M${region.points.map((p) => p.join(" ")).join("L")}Z`, onFocus: () => setAt(region.key), onKeyDown: pressed(region) })));
}

// The same places as a list.
const Places = ({ id, value, onChange }) => h("select", { id, className: "control", value, onChange: (event) => onChange(event.target.value) },
  value ? null : h("option", { value: "" }, t.choose_place),
  Object.entries(VIEWS).map(([view, label]) => h("optgroup", { key: view, label },
    REGIONS[view].map((region) => h("option", { key: region.key, value: region.key }, nameOf(region))))));

// Centimetres as they are typed; with a comma or a point. What is no number is not taken.
function Size({ id, label, value, onChange }) {
  const [text, setText] = useState(value ? String(value) : "");
  return h(Field, { id, label, value: text, inputMode: "decimal", onChange: (typed) => {
    if (!/^(\d{1,3}([.,]\d?)?)?$/.test(typed) || Number.parseFloat(typed) > 250) return;
    setText(typed);
    onChange(Number.parseFloat(typed.replace(",", ".")) || null, id);
  } });
}

const Swatch = ({ code }) => h("svg", { className: "swatch", "data-colour": code, viewBox: "0 0 14 14", "aria-hidden": true },
  h("circle", { cx: 7, cy: 7, r: 6 }));
const COLOURS = BODY.colours.map(([value, label]) => ({ value,
  label: value === "other" ? label : h(Fragment, null, h(Swatch, { code: value }), label) }));

function Details({ mark, number, change, onDone, onAway }) {
  const heading = useRef(null);
  useEffect(() => {
    heading.current.focus({ preventScroll: true });
    heading.current.scrollIntoView({ block: "center" }); // clear of the bar, with the figure still in sight
  }, [number]);
  const put = (value, id) => change({ [id.slice(5)]: value });
  const answer = (value, id) => put(value || SILENT, id);
  const move = (key) => change(placeIn(regionOf(key)));
  return h("div", { className: "mark-details", role: "group", "aria-labelledby": "mark-heading" },
    h("h2", { id: "mark-heading", ref: heading, tabIndex: -1 }, fill(t.mark, { number, place: placeInWords(mark) })),
    h("div", { className: "field" }, h("label", { htmlFor: "mark-place", className: "field-label" }, t.place),
      h(Places, { id: "mark-place", value: `${mark.view}-${mark.site}-${mark.side}`, onChange: move })),
    h("fieldset", { className: "field" }, h("legend", { className: "field-label" }, t.size),
      h("p", { className: "hint" }, t.size_hint),
      h("div", { className: "grid grid-cols-2 gap-2" }, h(Size, { id: "mark-length_cm", label: t.length, value: mark.length_cm, onChange: put }),
        h(Size, { id: "mark-width_cm", label: t.width, value: mark.width_cm, onChange: put }))),
    h(Chips, { id: "mark-shape", legend: t.shape, optional: true, options: chips(BODY.shapes), value: mark.shape, onChange: put }),
    h(Chips, { id: "mark-colours", legend: t.colours, hint: t.colours_hint, kind: "checkbox", options: COLOURS, value: mark.colours, onChange: put }),
    h(Chips, { id: "mark-skin_broken", legend: t.skin_broken, optional: true, options: chips(ANSWERS), value: mark.skin_broken, onChange: answer }),
    h(Chips, { id: "mark-swelling", legend: t.swelling, optional: true, options: chips(ANSWERS), value: mark.swelling, onChange: answer }),
    h("div", { className: "quote grid gap-3" },
      h(Field, { id: "mark-words", label: t.words, hint: t.words_hint, rows: 2, value: mark.words, onChange: put }),
      mark.words.trim() ? h(Field, { id: "mark-said_by", label: t.said_by, value: mark.said_by, onChange: put }) : null),
    h(Chips, { id: "mark-seen_before", legend: t.seen_before, optional: true, options: chips(ANSWERS), value: mark.seen_before, onChange: answer }),
    mark.seen_before === "yes" ? h(Field, { id: "mark-seen_before_when", label: t.seen_when, value: mark.seen_before_when, onChange: put }) : null,
    h("div", { className: "flex flex-wrap gap-2" },
      h("button", { type: "button", className: "btn btn-quiet", onClick: onDone }, t.done),
      h("button", { type: "button", className: "btn btn-quiet", onClick: onAway }, t.take_it_away)));
}

export function BodyMap({ marks, put }) {
  const [view, setView] = useState("front");
  const [open, setOpen] = useState(-1);
  const [said, setSaid] = useState("");
  const [gone, setGone] = useState(null);
  const [wanted, setWanted] = useState("");
  const whole = useRef(null);
  const set = (now) => put(now, "marks");
  const focus = (selector) => setTimeout(() => whole.current?.querySelector(selector)?.focus());

  const change = (parts) => {
    if (parts.view) setView(parts.view);
    set((old) => old.map((mark, i) => (i === open ? { ...mark, ...parts,
      ...(parts.seen_before && parts.seen_before !== "yes" ? { seen_before_when: "" } : {}) } : mark)));
  };
  const show = (i) => {
    setOpen(i);
    setView(marks[i].view);
  };
  // A tap elsewhere moves a mark of which nothing but its place is known; otherwise it is another mark.
  const place = (found) => {
    setGone(null);
    setView(found.view);
    if (marks[open] && bare(marks[open])) {
      change(found);
      return setSaid(fill(t.moved, { number: open + 1, place: placeInWords(found) }));
    }
    if (marks.length >= MOST) return setSaid(fill(t.full, { number: MOST }));
    const taken = ({ x, y }) => marks.some((mark) => mark.view === found.view && mark.x === x && mark.y === y);
    let spot = found; // without a finger every mark of a place begins in its middle: beside the one before, not over it
    while (taken(spot)) spot = { ...spot, y: Math.round((spot.y + 0.02) * 1000) / 1000 };
    set((old) => [...old, { ...spot, ...NEW }]);
    setOpen(marks.length);
    return setSaid(fill(t.put_on, { number: marks.length + 1, place: placeInWords(found) }));
  };
  const away = (i) => {
    setGone({ mark: marks[i], i });
    setOpen(-1);
    set((old) => old.filter((_, j) => j !== i));
    setSaid(fill(t.taken_away, { number: i + 1 }));
    focus(".put-back");
  };
  const back = () => {
    set((old) => [...old.slice(0, gone.i), gone.mark, ...old.slice(gone.i)]);
    setGone(null);
    setSaid(fill(t.is_back, { number: gone.i + 1 }));
    focus(`[data-change="${gone.i}"]`);
  };
  const done = () => {
    setOpen(-1);
    setSaid("");
    focus(`[data-change="${open}"]`);
  };
  return h("div", { className: "body-map", "data-view": view, ref: whole },
    h("p", { className: "hint" }, t.tap),
    h("div", { className: "body-turn" }, h(Chips, { id: "mark-view", legend: t.seen_from, plain: true, options: chips(Object.entries(VIEWS)), value: view, onChange: setView })),
    h("div", { className: "body-views" }, Object.keys(VIEWS).map((one) =>
      h(Pointing, { key: one, view: one, marks, open, onPlace: place, onMark: show }))),
    h("p", { className: "hint body-says", role: "status" }, said),
    gone ? h("button", { type: "button", className: "btn btn-quiet justify-self-start put-back", onClick: back }, t.put_it_back) : null,
    marks[open] ? h(Details, { key: `mark-${open}`, mark: marks[open], number: open + 1, change, onDone: done, onAway: () => away(open) })
      : h("div", { className: "field" }, h("label", { htmlFor: "mark-add", className: "field-label" }, t.or_choose),
        h("div", { className: "flex flex-wrap items-end gap-2" }, h("div", { className: "grow" }, h(Places, { id: "mark-add", value: wanted, onChange: setWanted })),
          h("button", { type: "button", className: "btn btn-quiet", onClick: () => wanted && place(placeIn(regionOf(wanted))) }, t.add_place))),
    marks.length ? h("ol", { className: "mark-list", "aria-label": t.list }, marks.map((mark, i) => h("li", { key: i },
      h("span", { className: "mark-number", "aria-hidden": true }, i + 1), h("span", null, markInWords(mark)),
      h("span", { className: "mark-steps" },
        h("button", { type: "button", className: "btn btn-quiet", "data-change": i, "aria-label": fill(t.change_mark, { number: i + 1 }), onClick: () => show(i) }, t.change),
        h("button", { type: "button", className: "btn btn-quiet", "aria-label": fill(t.take_mark_away, { number: i + 1 }), onClick: () => away(i) }, t.take_away))))) : null);
}
