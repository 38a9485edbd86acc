/**
 * ZIP files, up to 4 GiB: written and read entry by entry.
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";
import { crc32, createDeflateRaw, createInflateRaw } from "node:zlib";

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
/** Space for the comment after the directory. */
const LONGEST_COMMENT = 0xffff;
const LARGEST = 0xffffffff;
const DEFLATED = 8;
const UTF8_NAMES = 0x800;
const VERSION = 20;

/** An entry, where its data begins, and how to read it. */
export type ZipEntry = { name: string; read(): Readable };

type Written = { name: Buffer; offset: number; crc: number; packed: number; size: number };

/** Writes a new ZIP file. */
export class ZipWriter {
  readonly #file: FileHandle;
  readonly #entries: Written[] = [];
  #at = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @param path - The file, replaced if it exists. Only its owner can read it. */
  static async create(path: string): Promise<ZipWriter> {
    return new ZipWriter(await open(path, "w", 0o600));
  }

  async add(name: string, chunks: Iterable<string | Buffer> | AsyncIterable<string | Buffer>): Promise<void> {
    const entry = { name: Buffer.from(name), offset: this.#at, crc: 0, packed: 0, size: 0 };
    // The real header is written when the sizes are known.
    await this.#write(localHeader(entry));
    const begin = this.#at;
    const counted = async function* (): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        const bytes = Buffer.from(chunk);
        entry.crc = crc32(bytes, entry.crc);
        entry.size += bytes.length;
        yield bytes;
      }
    };
    for await (const packed of Readable.from(counted()).pipe(createDeflateRaw())) await this.#write(packed);
    entry.packed = this.#at - begin;
    if (entry.size > LARGEST || this.#at > LARGEST) throw new Error("The ZIP file is larger than 4 GiB.");
    await this.#file.write(localHeader(entry), 0, undefined, entry.offset);
    this.#entries.push(entry);
  }

  /** Writes the directory and closes the file. */
  async finish(): Promise<void> {
    const begin = this.#at;
    for (const entry of this.#entries) await this.#write(centralHeader(entry));
    const end = Buffer.alloc(END_BYTES);
    end.writeUInt32LE(END_OF_DIRECTORY, 0);
    end.writeUInt16LE(this.#entries.length, 8);
    end.writeUInt16LE(this.#entries.length, 10);
    end.writeUInt32LE(this.#at - begin, 12);
    end.writeUInt32LE(begin, 16);
    await this.#write(end);
    await this.#file.close();
  }

  async #write(bytes: Buffer): Promise<void> {
    await this.#file.write(bytes, 0, undefined, this.#at);
    this.#at += bytes.length;
  }
}

/**
 * Reads the directory of a ZIP file.
 *
 * @throws {Error} when the file is not a ZIP file.
 */
export async function readZip(path: string): Promise<ZipEntry[]> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const tail = await bytesAt(
      file,
      Math.max(0, size - END_BYTES - LONGEST_COMMENT),
      END_BYTES + LONGEST_COMMENT,
    );
    const signature = Buffer.alloc(4);
    signature.writeUInt32LE(END_OF_DIRECTORY);
    const end = tail.lastIndexOf(signature);
    if (end === -1) throw new Error("The file is not a ZIP file.");
    const directory = await bytesAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
    const entries: ZipEntry[] = [];
    for (let at = 0; at < directory.length; ) {
      if (directory.readUInt32LE(at) !== CENTRAL_HEADER) throw new Error("The ZIP file is damaged.");
      const [nameLength, extra, comment] = [28, 30, 32].map((field) => directory.readUInt16LE(at + field));
      const next = at + CENTRAL_BYTES + (nameLength ?? 0);
      const name = directory.toString("utf8", at + CENTRAL_BYTES, next);
      const local = directory.readUInt32LE(at + 42);
      const header = await bytesAt(file, local, LOCAL_BYTES);
      const start = local + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
      const packed = directory.readUInt32LE(at + 20);
      const deflated = directory.readUInt16LE(at + 10) === DEFLATED;
      entries.push({ name, read: () => contentOf(path, start, packed, deflated) });
      at = next + (extra ?? 0) + (comment ?? 0);
    }
    return entries;
  } finally {
    await file.close();
  }
}

function contentOf(path: string, start: number, packed: number, deflated: boolean): Readable {
  if (packed === 0) return Readable.from([]);
  const bytes = createReadStream(path, { start, end: start + packed - 1 });
  if (!deflated) return bytes;
  const content = createInflateRaw();
  bytes.on("error", (error) => content.destroy(error));
  return bytes.pipe(content);
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function localHeader(entry: Written): Buffer {
  const header = Buffer.alloc(LOCAL_BYTES);
  header.writeUInt32LE(LOCAL_HEADER, 0);
  header.writeUInt16LE(VERSION, 4);
  writeCommon(header, 6, entry);
  return Buffer.concat([header, entry.name]);
}

function centralHeader(entry: Written): Buffer {
  const header = Buffer.alloc(CENTRAL_BYTES);
  header.writeUInt32LE(CENTRAL_HEADER, 0);
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(VERSION, 6);
  writeCommon(header, 8, entry);
  header.writeUInt32LE(entry.offset, 42);
  return Buffer.concat([header, entry.name]);
}

/** Writes the fields that both headers have, in the same order. */
function writeCommon(header: Buffer, at: number, { name, crc, packed, size }: Written): void {
  header.writeUInt16LE(UTF8_NAMES, at);
  header.writeUInt16LE(DEFLATED, at + 2);
  header.writeUInt32LE(crc, at + 8);
  header.writeUInt32LE(packed, at + 12);
  header.writeUInt32LE(size, at + 16);
  header.writeUInt16LE(name.length, at + 20);
}
