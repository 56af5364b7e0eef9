// Stands in for the library through which Reflex makes elements (sgapp/ui/first_load.py says why).
import { Fragment, createElement } from "react";

export { Fragment };
export const jsx = createElement;
