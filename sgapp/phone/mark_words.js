// A mark on the skin in words, as sgapp/domain/marks.py says it on the server.
import { BODY } from "./body_lists.js";
import { fill } from "./fill.js";
import * as t from "./words/mark_words.js";

const SKIN = { no: t.skin_no, yes: t.skin_yes, not_sure: t.skin_not_sure };
const SWELLING = { no: t.swelling_no, yes: t.swelling_yes, not_sure: t.swelling_not_sure };
const BEFORE = { no: t.before_no, yes: t.before_yes, not_sure: t.before_not_sure };
const SIDES = { left: t.left, right: t.right, middle: t.middle };
const VIEWS = { front: t.front, back: t.back };
const labelOf = (list, code) => (BODY[list].find(([c]) => c === code)?.[1] ?? code).toLowerCase();
export const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);

// Site, side and view as they stand inside a sentence.
export function placeInWords({ site, side, view }) {
  const words = labelOf("sites", site);
  const [, , limb, oneView, noSide] = BODY.sites.find(([code]) => code === site) ?? [];
  const way = side === "middle" ? t.in_middle : limb ? t.limb : t.on_side;
  const place = noSide ? words : fill(way, { site: words, side: SIDES[side] });
  return oneView ? place : fill(t.in_view, { place, view: VIEWS[view] });
}

function size({ length_cm: length, width_cm: width }) {
  const way = length && width ? t.long_and_wide : length ? t.long_only : t.wide_only;
  return length || width ? fill(way, { length, width }) : "";
}

const joined = (words) => (words.length < 2 ? words.join("")
  : fill(t.and, { first: words.slice(0, -1).join(", "), last: words.at(-1) }));
const listed = (parts) => parts.filter(Boolean).join(", ");

export function markInWords(mark) {
  const when = mark.seen_before_when.trim();
  const look = listed([size(mark), labelOf("shapes", mark.shape), joined(mark.colours.map((c) => labelOf("colours", c)))]);
  const states = listed([SKIN[mark.skin_broken], SWELLING[mark.swelling], BEFORE[mark.seen_before], mark.seen_before === "yes" && when]);
  const seen = [look, states].filter(Boolean).join("; ");
  const [words, name] = [mark.words.trim(), mark.said_by.trim()];
  const said = words && fill(name ? t.said_by : t.said, { words, name });
  return `${capital(placeInWords(mark))}${seen && `: ${seen}`}.${said && ` ${said}`}`;
}
