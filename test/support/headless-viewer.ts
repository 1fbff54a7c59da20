import type { WebSocket } from 'ws';
import { decodeControl, encodeControl } from '../../protocol/control/control-unit.ts';
import type { StreamFacts } from '../../protocol/control/stream.ts';
import { decodeDataUnit } from '../../protocol/data-unit.ts';
import { Reassembler, type CompleteMessage } from '../../protocol/fragment.ts';
import { readStreamCodec } from '../../protocol/stream-codec.ts';
import type { StreamChange } from '../../protocol/stream-settings.ts';
import { micros, micros32, millis } from '../../protocol/time.ts';
import { isDataUnitId } from '../../protocol/unit-id.ts';
import { ApiClient } from './api-client.ts';
import { LoggedIn } from './logged-in.ts';

/** A viewer without a browser: it logs in, watches over WebSocket, acknowledges everything and decodes nothing. */
export class HeadlessViewer {
  /** The HTTP API, by its connection; answered once `stream` is there. */
  readonly api: ApiClient;
  readonly #socket: WebSocket;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #reassembler = new Reassembler({ maxMessageBytes: 8 << 20, maxFlows: 16 });
  readonly #onMessage: (message: CompleteMessage) => void;
  #wireBytes = 0;
  #dataBytes = 0;
  #dataUnits = 0;
  #pings = 0;
  #goaway: string | undefined;
  #closeCode: number | undefined;
  #closeReason: string | undefined;
  #stream: StreamFacts | undefined;
  #asked = 0;
  /** Of the video flow; undefined before it was opened. */
  #opened: { readonly flow: number; readonly codec: string } | undefined;
  readonly #keyCodecs: string[] = [];

  private constructor(
    socket: WebSocket,
    onMessage: (message: CompleteMessage) => void,
    video: readonly string[],
  ) {
    this.#socket = socket;
    this.api = new ApiClient((unit) => socket.send(encodeControl(unit)));
    this.#onMessage = onMessage;
    socket.on('message', (data: Buffer) => this.#take(data));
    socket.on('error', () => undefined);
    socket.on('close', (code, reason) => {
      this.#closeCode = code;
      this.#closeReason = reason.toString('utf8');
    });
    const hello = {
      versions: [1],
      video,
      audio: ['opus'],
      mode: 'balanced',
    } as const;
    socket.send(encodeControl({ type: 'hello', hello }));
    this.#heartbeat = setInterval(() => {
      this.#pings += 1;
      socket.send(encodeControl({ type: 'ping', id: this.#pings, t0: now() }));
    }, millis(1_000));
  }

  /**
   * Opens a link and begins to watch; `onMessage` is told of each message that has arrived whole.
   *
   * @param video codec strings that it says it decodes
   */
  static async open(
    link: string,
    onMessage: (message: CompleteMessage) => void = () => undefined,
    video: readonly string[] = ['avc1.42C028'],
  ): Promise<HeadlessViewer> {
    return HeadlessViewer.join(await LoggedIn.open(link), onMessage, video);
  }

  /** As `open`, with a login that is there. */
  static async join(
    login: LoggedIn,
    onMessage: (message: CompleteMessage) => void = () => undefined,
    video: readonly string[] = ['avc1.42C028'],
  ): Promise<HeadlessViewer> {
    return new HeadlessViewer(await login.webSocket(), onMessage, video);
  }

  /** Data units that arrived so far. */
  get dataUnits(): number {
    return this.#dataUnits;
  }

  /** What the last GOAWAY said; undefined before the first. */
  get goaway(): string | undefined {
    return this.#goaway;
  }

  /** With which WebSocket code the connection was closed; undefined while it stands. */
  get closeCode(): number | undefined {
    return this.#closeCode;
  }

  /** Why it was closed. */
  get closeReason(): string | undefined {
    return this.#closeReason;
  }

  /** What the last STREAM said. */
  get stream(): StreamFacts | undefined {
    return this.#stream;
  }

  /** Of each keyframe that arrived, its codec string. */
  get keyCodecs(): readonly string[] {
    return this.#keyCodecs;
  }

  /** Asks for settings; `stream` answers. */
  ask(settings: StreamChange): void {
    this.#asked += 1;
    this.#socket.send(encodeControl({ type: 'settings', id: this.#asked, settings }));
  }

  /** Bytes of everything that arrived so far, WebSocket's own framing left out. */
  get wireBytes(): number {
    return this.#wireBytes;
  }

  close(): void {
    clearInterval(this.#heartbeat);
    this.#socket.terminate();
  }

  #take(bytes: Buffer): void {
    this.#wireBytes += bytes.length;
    if (!isDataUnitId(bytes[0] ?? 0)) {
      const control = decodeControl(bytes);
      this.api.take(control);
      if (control.type === 'abandon') this.#reassembler.abandon(control.flow, control);
      if (control.type === 'goaway') this.#goaway = control.message;
      if (control.type === 'stream') this.#stream = control.stream;
      if (control.type === 'flowOpen' && control.kind === 'video')
        this.#opened = { flow: control.flow, codec: String(control.metadata['codec']) };
      return;
    }
    this.#dataUnits += 1;
    this.#dataBytes += bytes.length;
    const unit = decodeDataUnit(bytes);
    const message = this.#reassembler.push(unit);
    if (message !== undefined) this.#note(message);
    if (unit.type === 'padding') return;
    this.#socket.send(
      encodeControl({
        type: 'ack',
        cumulativeBytes: this.#dataBytes,
        echo: micros32(unit.sendTime),
        received: micros32(now()),
        hold: micros(0),
      }),
    );
  }

  #note(message: CompleteMessage): void {
    const { flow, key, extensions } = message.header;
    if (key && flow === this.#opened?.flow)
      this.#keyCodecs.push(readStreamCodec(extensions) ?? this.#opened.codec);
    this.#onMessage(message);
  }
}

const now = () => micros(performance.now() * 1000);
