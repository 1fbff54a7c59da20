import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { XConnection } from '../../server/desktop/x-connection.ts';
import { x11, type XEvent } from '../../server/desktop/x11.ts';

/** An X server without a window manager. */
export interface TestXServer {
  readonly display: string;
  readonly process: ChildProcess;
  /** Starts another server on the same display after this one was killed. */
  restart(): Promise<TestXServer>;
  close(): Promise<void>;
}

/** Starts Xvfb on a display that is free, or on a given one; with an Xauthority file it lets nobody in without its cookie. */
export async function startXServer(
  size = { width: 800, height: 600 },
  display?: string,
  authority?: string,
): Promise<TestXServer> {
  const args = ['-displayfd', '3', '-screen', '0', `${size.width}x${size.height}x24`];
  args.push('-nolisten', 'tcp', '-noreset');
  if (display !== undefined) args.unshift(display);
  if (authority !== undefined) args.push('-auth', authority);
  const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const ended = once(server, 'exit');
  const [number] = (await once(server.stdio[3] as Readable, 'data')) as [Buffer];
  const name = `:${number.toString('latin1').trim()}`;
  return {
    display: name,
    process: server,
    restart: async () => {
      await ended;
      return startXServer(size, name, authority);
    },
    close: async () => {
      server.kill('SIGKILL');
      await ended;
    },
  };
}

/** A window over the whole screen that has the focus and notes every key, button and motion that reaches it. */
export class XWitness {
  readonly events: XEvent[] = [];
  readonly connection: XConnection;
  readonly #waiting = new Set<() => void>();

  private constructor(connection: XConnection) {
    this.connection = connection;
    connection.client.on('event', (event) => {
      if (!/^(Key|Button|Motion)/.test(event.name ?? '')) return;
      this.events.push(event);
      for (const wake of this.#waiting) wake();
    });
  }

  /** @param top pixels of the screen's upper edge that stay free, for a picture that is to go on */
  static async open(display: string, authority?: string, top = 0): Promise<XWitness> {
    const connection = await XConnection.open({
      display,
      ...(authority === undefined ? {} : { authority }),
    });
    const witness = new XWitness(connection);
    const { client, root, initialSize } = connection;
    const { KeyPress, KeyRelease, ButtonPress, ButtonRelease, PointerMotion } = x11.eventMask;
    const window = client.AllocID();
    const height = initialSize.height - top;
    client.CreateWindow(window, root, 0, top, initialSize.width, height, 0, 0, 0, 0, {
      overrideRedirect: 1,
      eventMask: KeyPress | KeyRelease | ButtonPress | ButtonRelease | PointerMotion,
    });
    client.MapWindow(window);
    await connection.sync();
    client.SetInputFocus(window, 1);
    await connection.sync();
    return witness;
  }

  /** Waits until so many events of a kind have arrived, and returns them. */
  async take(name: string, count: number): Promise<readonly XEvent[]> {
    for (;;) {
      const found = this.events.filter((event) => event.name === name);
      if (found.length >= count) return found;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  close(): void {
    this.connection.close();
  }
}
