/** `npm run doctor`: says what is wrong with the configuration, and what to do about it. It changes nothing. */
import { join } from "node:path";
import { putTogether } from "../config.ts";
import { readDevVars } from "../dev-vars.ts";
import { type Ports, portsFrom } from "../ports.ts";
import { examine } from "./examine.ts";
import { asJson, asText, CHECKS, type CheckResult, type Finding, fail, notChecked } from "./report.ts";
import { subjectOf } from "./subject.ts";

const HELP = `npm run doctor [-- --json]

Checks the configuration (environment, .dev.vars, local defaults) against the services that it names.
`;

/** Stands for the password that \`npm start\` would make here: the doctor writes no file. */
const OWN_PASSWORD = "a password that npm start would make";

async function run(): Promise<CheckResult[]> {
  let ports: Ports;
  let devVars: Record<string, string | undefined>;
  try {
    ports = portsFrom(process.env.PORT);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return nothingBut(fail(error.message, "Set PORT again, or not at all."));
  }
  try {
    devVars = readDevVars(join(process.cwd(), ".dev.vars"));
  } catch {
    return nothingBut(
      fail(".dev.vars cannot be read", "Make it a file that this user may read, or remove it."),
    );
  }
  const config = putTogether(process.env, devVars, ports, () => OWN_PASSWORD);
  return examine(subjectOf({ ...devVars, ...process.env }, config));
}

/** Where there is no configuration to look at. */
function nothingBut(finding: Finding): CheckResult[] {
  const others = notChecked("environment: npm start would not start");
  return CHECKS.map((name) => ({ name, ...(name === "environment" ? finding : others) }));
}

const options = process.argv.slice(2);
const unknown = options.find((option) => option !== "--json" && option !== "--help");
if (unknown !== undefined || options.includes("--help")) {
  process[unknown === undefined ? "stdout" : "stderr"].write(HELP);
  process.exitCode = unknown === undefined ? 0 : 1;
} else {
  const results = await run();
  process.stdout.write(options.includes("--json") ? asJson(results) : asText(results));
  process.exitCode = results.some(({ status }) => status === "fail") ? 1 : 0;
}
