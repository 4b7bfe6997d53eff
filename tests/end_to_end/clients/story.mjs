// Tells the story on standard input through `calls` ({identify, track}), one call after the other.
import { readFileSync } from "node:fs";

export const [host, key, user] = process.argv.slice(2);

export async function tell(calls) {
  for (const [kind, ...told] of JSON.parse(readFileSync(0, "utf8"))) await calls[kind](...told);
}

export function fail(error) {
  console.error(error);
  process.exit(1);
}

process.on("unhandledRejection", fail);
