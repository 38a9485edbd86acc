/**
 * Body of the Python SDK's OTLPMetricExporter (protobuf over HTTP, opentelemetry-sdk 1.45), decompressed. It has
 * a counter, an up-down counter, a histogram of the GenAI conventions and a gauge of the service `researcher`.
 */
const RECORDED = Buffer.from(
  [
    "CtMGCs8BCiIKFnRlbGVtZXRyeS5zZGsubGFuZ3VhZ2USCAoGcHl0aG9uCiUKEnRlbGVtZXRyeS5zZGsubmFtZRIPCg1vcGVudGVs",
    "ZW1ldHJ5CiUKFXRlbGVtZXRyeS5zZGsudmVyc2lvbhIMCgoxLjQ1LjAuZGV2Cj0KE3NlcnZpY2UuaW5zdGFuY2UuaWQSJgokOTRh",
    "ZTRhNTQtYmYyNi00NjJiLWExOTUtMjMzNjUzY2Y3NzQ1ChwKDHNlcnZpY2UubmFtZRIMCgpyZXNlYXJjaGVyEv4ECg8KCHJlc2Vh",
    "cmNoEgMxLjAShQEKCnRhc2tzLmRvbmUaATE6dAotEXuYw6n1b+wYGQoDyqn1b+wYMQMAAAAAAAAAOhAKBHR5cGUSCAoGc2VhcmNo",
    "Cj8RVAvEqfVv7BgZCgPKqfVv7BgxAgAAAAAAAAA6EQoEdHlwZRIJCgdzdW1tYXJ5Og8KB3VzZXIuaWQSBAoCdTEQAhgBEi4KC3F1",
    "ZXVlLmRlcHRoOh8KGxFA8MSp9W/sGBkKA8qp9W/sGDEDAAAAAAAAABACEo0DChlnZW5fYWkuY2xpZW50LnRva2VuLnVzYWdlGgd7",
    "dG9rZW59SuYCCuECEX+Xxqn1b+wYGQoDyqn1b+wYIQMAAAAAAAAAKQAAAAAAEIlAMkgAAAAAAAAAAAAAAAAAAAAAAQAAAAAAAAAA",
    "AAAAAAAAAAEAAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA6QAAAAAAAAPA/AAAAAAAAEEAAAAAAAAAwQAAA",
    "AAAAAFBAAAAAAAAAcEAAAAAAAACQQAAAAAAAALBAAAAAAAAA0EBKHwoVZ2VuX2FpLm9wZXJhdGlvbi5uYW1lEgYKBGNoYXRKIAoU",
    "Z2VuX2FpLnJlcXVlc3QubW9kZWwSCAoGZ3B0LTRvSiEKFWdlbl9haS5yZXNwb25zZS5tb2RlbBIICgZncHQtNG9KHAoRZ2VuX2Fp",
    "LnRva2VuLnR5cGUSBwoFaW5wdXRKGQoNZ2VuX2FpLnN5c3RlbRIICgZvcGVuYWlZAAAAAAAAKEBhAAAAAADghUAQAhIjCgt0ZW1w",
    "ZXJhdHVyZSoUChIZCgPKqfVv7BghAAAAAACANUA=",
  ].join(""),
  "base64",
);

/** Times in the body, as nanoseconds. The SDK started a moment before it exported. */
const TIMES = [
  1795933452319823995n,
  1795933452319853396n,
  1795933452319912000n,
  1795933452320020351n,
  1795933452320244490n,
];

/** Returns the body as if it had been exported now. */
export function pythonBody(): Buffer {
  const body = Buffer.from(RECORDED);
  const later = BigInt(Date.now()) * 1_000_000n - (TIMES.at(-1) ?? 0n);
  for (const time of TIMES) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(time);
    for (let at = body.indexOf(bytes); at !== -1; at = body.indexOf(bytes, at + 8)) {
      body.writeBigUInt64LE(time + later, at);
    }
  }
  return body;
}
