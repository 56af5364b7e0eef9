// The reference of a note, made on the phone from the note's id alone; sgapp/domain/reference.py makes the same one.
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export function checkSymbol(symbols) {
  let sum = 0;
  [...symbols].reverse().forEach((symbol, place) => {
    let value = ALPHABET.indexOf(symbol);
    if (place % 2 === 0) value = 2 * value >= 32 ? 2 * value - 31 : 2 * value;
    sum += value;
  });
  return ALPHABET[(32 - (sum % 32)) % 32];
}

export async function noteReference(id) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(id.toLowerCase())));
  let bits = 0n;
  for (const byte of digest.slice(0, 5)) bits = (bits << 8n) | BigInt(byte);
  let symbols = "";
  for (let i = 7; i >= 0; i -= 1) symbols += ALPHABET[Number((bits >> BigInt(5 * i)) & 31n)];
  return `VN-${symbols.slice(0, 4)}-${symbols.slice(4)}-${checkSymbol(symbols)}`;
}
