// @rudderstack/rudder-sdk-node: node rudder_node.mjs HOST WRITE_KEY USER_ID < story.json
import RudderAnalytics from "@rudderstack/rudder-sdk-node";
import { host, key, tell, user } from "./story.mjs";

const analytics = new RudderAnalytics(key, { dataPlaneUrl: host, flushInterval: 200, logLevel: "error" });
await tell({
  identify: (traits) => analytics.identify({ userId: user, traits }),
  track: (event, properties) => analytics.track({ userId: user, event, properties }),
});
await analytics.flush();
