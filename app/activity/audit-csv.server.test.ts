import { describe, expect, it } from "vitest";
import { csvLine } from "./audit-csv.server.ts";

describe("csvLine quotes cells and escapes formulas", () => {
  it.each([
    [["a", "", "b c"], "a,,b c"],
    [["a,b", 'say "hi"'], '"a,b","say ""hi"""'],
    [["two\nlines"], '"two\nlines"'],
    [["=1+1"], "'=1+1"],
    [["+1"], "'+1"],
    [["-1"], "'-1"],
    [["@SUM(A1)"], "'@SUM(A1)"],
    [["\tx"], "'\tx"],
    [["\rx"], '"\'\rx"'],
    [['=HYPERLINK("http://evil.example","x")'], '"\'=HYPERLINK(""http://evil.example"",""x"")"'],
    [["a=1"], "a=1"],
  ])("in %j as %j", (values, line) => {
    expect(csvLine(values)).toBe(`${line}\r\n`);
  });
});
