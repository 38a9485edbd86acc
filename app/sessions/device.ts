/** Device names from user agents. Kept small because the browser loads it too. */

type Names = readonly (readonly [sign: RegExp, name: string])[];

/** The order matters: most user agents also contain the names of older browsers. */
const BROWSERS: Names = [
  [/\bEdg(?:A|iOS)?\//, "Edge"],
  [/\bOPR\/|\bOpera\b/, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bVivaldi\//, "Vivaldi"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Headless)?Chrom(?:e|ium)\/|\bCriOS\//, "Chrome"],
  [/\bVersion\/\S+ (?:Mobile\/\S+ )?Safari\//, "Safari"],
];

const SYSTEMS: Names = [
  [/\bWindows\b/, "Windows"],
  [/\biPad\b/, "iPadOS"],
  [/\b(?:iPhone|iPod)\b/, "iOS"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bLinux\b|\bX11\b/, "Linux"],
];

function nameIn(userAgent: string, names: Names): string | null {
  return names.find(([sign]) => sign.test(userAgent))?.[1] ?? null;
}

/** Returns a name such as `Chrome on macOS`, or `An unknown device` for an unknown user agent. */
export function deviceInWords(userAgent: string | null | undefined): string {
  const browser = nameIn(userAgent ?? "", BROWSERS);
  const system = nameIn(userAgent ?? "", SYSTEMS);
  if (browser !== null && system !== null) return `${browser} on ${system}`;
  return browser ?? system ?? "An unknown device";
}
