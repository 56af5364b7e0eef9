// Passkeys: what the server asks of the device, and what the device answers, put into JSON and back. Nothing is kept here.
const bytesOf = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const textOf = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

export const hasPasskeys = () => typeof window !== "undefined" && Boolean(window.PublicKeyCredential);

const toDevice = (options) => ({
  ...options,
  challenge: bytesOf(options.challenge),
  ...(options.user ? { user: { ...options.user, id: bytesOf(options.user.id) } } : {}),
  ...(options.excludeCredentials ? { excludeCredentials: options.excludeCredentials.map((c) => ({ ...c, id: bytesOf(c.id) })) } : {}),
});

const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

const fromDevice = (answer) => JSON.stringify({
  id: answer.id,
  rawId: textOf(answer.rawId),
  type: answer.type,
  response: Object.fromEntries(PARTS.filter((part) => answer.response[part]).map((part) => [part, textOf(answer.response[part])])),
  clientExtensionResults: {},
});

// Both reject where the person says no, or the device has none.
export const makePasskey = async (options) => fromDevice(await navigator.credentials.create({ publicKey: toDevice(options) }));
export const askPasskey = async (options) => fromDevice(await navigator.credentials.get({ publicKey: toDevice(options) }));
