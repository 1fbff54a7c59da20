import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '../observe/logger.ts';
import {
  desktopEnvironment,
  endMarkedProcesses,
  findProgram,
  spawnBound,
} from './desktop-processes.ts';
import { SoundServerProcess } from './sound-server-process.ts';
import { SupervisedProcess } from './supervised-process.ts';
import { terminalCommand } from './terminal-command.ts';
import { encodeAuthority } from './x-authority.ts';
import { windowManagerReady } from './window-manager-ready.ts';
import { XServerProcess } from './x-server-process.ts';

/** What a private desktop is made of. */
export interface VirtualDesktopOptions {
  /** Width of the screen in pixels; the X server cannot grow beyond it later. */
  readonly width: number;
  /** Height of the screen in pixels. */
  readonly height: number;
  /** Dots per inch that programs are told; 96 unless given. */
  readonly dpi?: number;
  /** The program of the desktop, run by `sh -c`, started again when it ends; a terminal unless given. */
  readonly command?: string;
  /** Whether to start a private PulseAudio server; yes unless given. */
  readonly sound?: boolean;
  /** Where others find the desktop; a free display and a new folder, for this process alone, unless given. */
  readonly place?: DesktopPlace;
  readonly logger: Logger;
}

/** A display and a folder that are known beforehand, for a gateway that runs as a process or container of its own. */
export interface DesktopPlace {
  /** The display's number. */
  readonly display: number;
  /** An existing folder, which stays: the cookie is written to `Xauthority` in it, the sound server listens at `pulse.socket`. */
  readonly directory: string;
}

/** One program of a desktop, for health reports. */
export interface DesktopPart {
  readonly name: 'xServer' | 'windowManager' | 'program' | 'soundServer';
  /** Process id; undefined while it is being started again. */
  readonly pid: number | undefined;
  /** How often it was started again. */
  readonly restarts: number;
}

/** A running private desktop; it keeps running until `close`, restarting the parts that die. */
export interface VirtualDesktop {
  /** The X display, for example `:3`; it stays the same when the X server is restarted. */
  readonly display: string;
  /** Path of the Xauthority file (mode 0600) that opens the display. */
  readonly authority: string;
  /** Address of the sound server for PULSE_SERVER; undefined without sound. */
  readonly pulseServer: string | undefined;
  /** The source that carries what the desktop plays; undefined without sound. */
  readonly pulseSource: string | undefined;
  /** The environment of the desktop's programs: DISPLAY, XAUTHORITY, PULSE_SERVER and a few harmless names. */
  readonly env: Readonly<Record<string, string>>;
  readonly parts: readonly DesktopPart[];
  /** Resolves with the reason once every process has ended. */
  readonly closed: Promise<string>;
  /** Ends every process of the desktop. Idempotent. */
  close(): Promise<void>;
}

/** Bytes of the secret that opens the display, as long as xauth makes them. */
const COOKIE_BYTES = 16;

/**
 * Starts a private desktop: Xvfb, Openbox, a program and PulseAudio, which only this user's processes can reach.
 *
 * @throws Error when a program is not installed or the X server does not start
 */
export async function startVirtualDesktop(options: VirtualDesktopOptions): Promise<VirtualDesktop> {
  const desktop = await PrivateDesktop.create(options);
  try {
    await desktop.start();
  } catch (error) {
    await desktop.close();
    throw error;
  }
  return desktop;
}

class PrivateDesktop implements VirtualDesktop {
  readonly #options: VirtualDesktopOptions;
  readonly #id = randomUUID();
  /** Mode 0700: holds the cookie and the sound server's socket. */
  readonly #directory: string;
  readonly #xServer: XServerProcess;
  readonly #soundServer: SoundServerProcess | undefined;
  readonly #windowManager: SupervisedProcess;
  readonly #program: SupervisedProcess;
  readonly #closed = Promise.withResolvers<string>();
  readonly #ending = new AbortController();
  #closing: Promise<void> | undefined;

  private constructor(options: VirtualDesktopOptions, directory: string) {
    this.#options = options;
    this.#directory = directory;
    const { width, height, dpi = 96, place, logger } = options;
    const { authority } = this;
    const env = desktopEnvironment(this.#id, { XDG_RUNTIME_DIR: directory });
    const number = place && { number: place.display };
    this.#xServer = new XServerProcess({ width, height, dpi, authority, env, logger, ...number });
    if (options.sound !== false) {
      this.#soundServer = new SoundServerProcess({ directory, env, logger });
    }
    const openbox = findProgram('openbox', 'openbox');
    this.#windowManager = this.#onDisplay(
      'Openbox',
      () => [openbox, '--sm-disable'],
      () => windowManagerReady({ display: this.display, authority }),
    );
    const shell = findProgram('sh', 'dash');
    const { command } = options;
    this.#program = this.#onDisplay('the program', () =>
      command === undefined ? terminalCommand({ width, height }) : [shell, '-c', command],
    );
  }

  static async create(options: VirtualDesktopOptions): Promise<PrivateDesktop> {
    const directory = options.place?.directory ?? (await mkdtemp(join(tmpdir(), 'oriel-')));
    try {
      await writeCookie(join(directory, 'Xauthority'));
      return new PrivateDesktop(options, directory);
    } catch (error) {
      if (options.place === undefined) await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  get display(): string {
    return this.#xServer.display;
  }

  get authority(): string {
    return join(this.#directory, 'Xauthority');
  }

  get pulseServer(): string | undefined {
    return this.#soundServer?.address;
  }

  get pulseSource(): string | undefined {
    return this.#soundServer?.source;
  }

  get closed(): Promise<string> {
    return this.#closed.promise;
  }

  get env(): Readonly<Record<string, string>> {
    const { pulseServer } = this;
    return desktopEnvironment(this.#id, {
      DISPLAY: this.display,
      XAUTHORITY: this.authority,
      XDG_RUNTIME_DIR: this.#directory,
      XDG_SESSION_TYPE: 'x11',
      // There is no accessibility bus here, and GTK waits for it.
      NO_AT_BRIDGE: '1',
      ...(pulseServer !== undefined && { PULSE_SERVER: pulseServer }),
    });
  }

  get parts(): readonly DesktopPart[] {
    const parts: DesktopPart[] = [
      partOf('xServer', this.#xServer.process),
      partOf('windowManager', this.#windowManager),
      partOf('program', this.#program),
    ];
    if (this.#soundServer) parts.push(partOf('soundServer', this.#soundServer.process));
    return parts;
  }

  async start(): Promise<void> {
    const sound = this.#soundServer?.process.start();
    // The picture matters more than the sound: a sound server that does not start is tried again.
    sound?.catch((error: unknown) => {
      this.#options.logger.warn('PulseAudio does not start', { reason: String(error) });
      if (!this.#closing) this.#soundServer?.process.startInBackground();
    });
    await this.#xServer.process.start();
    this.#windowManager.startInBackground();
    await this.#windowManager.whenReady(this.#ending.signal);
    this.#program.startInBackground();
    await sound?.catch(() => undefined);
    const { width, height } = this.#options;
    this.#options.logger.info('the desktop runs', { display: this.display, width, height });
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    this.#ending.abort();
    await Promise.all([this.#program.stop(), this.#windowManager.stop()]);
    // Programs that left their group, such as what was started in the terminal, go before their display does.
    await Promise.all([this.#xServer.process.stop(), this.#soundServer?.process.stop()]);
    await endMarkedProcesses(this.#id);
    if (this.#options.place === undefined) {
      await rm(this.#directory, { recursive: true, force: true });
    }
    this.#closed.resolve('closed');
  }

  #onDisplay(
    name: string,
    command: () => readonly [string, ...string[]],
    ready: () => Promise<void> = () => Promise.resolve(),
  ): SupervisedProcess {
    return new SupervisedProcess({
      name,
      logger: this.#options.logger,
      ready,
      spawn: async (signal) => {
        await this.#xServer.process.whenReady(signal);
        const [program, ...args] = command();
        return spawnBound(program, args, { env: this.env, stdio: ['ignore', 'ignore', 'pipe'] });
      },
    });
  }
}

/** Replaces the file in one step: a gateway that waits for the display reads a whole cookie or none. */
async function writeCookie(path: string): Promise<void> {
  const part = `${path}.part`;
  await writeFile(part, encodeAuthority(randomBytes(COOKIE_BYTES)), { mode: 0o600 });
  await rename(part, path);
}

function partOf(name: DesktopPart['name'], process: SupervisedProcess): DesktopPart {
  return { name, pid: process.pid, restarts: process.restarts };
}
