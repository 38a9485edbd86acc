/** The Chromium inside the npm package `@sparticuz/chromium`, unpacked once for each version. Linux x64 only. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { waitForLock } from "../../local/launch/lock.ts";

export type BundledChromium = {
  executablePath: string;
  /** The whole environment of the browser process. Nothing in it points outside the project's folder. */
  env: Record<string, string>;
};

/** Raised whenever the layout of the unpacked folder changes. */
const LAYOUT = 1;
const UNPACK_MS = 120_000;

/**
 * The package's own `fonts.conf` names folders of AWS Lambda, and Chromium crashes when it finds no font at all.
 * Open Sans comes with the package and has no arrows, so DejaVu is beside it. Fonts of the machine are left out:
 * text is as wide here as on any other machine.
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
 * Returns the bundled browser, and unpacks it first if this checkout has not done so yet.
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

/** The package unpacks to the temporary folder of its process, so it gets a process with its own. */
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
