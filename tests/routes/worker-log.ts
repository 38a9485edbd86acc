/** Captured log of the worker, parsed as JSON. */

export type LogLine = { level: string; event: string; [field: string]: unknown };

type Written = { level: string; message: string };

export class WorkerLog {
  /** Entries as written. */
  readonly written: Written[] = [];

  readonly take = (entry: Written): void => {
    this.written.push({ level: entry.level, message: entry.message });
  };

  /**
   * Returns every parsed line.
   * @throws {SyntaxError} when a line is not JSON.
   */
  get lines(): LogLine[] {
    return this.written.flatMap(({ message }) =>
      message.split("\n").map((line) => JSON.parse(line) as LogLine),
    );
  }

  of(event: string): LogLine[] {
    return this.lines.filter((line) => line.event === event);
  }

  forget(): void {
    this.written.length = 0;
  }

  /**
   * Waits for the first line that matches, because the log arrives shortly after the response.
   * @param fits - Predicate for the line.
   * @param ms - Timeout in milliseconds.
   * @returns The line.
   * @throws {Error} when no line matches within the timeout.
   */
  async line(fits: (line: LogLine) => boolean, ms = 3_000): Promise<LogLine> {
    const deadline = Date.now() + ms;
    for (;;) {
      const found = this.lines.find(fits);
      if (found !== undefined) return found;
      if (Date.now() > deadline) {
        throw new Error(`No such line in the log:\n${this.written.map(({ message }) => message).join("\n")}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Returns the lines that are not JSON log entries or that bypass the logger. */
  get faults(): string[] {
    const faults: string[] = [];
    for (const { level, message } of this.written) {
      if (level === "error" || level === "warn") faults.push(`console.${level}: ${message}`);
      for (const line of message.split("\n")) {
        if (!isEntry(line)) faults.push(`not a log entry: ${line}`);
      }
    }
    return faults;
  }
}

function isEntry(line: string): boolean {
  try {
    const entry = JSON.parse(line) as Partial<LogLine> | null;
    return typeof entry?.level === "string" && typeof entry.event === "string";
  } catch {
    return false;
  }
}
