/** Receivers of alerts: HTTP servers on this machine that keep what they get. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Received = {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  // biome-ignore lint/suspicious/noExplicitAny: The shape depends on the type of the message.
  json: any;
  at: number;
};

export type Receiver = {
  url: string;
  received: Received[];
  /** Answers the requests from now on. */
  answerWith(respond: (response: ServerResponse, request: Received) => void): void;
  close(): Promise<void>;
};

const ok = (response: ServerResponse) => void response.writeHead(204).end();

/** Starts a receiver that accepts everything. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let respond: (response: ServerResponse, request: Received) => void = ok;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { url: path = "", headers } = request;
    const one = { path, headers, body, json: JSON.parse(body), at: Date.now() };
    received.push(one);
    respond(response, one);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`,
    received,
    answerWith: (next) => {
      respond = next;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
