import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { ControlUnit } from '../../protocol/control/control-unit.ts';
import type { BodyUnit, RequestHead, RequestUnit } from '../../protocol/control/request.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import {
  maxInflatedBodyBytes,
  maxOpenRequests,
  maxRequestBodyBytes,
  maxResponseBodyBytes,
} from '../../protocol/limits.ts';
import { BodyParts, responseUnits, type Whole } from '../../protocol/request-parts.ts';
import type { Logger } from '../observe/logger.ts';
import type { RequestPort } from './request-port.ts';

const inflate = promisify(gunzip);
const deflate = promisify(gzip);

export interface ViewerRequestsOptions {
  readonly logger: Logger;
  /** In whose name they are asked. */
  readonly ask: RequestPort;
  readonly send: (unit: ControlUnit) => void;
}

/** The requests of the HTTP API that one connection carries: put together, unpacked, asked, and answered in the same way. */
export class ViewerRequests {
  readonly #options: ViewerRequestsOptions;
  readonly #parts = new BodyParts<RequestHead>({
    maxBytes: maxRequestBodyBytes,
    maxOpen: maxOpenRequests,
  });
  /** Those without an answer, incomplete ones among them. */
  readonly #open = new Set<number>();

  constructor(options: ViewerRequestsOptions) {
    this.#options = options;
  }

  /**
   * Takes what the client sends of a request.
   *
   * @throws ProtocolError E_COUNT, E_SIZE or E_FRAGMENT
   */
  take(unit: RequestUnit | BodyUnit): void {
    if (unit.type === 'request') this.#begin(unit);
    const whole =
      unit.type === 'request' ? this.#parts.open(unit, unit.head) : this.#parts.append(unit);
    if (whole !== undefined) void this.#answer(whole);
  }

  #begin({ id }: RequestUnit): void {
    if (this.#open.has(id)) {
      throw new ProtocolError('E_FRAGMENT', `id: expected one that is not in use, got ${id}`);
    }
    this.#open.add(id);
    if (this.#open.size > maxOpenRequests) {
      const message = `requests: expected at most ${maxOpenRequests} unanswered, got one more`;
      throw new ProtocolError('E_COUNT', message);
    }
  }

  async #answer({ id, head, body }: Whole<RequestHead>): Promise<void> {
    const { logger, send } = this.#options;
    const { status, packed } = await this.#ask(head, body).catch((error: unknown) => {
      logger.error('a carried request failed', { error, path: head.path });
      return failure(500);
    });
    this.#open.delete(id);
    for (const unit of responseUnits({ id, head: { status }, body: packed })) send(unit);
  }

  async #ask(head: RequestHead, packed: Uint8Array): Promise<Packed> {
    const text = await unpack(packed);
    if (typeof text === 'number') return failure(text);
    const { status, body } = await this.#options.ask({ ...head, body: text });
    if (body === '') return { status, packed: new Uint8Array() };
    const answer = await deflate(body);
    if (Buffer.byteLength(body) > maxInflatedBodyBytes || answer.length > maxResponseBodyBytes) {
      throw new RangeError(`answer: expected at most ${maxResponseBodyBytes} bytes in gzip`);
    }
    return { status, packed: new Uint8Array(answer) };
  }
}

interface Packed {
  readonly status: number;
  readonly packed: Uint8Array<ArrayBuffer>;
}

const failure = (status: number): Packed => ({ status, packed: new Uint8Array() });

/** The text of a body, or the HTTP status that it deserves. */
async function unpack(packed: Uint8Array): Promise<string | 400 | 413> {
  if (packed.length === 0) return '';
  try {
    // The bound holds while it is being unpacked: a few bytes can stand for gigabytes.
    const inflated = await inflate(packed, { maxOutputLength: maxInflatedBodyBytes });
    return inflated.toString('utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ERR_BUFFER_TOO_LARGE' ? 413 : 400;
  }
}
