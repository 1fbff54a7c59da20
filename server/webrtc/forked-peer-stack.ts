import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { RestartPolicy } from '../../gst/restart-policy.ts';
import type { Logger } from '../observe/logger.ts';
import type { PeerPlan } from '../signaling/peer-plan.ts';
import { readLocal } from './local-description.ts';
import { FrameType, type Frame } from './peer-frame.ts';
import { PeerProcess, type PeerProcessConfig } from './peer-process.ts';
import type { Peer, PeerStack } from './peer-stack.ts';
import { RemotePeer } from './remote-peer.ts';

const CHILD_MODULE = join(import.meta.dirname, 'peer-child.ts');

/** Milliseconds without a peer after which the process ends: one who reloads a page finds it running. */
const IDLE_MS = 30_000;

/** Milliseconds for a peer to be opened: 5 are usual, the start of a process on a loaded machine takes seconds. */
const OPEN_MS = 10_000;

/** Numbers of peers are u32 and come round; 0 is none. */
const LAST_NUMBER = 0xffff_ffff;

/** What the process of the library is started with. */
export interface ForkedPeerStackOptions extends PeerProcessConfig {
  readonly logger: Logger;
  /** Default {@link IDLE_MS}. */
  readonly idleMs?: number;
  /** Path of the module that each child runs; default peer-child.ts. */
  readonly childModule?: string;
}

/** Settles a peer that is being opened. */
interface Opening {
  readonly opened: (peer: RemotePeer) => void;
  readonly refused: (reason: Error) => void;
}

/**
 * The peer stack of a library that runs in a process of its own, since a fault in it ends its process. The process starts with the
 * first peer and ends when it has had none for a while; the peers of one that died are told so, and the next peer starts another.
 */
export class ForkedPeerStack implements PeerStack {
  readonly name = 'node-datachannel';
  readonly #options: ForkedPeerStackOptions;
  readonly #policy = new RestartPolicy();
  readonly #closing = new AbortController();
  readonly #openings = new Map<number, Opening>();
  readonly #peers = new Map<number, RemotePeer>();
  #process: PeerProcess | undefined;
  #starting: Promise<PeerProcess> | undefined;
  #startedAt = 0;
  /** Whether the present process opened a peer. */
  #hasDelivered = false;
  /** Before this time no process is started, milliseconds of `performance.now()`. */
  #notBefore = 0;
  #lastNumber = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: ForkedPeerStackOptions) {
    this.#options = options;
  }

  /** Of the process that runs; undefined while none does. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  async open(plan: PeerPlan): Promise<Peer> {
    const child = await this.#running();
    const number = (this.#lastNumber % LAST_NUMBER) + 1;
    this.#lastNumber = number;
    clearTimeout(this.#idle);
    const { promise, resolve, reject } = Promise.withResolvers<RemotePeer>();
    this.#openings.set(number, { opened: resolve, refused: reject });
    const patience = setTimeout(() => child.kill('did not open a peer within 10 s'), OPEN_MS);
    const payload = Buffer.from(JSON.stringify(plan));
    if (!child.send({ type: FrameType.open, peer: number, payload }, 'lossless')) {
      reject(new Error('the webrtc process takes nothing more'));
    }
    try {
      return await promise;
    } finally {
      clearTimeout(patience);
      this.#openings.delete(number);
      this.#restWhenIdle();
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the gateway is stopping'));
    clearTimeout(this.#idle);
    if (this.#peers.size === 0) this.#process?.kill('nobody is left to be told');
    await this.#process?.end();
  }

  /** The process, started if need be: once for all who ask at the same time. */
  async #running(): Promise<PeerProcess> {
    this.#closing.signal.throwIfAborted();
    if (this.#process?.isLeaving === false) return this.#process;
    this.#starting ??= this.#start().finally(() => (this.#starting = undefined));
    return this.#starting;
  }

  async #start(): Promise<PeerProcess> {
    const { signal } = this.#closing;
    // One that is about to go still holds the port.
    await this.#process?.gone;
    const delayMs = this.#notBefore - performance.now();
    if (delayMs > 0) await wait(delayMs, undefined, { signal });
    signal.throwIfAborted();
    const { address, port, childModule: module = CHILD_MODULE, logger } = this.#options;
    this.#startedAt = performance.now();
    this.#hasDelivered = false;
    const child = new PeerProcess({
      module,
      config: { ...(address !== undefined && { address }), port },
      onFrame: (frame) => this.#take(frame),
      onEnd: (reason) => this.#ended(reason),
    });
    this.#process = child;
    logger.info('webrtc process started', { pid: child.pid });
    return child;
  }

  #take({ type, peer: number, payload }: Frame): void {
    if (type === FrameType.opened) this.#opened(number, payload);
    else if (type === FrameType.refused) {
      this.#openings.get(number)?.refused(new Error(payload.toString('utf8')));
    } else if (type === FrameType.complaint) {
      const message = payload.toString('utf8');
      this.#options.logger.debug('the webrtc library reports an error', { message });
    }
    // A peer that was closed here may still be heard of.
    else this.#peers.get(number)?.take(type, payload);
  }

  #opened(number: number, payload: Buffer): void {
    const opening = this.#openings.get(number);
    const local = readLocal(payload);
    if (opening === undefined || local === undefined) {
      this.#process?.kill('made no sense');
      return;
    }
    this.#hasDelivered = true;
    const peer = new RemotePeer({
      local,
      send: (type, bytes, rule) =>
        this.#process?.send({ type, peer: number, payload: bytes }, rule) === true,
      onClosed: () => {
        this.#peers.delete(number);
        this.#restWhenIdle();
      },
    });
    this.#peers.set(number, peer);
    opening.opened(peer);
  }

  #ended(reason: string): void {
    this.#process = undefined;
    clearTimeout(this.#idle);
    const { logger } = this.#options;
    const peers = [...this.#peers.values()];
    if (this.#closing.signal.aborted || reason === IDLE_REASON) {
      logger.info('webrtc process ended', { reason });
    } else {
      const run = { ranMs: performance.now() - this.#startedAt, delivered: this.#hasDelivered };
      this.#notBefore = performance.now() + this.#policy.delayAfter(run);
      logger.warn('webrtc process died', { reason, peers: peers.length });
    }
    for (const { refused } of this.#openings.values()) {
      refused(new Error(`the webrtc process ended: ${reason}`));
    }
    for (const peer of peers) peer.lost(`the webrtc process ended: ${reason}`);
  }

  #restWhenIdle(): void {
    clearTimeout(this.#idle);
    if (this.#process === undefined || this.#peers.size > 0 || this.#openings.size > 0) return;
    const { idleMs = IDLE_MS } = this.#options;
    this.#idle = setTimeout(() => this.#process?.kill(IDLE_REASON), idleMs);
  }
}

const IDLE_REASON = 'it has no peers';
