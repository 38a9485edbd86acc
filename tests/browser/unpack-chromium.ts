/**
 * Child process of `bundled-chromium.ts`: unpacks `@sparticuz/chromium`, which always unpacks to `TMPDIR`.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import chromium, { inflate } from "@sparticuz/chromium";

const packageFolder = dirname(dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")));

await chromium.executablePath();
await inflate(join(packageFolder, "bin", "al2023.tar.br")); // libraries that a bare Debian lacks
