// The figure: one outline for front and back, cut into the places that have a name. Nothing here draws.
// Lengths are in units of the picture, counted from its middle line; the right half of the picture is given, the left is
// its mirror. Left and right in a name are the person's own: on the front the right half of the picture is their left.
export const WIDTH = 220;
export const HEIGHT = 500;
const MIDDLE = WIDTH / 2;
const REACH = 26; // how far beside the figure a thumb may land
export const HEAD = { x: MIDDLE, y: 38, rx: 22, ry: 29 };

// Neck, shoulder, arm outside, hand, arm inside, side, leg outside, foot, leg inside.
const HALF = [[10, 58], [11, 70], [14, 79], [24, 86], [39, 91], [51, 99], [57, 115], [61, 140], [66, 165], [72, 186], [78, 212], [83, 236],
  [87, 251], [93, 264], [95, 278], [93, 290], [87, 295], [82, 290], [79, 279], [76, 268], [73, 255], [67, 236], [60, 214], [53, 190], [48, 166],
  [44, 143], [41, 128], [40, 142], [38, 162], [36, 180], [37, 198], [41, 216], [44, 236], [45, 260], [43, 290], [39, 320], [36, 345], [36, 362],
  [37, 382], [35, 408], [31, 436], [28, 458], [28, 468], [34, 480], [37, 487], [33, 492], [22, 492], [15, 489], [13, 478], [13, 462], [12, 440],
  [11, 414], [12, 388], [12, 366], [12, 346], [10, 318], [7, 288], [3, 262]];
const mirrored = (points) => points.map(([x, y]) => [-x, y]);
export const OUTLINE = [...HALF, ...mirrored(HALF).reverse()].map(([x, y]) => [MIDDLE + x, y]);

// A smooth line through the points, as the path of a picture.
export function smooth(points, closed = true) {
  const at = (i) => (closed ? points.at(i % points.length) : points[Math.max(0, Math.min(points.length - 1, i))]);
  const parts = points.slice(0, closed ? undefined : -1).map((p, i) => {
    const [before, next, after] = [at(i - 1), at(i + 1), at(i + 2)];
    const bend = (a, b, c, sign) => [0, 1].map((n) => (b[n] + sign * (c[n] - a[n]) / 6).toFixed(1)).join(" ");
    return `C${bend(before, p, next, 1)} ${bend(p, next, after, -1)} ${next.join(" ")}`;
  });
  return `M${points[0].join(" ")}${parts.join("")}${closed ? "Z" : ""}`;
}

const LIMBS = {
  shoulder: [[26, 80], [45, 84], [64, 92], [70, 119], [41, 130], [38, 112], [26, 92]],
  upper_arm: [[41, 130], [70, 119], [80, 167], [49, 176]],
  elbow: [[49, 176], [80, 167], [86, 190], [56, 199]],
  forearm: [[56, 199], [86, 190], [95, 233], [68, 241]],
  wrist: [[68, 241], [95, 233], [101, 250], [73, 258]],
  hand: [[73, 258], [101, 250], [102, 300], [76, 300]],
  knee: [[6, 338], [42, 338], [40, 376], [8, 376]],
  ankle: [[8, 450], [34, 450], [34, 471], [8, 471]],
};
const FOOT = [[8, 471], [34, 471], [42, 484], [40, 497], [8, 497]];
const SHANK = [[8, 376], [40, 376], [34, 450], [8, 450]];
const SIDES = {
  front: {
    head: [[5, 6], [15, 9], [22, 22], [24, 36], [5, 36]], face: [[5, 36], [24, 36], [21, 54], [10, 66], [5, 68]],
    neck: [[4, 68], [10, 66], [14, 78], [26, 82], [26, 92], [5, 90]], chest: [[5, 90], [26, 92], [38, 112], [41, 130], [42, 150], [5, 150]],
    abdomen: [[5, 150], [42, 150], [38, 185], [43, 222], [24, 226], [5, 226]], hip: [[24, 226], [43, 222], [49, 268], [30, 270], [10, 264]],
    thigh: [[3, 264], [10, 264], [30, 270], [49, 268], [42, 338], [6, 338]], shin: SHANK, foot: FOOT, ...LIMBS,
  },
  back: {
    head: [[5, 6], [15, 9], [22, 22], [24, 36], [20, 56], [5, 66]], neck: [[4, 67], [5, 66], [12, 62], [14, 78], [26, 82], [26, 92], [5, 90]],
    upper_back: [[5, 90], [26, 92], [38, 112], [41, 130], [41, 156], [5, 156]], lower_back: [[5, 156], [41, 156], [37, 185], [42, 214], [5, 214]],
    buttock: [[11, 214], [42, 214], [49, 272], [3, 272], [6, 246]], thigh: [[3, 272], [49, 272], [42, 338], [6, 338]],
    calf: SHANK, heel: FOOT, ...LIMBS,
  },
};
const MIDDLES = {
  front: {
    head: [5, 6, 36], face: [5, 36, 68], neck: [4, 68, 90], chest: [5, 90, 150], abdomen: [5, 150, 226],
    groin: [[-24, 226], [24, 226], [10, 264], [-10, 264]],
  },
  back: {
    head: [5, 6, 66], neck: [4, 66, 90], upper_back: [5, 90, 156], lower_back: [5, 156, 214],
    base_of_spine: [[-11, 214], [11, 214], [6, 246], [-6, 246]],
  },
};
const strip = ([half, top, bottom]) => [[-half, top], [half, top], [half, bottom], [-half, bottom]];
const centre = (points) => [0, 1].map((n) => points.reduce((sum, p) => sum + p[n], 0) / points.length);

function region(site, side, view, offsets) {
  const points = offsets.map(([x, y]) => [MIDDLE + x, y]);
  return { key: `${view}-${site}-${side}`, site, side, view, points, centre: inside(centre(points), centre(points)) };
}

// Every place that can be named on one view, from head to foot.
function regionsOf(view) {
  const [here, there] = view === "front" ? ["left", "right"] : ["right", "left"];
  const sides = Object.entries(SIDES[view]).flatMap(([site, half]) =>
    [region(site, there, view, mirrored(half)), region(site, here, view, half)]);
  const middles = Object.entries(MIDDLES[view]).map(([site, shape]) => region(site, "middle", view, shape.length === 3 ? strip(shape) : shape));
  return [...sides, ...middles].sort((a, b) => a.centre[1] - b.centre[1] || a.centre[0] - b.centre[0]);
}

function holds(points, [x, y]) {
  let found = false;
  for (let i = 0, j = points.length - 1; i < points.length; j = i, i += 1) {
    const [[ax, ay], [bx, by]] = [points[i], points[j]];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) found = !found;
  }
  return found;
}

export const onBody = (p) => holds(OUTLINE, p) || ((p[0] - HEAD.x) / HEAD.rx) ** 2 + ((p[1] - HEAD.y) / HEAD.ry) ** 2 <= 1;

// The point itself, or where one first meets the figure on the way from it to `to`.
function inside(p, to) {
  for (let part = 0; part <= 1; part += 0.05) {
    const q = [0, 1].map((n) => p[n] + (to[n] - p[n]) * part);
    if (onBody(q)) return q;
  }
  return to;
}

function distance(points, [x, y]) {
  if (holds(points, [x, y])) return 0;
  return Math.min(...points.map(([ax, ay], i) => {
    const [bx, by] = points[(i + 1) % points.length];
    const along = Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)));
    return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay));
  }));
}

export const REGIONS = { front: regionsOf("front"), back: regionsOf("back") };
export const regionOf = (key) => [...REGIONS.front, ...REGIONS.back].find((r) => r.key === key);

// The place that a tap at `p` means, with the point where its dot goes; nothing for a tap well beside the figure.
export function placeAt(view, p) {
  const [nearest] = REGIONS[view].map((r) => [distance(r.points, p), r]).sort((a, b) => a[0] - b[0]);
  return nearest[0] > REACH ? null : placeIn(nearest[1], inside(p, nearest[1].centre));
}

const fraction = (length, of) => Math.round((length / of) * 1000) / 1000;

// Site, side, view and point as a mark holds them.
export function placeIn({ site, side, view, centre: middle }, [x, y] = middle) {
  return { site, side, view, x: fraction(x, WIDTH), y: fraction(y, HEIGHT) };
}

const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

// The place that lies next in the direction of an arrow key; the same one where there is none.
export function nextRegion(from, key) {
  const [dx, dy] = ARROWS[key];
  const steps = REGIONS[from.view].map((r) => {
    const [x, y] = [r.centre[0] - from.centre[0], r.centre[1] - from.centre[1]];
    const [ahead, beside] = [x * dx + y * dy, Math.abs(x * dy + y * dx)];
    return [ahead + 2.5 * beside + (beside > ahead ? HEIGHT : 0), ahead, r]; // what lies more beside than ahead comes last
  }).filter(([, ahead]) => ahead > 1).sort((a, b) => a[0] - b[0]);
  return steps.length ? steps[0][2] : from;
}
export const isArrow = (key) => key in ARROWS;
