// Texts with places to fill in: "{number} minutes". What is put in is never read for places itself.
// In pieces, so that a link can stand in one.
export const pieces = (text, values) => text.split(/\{(\w+)\}/).map((piece, i) => (i % 2 ? values[piece] : piece));
export const fill = (text, values) => pieces(text, values).join("");

// One of two texts, by the number that stands in it.
export const many = (number, one, more) => fill(number === 1 ? one : more, { number });
