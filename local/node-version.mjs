// Reports in one line that this Node is too old, before any module loads that an old Node cannot parse.
// Therefore it is plain JavaScript, loaded with `--import`. On Linux it never reports anything: npm scripts
// find the project's own Node first (node_modules/.bin/node).
const NEEDED = [22, 22];

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  process.stderr.write(
    `Mosaic needs Node ${NEEDED.join(".")} or newer here; this is ${process.versions.node}.\n`,
  );
  process.exit(1);
}
