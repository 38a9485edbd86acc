/** A TCP proxy that behaves as networks do: it cuts, delays, and sends the same thing twice. */

import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export type Faults = {
  /** Chance that a piece of data, either way, is the last of its connection. */
  cut: number;
  /** Longest delay of a piece of data, in milliseconds. */
  delay: number;
  /** Chance that a connection reaches the server twice: the second time nobody reads the answers. */
  twice: number;
};

export class BadLine {
  url = "";
  faults: Faults = { cut: 0, delay: 0, twice: 0 };
  cuts = 0;
  duplicates = 0;
  readonly #sockets = new Set<Socket>();
  readonly #random: () => number;

  private constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  static async to(url: string, seed: number): Promise<BadLine> {
    const line = new BadLine(seed);
    const { port } = new URL(url);
    const server: Server = createServer((client) => line.#join(client, Number(port)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    line.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
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
      // One after the other, so that a delay changes when and never in which order.
      last = last.then(async () => {
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
        // A cut falls inside of a frame as easily as between two.
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

/** The same sequence for the same seed (mulberry32), so that a failure can be seen again. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
