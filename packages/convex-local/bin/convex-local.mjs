#!/usr/bin/env node
// Entry of `npx convex-local`. Plain JavaScript, so that an old Node can run it and say that it is too old.
const REQUIRED = [22, 22];

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < REQUIRED[0] || (major === REQUIRED[0] && minor < REQUIRED[1])) {
  process.stderr.write(
    `convex-local needs Node ${REQUIRED.join(".")} or newer; this is ${process.versions.node}. ` +
      "Install a newer one, or add it to the project (npm install --save-dev node) and use npx.\n",
  );
  process.exit(1);
}

await import("../src/cli.ts");
