// @segment/analytics-next in jsdom: node segment_browser.mjs HOST WRITE_KEY USER_ID < story.json
import { window } from "./browser.mjs";
import { fail, host, key, tell, user } from "./story.mjs";

const { AnalyticsBrowser } = await import("@segment/analytics-next");
const [analytics] = await AnalyticsBrowser.load({ writeKey: key, cdnURL: host });
analytics.on("error", fail);
await tell({
  identify: (traits) => analytics.identify(user, traits),
  track: (event, properties) => analytics.track(event, properties),
});
window.close();
process.exit(0);
