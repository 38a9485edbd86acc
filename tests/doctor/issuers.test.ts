/** Issuers of access tokens: the doctor compares those of the worker with those of Convex. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { examineHere, type Report, type Services, startConvexWith, startServices } from "./running-doctor.ts";

let services: Services;

beforeAll(async () => {
  services = await startServices();
});

afterAll(() => services.close());

/** Runs the doctor with these values of `WORKOS_ISSUER` in Convex and here. */
async function examineWith(theirs: string, ours: string): Promise<Report> {
  const environment = { WORKOS_API_URL: services.workosUrl, WORKOS_ISSUER: theirs };
  const convex = await startConvexWith(join(process.cwd(), "convex"), environment);
  const report = await examineHere({ ...services.good, CONVEX_URL: convex.url, WORKOS_ISSUER: ours });
  await convex.close();
  return report;
}

test.each([
  ["an issuer that Convex does not accept", "", "https://auth.example.com", "https://auth.example.com"],
  [
    "an issuer that only Convex accepts",
    "https://auth.example.com",
    "",
    "its WORKOS_ISSUER is not the one here",
  ],
])("%s fails at convex-auth and is named", async (_, theirs, ours, named) => {
  const { failed, of } = await examineWith(theirs, ours);
  expect(failed).toEqual(["convex-auth"]);
  expect(of("convex-auth").detail).toContain(named);
});

test("the same issuers on both sides are accepted in any order", async () => {
  const [one, two] = ["https://auth.example.com", "https://auth.example.com/"];
  const { failed } = await examineWith(`${one}, ${two}`, `${two},${one}`);
  expect(failed).toEqual([]);
});
