// A browser: jsdom's window as the globals that a script in a page sees, with its checks of what may cross origins.
import { JSDOM } from "jsdom";

const dom = new JSDOM("<!doctype html><title>Garden</title><script></script>", {
  url: "http://shop.example/products/beans?session=secret",
  pretendToBeVisual: true,
});
export const { window } = dom;
const theirs = ["navigator", "localStorage", "sessionStorage", "Event", "CustomEvent", "EventTarget"];
for (const name of Object.getOwnPropertyNames(window)) {
  if (name in globalThis && !theirs.includes(name)) continue;
  Object.defineProperty(globalThis, name, { get: () => window[name], configurable: true });
}
for (const name of ["addEventListener", "removeEventListener", "dispatchEvent"]) {
  globalThis[name] = window[name].bind(window);
}
window.fetch = (address, options = {}) => fetch(address, options);

export function until(done, what) {
  return new Promise((resolve, reject) => {
    const end = Date.now() + 20_000;
    const look = () => {
      if (done()) resolve();
      else if (Date.now() > end) reject(new Error(`${what} did not happen`));
      else setTimeout(look, 50);
    };
    look();
  });
}
