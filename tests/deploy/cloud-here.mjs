// Loaded before everything in the processes of tests/deploy/deploy.test.ts: `*.mosaic.test` is this machine, as if DNS
// said so. A deploy refuses addresses that are this machine's own, and its whole path is to be tried all the same.
import dns from "node:dns";

const real = dns.lookup;

dns.lookup = (hostname, options, callback) => {
  const [settings, done] = typeof options === "function" ? [{}, options] : [options, callback];
  if (!hostname.endsWith(".mosaic.test")) return real(hostname, settings, done);
  if (settings.all) return process.nextTick(done, null, [{ address: "127.0.0.1", family: 4 }]);
  return process.nextTick(done, null, "127.0.0.1", 4);
};
