import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeBindingRequest } from './binding-request.ts';
import { waitUntil } from './wait.ts';
import { freeUdpPort } from './webrtc-desk.ts';

/** How long coturn may take until it answers, ms. */
const START_MS = 10_000;

/** Shared with the gateway. */
const SECRET = 'a-secret-of-the-tests';

/** Debian's TURN server on a UDP port of 127.0.0.1, for who has credentials made with its secret; in a folder that goes with it. */
export class Coturn {
  /** As the settings name it. */
  readonly url: string;
  /** Holds the secret. */
  readonly secretFile: string;
  readonly #directory: string;
  readonly #process: ChildProcess;

  private constructor(port: number) {
    this.#directory = mkdtempSync(join(tmpdir(), 'oriel-turn-'));
    this.url = `turn:127.0.0.1:${port}?transport=udp`;
    this.secretFile = join(this.#directory, 'secret');
    writeFileSync(this.secretFile, SECRET);
    const options = [
      ...['listening-ip=127.0.0.1', 'relay-ip=127.0.0.1', `listening-port=${port}`],
      ...['use-auth-secret', `static-auth-secret=${SECRET}`, 'realm=oriel.example'],
      // The gateway is on this machine.
      'allow-loopback-peers',
      ...['no-cli', 'no-tls', 'no-dtls', 'no-tcp', 'no-tcp-relay', 'log-file=stdout'],
      ...[`pidfile=${join(this.#directory, 'pid')}`, `userdb=${join(this.#directory, 'db')}`],
    ];
    const flags = ['-n', ...options.map((option) => `--${option}`)];
    this.#process = spawn('turnserver', flags, { stdio: 'ignore' });
  }

  /** Answers when this resolves. */
  static async start(): Promise<Coturn> {
    const port = await freeUdpPort();
    const coturn = new Coturn(port);
    const socket = createSocket('udp4');
    try {
      let isAnswered = false;
      socket.on('message', () => (isAnswered = true));
      await waitUntil(() => {
        socket.send(encodeBindingRequest('any', 'one'), port, '127.0.0.1');
        return isAnswered;
      }, START_MS);
      return coturn;
    } catch (error) {
      await coturn.stop();
      throw error;
    } finally {
      socket.close();
    }
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await ended;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
