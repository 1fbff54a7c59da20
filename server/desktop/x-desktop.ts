import type { Logger } from '../observe/logger.ts';
import { watchCursor, type CursorImage } from './cursor.ts';
import { watchDamage, type DamageListener } from './damage.ts';
import type { DesktopInput, PixelSize } from './desktop-input.ts';
import { XConnection } from './x-connection.ts';
import { XInput } from './x-input.ts';
import { x11 } from './x11.ts';

/** Whether the X server can be reached; the word for the page while it cannot. */
export type XDesktopState =
  | { readonly type: 'connecting'; readonly attempt: number }
  | { readonly type: 'connected'; readonly size: PixelSize }
  | { readonly type: 'lost'; readonly reason: string; readonly retryInMs: number }
  | { readonly type: 'closed' };

/** Which display, and who is told of its state, its pointer and its changes. */
export interface XDesktopOptions extends Pick<DamageListener, 'onNoticed' | 'watchAgainIn'> {
  /** For example `:3`. */
  readonly display: string;
  /** Path of the Xauthority file; XAUTHORITY or ~/.Xauthority unless given. */
  readonly authority?: string;
  /** What its size is taken for until it is connected for the first time, in pixels. */
  readonly size?: PixelSize;
  readonly logger: Logger;
  onState(state: XDesktopState): void;
  /** At most 30 a second; the same image is never told twice in a row. */
  onCursor(image: CursorImage): void;
  /** What the screen shows has changed, or is watched from now on; about 40 a second while it goes on. */
  onChange(): void;
  /** Nobody knows whether the screen changes, until the next `onChange`. */
  onBlind(): void;
}

/** One X display: input into it, its pointer and its size out of it, across restarts of the X server. */
export interface XDesktop {
  readonly input: DesktopInput;
  readonly state: XDesktopState;
  /** The pointer's last known picture, for viewers who join later. */
  readonly cursor: CursorImage | undefined;
  /** Events that could not be injected since the start. */
  readonly droppedEvents: number;
  close(): Promise<void>;
}

/** How long the gateway's start waits for the first attempt, in ms: a server that hangs answers no request. A guess. */
const FIRST_ATTEMPT_MS = 2_000;

/**
 * Pauses between attempts in ms; the last one repeats. A restarted server is back within a few hundred ms, a restarted container of it
 * within 2 s, on a busy machine within 5: so long no pause is longer than a quarter of a second, since the picture waits for it. An
 * attempt without a server takes 0.1 ms.
 */
const RETRY_MS: readonly number[] = [
  ...new Array<number>(10).fill(100),
  ...new Array<number>(16).fill(250),
  ...[500, 1_000],
];

/** Opens a display and keeps it open. Resolves after the first attempt, which is given 2 s, whatever became of it. */
export async function openXDesktop(options: XDesktopOptions): Promise<XDesktop> {
  const desktop = new ReconnectingDesktop(options);
  await desktop.start();
  return desktop;
}

class ReconnectingDesktop implements XDesktop {
  readonly #options: XDesktopOptions;
  readonly #input: XInput;
  #state: XDesktopState = { type: 'connecting', attempt: 1 };
  #cursor: CursorImage | undefined;
  #connection: XConnection | undefined;
  #attempt = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: XDesktopOptions) {
    this.#options = options;
    this.#input = new XInput(options.size ?? { width: 1, height: 1 });
  }

  get input(): DesktopInput {
    return this.#input;
  }

  get state(): XDesktopState {
    return this.#state;
  }

  get cursor(): CursorImage | undefined {
    return this.#cursor;
  }

  get droppedEvents(): number {
    return this.#input.droppedEvents;
  }

  async start(): Promise<void> {
    const { display, logger } = this.#options;
    const attempt = this.#connect().catch((error: unknown) => {
      const reason = textOf(error);
      logger.warn(`waits for the X display ${display}`, { reason });
      this.#lost(reason);
    });
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, FIRST_ATTEMPT_MS);
    });
    await Promise.race([attempt, patience]);
    clearTimeout(timer);
  }

  async close(): Promise<void> {
    if (this.#state.type === 'closed') return;
    this.#enter({ type: 'closed' });
    clearTimeout(this.#retry);
    const connection = this.#connection;
    this.#input.close();
    if (!connection?.isOpen) return;
    // What was just released has to arrive before the connection goes.
    await connection.sync().catch(() => undefined);
    connection.close();
    await connection.closed;
  }

  async #connect(): Promise<void> {
    this.#attempt++;
    this.#enter({ type: 'connecting', attempt: this.#attempt });
    const { display, authority, logger } = this.#options;
    const connection = await XConnection.open({
      display,
      ...(authority !== undefined && { authority }),
      onError: ({ message, majorOpcode }) => {
        logger.debug('the X server refused a request', { message, majorOpcode });
      },
    });
    try {
      await this.#input.attach(connection);
      this.#watchSize(connection);
      await watchCursor(connection, (image) => this.#newCursor(image));
      await this.#watchDamage(connection);
    } catch (error) {
      connection.close();
      throw error;
    }
    if (this.#isClosed()) {
      connection.close();
      return;
    }
    this.#connection = connection;
    this.#attempt = 0;
    this.#enter({ type: 'connected', size: this.#input.size });
    void connection.closed.then((reason) => this.#lost(reason));
  }

  /** A server without DAMAGE is one that is never seen to be still. */
  async #watchDamage(connection: XConnection): Promise<void> {
    try {
      const options = this.#options;
      await watchDamage(connection, {
        onChange: () => {
          if (connection.isOpen) options.onChange();
        },
        onNoticed: (change) => options.onNoticed?.(change),
        watchAgainIn: (atLeastMs) => options.watchAgainIn?.(atLeastMs) ?? atLeastMs,
      });
    } catch (error) {
      if (!connection.isOpen) throw error;
      this.#options.logger.debug('changes of the screen cannot be seen', { reason: String(error) });
    }
  }

  #lost(reason: string): void {
    this.#input.detach();
    this.#connection = undefined;
    if (this.#isClosed()) return;
    this.#options.onBlind();
    const retryInMs = this.#pause();
    if (this.#state.type === 'connected') {
      this.#options.logger.warn('the X server is gone', { display: this.#options.display, reason });
    }
    this.#enter({ type: 'lost', reason, retryInMs });
    this.#retry = setTimeout(() => {
      this.#connect().catch((error: unknown) => {
        this.#lost(textOf(error));
      });
    }, retryInMs);
  }

  #pause(): number {
    return RETRY_MS[Math.min(this.#attempt, RETRY_MS.length - 1)] ?? 1_000;
  }

  #watchSize({ client, root }: XConnection): void {
    client.ChangeWindowAttributes(root, { eventMask: x11.eventMask.StructureNotify });
    client.on('event', ({ name, wid1, width, height }) => {
      if (name !== 'ConfigureNotify' || wid1 !== root) return;
      if (width === undefined || height === undefined) return;
      const { size } = this.#input;
      if (size.width === width && size.height === height) return;
      this.#input.resize({ width, height });
      this.#enter({ type: 'connected', size: this.#input.size });
    });
  }

  #newCursor(image: CursorImage): void {
    this.#cursor = image;
    this.#options.onCursor(image);
  }

  #enter(state: XDesktopState): void {
    if (this.#isClosed()) return;
    this.#state = state;
    this.#options.onState(state);
  }

  #isClosed(): boolean {
    return this.#state.type === 'closed';
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
