/** Proxy in front of the app that compresses its answers, as Cloudflare does for browsers. */
import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { constants, createGzip } from "node:zlib";

/** Content types that Cloudflare compresses. Source: developers.cloudflare.com/speed/optimization/content/compression */
const COMPRESSED = /^(text\/|application\/(javascript|json)|image\/svg)/;

export type Edge = { url: string; close(): void };

/**
 * Starts the proxy.
 *
 * @param port - The port to listen on.
 * @param target - The port of the app, which has the proxy's address as its `APP_URL`.
 */
export async function startEdge(port: number, target: number): Promise<Edge> {
  const server = createServer((request, response) => {
    const { method, url: path, headers } = request;
    const onward = send({ hostname: "127.0.0.1", port: target, method, path, headers }, (answer) => {
      const { "content-length": length, ...rest } = answer.headers;
      const isText = COMPRESSED.test(String(rest["content-type"]));
      const status = answer.statusCode ?? 502;
      if (
        !isText ||
        rest["content-encoding"] !== undefined ||
        !/gzip/.test(String(headers["accept-encoding"]))
      ) {
        response.writeHead(status, answer.headers);
        answer.pipe(response);
        return;
      }
      response.writeHead(status, { ...rest, "content-encoding": "gzip" });
      // Each part is sent at once, so that the browser reads the document while the app renders.
      answer.pipe(createGzip({ flush: constants.Z_SYNC_FLUSH })).pipe(response);
    });
    request.pipe(onward.on("error", () => response.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
