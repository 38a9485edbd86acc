// Preloaded in the processes of tests/deploy: resolves `*.mosaic.test` to this machine, because a deploy rejects
// loopback addresses.
import dns from "node:dns";

const real = dns.lookup;

dns.lookup = (hostname, options, callback) => {
  const [settings, done] = typeof options === "function" ? [{}, options] : [options, callback];
  if (!hostname.endsWith(".mosaic.test")) return real(hostname, settings, done);
  if (settings.all) return process.nextTick(done, null, [{ address: "127.0.0.1", family: 4 }]);
  return process.nextTick(done, null, "127.0.0.1", 4);
};
