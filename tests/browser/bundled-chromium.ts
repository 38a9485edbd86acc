/** The Chromium of the npm package `@sparticuz/chromium`, unpacked once per version. Linux x64 only. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { waitForLock } from "../../local/launch/lock.ts";

export type BundledChromium = {
  executablePath: string;
  /** The whole environment of the browser process. Apart from TMPDIR, its folders are inside the project. */
  env: Record<string, string>;
};

/** Increase this number when the layout of the unpacked folder changes. */
const LAYOUT = 1;
const UNPACK_MS = 120_000;

/**
 * Replaces the package's `fonts.conf`, which names folders of AWS Lambda; Chromium crashes without any font.
 * DejaVu adds the arrows that Open Sans lacks. System fonts are excluded, so that text has the same width on
 * every machine.
 */
const FONTS_CONF = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir prefix="relative">../../../node_modules/dejavu-fonts-ttf/ttf</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family><family>DejaVu Sans</family></prefer></alias>
  <alias><family>system-ui</family><prefer><family>Open Sans</family><family>DejaVu Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
`;

/**
 * Returns the bundled browser, and unpacks it on the first call in a checkout.
 *
 * @throws {Error} when it cannot be unpacked, for example because the disk is full.
 */
export async function bundledChromium(): Promise<BundledChromium> {
  const folder = resolve(".local", "chromium", `${packageVersion()}-${LAYOUT}`);
  if (!existsSync(folder)) {
    const lock = await waitForLock(`${folder}.lock`, AbortSignal.timeout(UNPACK_MS));
    try {
      if (!existsSync(folder)) await unpack(folder);
    } finally {
      lock.release();
    }
  }
  return {
    executablePath: join(folder, "chromium"),
    env: {
      PATH: process.env.PATH ?? "",
      HOME: join(folder, "home"),
      XDG_CACHE_HOME: join(folder, "cache"),
      XDG_CONFIG_HOME: join(folder, "config"),
      FONTCONFIG_FILE: join(folder, "fonts.conf"),
      LD_LIBRARY_PATH: join(folder, "al2023", "lib"),
      ...(process.env.TMPDIR !== undefined && { TMPDIR: process.env.TMPDIR }),
    },
  };
}

function packageVersion(): string {
  const main = createRequire(import.meta.url).resolve("@sparticuz/chromium");
  const { version } = JSON.parse(readFileSync(join(dirname(dirname(main)), "package.json"), "utf8"));
  return version;
}

/** Unpacks in a child process, because the package unpacks to its process's temporary folder. */
async function unpack(folder: string): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  for (const name of ["home", "cache", "config"]) mkdirSync(join(unfinished, name), { recursive: true });
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, "unpack-chromium.ts")], {
    env: { ...process.env, TMPDIR: unfinished },
    timeout: UNPACK_MS,
  });
  writeFileSync(join(unfinished, "fonts.conf"), FONTS_CONF);
  renameSync(unfinished, folder);
}
