// Seals a note to the organisation's public key (HPKE, RFC 9180), so that this phone cannot read it back.
// The info binds organisation, key, schema and note id; sgapp/services/intake.py opens with the same one.
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";

const SCHEMA = 1;
const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

function base64Of(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

const plainOf = (payload) => new TextEncoder().encode(JSON.stringify({ schema: SCHEMA, ...payload }));

const MOST_SEALED_BYTES = 256 * 1024; // a longer one is refused by the office, when nobody can read it here any more
const SEALING_ADDS_BYTES = 65 + 16; // the encapsulated key before it, the tag behind it

// Whether the office takes a note of this length.
export const fits = (payload) => plainOf(payload).length + SEALING_ADDS_BYTES <= MOST_SEALED_BYTES;

// key: {key_id, public_key, organisation} as GET /api/intake/key gives it. Returns base64 of enc || ciphertext.
export async function seal(key, payload) {
  const recipientPublicKey = await suite.kem.importKey("raw", bytesOf(key.public_key).buffer, true);
  const info = new TextEncoder().encode(`sgapp/note/${SCHEMA}|${key.organisation}|${key.key_id}|${payload.id}`);
  const sender = await suite.createSenderContext({ recipientPublicKey, info: info.buffer });
  const sealed = new Uint8Array(await sender.seal(plainOf(payload).buffer));
  const enc = new Uint8Array(sender.enc);
  const whole = new Uint8Array(enc.length + sealed.length);
  whole.set(enc);
  whole.set(sealed, enc.length);
  return base64Of(whole);
}
