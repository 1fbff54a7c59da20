import { loadAddon } from '../../server/transport/rwebtransport-addon.ts';

/**
 * The client half of rwebtransport's addon: an independent peer in the same process, without a browser. Everything that
 * arrives is kept, in order, for the test to look at.
 */
interface ClientAddon {
  connect(
    url: string,
    hashes: readonly Uint8Array[],
    insecure: boolean,
    origin: string | null,
    headerNames: readonly string[],
    headerValues: readonly string[],
    protocols: readonly string[],
    onEvent: (event: ClientEvent) => void,
  ): object;
  openStream(handle: object, bidi: boolean, requestId: number): void;
  writeStream(handle: object, stream: number, bytes: Uint8Array, requestId: number): void;
  finStream(handle: object, stream: number): void;
  resetStream(handle: object, stream: number, code: number): void;
  setPaused(handle: object, stream: number, paused: boolean): void;
  sendDatagram(handle: object, bytes: Uint8Array, requestId: number): void;
  closeSession(handle: object, code: number, reason: Uint8Array): void;
  shutdown(handle: object): void;
}

/** What the addon tells its client. */
export type ClientEvent =
  | { readonly type: 'ready'; readonly protocol: string | null }
  | { readonly type: 'error'; readonly message: string }
  | { readonly type: 'closed'; readonly code: number; readonly reason: Uint8Array }
  | { readonly type: 'datagram'; readonly data: Uint8Array }
  | { readonly type: 'stream'; readonly streamId: number; readonly bidi: boolean }
  | { readonly type: 'streamData'; readonly streamId: number; readonly data: Uint8Array }
  | { readonly type: 'streamFin'; readonly streamId: number }
  | { readonly type: 'streamReset'; readonly streamId: number; readonly code: number }
  | { readonly type: 'streamOpened'; readonly requestId: number; readonly streamId: number }
  | { readonly type: 'writeAck' | 'datagramAck' | 'draining'; readonly requestId?: number };

/** RFC 9000, section 2.1: the two low bits of a stream id. */
const SERVER_UNIDIRECTIONAL = 3;

/** A stream of the server, as far as it has arrived. */
export interface ReceivedStream {
  readonly id: number;
  readonly bytes: Uint8Array;
  /** Undefined while it is open. */
  readonly end:
    { readonly type: 'finished' } | { readonly type: 'reset'; readonly code: number } | undefined;
}

export interface ClientClosed {
  readonly code: number;
  readonly reason: string;
  /** What broke, when it was not closed. */
  readonly error: string | undefined;
}

export interface ConnectOptions {
  /** `https://127.0.0.1:port/path?query`. */
  readonly url: string;
  /** The certificate that it takes, or several. */
  readonly sha256: Uint8Array | readonly Uint8Array[];
  readonly origin?: string;
  /** Called with every event, after it was kept. */
  readonly onEvent?: (event: ClientEvent) => void;
}

/** One session of the client. */
export class WebTransportClient {
  readonly #addon: ClientAddon;
  readonly #handle: object;
  readonly #streams = new Map<number, { chunks: Uint8Array[]; end: ReceivedStream['end'] }>();
  readonly #datagrams: Uint8Array[] = [];
  readonly #opened = new Map<number, (stream: number) => void>();
  readonly #watchers = new Set<() => void>();
  #lastRequest = 0;
  #protocol: string | null | undefined;
  #error: string | undefined;
  #closed: ClientClosed | undefined;

  private constructor({ url, sha256, origin, onEvent }: ConnectOptions) {
    this.#addon = loadAddon() as unknown as ClientAddon;
    const take = (event: ClientEvent): void => {
      this.#take(event);
      onEvent?.(event);
      for (const look of [...this.#watchers]) look();
    };
    this.#handle = this.#addon.connect(
      url,
      sha256 instanceof Uint8Array ? [sha256] : sha256,
      false,
      origin ?? null,
      [],
      [],
      ['dtf-1'],
      take,
    );
  }

  /** Connects; resolves when the session is ready or cannot be. */
  static async connect(options: ConnectOptions): Promise<WebTransportClient> {
    const client = new WebTransportClient(options);
    await client.until(() => client.#protocol !== undefined || client.#closed !== undefined);
    return client;
  }

  /** The protocol that was agreed on; undefined when the session never was ready. */
  get protocol(): string | null | undefined {
    return this.#protocol;
  }

  get closed(): ClientClosed | undefined {
    return this.#closed;
  }

  /** Datagrams in the order of arrival. */
  get datagrams(): readonly Uint8Array[] {
    return this.#datagrams;
  }

  /** The server's unidirectional streams in the order in which they were opened, those without a byte left out. */
  get streams(): readonly ReceivedStream[] {
    return [...this.#streams.entries()]
      .filter(([id]) => id % 4 === SERVER_UNIDIRECTIONAL)
      .map(([id, { chunks, end }]) => ({ id, bytes: joined(chunks), end }))
      .filter(({ bytes, end }) => bytes.length > 0 || end !== undefined);
  }

  /** What came on a stream so far. */
  received(stream: number): Uint8Array {
    return joined(this.#streams.get(stream)?.chunks ?? []);
  }

  /** Waits until something holds; it is looked at after each event. */
  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const look = (): void => {
      if (!holds()) return;
      this.#watchers.delete(look);
      resolve(undefined);
    };
    this.#watchers.add(look);
    return promise;
  }

  open(bidi: boolean): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    const requestId = ++this.#lastRequest;
    this.#opened.set(requestId, resolve);
    this.#addon.openStream(this.#handle, bidi, requestId);
    return promise;
  }

  write(stream: number, bytes: Uint8Array): void {
    this.#addon.writeStream(this.#handle, stream, bytes, ++this.#lastRequest);
  }

  finish(stream: number): void {
    this.#addon.finStream(this.#handle, stream);
  }

  reset(stream: number, code: number): void {
    this.#addon.resetStream(this.#handle, stream, code);
  }

  /** Stops reading a stream, so that the server runs into its flow control. */
  pause(stream: number): void {
    this.#addon.setPaused(this.#handle, stream, true);
  }

  datagram(bytes: Uint8Array): void {
    this.#addon.sendDatagram(this.#handle, bytes, ++this.#lastRequest);
  }

  close(code: number, reason: string): void {
    this.#addon.closeSession(this.#handle, code, new TextEncoder().encode(reason));
  }

  /** Ends the client's thread without a word. */
  vanish(): void {
    this.#addon.shutdown(this.#handle);
  }

  #take(event: ClientEvent): void {
    switch (event.type) {
      case 'ready':
        this.#protocol = event.protocol;
        return;
      case 'error':
        this.#error ??= event.message;
        return;
      case 'closed': {
        const reason = Buffer.from(event.reason).toString();
        this.#closed ??= { code: event.code, reason, error: this.#error };
        return;
      }
      case 'datagram':
        this.#datagrams.push(new Uint8Array(event.data));
        return;
      case 'stream':
        this.#stream(event.streamId);
        return;
      case 'streamData':
        this.#stream(event.streamId).chunks.push(event.data);
        return;
      case 'streamFin':
        this.#stream(event.streamId).end = { type: 'finished' };
        return;
      case 'streamReset':
        this.#stream(event.streamId).end = { type: 'reset', code: event.code };
        return;
      case 'streamOpened':
        this.#opened.get(event.requestId)?.(event.streamId);
        return;
      case 'writeAck':
      case 'datagramAck':
      case 'draining':
        return;
    }
  }

  #stream(id: number): { chunks: Uint8Array[]; end: ReceivedStream['end'] } {
    const known = this.#streams.get(id) ?? { chunks: [], end: undefined };
    this.#streams.set(id, known);
    return known;
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(chunks));
}
