import type { Logger } from '../observe/logger.ts';
import type {
  Addon,
  AddonEvent,
  AddonListener,
  AddonPortEvent,
  AddonSessionReady,
} from './rwebtransport-addon.ts';
import { RwebtransportSession } from './rwebtransport-session.ts';
import type {
  BackendListener,
  ListenOptions,
  WebTransportBackend,
} from './webtransport-backend.ts';

/** Serves WebTransport with the prebuilt addon of the package rwebtransport. */
export class RwebtransportBackend implements WebTransportBackend {
  readonly name = 'rwebtransport';
  readonly renewsCertificates = true;
  readonly #addon: Addon;
  readonly #logger: Logger;

  constructor(addon: Addon, logger: Logger) {
    this.#addon = addon;
    this.#logger = logger;
  }

  async listen(options: ListenOptions): Promise<BackendListener> {
    const port = new RwebtransportPort(this.#addon, options, this.#logger);
    await port.listening;
    return port;
  }
}

/** One UDP port, with the thread of the addon that serves it. */
class RwebtransportPort implements BackendListener {
  readonly #addon: Addon;
  readonly #options: ListenOptions;
  readonly #logger: Logger;
  readonly #sessions = new Map<number, RwebtransportSession>();
  readonly #listening = Promise.withResolvers<undefined>();
  readonly #closed = Promise.withResolvers<undefined>();
  readonly #handle: AddonListener;
  #state: 'opening' | 'open' | 'closing' | 'closed' = 'opening';
  #port = 0;

  constructor(addon: Addon, options: ListenOptions, logger: Logger) {
    this.#addon = addon;
    this.#options = options;
    this.#logger = logger;
    this.#handle = addon.serverListen(
      options.certPath,
      options.keyPath,
      socketHost(options.host),
      options.port,
      false,
      options.protocols,
      options.allowedOrigins ?? null,
      [],
      [],
      (event) => this.#take(event),
    );
  }

  /** Settles when the port is open, rejects when it cannot be. */
  get listening(): Promise<unknown> {
    return this.#listening.promise;
  }

  get port(): number {
    return this.#port;
  }

  async close(): Promise<void> {
    if (this.#state === 'open') {
      this.#state = 'closing';
      this.#addon.serverShutdown(this.#handle);
    }
    await this.#closed.promise;
  }

  /** Nothing may be thrown into the addon: it would drop the rest of its batch and end the process. */
  #take(event: AddonEvent): void {
    try {
      this.#dispatch(event);
    } catch (error) {
      this.#logger.error('webtransport event failed', { event: event.type, error });
      if ('session' in event) {
        const session = this.#sessions.get(event.session);
        session?.close(0, '');
        session?.end({ code: 0, reason: 'internal error', clean: false });
      }
    }
  }

  #dispatch(event: AddonEvent): void {
    if (event.type === 'serverReady') {
      this.#accept(event);
    } else if ('session' in event) {
      // Unknown sessions never came to be (a refused CONNECT) or have ended here already.
      this.#sessions.get(event.session)?.take(event);
    } else {
      this.#takePortEvent(event);
    }
  }

  #takePortEvent(event: AddonPortEvent): void {
    switch (event.type) {
      case 'listening':
        this.#port = event.port;
        this.#state = 'open';
        this.#listening.resolve(undefined);
        return;
      case 'serverError':
        this.#fail(event.message);
        return;
      case 'serverClosed':
        this.#end();
        return;
    }
  }

  #accept(ready: AddonSessionReady): void {
    const session = new RwebtransportSession(this.#addon, this.#handle, ready, () => {
      this.#sessions.delete(ready.session);
    });
    this.#sessions.set(ready.session, session);
    this.#options.onSession(session);
    if (!session.isStarted) session.close(0, '');
  }

  #fail(message: string): void {
    if (this.#state === 'opening') {
      this.#listening.reject(new Error(`webtransport port ${this.#options.port}: ${message}`));
    } else if (this.#state === 'open') {
      this.#state = 'closing';
      this.#logger.error('webtransport port failed', { port: this.#port, reason: message });
      this.#options.onFailure(message);
    }
  }

  #end(): void {
    if (this.#state !== 'closing') this.#fail('the listener ended');
    this.#state = 'closed';
    for (const session of [...this.#sessions.values()]) {
      session.end({ code: 0, reason: 'server closed', clean: true });
    }
    this.#closed.resolve(undefined);
  }
}

/** The addon parses `host:port` as a socket address: no names, IPv6 in brackets. */
function socketHost(host: string): string {
  if (host === 'localhost') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
