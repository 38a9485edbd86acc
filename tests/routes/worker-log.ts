/** What the worker wrote to its log: kept, read as JSON, and looked through for what must not be there. */

export type LogLine = { level: string; event: string; [field: string]: unknown };

type Written = { level: string; message: string };

export class WorkerLog {
  /** As written. */
  readonly written: Written[] = [];

  readonly take = (entry: Written): void => {
    this.written.push({ level: entry.level, message: entry.message });
  };

  /** Every line, read. Throws on one that is no JSON object. */
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

  /** The first line that fits, waited for: the log arrives a moment after the answer. Throws after `ms` milliseconds. */
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

  /** What is wrong with the log as such: lines that are no JSON, or that bypass it. */
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
