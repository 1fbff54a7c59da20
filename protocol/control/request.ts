/** REQUEST, RESPONSE and BODY: a request of the HTTP API in a session (docs/protocol.md, "Requests"). */

import { encodeText, type ByteReader, type ByteWriter } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';
import { maxBodyPartBytes, maxJsonBytes } from '../limits.ts';
import { asInteger, asOneOf, asText, parseJsonObject, type JsonObject } from './json.ts';

/** Methods that can be asked for. */
export const requestMethods = ['GET', 'POST'] as const;

/** What a request asks for. */
export interface RequestHead {
  readonly method: (typeof requestMethods)[number];
  /** Begins with a slash; below the path of the page; at most 256 characters. */
  readonly path: string;
}

/** How a request was answered. */
export interface ResponseHead {
  /** Of HTTP, 100 to 599. */
  readonly status: number;
}

/** The beginning of a request or of its answer; BODY brings what is left of the body. */
interface FirstPart<Head> {
  /** Given by the client; not used again before the answer is there. */
  readonly id: number;
  readonly head: Head;
  /** Bytes of the whole body; 0 = none. */
  readonly total: number;
  /** The first of them. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface RequestUnit extends FirstPart<RequestHead> {
  readonly type: 'request';
}

export interface ResponseUnit extends FirstPart<ResponseHead> {
  readonly type: 'response';
}

/** The next bytes of a body. */
export interface BodyUnit {
  readonly type: 'body';
  readonly id: number;
  /** At least one. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const pathBounds = { maxLength: 256 };

/** `0x50 id:i total:i headLength:i json bytes`. */
export function writeRequest(writer: ByteWriter, unit: RequestUnit): void {
  writeFirst(writer, unit, 'request');
}

export function readRequest(reader: ByteReader): RequestUnit {
  const { object, ...part } = readFirst(reader, 'request');
  const head = {
    method: asOneOf(object['method'], 'method', requestMethods),
    path: asText(object['path'], 'path', pathBounds),
  };
  return { type: 'request', head, ...part };
}

/** `0x51 id:i total:i headLength:i json bytes`. */
export function writeResponse(writer: ByteWriter, unit: ResponseUnit): void {
  writeFirst(writer, unit, 'response');
}

export function readResponse(reader: ByteReader): ResponseUnit {
  const { object, ...part } = readFirst(reader, 'response');
  const status = asInteger(object['status'], 'status', 100);
  if (status > 599) {
    throw new ProtocolError('E_RANGE', `status: expected at most 599, got ${status}`);
  }
  return { type: 'response', head: { status }, ...part };
}

/** `0x52 id:i bytes`. */
export function writeBody(writer: ByteWriter, { id, bytes }: BodyUnit): void {
  writer.varint(id, 'id');
  writePart(writer, bytes);
}

export function readBody(reader: ByteReader): BodyUnit {
  const id = reader.varint('id');
  const bytes = readPart(reader);
  if (bytes.length === 0) {
    throw new ProtocolError('E_TRUNCATED', 'body: expected at least 1 byte, got 0');
  }
  return { type: 'body', id, bytes };
}

function writeFirst(
  writer: ByteWriter,
  { id, total, head, bytes }: FirstPart<object>,
  field: string,
): void {
  const json = encodeText(JSON.stringify(head));
  if (json.length > maxJsonBytes) {
    throw new RangeError(`${field}: expected at most ${maxJsonBytes} bytes, got ${json.length}`);
  }
  writer.varint(id, 'id');
  writer.varint(total, 'total');
  writer.varint(json.length, 'headLength');
  writer.bytes(json);
  writePart(writer, bytes);
}

function readFirst(
  reader: ByteReader,
  field: string,
): Omit<FirstPart<never>, 'head'> & { readonly object: JsonObject } {
  const id = reader.varint('id');
  const total = reader.varint('total');
  const length = reader.varint('headLength');
  if (length > maxJsonBytes) {
    const message = `${field}: expected at most ${maxJsonBytes} bytes, got ${length}`;
    throw new ProtocolError('E_SIZE', message);
  }
  const object = parseJsonObject(reader.utf8(length, field), field);
  return { id, total, object, bytes: readPart(reader) };
}

function writePart(writer: ByteWriter, bytes: Uint8Array): void {
  if (bytes.length > maxBodyPartBytes) {
    throw new RangeError(`body: expected at most ${maxBodyPartBytes} bytes, got ${bytes.length}`);
  }
  writer.bytes(bytes);
}

function readPart(reader: ByteReader): Uint8Array<ArrayBuffer> {
  if (reader.remaining > maxBodyPartBytes) {
    const message = `body: expected at most ${maxBodyPartBytes} bytes, got ${reader.remaining}`;
    throw new ProtocolError('E_SIZE', message);
  }
  return reader.rest().slice();
}
