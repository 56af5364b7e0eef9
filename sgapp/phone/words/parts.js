// Made by sgapp/phone/words from its catalogue; not to be written by hand.
export const missing = "Something is missing";
export const still_here = "What you wrote is still here.";
