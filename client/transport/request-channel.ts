import type { ControlUnit } from '../../protocol/control/control-unit.ts';
import type {
  BodyUnit,
  RequestHead,
  ResponseHead,
  ResponseUnit,
} from '../../protocol/control/request.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import {
  maxInflatedBodyBytes,
  maxOpenRequests,
  maxResponseBodyBytes,
} from '../../protocol/limits.ts';
import { BodyParts, requestUnits, type Whole } from '../../protocol/request-parts.ts';
import { canPack, pack, unpack } from './gzip.ts';

/** A request of the HTTP API. */
export interface ApiRequest extends RequestHead {
  /** JSON; empty for none. */
  readonly body: string;
}

/** Its answer. */
export interface ApiAnswer {
  /** Of HTTP. */
  readonly status: number;
  /** JSON; empty for none. */
  readonly body: string;
}

/** Asks the HTTP API by one connection of the session, which is one connection less, and reaches a gateway behind NAT. */
export class RequestChannel {
  readonly #send: (unit: ControlUnit) => void;
  readonly #waiting = new Map<number, (answer: ApiAnswer | undefined) => void>();
  readonly #parts = new BodyParts<ResponseHead>({
    maxBytes: maxResponseBodyBytes,
    maxOpen: maxOpenRequests,
  });
  /** How many may be unanswered; 0 = the server takes none. */
  #room = 0;
  #asked = 0;
  #isClosed = false;

  constructor(send: (unit: ControlUnit) => void) {
    this.#send = send;
  }

  /** What HELLO_ACK allows. */
  begin(requests = 0): void {
    this.#room = Math.min(requests, maxOpenRequests);
  }

  /** Resolves with undefined where the connection does not carry it, now or at all, or ended before its answer. */
  async ask({ method, path, body }: ApiRequest): Promise<ApiAnswer | undefined> {
    if (!canPack()) return undefined;
    const packed = await pack(body);
    if (this.#isClosed || this.#waiting.size >= this.#room) return undefined;
    this.#asked += 1;
    const id = this.#asked;
    const answer = new Promise<ApiAnswer | undefined>((resolve) => this.#waiting.set(id, resolve));
    for (const unit of requestUnits({ id, head: { method, path }, body: packed })) this.#send(unit);
    return answer;
  }

  /**
   * Takes what the server sends of an answer.
   *
   * @throws ProtocolError when nobody asked, or a bound is exceeded
   */
  take(unit: ResponseUnit | BodyUnit): void {
    if (!this.#waiting.has(unit.id)) {
      throw new ProtocolError('E_FRAGMENT', `id: expected that of a request, got ${unit.id}`);
    }
    const whole =
      unit.type === 'response' ? this.#parts.open(unit, unit.head) : this.#parts.append(unit);
    if (whole !== undefined) void this.#answered(whole);
  }

  /** No answer comes any more. Idempotent. */
  close(): void {
    this.#isClosed = true;
    for (const resolve of this.#waiting.values()) resolve(undefined);
    this.#waiting.clear();
  }

  async #answered({ id, head, body }: Whole<ResponseHead>): Promise<void> {
    const resolve = this.#waiting.get(id);
    this.#waiting.delete(id);
    // One that cannot be unpacked is as good as none.
    const text = await unpack(body, maxInflatedBodyBytes).catch(() => undefined);
    resolve?.(text === undefined ? undefined : { status: head.status, body: text });
  }
}
