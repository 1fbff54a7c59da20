/**
 * The network worker: everything between the wire and the two outputs.
 *
 *   SessionLink -> Connection -+- video -> port to the video worker (bytes transferred)
 *                              +- sound -> SoundDecoder -> ring -> playback worklet
 *                              +- cursor, state, statistics -> page
 *   page -> input -> Connection
 */
import { readQueuedAfter } from '../protocol/queued-after.ts';
import { fromMicros32 } from '../protocol/time.ts';
import type { ReceivedMessage } from './receive/ordered-flow.ts';
import { SoundDecoder } from './audio/decoder.ts';
import { SoundRing } from './audio/ring.ts';
import { SAMPLE_RATE } from './audio/sample-rate.ts';
import { localMicros } from './local-time.ts';
import { ArrivalJitter } from './receive/arrival-jitter.ts';
import { decodeCursor } from './receive/cursor.ts';
import { SessionLink } from './session-link.ts';
import { SettingsRequests } from './settings/settings-requests.ts';
import { streamChangeOf } from './settings/user-settings.ts';
import { ArrivalProbe } from './stats/arrival-probe.ts';
import { NetworkMeter } from './stats/network-meter.ts';
import type { Connection } from './transport/connection.ts';
import type { TransportMove } from './transport/moves.ts';
import { supportedAudioCodecs, supportedVideoCodecs } from './video/capability.ts';
import type {
  FromNetworkWorker,
  FromVideoWorkerMedia,
  NetworkStart,
  NetworkStats,
  ToNetworkWorker,
  ToVideoWorkerMedia,
} from './worker-messages.ts';

/** Time between statistics for the page, ms. */
const STATS_MS = 500;

/** Sound packets whose lateness counts: 5 s of packets of 10 ms. */
const JITTER_PACKETS = 500;

/** The page hears of a jitter that has changed by this, ms: its buffer moves in steps of 5 ms. */
const JITTER_STEP_MS = 2;

class NetworkWorker {
  readonly #videoPort: MessagePort;
  readonly #sound: SoundDecoder | undefined;
  readonly #ring: SoundRing | undefined;
  readonly #arrivals: ArrivalProbe | undefined;
  readonly #meter = new NetworkMeter({
    tell: (message) => toPage({ type: 'measured', message }),
    stats: () => this.#connection && this.#statsOf(this.#connection),
  });
  readonly #statsTimer: ReturnType<typeof setInterval>;
  readonly #settings: SettingsRequests;
  #settingsTimer: ReturnType<typeof setTimeout> | undefined;
  #link: SessionLink | undefined;
  #connection: Connection | undefined;
  #connections = 0;
  #moves = 0;
  #lastMove: TransportMove | undefined;
  /** Capture times of the newest messages that were delivered, session clock. */
  readonly #newest = { video: -1, audio: -1 };
  /** Whether what comes may have been delivered by the connection before. */
  readonly #mayRepeat = { video: false, audio: false };
  readonly #soundJitter = new ArrivalJitter({ percentile: 0.97, window: JITTER_PACKETS });
  #toldJitterMs = 0;
  #bytesAtLastStats = 0;
  /** Of the connections before this one. */
  #underrunsBefore = 0;
  #isClosed = false;

  constructor(start: NetworkStart) {
    this.#videoPort = start.videoPort;
    this.#videoPort.onmessage = (event: MessageEvent<FromVideoWorkerMedia>) =>
      this.#onVideoWorker(event.data);
    const { sound } = start;
    this.#sound = sound === undefined ? undefined : new SoundDecoder(sound);
    this.#ring = sound?.type === 'ring' ? new SoundRing(sound.buffer) : undefined;
    this.#settings = new SettingsRequests(streamChangeOf(start.chosen));
    this.#arrivals = start.probe ? new ArrivalProbe() : undefined;
    this.#statsTimer = setInterval(() => this.#reportStats(), STATS_MS);
  }

  async run(start: NetworkStart): Promise<void> {
    const [video, audio] = await Promise.all([supportedVideoCodecs(), supportedAudioCodecs()]);
    if (this.#isClosed) return;
    if (video.length === 0) {
      const message = 'This browser cannot decode any video here (WebCodecs over https is needed).';
      toPage({ type: 'state', state: { phase: 'refused', message } });
      return;
    }
    this.#link = new SessionLink({
      page: new URL(start.page),
      choice: start.chosen.transport ?? 'auto',
      chosen: () => this.#settings.chosen,
      upgradePauseMs: start.upgradePauseMs,
      lastWinner: start.lastWinner,
      video,
      audio: this.#sound === undefined ? [] : audio,
      onState: (state) => toPage({ type: 'state', state }),
      onConnection: (connection, kind, previous) => {
        // What a bad network made of a session is no reason to begin the next one there.
        if (previous === undefined) toPage({ type: 'winner', transport: kind });
        this.#join(connection, previous);
      },
      onMove: (move) => {
        this.#moves += move.hasMoved ? 1 : 0;
        this.#lastMove = move;
        toPage({ type: 'moved', move });
      },
    });
    await this.#link.run();
  }

  sendInput(message: Extract<ToNetworkWorker, { type: 'input' }>): void {
    this.#connection?.sendInput(message.events);
  }

  async choose({ choice, request }: Extract<ToNetworkWorker, { type: 'choose' }>): Promise<void> {
    const holds = (await this.#link?.choose(choice)) ?? true;
    toPage({ type: 'chosen', request, holds });
  }

  change({ request, change }: Extract<ToNetworkWorker, { type: 'settings' }>): void {
    this.#settings.ask(request, streamChangeOf(change));
    this.#sendSettings();
  }

  hasten(): void {
    this.#link?.hasten();
  }

  measure(message: Extract<ToNetworkWorker, { type: 'measure' }>): void {
    this.#meter.handle(message.message);
  }

  reportArrivals(request: number): void {
    if (this.#arrivals === undefined) return;
    const { offset, uncertainty } = this.#connection?.clock ?? {};
    const clock =
      offset === undefined || uncertainty === undefined
        ? undefined
        : { offsetMs: offset / 1_000, uncertaintyMs: uncertainty / 1_000 };
    toPage({ type: 'arrivals', request, report: { clock, ...this.#arrivals.take() } });
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#statsTimer);
    clearTimeout(this.#settingsTimer);
    this.#link?.close();
    this.#sound?.close();
    this.#videoPort.close();
  }

  /** Joins a live connection to the decoders; after a move what came over `previous` goes on. */
  #join(connection: Connection, previous?: Connection): void {
    this.#connection = connection;
    this.#settings.connected();
    this.#bytesAtLastStats = connection.receivedBytes;
    this.#underrunsBefore = this.#ring?.state.underruns ?? 0;
    this.#toVideoWorker({ type: 'reset', continues: previous !== undefined });
    Object.assign(this.#mayRepeat, {
      video: previous !== undefined,
      audio: previous !== undefined,
    });
    if (previous === undefined) {
      this.#connections += 1;
      this.#sound?.reset();
    } else connection.continueInput(previous);
    connection.attach({
      video: (received, codec) => {
        this.#noteArrival('video', received);
        this.#sendVideo(received, { codec, isNews: this.#isNews('video', received) });
      },
      audio: (received, missing) => {
        this.#noteArrival('audio', received);
        this.#noteSoundJitter(received);
        if (!this.#isNews('audio', received)) return;
        const { header, payload } = received.message;
        this.#sound?.decode(payload, { missing, captureTime: header.captureTime });
      },
      move: (unit) => this.#link?.moveAsked(unit),
      goaway: ({ remaining, message }) =>
        toPage({ type: 'ending', ending: message === '' ? undefined : { remaining, message } }),
      cursor: (payload) => {
        const cursor = decodeCursor(payload);
        if (cursor !== undefined) toPage({ type: 'cursor', cursor });
      },
      role: (role) => toPage({ type: 'role', role }),
      stream: (stream) => {
        toPage({ type: 'stream', stream, requests: this.#settings.answered(stream) });
        this.#sendSettings();
      },
      clock: (offset) => this.#toVideoWorker({ type: 'clock', offset }),
    });
    void connection.ended.then(() => {
      if (this.#connection !== connection) return;
      this.#connection = undefined;
      this.#settings.disconnected();
    });
    this.#sendSettings();
  }

  #sendSettings(): void {
    clearTimeout(this.#settingsTimer);
    const next = this.#settings.next(localMicros());
    if (next?.type === 'wait') {
      this.#settingsTimer = setTimeout(() => this.#sendSettings(), next.us / 1000);
    } else if (next !== undefined) this.#connection?.sendSettings(next);
  }

  /** Whether a message is later than all before it: after a move the first ones were heard and seen already. */
  #isNews(kind: 'video' | 'audio', { message }: ReceivedMessage): boolean {
    const { captureTime } = message.header;
    if (this.#mayRepeat[kind] && captureTime <= this.#newest[kind]) return false;
    this.#mayRepeat[kind] = false;
    this.#newest[kind] = captureTime;
    return true;
  }

  #noteSoundJitter({ message, receivedAt }: ReceivedMessage): void {
    this.#soundJitter.push(message.header.captureTime, receivedAt);
    const jitterMs = this.#soundJitter.jitter / 1000;
    if (Math.abs(jitterMs - this.#toldJitterMs) < JITTER_STEP_MS) return;
    this.#toldJitterMs = jitterMs;
    toPage({ type: 'soundJitter', jitterMs });
  }

  #noteArrival(kind: 'video' | 'audio', { message, receivedAt }: ReceivedMessage): void {
    const { captureTime, budget } = message.header;
    const bytes = message.payload.byteLength;
    this.#arrivals?.observe(kind, { captureTime, receivedAt, bytes, budgetMs: budget });
  }

  /** `isNews` false: a picture as new was sent before, so that this one is only decoded for those after it. */
  #sendVideo(
    { message, begunAt, receivedAt }: ReceivedMessage,
    { codec, isNews }: { readonly codec: string; readonly isNews: boolean },
  ): void {
    const { header, payload } = message;
    const queuedAfter = readQueuedAfter(header.extensions);
    const { buffer } = payload;
    // Transports give each video message a buffer of its own, which goes with it; the copy is for one that does not.
    const isOwn = buffer instanceof ArrayBuffer;
    const own = isOwn ? buffer : new Uint8Array(payload).buffer;
    this.#toVideoWorker(
      {
        type: 'accessUnit',
        sequence: header.seq,
        key: header.key,
        codec,
        late: header.late || !isNews,
        captureTime: header.captureTime,
        ...(queuedAfter === undefined ? {} : { queuedTime: header.captureTime + queuedAfter }),
        sendTime: fromMicros32(message.sendTimeFirst, header.captureTime),
        begunAt,
        receivedAt,
        buffer: own,
        start: isOwn ? payload.byteOffset : 0,
        length: payload.byteLength,
      },
      [own],
    );
  }

  #onVideoWorker(message: FromVideoWorkerMedia): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    if (message.type === 'keyRequest') {
      connection.loseDecoder();
      return;
    }
    if (message.type === 'unused') {
      connection.reportUndecoded(message.sequence, message.why);
      return;
    }
    const { decodeQueue, renderedSequence, shownLatency, shownStages, droppedFrames } = message;
    const ring = this.#ring?.state;
    connection.setReportValues({
      decodeQueue,
      lateFrames: droppedFrames,
      ...(renderedSequence === undefined ? {} : { renderedSeq: renderedSequence }),
      ...(shownLatency === undefined
        ? {}
        : { shownLatencyUs: Math.max(0, Math.round(shownLatency)) }),
      ...(shownStages === undefined
        ? {}
        : {
            networkUs: Math.max(0, shownStages.network + shownStages.reassembly),
            decodeUs: Math.max(0, shownStages.decode),
            presentUs: Math.max(0, shownStages.present),
          }),
      ...(ring === undefined
        ? {}
        : {
            audioBufferUs: Math.round((ring.fill / SAMPLE_RATE) * 1e6),
            underruns: ring.underruns - this.#underrunsBefore,
          }),
    });
  }

  #reportStats(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    toPage({ type: 'stats', stats: this.#statsOf(connection) });
    this.#bytesAtLastStats = connection.receivedBytes;
  }

  #statsOf(connection: Connection): NetworkStats {
    const { counters, clock, rate, receivedBytes } = connection;
    const bytes = receivedBytes - this.#bytesAtLastStats;
    const toMs = (micros: number | undefined): number | undefined =>
      micros === undefined ? undefined : micros / 1000;
    return {
      transport: connection.transport.kind,
      rttMs: toMs(clock.smoothedRtt),
      clockUncertaintyMs: toMs(clock.uncertainty),
      receivedBytes,
      bitrateBps: (bytes * 8 * 1000) / STATS_MS,
      rate: rate && {
        targetBps: rate.targetBps,
        capacityBps: rate.capacityBps,
        queueMs: rate.queue / 1000,
        state: rate.state,
      },
      keyRequests: counters.keyRequests,
      videoDiscarded: counters.videoDiscarded,
      videoAbandoned: counters.videoAbandoned,
      videoAbandonedBy: counters.videoAbandonedBy,
      videoMissing: counters.videoGaps,
      audioPackets: counters.audioPackets,
      audioMissing: counters.audioMissing,
      audioDuplicates: counters.audioDuplicates,
      audioDecodeErrors: this.#sound?.counters.errors ?? 0,
      unacknowledgedInput: connection.unacknowledgedInput,
      reconnects: this.#connections - 1,
      moves: this.#moves,
      lastMove: this.#lastMove,
    };
  }

  #toVideoWorker(message: ToVideoWorkerMedia, transfer: Transferable[] = []): void {
    this.#videoPort.postMessage(message, transfer);
  }
}

function toPage(message: FromNetworkWorker): void {
  self.postMessage(message);
}

let worker: NetworkWorker | undefined;

self.onmessage = (event: MessageEvent<ToNetworkWorker>) => {
  const message = event.data;
  switch (message.type) {
    case 'start':
      worker ??= new NetworkWorker(message);
      void worker.run(message);
      break;
    case 'input':
      worker?.sendInput(message);
      break;
    case 'choose':
      void worker?.choose(message);
      break;
    case 'settings':
      worker?.change(message);
      break;
    case 'hasten':
      worker?.hasten();
      break;
    case 'measure':
      worker?.measure(message);
      break;
    case 'arrivals':
      worker?.reportArrivals(message.request);
      break;
    case 'close':
      worker?.close();
      self.close();
      break;
  }
};
