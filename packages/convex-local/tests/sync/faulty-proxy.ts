/** TCP proxy with network faults: closed connections, delays, and duplicated requests. */

import { connect, createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { seededRandom } from "../../src/functions/isolate/seeded-random.ts";
import { portOf } from "../../src/http/loopback.ts";

export type Faults = {
  /** Probability that a chunk of data is the last of its connection. */
  cut: number;
  /** The longest delay of a chunk in milliseconds. */
  delay: number;
  /** Probability that a connection is duplicated. The responses to the duplicate are discarded. */
  twice: number;
};

/** The proxy of one server. */
export class FaultyProxy {
  url = "";
  faults: Faults = { cut: 0, delay: 0, twice: 0 };
  cuts = 0;
  duplicates = 0;
  readonly #sockets = new Set<Socket>();
  readonly #random: () => number;

  private constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  static async to(url: string, seed: number): Promise<FaultyProxy> {
    const line = new FaultyProxy(seed);
    const { port } = new URL(url);
    const server: Server = createServer((client) => line.#join(client, Number(port)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    line.url = `http://127.0.0.1:${portOf(server)}`;
    onTestFinished(() => {
      line.cutAll();
      server.close();
    });
    return line;
  }

  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(client: Socket, port: number): void {
    const server = connect(port, "127.0.0.1");
    const ends = [client, server];
    if (this.#random() < this.faults.twice) {
      this.duplicates += 1;
      const shadow = connect(port, "127.0.0.1");
      shadow.resume();
      ends.push(shadow);
    }
    const cut = (): void => {
      for (const end of ends) end.destroy();
    };
    for (const end of ends) {
      this.#sockets.add(end);
      end.on("error", cut);
      end.on("close", () => {
        this.#sockets.delete(end);
        cut();
      });
    }
    this.#carry(client, ends.slice(1), cut);
    this.#carry(server, [client], cut);
  }

  #carry(from: Socket, to: Socket[], cut: () => void): void {
    let last = Promise.resolve();
    from.on("data", (data) => {
      const wait = this.#random() * this.faults.delay;
      const isLast = this.#random() < this.faults.cut;
      // In sequence, so that a delay does not change the order.
      last = last.then(async () => {
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
        // The connection can close in the middle of a frame.
        const part = isLast ? data.subarray(0, Math.floor(this.#random() * data.length)) : data;
        for (const socket of to) if (socket.writable) socket.write(part);
        if (isLast) {
          this.cuts += 1;
          cut();
        }
      });
    });
  }
}
