/** Reads the vectors of this folder; docs/protocol.md, "Test vectors", says what they mean. */

import { readFileSync } from 'node:fs';

/** A unit and what it says. */
export interface DecodedVector {
  readonly name: string;
  readonly note?: string;
  readonly bytes: Uint8Array;
  readonly decoded: unknown;
  /** Whether an encoder writes exactly these bytes. */
  readonly isCanonical: boolean;
}

/** Bytes that are refused. */
export interface MalformedVector {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly decoder: 'data' | 'control' | 'unit' | 'datagram' | 'stream';
  readonly error: string;
}

/** Units in order, and the messages that they make, or the error of the last one. */
export interface ReassemblyVector {
  readonly name: string;
  readonly units: readonly Uint8Array[];
  readonly messages?: unknown;
  readonly error?: string;
}

interface RawVector {
  readonly name: string;
  readonly hex: string;
  readonly zeros?: number;
  readonly decoded?: unknown;
  readonly canonical?: false;
  readonly decoder?: MalformedVector['decoder'];
  readonly error?: string;
}

type RawReassembly = Omit<ReassemblyVector, 'units'> & { readonly units: readonly string[] };

/** The vectors of a file that decode. */
export const decodedVectors = (file: string): readonly DecodedVector[] =>
  readRaw(file)
    .filter(({ error }) => error === undefined)
    .map(({ name, hex, decoded, canonical }) => ({
      name,
      bytes: fromHex(hex),
      decoded: revive(decoded),
      isCanonical: canonical !== false,
    }));

/** The vectors of a file that are refused. */
export const malformedVectors = (file: string): readonly MalformedVector[] =>
  readRaw(file).flatMap(({ name, hex, zeros, decoder = 'unit', error }) =>
    error === undefined
      ? []
      : [{ name, decoder, error, bytes: fromHex(hex + '00'.repeat(zeros ?? 0)) }],
  );

export const reassemblyVectors = (file: string): readonly ReassemblyVector[] =>
  (read(file) as readonly RawReassembly[]).map((vector) => ({
    ...vector,
    units: vector.units.map(fromHex),
    messages: revive(vector.messages),
  }));

export const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const readRaw = (file: string): readonly RawVector[] => read(file) as readonly RawVector[];

function read(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
}

/** JSON has neither bytes nor `undefined`: `{"$bytes": hex}` and `null` stand for them. */
function revive(value: unknown): unknown {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== 'object') return value;
  if ('$bytes' in value) return fromHex(String(value.$bytes));
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, revive(each)]));
}
