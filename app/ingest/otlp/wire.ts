/** Reads the wire format of Protocol Buffers. https://protobuf.dev/programming-guides/encoding */
import { exact, OtlpError } from "./data.ts";

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Longer texts are decoded faster by the platform. */
const SHORT_TEXT = 64;

const decoder = new TextDecoder();

/**
 * A position in a message. `next` goes to the next field; then one method reads its value, or none, which skips
 * it. A method that does not fit the wire type of the field rejects the body.
 */
export class Wire {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #start: number;
  readonly #end: number;
  #at: number;
  /** The number of the current field. */
  field = 0;
  #type = -1;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length, view?: DataView) {
    this.#bytes = bytes;
    this.#view = view ?? new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#start = at;
    this.#at = at;
    this.#end = end;
  }

  /** Yields the messages in a repeated field of the whole message, one at a time: there may be millions. */
  *messages(field: number): Generator<Wire> {
    const wire = new Wire(this.#bytes, this.#start, this.#end, this.#view);
    while (wire.next()) if (wire.field === field) yield wire.message();
  }

  /** Goes to the next field; false at the end of the message. */
  next(): boolean {
    if (this.#type !== -1) this.#skip();
    if (this.#at >= this.#end) return false;
    const tag = this.#varint();
    this.field = Math.floor(tag / 8);
    this.#type = tag & 7;
    if (this.field === 0) throw malformed();
    return true;
  }

  /** Returns the message in the current field. */
  message(): Wire {
    const at = this.#open();
    return new Wire(this.#bytes, at, this.#at, this.#view);
  }

  text(): string {
    const at = this.#open();
    if (this.#at - at > SHORT_TEXT) return decoder.decode(this.#bytes.subarray(at, this.#at));
    let text = "";
    for (let i = at; i < this.#at; i++) {
      const byte = this.#bytes[i] as number;
      if (byte >= 0x80) return decoder.decode(this.#bytes.subarray(at, this.#at));
      text += String.fromCharCode(byte);
    }
    return text;
  }

  /** Returns the bytes of the current field as text that identifies them. */
  raw(): string {
    const at = this.#open();
    let text = "";
    for (let i = at; i < this.#at; i++) text += String.fromCharCode(this.#bytes[i] as number);
    return text;
  }

  /** Returns an unsigned integer; over 2^53 it is not exact. */
  integer(): number {
    this.#expect(VARINT);
    return this.#varint();
  }

  /** Returns an `int64`: a number if it is exact. */
  signed(): number | bigint {
    this.#expect(VARINT);
    const at = this.#at;
    const value = this.#varint();
    if (Number.isSafeInteger(value)) return value;
    let bits = 0n;
    for (let i = at; i < this.#at; i++)
      bits |= BigInt((this.#bytes[i] as number) & 0x7f) << BigInt(7 * (i - at));
    return exact(BigInt.asIntN(64, bits));
  }

  /** Returns a `sint32`. */
  zigzag(): number {
    this.#expect(VARINT);
    const value = this.#varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  double(): number {
    return this.#view.getFloat64(this.#take(FIXED64, 8), true);
  }

  /** Returns a `fixed64`; over 2^53 it is not exact. */
  fixed64(): number {
    const at = this.#take(FIXED64, 8);
    return this.#view.getUint32(at + 4, true) * 2 ** 32 + this.#view.getUint32(at, true);
  }

  /** Returns an `sfixed64`; over 2^53 it is not exact. */
  signedFixed64(): number {
    const at = this.#take(FIXED64, 8);
    return this.#view.getInt32(at + 4, true) * 2 ** 32 + this.#view.getUint32(at, true);
  }

  /** Adds the numbers of a repeated field, packed or not. */
  addDoubles(to: number[]): void {
    this.#addAll(FIXED64, to, (wire) => wire.double());
  }

  addFixed64(to: number[]): void {
    this.#addAll(FIXED64, to, (wire) => wire.fixed64());
  }

  addIntegers(to: number[]): void {
    this.#addAll(VARINT, to, (wire) => wire.integer());
  }

  #addAll(type: number, to: number[], read: (wire: Wire) => number): void {
    if (this.#type !== BYTES) {
      to.push(read(this));
      return;
    }
    const packed = this.message();
    while (packed.#at < packed.#end) {
      packed.#type = type;
      to.push(read(packed));
    }
  }

  #skip(): void {
    if (this.#type === VARINT) this.#varint();
    else if (this.#type === FIXED64) this.#take(FIXED64, 8);
    else if (this.#type === BYTES) this.#open();
    else if (this.#type === FIXED32) this.#take(FIXED32, 4);
    else throw malformed(); // Groups do not occur in OTLP.
    this.#type = -1;
  }

  #expect(type: number): void {
    if (this.#type !== type) throw malformed();
    this.#type = -1;
  }

  /** Goes behind a value of fixed size, and returns its position. */
  #take(type: number, size: number): number {
    this.#expect(type);
    const at = this.#at;
    this.#at += size;
    if (this.#at > this.#end) throw malformed();
    return at;
  }

  /** Goes behind a value with a length, and returns its position. */
  #open(): number {
    this.#expect(BYTES);
    const length = this.#varint();
    const at = this.#at;
    if (length > this.#end - at) throw malformed();
    this.#at = at + length;
    return at;
  }

  #byte(): number {
    if (this.#at >= this.#end) throw malformed();
    return this.#bytes[this.#at++] as number;
  }

  #varint(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.#byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    throw malformed();
  }
}

function malformed(): OtlpError {
  return new OtlpError("The body is not a complete protobuf message of OTLP.");
}
