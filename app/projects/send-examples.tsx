/** Code examples that send a metric to this project. */
import { CodeBlock } from "../ui/code-block.tsx";

type Example = {
  origin: string;
  project: { _id: string; name: string };
  keyName: string | null;
  secret: string | null;
};

const keyOf = ({ keyName }: Example) => (keyName === null ? "a key of its own" : `key “${keyName}”`);

/** Returns a shell command. It contains the API key only right after the key was created. */
function curlExample(example: Example): string {
  const { origin, project, secret } = example;
  return [
    `# ${project.name} (${project._id}), ${keyOf(example)}`,
    `curl ${origin}/api/v1/metrics \\`,
    `  -H "Authorization: Bearer ${secret ?? "$MOSAIC_KEY"}" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '{"metrics":[{"agent":"my-agent","name":"tasks","value":1}]}'`,
  ].join("\n");
}

/**
 * Returns a TypeScript function. It reads the API key from the environment, because keys do not belong in
 * code.
 */
function typescriptExample(example: Example): string {
  const { origin, project } = example;
  return [
    `// ${project.name} (${project._id}), ${keyOf(example)}`,
    "export async function send(agent: string, name: string, value: number) {",
    `  const response = await fetch("${origin}/api/v1/metrics", {`,
    `    method: "POST",`,
    "    headers: {",
    '      Authorization: "Bearer " + process.env.MOSAIC_KEY,',
    `      "Content-Type": "application/json",`,
    "    },",
    "    body: JSON.stringify({ metrics: [{ agent, name, value }] }),",
    "  });",
    '  if (response.status !== 202) throw new Error("Mosaic answered " + response.status);',
    "}",
  ].join("\n");
}

export function SendExamples(example: Example) {
  return (
    <div className="grid gap-4 wide:grid-cols-2">
      <CodeBlock title="curl" what="the command" code={curlExample(example)} />
      <CodeBlock title="TypeScript" what="the code" code={typescriptExample(example)} />
    </div>
  );
}
