// What she took along goes from this phone on Hide (draft.js), and at the next contact that says: nobody is signed in here, somebody
// else is, or this phone was switched off.
import { meet } from "./device.js";

// The vault is fetched only where it is wanted: whoever has none loses no time over it. True when it is gone.
export const letGo = () => import("./vault.js").then(({ vault, CARD }) => vault.drop(CARD)).then(() => true, () => false);

export const meetOrLetGo = () => meet(letGo);
