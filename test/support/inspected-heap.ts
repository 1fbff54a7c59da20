import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Gateway } from './gateway.ts';
import { waitUntil } from './wait.ts';

/** Environment of a gateway whose heap is to be read: its inspector takes a free port when it is asked for. */
export const INSPECTABLE = { NODE_OPTIONS: '--inspect-port=127.0.0.1:0' };

/**
 * Machine code that V8 makes of busy functions is in its heap, too: 0.4 MB in a hundred visits, until it levels off after some hundred
 * more (measured). From here on none is made.
 */
const WITHOUT_COMPILERS = ['--no-opt', '--no-maglev', '--no-sparkplug']
  .map((flag) => `process.getBuiltinModule('node:v8').setFlagsFromString('${flag}');`)
  .join('');

/** How long the inspector may take to listen, ms, on a loaded machine. */
const LISTEN_MS = 10_000;

/** The JavaScript heap of a gateway, by its inspector (the V8 domain of the DevTools protocol). */
export class InspectedHeap {
  readonly #socket: WebSocket;
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** @param gateway started with `INSPECTABLE` */
  static async open(gateway: Gateway): Promise<InspectedHeap> {
    const address = () =>
      gateway.log.map((line) => /Debugger listening on (ws:\S+)/.exec(line)?.[1]).find(Boolean);
    process.kill(gateway.pid, 'SIGUSR1');
    await waitUntil(() => address() !== undefined, LISTEN_MS);
    const socket = new WebSocket(address() ?? '');
    await once(socket, 'open');
    const heap = new InspectedHeap(socket);
    await heap.#ask('Runtime.evaluate', { expression: WITHOUT_COMPILERS });
    return heap;
  }

  /** Bytes in use after a full collection. */
  async usedBytes(): Promise<number> {
    await this.#ask('HeapProfiler.collectGarbage');
    const { usedSize } = (await this.#ask('Runtime.getHeapUsage')) as { readonly usedSize: number };
    return usedSize;
  }

  close(): void {
    this.#socket.terminate();
  }

  async #ask(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#lastId;
    this.#socket.send(JSON.stringify({ id, method, params }));
    for (;;) {
      const [data] = (await once(this.#socket, 'message')) as [Buffer];
      const said = JSON.parse(data.toString()) as {
        readonly id?: number;
        readonly result: unknown;
      };
      if (said.id === id) return said.result;
    }
  }
}
