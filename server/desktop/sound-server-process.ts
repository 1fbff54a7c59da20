import { createConnection } from 'node:net';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../observe/logger.ts';
import { findProgram, spawnBound } from './desktop-processes.ts';
import { SupervisedProcess } from './supervised-process.ts';

/** Name of the null sink that the desktop plays into; its monitor is what is captured. */
const SINK = 'oriel';
/** How long PulseAudio may take to listen, in ms, and how often it is tried. */
const START_TIMEOUT_MS = 10_000;
const TRY_EVERY_MS = 20;

/** Where the sound server has its sockets, and what it sees of the environment. */
export interface SoundServerOptions {
  /** A folder of mode 0700: whoever may enter it may play and listen. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logger: Logger;
}

/** A private PulseAudio server with one null sink: what is played to it can be captured, and goes nowhere else. */
export class SoundServerProcess {
  readonly process: SupervisedProcess;
  /** Path of the socket that clients connect to. */
  readonly socket: string;
  /** Address for PULSE_SERVER. */
  readonly address: string;
  /** The source to capture. */
  readonly source = `${SINK}.monitor`;

  constructor({ directory, env, logger }: SoundServerOptions) {
    const program = findProgram('pulseaudio', 'pulseaudio');
    this.socket = join(directory, 'pulse.socket');
    this.address = `unix:${this.socket}`;
    this.process = new SupervisedProcess({
      name: 'PulseAudio',
      logger,
      spawn: async () => {
        // A socket that a killed server left behind would look like a server.
        await rm(this.socket, { force: true });
        return spawnBound(program, this.#arguments(), {
          // Its state and its pid file stay in the folder, away from a PulseAudio that the user may run.
          env: { ...env, PULSE_RUNTIME_PATH: directory, PULSE_STATE_PATH: directory },
          stdio: ['ignore', 'ignore', 'pipe'],
        });
      },
      ready: () => this.#listening(),
    });
  }

  #arguments(): readonly string[] {
    return [
      ...['-n', '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no'],
      ...['--realtime=no', '--high-priority=no', '--log-target=stderr', '--log-level=error'],
      // The socket comes last, so that whoever can connect finds the sink.
      `--load=module-null-sink sink_name=${SINK} rate=48000 channels=2 format=s16le`,
      '--load=module-always-sink',
      // Whoever reaches the socket is let in: no cookie, which would need a home that can be written.
      `--load=module-native-protocol-unix auth-anonymous=1 auth-cookie-enabled=0 socket=${this.socket}`,
    ];
  }

  async #listening(): Promise<void> {
    const giveUpAt = performance.now() + START_TIMEOUT_MS;
    while (!(await canConnect(this.socket))) {
      if (performance.now() > giveUpAt) {
        throw new Error(`PulseAudio did not listen within ${START_TIMEOUT_MS} ms`);
      }
      await new Promise((resolve) => setTimeout(resolve, TRY_EVERY_MS));
    }
  }
}

function canConnect(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
