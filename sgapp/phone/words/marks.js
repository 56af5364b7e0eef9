// Made by sgapp/phone/words from its catalogue; not to be written by hand.
export const loading = "Loading …";
export const not_fetched = "The figure could not be fetched. Write it under “What I saw”.";
