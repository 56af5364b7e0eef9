// Made by sgapp/phone/words from its catalogue; not to be written by hand.
export const phone = "Phone";
