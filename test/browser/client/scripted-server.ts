import { createReadStream, existsSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { build } from 'vite';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  decodeControl,
  encodeControl,
  type ControlUnit,
} from '../../../protocol/control/control-unit.ts';
import { flowId, Priority, sequence, type FlowKindName } from '../../../protocol/flow.ts';
import {
  encodeFragmentFirst,
  encodeFragmentLast,
  encodeFragmentMiddle,
} from '../../../protocol/fragment.ts';
import { clientLimits } from '../../../protocol/limits.ts';
import { encodeMessage, type MessageHeader } from '../../../protocol/message.ts';
import type { SettingsUnit } from '../../../protocol/control/stream.ts';
import {
  mergeChange,
  defaultStreamSettings,
  streamRanges,
  type StreamSettings,
} from '../../../protocol/stream-settings.ts';
import { streamCodec } from '../../../protocol/stream-codec.ts';
import { micros, millis, toMicros32, type Micros } from '../../../protocol/time.ts';
import { pageHeaders } from '../../../server/http/page-headers.ts';
import type { EncodedUnit } from './painted-source.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

const VIDEO = flowId(2);
const AUDIO = flowId(4);
const CURSOR = flowId(6);
const KINDS: readonly (readonly [typeof VIDEO, FlowKindName])[] = [
  [VIDEO, 'video'],
  [AUDIO, 'audio'],
  [CURSOR, 'cursor'],
];

const FRAGMENT = 1200;

/** The session clock of this server. */
const now = (): Micros => micros(performance.now() * 1000);

/** A gateway that plays its part of DTF/1 by script: it sends what it is given and keeps what it was told. */
export class ScriptedServer {
  readonly units: ControlUnit[] = [];
  /** Video messages with these properties are skipped, as if they had been lost. */
  loseVideo: (unit: EncodedUnit) => boolean = () => false;
  /** What is sent in place of a video message's bytes. */
  changeVideo: (unit: EncodedUnit) => Uint8Array = ({ data }) => data;
  connections = 0;
  readonly #http: Server;
  readonly #root: string;
  #socket: WebSocket | undefined;
  #sequences = new Map<number, number>();
  #inputEvents = 0;
  #settings: StreamSettings = defaultStreamSettings;
  #hasGreeted = false;
  #waitsForKey = true;

  private constructor(http: Server, root: string) {
    this.#http = http;
    this.#root = root;
  }

  /** Builds the page of these tests and serves it; `close` removes it again. */
  static async open(): Promise<ScriptedServer> {
    const root = await mkdtemp(join(tmpdir(), 'oriel-client-'));
    await build({
      configFile: false,
      logLevel: 'warn',
      root: join(import.meta.dirname, 'page'),
      build: { outDir: root, emptyOutDir: true, target: 'esnext', assetsInlineLimit: 0 },
      worker: { format: 'es' },
    });
    return ScriptedServer.#listen(root);
  }

  static async #listen(root: string): Promise<ScriptedServer> {
    const http = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      if (url.pathname === '/api/ticket') answerTicket(response);
      else if (url.pathname === '/api/session') answer(response, { webRtc: false });
      else sendFile(join(root, url.pathname === '/' ? '/index.html' : url.pathname), response);
    });
    const server = new ScriptedServer(http, root);
    const sockets = new WebSocketServer({ server: http, handleProtocols: () => 'dtf.1' });
    sockets.on('connection', (socket) => server.#accept(socket));
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/`;
  }

  /** @param codec of a stream that is not H.264, which this server's flow was opened with */
  sendVideo(unit: EncodedUnit, codec?: string): void {
    if (!this.#hasGreeted || (this.#waitsForKey && !unit.key)) return;
    this.#waitsForKey = false;
    const extensions = unit.key && codec !== undefined ? [streamCodec(codec)] : [];
    const fields = { key: unit.key, priority: Priority.videoBase };
    const header = { ...this.#header(VIDEO, fields), extensions };
    if (this.loseVideo(unit)) return;
    const data = this.changeVideo(unit);
    if (unit.key) this.#sendFragments(header, data);
    else this.#send(encodeMessage(toMicros32(now()), header, data));
  }

  sendAudio(unit: EncodedUnit): void {
    if (this.#waitsForKey) return;
    const header = this.#header(AUDIO, { key: true, priority: Priority.audio });
    this.#send(encodeMessage(toMicros32(now()), header, unit.data));
  }

  sendCursor(image: Uint8Array): void {
    const header = this.#header(CURSOR, { key: true, priority: Priority.interface });
    this.#send(encodeMessage(toMicros32(now()), header, image));
  }

  /** Cuts the connection without a word. */
  cut(): void {
    this.#socket?.terminate();
  }

  /** Ends the connection with a WebSocket close code. */
  end(code: number, reason: string): void {
    this.#socket?.close(code, reason);
  }

  async close(): Promise<void> {
    this.#socket?.terminate();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
    await rm(this.#root, { recursive: true, force: true });
  }

  #accept(socket: WebSocket): void {
    this.#socket = socket;
    this.#sequences = new Map();
    this.#inputEvents = 0;
    this.#hasGreeted = false;
    this.#waitsForKey = true;
    this.connections += 1;
    socket.on('message', (bytes: Buffer) => this.#take(decodeControl(Uint8Array.from(bytes))));
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
    });
  }

  #take(unit: ControlUnit): void {
    this.units.push(unit);
    if (unit.type === 'hello') this.#welcome();
    if (unit.type === 'settings') this.#settle(unit);
    if (unit.type === 'ping') {
      const at = now();
      this.#control({ type: 'pong', id: unit.id, t0: unit.t0, t1: at, t2: at });
    }
    if (unit.type === 'input') {
      this.#inputEvents = Math.max(this.#inputEvents, unit.first + unit.events.length);
      this.#control({ type: 'inputAck', cumulative: this.#inputEvents });
    }
  }

  /** Takes every setting, as a gateway without an opinion. */
  #settle({ id, settings }: SettingsUnit): void {
    this.#settings = mergeChange(this.#settings, settings);
    const [width, height] = [1280, 192];
    this.#control({
      type: 'stream',
      stream: {
        answers: id,
        settings: this.#settings,
        desktop: { width, height },
        video: {
          codec: 'avc1.42C01F',
          name: 'h264',
          encoder: 'test',
          width,
          height,
          frameRate: 30,
        },
        offers: { codecs: ['h264'] },
        policy: { locked: [], ranges: streamRanges },
        controls: true,
      },
    });
  }

  #welcome(): void {
    this.#hasGreeted = true;
    this.#control({
      type: 'helloAck',
      helloAck: {
        version: 1,
        session: 'scripted',
        resume: 'again',
        clock: now(),
        role: 'controller',
        mayControl: true,
        desktop: { width: 1280, height: 192 },
        limits: clientLimits,
      },
    });
    for (const [flow, kind] of KINDS) {
      this.#sequences.set(flow, 0);
      const budget = millis(150);
      this.#control({
        type: 'flowOpen',
        flow,
        parent: undefined,
        kind,
        priority: 4,
        budget,
        metadata: {},
      });
    }
  }

  #header(
    flow: typeof VIDEO,
    fields: { readonly key: boolean; readonly priority: number },
  ): MessageHeader {
    const seq = this.#sequences.get(flow) ?? 0;
    this.#sequences.set(flow, seq + 1);
    return {
      flow,
      seq: sequence(seq),
      captureTime: now(),
      budget: millis(150),
      key: fields.key,
      discardable: false,
      recovery: false,
      late: false,
      epoch: false,
      layer: { temporal: 0, spatial: 0, priority: fields.priority },
      dependency: fields.key ? 0 : 1,
      extensions: [],
    };
  }

  #sendFragments(header: MessageHeader, data: Uint8Array): void {
    const sendTime = toMicros32(now());
    const first = data.subarray(0, FRAGMENT);
    this.#send(encodeFragmentFirst(sendTime, header, data.length, first));
    for (let at = FRAGMENT; at < data.length; at += FRAGMENT) {
      const bytes = data.subarray(at, at + FRAGMENT);
      const isLast = at + FRAGMENT >= data.length;
      const encode = isLast ? encodeFragmentLast : encodeFragmentMiddle;
      this.#send(encode(sendTime, header.flow, bytes));
    }
    if (data.length <= FRAGMENT) {
      this.#send(encodeFragmentLast(sendTime, header.flow, new Uint8Array(0)));
    }
  }

  #control(unit: ControlUnit): void {
    this.#send(encodeControl(unit));
  }

  #send(bytes: Uint8Array): void {
    this.#socket?.send(bytes);
  }
}

function answerTicket(response: ServerResponse): void {
  const tickets = { webSocket: 'dGlja2V0', webTransport: 'dGlja2V0' };
  answer(response, { tickets, webSocketPath: '/dtf/1', webTransport: null });
}

function answer(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function sendFile(path: string, response: ServerResponse): void {
  if (!existsSync(path) || !statSync(path).isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
    ...pageHeaders([]),
  });
  createReadStream(path).pipe(response);
}
