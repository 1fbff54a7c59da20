/** AUTH, ERROR and GOAWAY: the beginning and the end of a session. */

import { encodeText, type ByteReader, type ByteWriter } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';
import { maxTextBytes, maxTokenBytes } from '../limits.ts';
import { millis, toWireMillis, type Millis } from '../time.ts';

/** The first unit of a client that had no ticket in its handshake. */
export interface AuthUnit {
  readonly type: 'auth';
  /** A ticket; never logged. */
  readonly token: string;
}

/** Says why the sender is about to close the connection. */
export interface ErrorUnit {
  readonly type: 'error';
  /** A session code, or one of a later version. */
  readonly code: number;
  /** The flow that the error is about, plus 1; 0 = the session. */
  readonly ref: number;
  /** For a log, not for a person; at most 1,024 bytes of UTF-8. */
  readonly message: string;
}

/** Says that the sender will close the connection, or, by an empty message, that it will not after all. */
export interface GoawayUnit {
  readonly type: 'goaway';
  /** Time left until the close. */
  readonly remaining: Millis;
  /** One sentence for the user; at most 1,024 bytes of UTF-8. */
  readonly message: string;
}

/** `0x1f utf8`. */
export function writeAuth(writer: ByteWriter, { token }: AuthUnit): void {
  writeText(writer, token, { field: 'token', maxBytes: maxTokenBytes });
}

export function readAuth(reader: ByteReader): AuthUnit {
  return { type: 'auth', token: readText(reader, { field: 'token', maxBytes: maxTokenBytes }) };
}

const messageText = { field: 'message', maxBytes: maxTextBytes };

/** `0x22 code:i ref:i utf8`. */
export function writeError(writer: ByteWriter, unit: ErrorUnit): void {
  writer.varint(unit.code, 'code');
  writer.varint(unit.ref, 'ref');
  writeText(writer, unit.message, messageText);
}

export function readError(reader: ByteReader): ErrorUnit {
  const code = reader.varint('code');
  const ref = reader.varint('ref');
  return { type: 'error', code, ref, message: readText(reader, messageText) };
}

/** `0x23 ms:i utf8`. */
export function writeGoaway(writer: ByteWriter, unit: GoawayUnit): void {
  writer.varint(toWireMillis(unit.remaining), 'ms');
  writeText(writer, unit.message, messageText);
}

export function readGoaway(reader: ByteReader): GoawayUnit {
  const remaining = millis(reader.varint('ms'));
  return { type: 'goaway', remaining, message: readText(reader, messageText) };
}

interface TextField {
  readonly field: string;
  readonly maxBytes: number;
}

function writeText(writer: ByteWriter, text: string, { field, maxBytes }: TextField): void {
  const bytes = encodeText(text);
  if (bytes.length > maxBytes) {
    throw new RangeError(`${field}: expected at most ${maxBytes} bytes, got ${bytes.length}`);
  }
  writer.bytes(bytes);
}

function readText(reader: ByteReader, { field, maxBytes }: TextField): string {
  if (reader.remaining > maxBytes) {
    const message = `${field}: expected at most ${maxBytes} bytes, got ${reader.remaining}`;
    throw new ProtocolError('E_SIZE', message);
  }
  return reader.utf8(reader.remaining, field);
}
