/** A device in words. */
import { UAParser } from "my-ua-parser";

/** @returns Such as `Chrome on macOS`; `An unknown device` where a user agent says nothing. */
export function deviceInWords(userAgent: string | null): string {
  if (!userAgent) return "An unknown device";
  const { browser, os } = new UAParser(userAgent).getResult();
  const system = os.name === "Mac OS" ? "macOS" : os.name;
  if (browser.name && system) return `${browser.name} on ${system}`;
  return browser.name ?? system ?? "An unknown device";
}
