// Makes elements in the browser, where only the body of a page is drawn anew. On the machine that builds the pages, plain_elements.js
// does, and writes them whole.
import { createElement, createPortal, Fragment, useLayoutEffect } from "react";
import { Scripts, ScrollRestoration } from "react-router";

export { Fragment };

const Inside = ({ children }) => children;
const Nothing = () => null;

function Title({ children }) {
  useLayoutEffect(() => {
    document.title = children;
  }, [children]);
  return null;
}

// A style sheet that a page names in its body is fetched once and stays. Until it is there the page is not seen.
function Sheet({ rel, href }) {
  useLayoutEffect(() => {
    if (rel !== "stylesheet" || document.querySelector(`link[rel=stylesheet][href="${href}"]`)) return;
    const sheet = Object.assign(document.createElement("link"), { rel, href });
    const page = document.body.style;
    page.visibility = "hidden";
    sheet.onload = sheet.onerror = () => {
      page.visibility = "";
    };
    document.head.append(sheet);
  }, [rel, href]);
  return null;
}

// It keeps where a page was scrolled to, and draws the script that did so before this one ran: nowhere that runs it again.
const aside = document.createElement("div");
const Scroll = () => createPortal(createElement(ScrollRestoration), aside);

const STANDING_IN = new Map([["html", Inside], ["head", Nothing], ["body", Inside], ["title", Title], ["meta", Nothing],
  ["link", Sheet], [Scripts, Nothing], [ScrollRestoration, Scroll]]);

export const jsx = (type, ...rest) => createElement(STANDING_IN.get(type) ?? type, ...rest);
