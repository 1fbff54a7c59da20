/** JSON inside units: HELLO, HELLO_ACK, SETTINGS, STREAM, REQUEST, RESPONSE and the metadata of FLOW_OPEN. */

import { encodeText, type ByteReader, type ByteWriter } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';
import { maxJsonBytes } from '../limits.ts';

/** A JSON object, its members not yet checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Bounds of a text member. */
export interface TextBounds {
  /** UTF-16 code units at most. */
  readonly maxLength: number;
}

/**
 * Reads the rest of a unit as a JSON object.
 *
 * @throws {@link ProtocolError} E_SIZE beyond 16 KB, E_TEXT or E_JSON when it is no JSON object.
 */
export function readJsonObject(reader: ByteReader, field: string): JsonObject {
  if (reader.remaining > maxJsonBytes) {
    const message = `${field}: expected at most ${maxJsonBytes} bytes, got ${reader.remaining}`;
    throw new ProtocolError('E_SIZE', message);
  }
  return parseJsonObject(reader.utf8(reader.remaining, field), field);
}

/**
 * Reads a text as a JSON object.
 *
 * @throws {@link ProtocolError} E_JSON when it is none.
 */
export function parseJsonObject(text: string, field: string): JsonObject {
  return asObject(parse(text, field), field);
}

/**
 * Writes a JSON object to the end of a unit.
 *
 * @throws RangeError beyond 16 KB.
 */
export function writeJsonObject(writer: ByteWriter, object: object, field: string): void {
  const bytes = encodeText(JSON.stringify(object));
  if (bytes.length > maxJsonBytes) {
    throw new RangeError(`${field}: expected at most ${maxJsonBytes} bytes, got ${bytes.length}`);
  }
  writer.bytes(bytes);
}

/** Checks that a value is a JSON object. */
export function asObject(value: unknown, field: string): JsonObject {
  if (!isObject(value)) throw wrong(field, 'an object', value);
  return value;
}

/** Checks that a value is true or false. */
export function asBoolean(value: unknown, field: string): boolean {
  if (typeof value !== 'boolean') throw wrong(field, 'true or false', value);
  return value;
}

/** Checks that a value is an integer within bounds. */
export function asInteger(value: unknown, field: string, least = 0): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) {
    throw wrong(field, `an integer of at least ${least}`, value);
  }
  // JSON has a negative zero, the wire's numbers have not.
  return value === 0 ? 0 : value;
}

/** Checks that a value is a number of at least 0. */
export function asNumber(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw wrong(field, 'a number of at least 0', value);
  }
  return value === 0 ? 0 : value;
}

/** Checks that a value is a text within bounds. */
export function asText(value: unknown, field: string, { maxLength }: TextBounds): string {
  if (typeof value !== 'string' || value.length > maxLength) {
    throw wrong(field, `a text of at most ${maxLength} characters`, value);
  }
  return value;
}

/** Checks that a value is one of some texts. */
export function asOneOf<Name extends string>(
  value: unknown,
  field: string,
  names: readonly Name[],
): Name {
  const name = names.find((candidate) => candidate === value);
  if (name === undefined) throw wrong(field, `one of ${names.join(', ')}`, value);
  return name;
}

/** Checks that a value is a list within bounds, and each of its items. */
export function asList<Item>(
  value: unknown,
  field: string,
  { maxItems, item }: { maxItems: number; item: (value: unknown, field: string) => Item },
): readonly Item[] {
  if (!Array.isArray(value) || value.length > maxItems) {
    throw wrong(field, `a list of at most ${maxItems} items`, value);
  }
  return value.map((each: unknown) => item(each, field));
}

function parse(text: string, field: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProtocolError('E_JSON', `${field}: expected json, got something else`, { cause });
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(field: string, expected: string, actual: unknown): ProtocolError {
  // The kind of the value only: a hello may hold a resume token, which belongs into no log.
  const kind = actual === null ? 'null' : Array.isArray(actual) ? 'list' : typeof actual;
  return new ProtocolError('E_JSON', `${field}: expected ${expected}, got ${kind}`);
}
