import { describe, expect, it } from "vitest";
import type { AttributeValue } from "./data.ts";
import { agentOf, seriesOf } from "./names.ts";

describe("names", () => {
  const name = (values: Record<string, AttributeValue>) => seriesOf("m", Object.entries(values));

  it("have the kept attributes in order, without the prefix gen_ai.", () => {
    expect(
      name({
        type: "t",
        "gen_ai.token.type": "input",
        "gen_ai.request.model": "gpt",
        "gen_ai.response.model": "gpt",
        "gen_ai.operation.name": "chat",
        "session.id": "secret",
      }),
    ).toBe("m{operation.name=chat,request.model=gpt,token.type=input,type=t}");
    expect(name({ "gen_ai.request.model": "a", "gen_ai.response.model": "b" })).toBe(
      "m{request.model=a,response.model=b}",
    );
    expect(name({ "user.id": "x" })).toBe("m");
  });

  it("replace what separates them, and cut values to 64 characters", () => {
    expect(name({ type: "a{b},c=d\n" })).toBe("m{type=a_b__c_d_}");
    expect(name({ type: "🙂".repeat(70) })).toBe(`m{type=${"🙂".repeat(64)}}`);
  });

  it.each<[Record<string, string>, string]>([
    [{ "mosaic.agent": "m", "gen_ai.agent.name": "g", "service.name": "s" }, "m"],
    [{ "gen_ai.agent.name": "g", "service.name": "s" }, "g"],
    [{ "service.name": "s", "service.instance.id": "i".repeat(24) }, `s/${"i".repeat(24)}`],
    [{ "service.name": "s", "service.instance.id": "i".repeat(25) }, "s"],
    [{ "service.name": "s", "service.instance.id": "" }, "s"],
    [{ "host.name": "h" }, "unknown_service"],
    [{ "service.name": "" }, "unknown_service"],
    [{ "mosaic.agent": "..", "service.name": "s" }, "s"],
    [{ "service.name": "a\u0000b\u200f" }, "a b\u200f"],
    [{ "service.name": "🙂".repeat(70) }, "🙂".repeat(64)],
  ])("the agent of %j is %s", (resource, agent) => {
    expect(agentOf(Object.entries(resource))).toBe(agent);
  });
});
