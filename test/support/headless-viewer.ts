import { once } from 'node:events';
import { WebSocket } from 'ws';
import { encodeControl } from '../../protocol/control/control-unit.ts';
import { micros, micros32, millis } from '../../protocol/time.ts';
import { isDataUnitId } from '../../protocol/unit-id.ts';
import { decodeUnit } from '../../protocol/unit.ts';

/** A viewer without a browser: it logs in, watches over WebSocket, acknowledges everything and decodes nothing. */
export class HeadlessViewer {
  readonly #socket: WebSocket;
  readonly #heartbeat: NodeJS.Timeout;
  #dataBytes = 0;
  #dataUnits = 0;
  #pings = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#take(data));
    socket.on('error', () => undefined);
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

  /** Opens a link and begins to watch. */
  static async open(link: string): Promise<HeadlessViewer> {
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
    return new HeadlessViewer(socket);
  }

  /** Data units that arrived so far. */
  get dataUnits(): number {
    return this.#dataUnits;
  }

  close(): void {
    clearInterval(this.#heartbeat);
    this.#socket.terminate();
  }

  #take(bytes: Buffer): void {
    if (!isDataUnitId(bytes[0] ?? 0)) return;
    this.#dataUnits += 1;
    this.#dataBytes += bytes.length;
    const unit = decodeUnit(bytes);
    if (!('sendTime' in unit)) return;
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
