import { once } from 'node:events';
import { WebSocket } from 'ws';
import { decodeControl, encodeControl } from '../../protocol/control/control-unit.ts';
import { decodeDataUnit } from '../../protocol/data-unit.ts';
import { Reassembler, type CompleteMessage } from '../../protocol/fragment.ts';
import { micros, micros32, millis } from '../../protocol/time.ts';
import { isDataUnitId } from '../../protocol/unit-id.ts';

/** A viewer without a browser: it logs in, watches over WebSocket, acknowledges everything and decodes nothing. */
export class HeadlessViewer {
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

  private constructor(socket: WebSocket, onMessage: (message: CompleteMessage) => void) {
    this.#socket = socket;
    this.#onMessage = onMessage;
    socket.on('message', (data: Buffer) => this.#take(data));
    socket.on('error', () => undefined);
    socket.on('close', (code) => (this.#closeCode = code));
    const hello = {
      versions: [1],
      video: ['avc1.42C028'],
      audio: ['opus'],
      mode: 'balanced',
    } as const;
    socket.send(encodeControl({ type: 'hello', hello }));
    this.#heartbeat = setInterval(() => {
      this.#pings += 1;
      socket.send(encodeControl({ type: 'ping', id: this.#pings, t0: now() }));
    }, millis(1_000));
  }

  /** Opens a link and begins to watch; `onMessage` is told of each message that has arrived whole. */
  static async open(
    link: string,
    onMessage: (message: CompleteMessage) => void = () => undefined,
  ): Promise<HeadlessViewer> {
    const { origin, hash } = new URL(link);
    const post = async (path: string, body: object, cookie = ''): Promise<Response> => {
      const headers = { 'content-type': 'application/json', origin, cookie };
      const answer = await fetch(origin + path, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`${path}: expected success, got ${answer.status}`);
      return answer;
    };
    const login = await post('/api/login', { token: hash.replace('#token=', '') });
    const cookie = login.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
    const offer: unknown = await (await post('/api/ticket', {}, cookie)).json();
    const { tickets } = offer as { readonly tickets: { readonly webSocket: string } };
    const socket = new WebSocket(
      `${origin.replace('http', 'ws')}/dtf/1`,
      ['dtf.1', `ticket.${tickets.webSocket}`],
      { headers: { origin, cookie } },
    );
    await once(socket, 'open');
    return new HeadlessViewer(socket, onMessage);
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
      if (control.type === 'abandon') this.#reassembler.abandon(control.flow, control);
      if (control.type === 'goaway') this.#goaway = control.message;
      return;
    }
    this.#dataUnits += 1;
    this.#dataBytes += bytes.length;
    const unit = decodeDataUnit(bytes);
    const message = this.#reassembler.push(unit);
    if (message !== undefined) this.#onMessage(message);
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
}

const now = () => micros(performance.now() * 1000);
