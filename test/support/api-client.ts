import { gunzipSync, gzipSync } from 'node:zlib';
import type { ControlUnit } from '../../protocol/control/control-unit.ts';
import type { RequestHead, ResponseHead } from '../../protocol/control/request.ts';
import { maxOpenRequests, maxResponseBodyBytes } from '../../protocol/limits.ts';
import { BodyParts, requestUnits } from '../../protocol/request-parts.ts';

/** An answer of the HTTP API that a connection carried. */
export interface HeardAnswer {
  readonly status: number;
  /** The body as JSON; undefined for none. */
  readonly json: unknown;
}

/** Asks the HTTP API by a connection, whose control units it is given. */
export class ApiClient {
  readonly #send: (unit: ControlUnit) => void;
  readonly #parts = new BodyParts<ResponseHead>({
    maxBytes: maxResponseBodyBytes,
    maxOpen: maxOpenRequests,
  });
  readonly #waiting = new Map<number, (answer: HeardAnswer) => void>();
  #asked = 0;

  constructor(send: (unit: ControlUnit) => void) {
    this.#send = send;
  }

  /** Waits for the answer for as long as the test does. */
  ask(method: RequestHead['method'], path: string, body?: object): Promise<HeardAnswer> {
    this.#asked += 1;
    const id = this.#asked;
    const packed =
      body === undefined ? new Uint8Array() : new Uint8Array(gzipSync(JSON.stringify(body)));
    for (const unit of requestUnits({ id, head: { method, path }, body: packed })) this.#send(unit);
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  /** Takes a unit that the connection has heard. */
  take(unit: ControlUnit): void {
    if (unit.type !== 'response' && unit.type !== 'body') return;
    const whole =
      unit.type === 'response' ? this.#parts.open(unit, unit.head) : this.#parts.append(unit);
    if (whole === undefined) return;
    const { id, head, body } = whole;
    const json: unknown =
      body.length === 0 ? undefined : JSON.parse(gunzipSync(body).toString('utf8'));
    this.#waiting.get(id)?.({ status: head.status, json });
  }
}
