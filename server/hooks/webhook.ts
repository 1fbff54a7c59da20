import { createHmac } from 'node:crypto';
import type { Logger } from '../observe/logger.ts';
import type { SessionEvent } from './session-events.ts';

/** Events that wait while the receiver is away; the oldest give way. */
const MAX_WAITING = 256;

/** One try, milliseconds: a receiver that needs longer should queue by itself. */
const TIMEOUT_MS = 5_000;

/** Pauses between tries, milliseconds; after the last one the event is given up. */
const RETRY_MS: readonly number[] = [1_000, 2_000, 4_000, 8_000, 16_000];

/** Where events are posted, and how they are signed and tried again. */
export interface WebhookOptions {
  readonly url: string;
  /** Key of the signature; unsigned without one. */
  readonly secret: string | undefined;
  readonly logger: Logger;
  readonly retryMs?: readonly number[];
}

/**
 * Posts events as JSON, one after the other, each until it is taken (2xx) or given up. `x-oriel-signature` is
 * `sha256=` and the HMAC (RFC 2104) of the body in hex.
 */
export class Webhook {
  readonly #options: WebhookOptions;
  readonly #waiting: string[] = [];
  readonly #closed = new AbortController();
  #isSending = false;

  constructor(options: WebhookOptions) {
    this.#options = options;
  }

  tell(event: SessionEvent): void {
    if (this.#closed.signal.aborted) return;
    this.#waiting.push(JSON.stringify({ ...event, at: new Date().toISOString() }));
    if (this.#waiting.length > MAX_WAITING) {
      this.#waiting.shift();
      this.#options.logger.warn('a webhook event is lost: too many wait');
    }
    void this.#send();
  }

  /** Gives up what waits. */
  close(): void {
    this.#closed.abort();
    this.#waiting.length = 0;
  }

  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    for (let body = this.#waiting.shift(); body !== undefined; body = this.#waiting.shift()) {
      await this.#deliver(body);
    }
    this.#isSending = false;
  }

  async #deliver(body: string): Promise<void> {
    const { logger, retryMs = RETRY_MS } = this.#options;
    let reason = '';
    for (const pause of [0, ...retryMs]) {
      await this.#pause(pause);
      if (this.#closed.signal.aborted) return;
      try {
        const status = await this.#post(body);
        if (status >= 200 && status < 300) return;
        reason = `status ${status}`;
      } catch (error) {
        reason = error instanceof Error ? error.name : 'failed';
      }
    }
    if (!this.#closed.signal.aborted) logger.warn('a webhook event was given up', { reason });
  }

  async #post(body: string): Promise<number> {
    const { url, secret } = this.#options;
    const signature = secret && createHmac('sha256', secret).update(body).digest('hex');
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        ...(signature === undefined ? {} : { 'x-oriel-signature': `sha256=${signature}` }),
      },
      redirect: 'error',
      signal: AbortSignal.any([this.#closed.signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    // What it says beside its status is of no interest, and may be endless.
    await response.body?.cancel();
    return response.status;
  }

  #pause(milliseconds: number): Promise<void> {
    const { signal } = this.#closed;
    if (milliseconds === 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      signal.addEventListener(
        'abort',
        () => {
          clearTimeout(timer);
          resolve();
        },
        { once: true },
      );
    });
  }
}
