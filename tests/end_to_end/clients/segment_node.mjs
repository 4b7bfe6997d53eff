// @segment/analytics-node: node segment_node.mjs HOST WRITE_KEY USER_ID < story.json
import { Analytics } from "@segment/analytics-node";
import { fail, host, key, tell, user } from "./story.mjs";

const analytics = new Analytics({ writeKey: key, host, flushInterval: 200 });
analytics.on("error", fail);
await tell({
  identify: (traits) => analytics.identify({ userId: user, traits }),
  track: (event, properties) => analytics.track({ userId: user, event, properties }),
});
await analytics.closeAndFlush();
