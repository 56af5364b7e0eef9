// Made by sgapp/phone/words from its catalogue; not to be written by hand.
export const last_here = "whoever signed in here last";
export const phone = "Phone";
