// @rudderstack/analytics-js in jsdom: node rudder_browser.mjs HOST WRITE_KEY USER_ID < story.json
import { until, window } from "./browser.mjs";
import { host, key, tell, user } from "./story.mjs";

const { RudderAnalytics } = await import("@rudderstack/analytics-js/bundled");
const analytics = new RudderAnalytics();
let ready = false;
// What jsdom lacks would be fetched from a host of the vendor's.
const options = { configUrl: host, plugins: ["XhrQueue"], polyfillIfRequired: false };
analytics.load(key, host, { ...options, onLoaded: () => (ready = true) });
await until(() => ready, "loading");
await tell({
  identify: (traits) => analytics.identify(user, traits),
  track: (event, properties) => analytics.track(event, properties),
});
// Its queues, as JSON in JSON.
const { localStorage } = window;
const names = () => Object.keys(localStorage).filter((name) => /\.(queue|inProgress)$/.test(name));
const waiting = () => names().some((name) => !['"[]"', '"{}"'].includes(localStorage.getItem(name)));
await until(() => !waiting(), "delivery");
window.close();
process.exit(0);
