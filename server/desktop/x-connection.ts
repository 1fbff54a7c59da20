import { createConnection, type Socket } from 'node:net';
import { readCookie } from './x-authority.ts';
import { x11, type XClient, type XError, type XReply, type XSetup } from './x11.ts';

/** How long the X server may take to greet, in ms: it answers in 1 ms, or it hangs. */
const GREETING_TIMEOUT_MS = 5_000;

/** Where an X server listens: on this machine by a socket file, elsewhere by TCP. */
interface Address {
  readonly host: string;
  readonly number: string;
}

/** Which display, by which cookie. */
export interface XConnectionOptions {
  /** For example `:3` or `host:0`. */
  readonly display: string;
  /** Path of the Xauthority file; the environment's unless given. */
  readonly authority?: string;
  /** Called for errors that the X server reports and nobody waits for. */
  readonly onError?: (error: XError) => void;
}

/**
 * One connection to an X server, from greeting to end. Requests go through `client`; where a reply is wanted, through
 * `ask`, because the package never calls back once the server is gone.
 */
export class XConnection {
  readonly client: XClient;
  /** The root window of the first screen. */
  readonly root: number;
  readonly rootDepth: number;
  readonly minKeycode: number;
  readonly maxKeycode: number;
  /** The size of the screen when the connection was made. */
  readonly initialSize: { readonly width: number; readonly height: number };
  /** Resolves with the reason when the connection is over, whoever ended it. */
  readonly closed: Promise<string>;
  readonly #socket: Socket;
  #open = true;

  private constructor(setup: XSetup, socket: Socket, onError: (error: XError) => void) {
    const screen = setup.screen[0];
    if (!screen) throw new Error('the X server has no screen');
    this.client = setup.client;
    this.root = screen.root;
    this.rootDepth = screen.root_depth;
    this.minKeycode = setup.min_keycode;
    this.maxKeycode = setup.max_keycode;
    this.initialSize = { width: screen.pixel_width, height: screen.pixel_height };
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      const finish = (reason: string): void => {
        this.#open = false;
        socket.destroy();
        resolve(reason);
      };
      this.client.on('error', (error) => {
        // The server's own errors leave the connection in order; those of the socket end it.
        if (error.error === undefined) finish(`lost the X server: ${error.message}`);
        else onError(error);
      });
      socket.once('end', () => finish('the X server closed the connection'));
      socket.once('close', () => finish('lost the X server'));
    });
  }

  /** Connects. @throws Error when there is no server, or it refuses, or does not answer within 5 s */
  static async open(options: XConnectionOptions): Promise<XConnection> {
    const address = parseDisplay(options.display);
    const cookie = readCookie(address.number, options.authority);
    // The package's own dialling is not used: without a socket file it tries TCP on localhost, where anybody may listen and
    // be given the cookie.
    const socket =
      address.host === ''
        ? createConnection(`/tmp/.X11-unix/X${address.number}`)
        : createConnection({ host: address.host, port: 6000 + Number(address.number) });
    return new Promise((resolve, reject) => {
      const fail = (cause: Error): void => {
        clearTimeout(timer);
        socket.destroy();
        reject(new Error(`display ${options.display}: ${cause.message}`, { cause }));
      };
      const timer = setTimeout(() => {
        fail(new Error(`no greeting within ${GREETING_TIMEOUT_MS} ms`));
      }, GREETING_TIMEOUT_MS);
      const client = x11.createClient(
        { display: options.display, stream: socket, auth: cookie },
        (error, setup) => {
          if (error) {
            fail(error);
            return;
          }
          clearTimeout(timer);
          // What the server refuses from now on leaves the connection in order.
          client.off('error', fail);
          resolve(new XConnection(setup, socket, options.onError ?? (() => undefined)));
        },
      );
      // A refusal is told as an event, not to the callback.
      client.on('error', fail);
    });
  }

  /** False once the server is gone; requests are then lost. */
  get isOpen(): boolean {
    return this.#open;
  }

  /**
   * Sends a request and waits for its reply.
   *
   * @throws Error of the X server, or that the connection ended before the reply
   */
  async ask<T>(send: (reply: XReply<T>) => void): Promise<T> {
    const reply = new Promise<T>((resolve, reject) => {
      send((error, value) => {
        if (error) reject(error);
        else resolve(value);
        return true;
      });
    });
    return Promise.race([reply, this.closed.then((reason) => Promise.reject(new Error(reason)))]);
  }

  /** Waits until the server has dealt with everything sent so far. */
  async sync(): Promise<void> {
    await this.ask((reply) => this.client.GetInputFocus(reply));
  }

  /** Ends the connection after what was sent has gone out. Idempotent. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.end();
    this.#socket.destroySoon();
  }
}

function parseDisplay(display: string): Address {
  const match = /^(?:unix\/?)?([^:/]*):(\d{1,5})(?:\.\d+)?$/.exec(display);
  const [, host, number] = match ?? [];
  if (host === undefined || number === undefined) {
    throw new RangeError(`display: expected :number or host:number, got ${display}`);
  }
  return { host, number };
}
