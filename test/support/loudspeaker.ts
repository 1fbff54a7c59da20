import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { SoundServerProcess } from '../../server/desktop/sound-server-process.ts';
import { silentLogger } from './silent-logger.ts';

/** Samples per second of one channel, and how many of them are looked at: half a second. */
export const HEARD_RATE = 48_000;
const HEARD_SAMPLES = HEARD_RATE / 2;

/** What a program plays, as a loudspeaker gets it: a private PulseAudio server, whose sink is recorded. */
export class Loudspeaker {
  readonly #directory: string;
  readonly #server: SoundServerProcess;
  readonly #recorder: ChildProcessByStdio<null, Readable, null>;
  #recent: Buffer<ArrayBuffer> = Buffer.alloc(0);

  private constructor(directory: string, server: SoundServerProcess) {
    this.#directory = directory;
    this.#server = server;
    const format = `audio/x-raw,format=F32LE,rate=${HEARD_RATE},channels=1`;
    const source = [
      'pulsesrc',
      `device=${server.source}`,
      '!',
      'audioconvert',
      '!',
      'audioresample',
    ];
    this.#recorder = spawn('gst-launch-1.0', ['-q', ...source, '!', format, '!', 'fdsink'], {
      env: { ...process.env, ...this.env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#recorder.stdout.on('data', (chunk: Buffer) => {
      this.#recent = Buffer.concat([this.#recent, chunk]).subarray(-4 * HEARD_SAMPLES);
    });
  }

  static async open(): Promise<Loudspeaker> {
    const directory = await mkdtemp(join(tmpdir(), 'oriel-loudspeaker-'));
    const env = { PATH: process.env['PATH'] ?? '', HOME: directory };
    const server = new SoundServerProcess({ directory, env, logger: silentLogger });
    await server.process.start();
    return new Loudspeaker(directory, server);
  }

  /** For the environment of who is to play here. */
  get env(): Readonly<Record<string, string>> {
    return { PULSE_SERVER: this.#server.address };
  }

  /** What was played last; fewer samples than half a second's at the start. */
  get heard(): Float32Array {
    const whole = this.#recent.subarray(this.#recent.length % 4);
    return Float32Array.from({ length: whole.length / 4 }, (_, at) => whole.readFloatLE(4 * at));
  }

  async close(): Promise<void> {
    this.#recorder.kill('SIGKILL');
    if (this.#recorder.exitCode === null && this.#recorder.signalCode === null)
      await once(this.#recorder, 'exit');
    await this.#server.process.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** Root of the mean square of samples: 0.35 for a tone of half the full amplitude. */
export const levelOf = (samples: Float32Array): number =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
