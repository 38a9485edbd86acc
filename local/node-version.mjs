// Says in one line that this Node is too old, before anything that an old Node cannot read is loaded.
// Plain JavaScript, and passed with `--import`, for that reason. On Linux it never speaks: the project
// brings its own Node (node_modules/.bin/node), which npm scripts find first.
const NEEDED = [22, 22];

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  process.stderr.write(
    `Mosaic needs Node ${NEEDED.join(".")} or newer here; this is ${process.versions.node}.\n`,
  );
  process.exit(1);
}
