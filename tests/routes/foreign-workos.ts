/** A WorkOS emulator of another project, which sends its events to the local Convex backend. */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

export type ForeignWorkOS = { url: string; apiKey: string };

/** Returns a port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Adds a webhook endpoint to a WorkOS emulator, and returns a function that removes it. */
export async function addWebhookEndpoint(
  { url, apiKey }: ForeignWorkOS,
  webhook: { url: string; secret: string },
): Promise<() => Promise<void>> {
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  const added = await fetch(`${url}/webhook_endpoints`, {
    method: "POST",
    headers,
    body: JSON.stringify({ endpoint_url: webhook.url, secret: webhook.secret, events: [] }),
  });
  if (!added.ok) throw new Error(`No webhook endpoint at ${url}: ${added.status} ${await added.text()}`);
  const { id } = (await added.json()) as { id: string };
  return async () => {
    await fetch(`${url}/webhook_endpoints/${id}`, { method: "DELETE", headers });
  };
}
