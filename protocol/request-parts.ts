/** Requests and answers taken apart for the wire and put together again (docs/protocol.md, "Requests"). */

import type {
  BodyUnit,
  RequestHead,
  RequestUnit,
  ResponseHead,
  ResponseUnit,
} from './control/request.ts';
import { ProtocolError } from './errors.ts';
import { maxBodyPartBytes } from './limits.ts';

/** A request or an answer as a whole. */
export interface Whole<Head> {
  readonly id: number;
  readonly head: Head;
  /** As it was sent, compressed; empty for none. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** The units of a request; their bytes are views of its body. */
export function requestUnits(whole: Whole<RequestHead>): readonly (RequestUnit | BodyUnit)[] {
  const { first, rest } = partsOf(whole);
  return [{ type: 'request', ...first }, ...rest];
}

/** The units of an answer; their bytes are views of its body. */
export function responseUnits(whole: Whole<ResponseHead>): readonly (ResponseUnit | BodyUnit)[] {
  const { first, rest } = partsOf(whole);
  return [{ type: 'response', ...first }, ...rest];
}

function partsOf<Head>({ id, head, body }: Whole<Head>) {
  const rest: BodyUnit[] = [];
  for (let at = maxBodyPartBytes; at < body.length; at += maxBodyPartBytes) {
    rest.push({ type: 'body', id, bytes: body.subarray(at, at + maxBodyPartBytes) });
  }
  const first = { id, head, total: body.length, bytes: body.subarray(0, maxBodyPartBytes) };
  return { first, rest };
}

/** Bounds of what {@link BodyParts} hold: at most `maxOpen` times `maxBytes`. */
export interface BodyPartsOptions {
  /** Bytes of the largest body that is accepted. */
  readonly maxBytes: number;
  /** Bodies that may be incomplete at once. */
  readonly maxOpen: number;
}

interface Partial<Head> {
  readonly head: Head;
  readonly body: Uint8Array<ArrayBuffer>;
  received: number;
}

/** What has come of requests, or of answers; owns the buffer of each until it is whole. */
export class BodyParts<Head> {
  readonly #options: BodyPartsOptions;
  readonly #partials = new Map<number, Partial<Head>>();

  constructor(options: BodyPartsOptions) {
    this.#options = options;
  }

  /**
   * Takes the first part of one; returns it when that is all.
   *
   * @throws {@link ProtocolError} E_SIZE, E_COUNT or E_FRAGMENT when it exceeds a bound, or one of this id is open
   */
  open(part: RequestUnit | ResponseUnit, head: Head): Whole<Head> | undefined {
    const { id, total, bytes } = part;
    const { maxBytes, maxOpen } = this.#options;
    if (total > maxBytes) {
      throw new ProtocolError('E_SIZE', `total: expected at most ${maxBytes}, got ${total}`);
    }
    if (this.#partials.has(id)) {
      throw new ProtocolError('E_FRAGMENT', `id: expected the rest of ${id}, got it anew`);
    }
    if (this.#partials.size >= maxOpen) {
      throw new ProtocolError('E_COUNT', `bodies: expected at most ${maxOpen} open, got one more`);
    }
    this.#partials.set(id, { head, body: new Uint8Array(total), received: 0 });
    return this.append({ type: 'body', id, bytes });
  }

  /**
   * Takes the next part of one; returns it when that is all.
   *
   * @throws {@link ProtocolError} E_FRAGMENT when it continues nothing, or is more than was announced
   */
  append({ id, bytes }: BodyUnit): Whole<Head> | undefined {
    const partial = this.#partials.get(id);
    if (partial === undefined) {
      throw new ProtocolError('E_FRAGMENT', `id: expected an incomplete body, got ${id}`);
    }
    const left = partial.body.length - partial.received;
    if (bytes.length > left) {
      throw new ProtocolError(
        'E_FRAGMENT',
        `body: expected at most ${left} bytes, got ${bytes.length}`,
      );
    }
    partial.body.set(bytes, partial.received);
    partial.received += bytes.length;
    if (partial.received < partial.body.length) return undefined;
    this.#partials.delete(id);
    return { id, head: partial.head, body: partial.body };
  }
}
