/** Proxy in front of Convex that replays recorded answers, so that a benchmark measures only the worker. */
import { createServer } from "node:http";

/** Path prefix that returns the recorded answer of a function to a GET request. */
export const AGAIN = "/again/";

/**
 * Starts the proxy. It forwards requests until `remember` is called, and then replays the first answer to
 * each.
 *
 * @param target - The URL of Convex.
 * @param port - The port to listen on, on 127.0.0.1.
 */
export async function startMemory(target: string, port: number) {
  const answers = new Map<string, { status: number; body: Buffer }>();
  let remembering = false;
  /** Returns the recorded answer of a function, such as `pages:dashboard`. */
  const answerOf = (path: string): Buffer => {
    const known = [...answers].find(([key]) => key.includes(`"path":"${path}"`));
    if (known === undefined) throw new Error(`nothing is remembered of ${path}`);
    return known[1].body;
  };
  const server = createServer(async (request, response) => {
    if (request.url?.startsWith(AGAIN)) {
      const body = answerOf(request.url.slice(AGAIN.length));
      response.writeHead(200, { "content-type": "application/json" }).end(body);
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const key = `${request.url} ${body.toString()}`;
    const known = remembering ? answers.get(key) : undefined;
    const answer = known ?? (await passOn(target, request.url ?? "/", request.headers, body));
    answers.set(key, answer);
    response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    remember() {
      answers.clear();
      remembering = true;
    },
    answerOf,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function passOn(target: string, path: string, headers: NodeJS.Dict<string | string[]>, body: Buffer) {
  const kept = ["authorization", "content-type", "convex-client"].flatMap((name) => {
    const value = headers[name];
    return typeof value === "string" ? [[name, value] as [string, string]] : [];
  });
  const answer = await fetch(target + path, { method: "POST", headers: kept, body: new Uint8Array(body) });
  return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
}
