/** Responses of OpenTelemetry endpoints, in the encoding of the request. */

export const PROTOBUF = "application/x-protobuf";

/** Returns whether a request is in protobuf. Any other is answered in JSON. */
export function isProtobuf(request: Request): boolean {
  return request.headers.get("Content-Type")?.split(";", 1)[0]?.trim().toLowerCase() === PROTOBUF;
}

/**
 * Returns a `google.rpc.Status` with a message.
 * https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto
 */
export function rpcStatus(
  request: Request,
  status: number,
  message: string,
  headers: Record<string, string> = {},
): Response {
  if (!isProtobuf(request)) return Response.json({ message }, { status, headers });
  return protobufResponse(textField(2, message), status, headers);
}

/** Returns a response with an encoded protobuf message. */
export function protobufResponse(
  body: number[],
  status: number,
  headers: Record<string, string> = {},
): Response {
  return new Response(Uint8Array.from(body), { status, headers: { "Content-Type": PROTOBUF, ...headers } });
}

/** Returns a field with a text. Field numbers are under 16. */
export function textField(field: number, text: string): number[] {
  return bytesField(field, [...new TextEncoder().encode(text)]);
}

/** Returns a field with a message. */
export function bytesField(field: number, bytes: number[]): number[] {
  return [field * 8 + 2, ...varint(bytes.length), ...bytes];
}

/** Returns a field with an integer; none for 0, the default of protobuf. */
export function integerField(field: number, value: number): number[] {
  return value === 0 ? [] : [field * 8, ...varint(value)];
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}
