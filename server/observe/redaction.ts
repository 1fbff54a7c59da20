/** What stands in a log line where a secret was. */
export const REDACTED = '[redacted]';

/** Keys whose text is a secret, whatever surrounds the word: `loginToken`, `set-cookie`, `keyPem`. */
const SECRET_KEY =
  /token|ticket|passw|passphrase|secret|cookie|authorization|credential|privatekey|keypem|clipboard/i;

/** Secrets inside longer text: addresses with a token or ticket, WebSocket subprotocols, PEM keys, bearer headers. */
const SECRET_TEXT: readonly RegExp[] = [
  /\b((?:token|ticket|password|secret)=)[^\s&#"']+/gi,
  /\b(ticket\.)[A-Za-z0-9_-]{16,}/g,
  /\b(Bearer |Basic )[A-Za-z0-9+/=._-]+/gi,
  /()-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
];

/** Deeper objects are cut: a log line names facts, it is no dump. */
const MAX_DEPTH = 5;
/** Entries of a list or object, and characters of a text, that a line may hold (guess: enough to read, bounded to store). */
const MAX_ENTRIES = 50;
const MAX_TEXT = 4_000;

/** Text without the secrets that can be told by their form, at most 4,000 characters. */
export function redactText(text: string): string {
  let clean = text;
  for (const pattern of SECRET_TEXT) clean = clean.replace(pattern, `$1${REDACTED}`);
  return clean.length > MAX_TEXT
    ? `${clean.slice(0, MAX_TEXT)}… (${clean.length} characters)`
    : clean;
}

/**
 * A plain copy of `fields` that JSON can carry: secrets replaced by their key or their form, errors spelled out, bytes
 * told by their length, bigints as text, cycles and depth cut.
 *
 * A key that names a secret hides text, bytes and objects under it; numbers and booleans stay (`tokenSeconds: 120`).
 */
export function redactFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return plainEntries(fields, 0);
}

function plainEntries(value: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(value).slice(0, MAX_ENTRIES);
  return Object.fromEntries(entries.map(([key, inner]) => [key, plainField(key, inner, depth)]));
}

function plainField(key: string, value: unknown, depth: number): unknown {
  const isHarmless =
    value === undefined ||
    value === null ||
    typeof value === 'number' ||
    typeof value === 'boolean';
  return SECRET_KEY.test(key) && !isHarmless ? REDACTED : plain(value, depth);
}

function plain(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return redactText(value);
    case 'bigint':
      return value.toString();
    case 'symbol':
    case 'function':
      return `[${typeof value}]`;
    case 'object':
      return value === null ? null : plainObject(value, depth);
    case 'number':
    case 'boolean':
    case 'undefined':
      return value;
  }
}

function plainObject(value: object, depth: number): unknown {
  if (value instanceof Error) return plainError(value, depth);
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (value instanceof URL) return redactText(value.href);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    return `[${value.byteLength} bytes]`;
  if (depth >= MAX_DEPTH) return '[deeper]';
  if (Array.isArray(value)) {
    return value.slice(0, MAX_ENTRIES).map((inner: unknown) => plain(inner, depth + 1));
  }
  if (value instanceof Map || value instanceof Set) return `[${value.size} entries]`;
  return plainEntries(value, depth + 1);
}

function plainError(error: Error, depth: number): Record<string, unknown> {
  return {
    name: error.name,
    message: redactText(error.message),
    ...('code' in error ? { code: plain(error.code, MAX_DEPTH) } : {}),
    ...(error.stack === undefined ? {} : { stack: redactText(error.stack) }),
    ...(error.cause === undefined || depth >= MAX_DEPTH
      ? {}
      : { cause: plain(error.cause, depth + 1) }),
  };
}
