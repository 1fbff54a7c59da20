import type { FromPeer, PeerRequest, ToPeer } from './peer-messages.ts';
import { readFigures, type PeerFigures } from './peer-figures.ts';
import { sendBye, sendCandidates, sendOffer, type Carry } from './signaling.ts';
import { Trickle } from './trickle.ts';

/** Where a connection is offered, and whom it tells of its life. */
export interface PagePeerOptions {
  readonly request: PeerRequest;
  /** Whether it may go through a TURN server only. */
  readonly isRelayed: boolean;
  readonly carry: Carry;
  /** Data for the decoder have come. */
  onFed(): void;
  /** The first picture came out of it. */
  onPicture(): void;
  /** It carries the session from now on. */
  onCarries(peer: PagePeer): void;
  /** It has ended; once. */
  onClosed(peer: PagePeer): void;
}

/** Name of the data channel, which says its protocol (docs/protocol.md, "WebRTC"). */
const CHANNEL = 'dtf.1';

/** And of the one for input, which is sent again by its owner: a lost packet stops nothing behind it. */
const INPUT_CHANNEL = 'dtf.1.input';

/** Time between looks for the first picture, ms: it is to be on the screen soon after it is there. */
const LOOK_MS = 25;

/**
 * Looks after the answer and the first address of this side until it is given up where something waits for it and no packet has found a
 * way: 1.5 s, as every rung has. They are counted, since a page that stands still hears of nothing; and a browser that starts its own part
 * of WebRTC first takes a second for that (Firefox on a busy machine, measured).
 */
const LOOKS_UNREACHED = 60;

/** Time that the last units get to leave, ms: two round trips of a far network. */
const GOODBYE_MS = 250;

/**
 * One WebRTC connection of this page: offers it, passes the units of its data channel on, and has its tracks. Only a page can have one,
 * while what the units say is the network worker's concern.
 */
export class PagePeer {
  readonly picture = new MediaStream();
  readonly sound = new MediaStream();
  readonly #options: PagePeerOptions;
  readonly #connection: RTCPeerConnection;
  readonly #channel: RTCDataChannel;
  readonly #inputChannel: RTCDataChannel;
  readonly #ended = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #trickle = new Trickle();
  #resource: string | undefined;
  /** Whether the session’s connection carries the signaling: candidates are told then. */
  #isCarried = false;
  #isFed = false;
  #isLooking = false;
  /** Since the answer, while no packet had found a way. */
  #looksUnreached = 0;
  #isAnswered = false;
  #hasAddress = false;
  #isReached = false;

  constructor(options: PagePeerOptions) {
    this.#options = options;
    const { port } = options.request;
    this.#connection = new RTCPeerConnection(configurationOf(options));
    this.#channel = this.#connection.createDataChannel(CHANNEL);
    this.#inputChannel = this.#connection.createDataChannel(INPUT_CHANNEL, {
      ordered: false,
      maxRetransmits: 0,
    });
    port.onmessage = (event: MessageEvent<ToPeer>) => this.#onWorker(event.data);
    this.#channel.binaryType = 'arraybuffer';
    this.#channel.onopen = () => this.#tell({ type: 'open' });
    this.#channel.onclose = () => this.#end('The data channel was closed.');
    this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => this.#onUnit(data);
    this.#connection.onicecandidate = ({ candidate }) => {
      this.#hasAddress = true;
      this.#trickle.found(candidate?.candidate);
      this.#sendFound();
    };
    this.#connection.onconnectionstatechange = () => {
      if (this.#connection.connectionState === 'failed') this.#end('Nothing gets through.');
    };
    this.#timer = setInterval(() => {
      this.#watchWay();
      void this.#look();
    }, LOOK_MS);
    void this.#open();
  }

  /** What the browser counts of its tracks. */
  async figures(): Promise<PeerFigures> {
    return readFigures([...(await this.#connection.getStats()).values()]);
  }

  /** Ends it at once. Idempotent. */
  close(): void {
    this.#end('It was closed.');
  }

  async #open(): Promise<void> {
    const { request, carry } = this.#options;
    const { signal } = this.#ended;
    try {
      this.#receive('video', this.picture);
      this.#receive('audio', this.sound);
      await this.#connection.setLocalDescription();
      // At once: candidates follow, and the gateway learns from the checks where this browser is.
      const sdp = this.#connection.localDescription?.sdp ?? '';
      const answer = await sendOffer(request, sdp, { carry, signal });
      this.#resource = answer.resource;
      if (signal.aborted) {
        this.#sayBye();
        return;
      }
      await this.#connection.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
      this.#isAnswered = true;
      this.#isCarried = answer.isCarried;
      this.#sendFound();
    } catch (error) {
      this.#end(error instanceof Error ? error.message : String(error));
    }
  }

  #sendFound(): void {
    if (!this.#isCarried || this.#resource === undefined || this.#ended.signal.aborted) return;
    const fragment = this.#trickle.next(this.#connection.localDescription?.sdp ?? '');
    // What is lost with the connection that carries it, or refused, is of no use any more.
    if (fragment !== undefined)
      void sendCandidates(this.#options.carry, this.#resource, fragment).catch(() => undefined);
  }

  #receive(kind: 'video' | 'audio', stream: MediaStream): void {
    const { receiver } = this.#connection.addTransceiver(kind, { direction: 'recvonly' });
    stream.addTrack(receiver.track);
    // Each picture as soon as it is decoded, sound with no more delay than its jitter asks for; the older name is Chromium's.
    Object.assign(receiver, { jitterBufferTarget: 0, playoutDelayHint: 0 });
  }

  #watchWay(): void {
    const { iceConnectionState: state } = this.#connection;
    this.#isReached ||= state === 'connected' || state === 'completed';
    const canReach = this.#isAnswered && this.#hasAddress;
    if (!canReach || this.#isReached || !this.#options.request.isAwaited) return;
    this.#looksUnreached += 1;
    if (this.#looksUnreached < LOOKS_UNREACHED) return;
    this.#sayBye();
    this.#end('Nothing got through to the gateway within 1.5 s.');
  }

  /** Decoders begin without an element that shows anything, so that this one can take over when there is a picture. */
  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const { received, decoded } = await this.figures();
    this.#isLooking = false;
    if (this.#ended.signal.aborted) return;
    if (received > 0 && !this.#isFed) {
      this.#isFed = true;
      this.#options.onFed();
    }
    if (decoded === 0) return;
    clearInterval(this.#timer);
    this.#options.onPicture();
    this.#tell({ type: 'picture' });
  }

  #onWorker(message: ToPeer): void {
    switch (message.type) {
      case 'unit':
        this.#send(message);
        break;
      case 'carries':
        this.#options.onCarries(this);
        break;
      case 'close':
        this.#leave();
        break;
    }
  }

  /** A gateway that does not know the channel for input closes it. */
  #send({ bytes, mayBeLost = false }: Extract<ToPeer, { type: 'unit' }>): void {
    const isForInput = mayBeLost && this.#inputChannel.readyState === 'open';
    const channel = isForInput ? this.#inputChannel : this.#channel;
    if (channel.readyState === 'open') channel.send(bytes);
  }

  /** What closes at once takes the last unit with it, which says why; the gateway closes when it has read that. */
  #leave(): void {
    if (this.#channel.readyState === 'open') setTimeout(() => this.close(), GOODBYE_MS);
    else {
      this.#sayBye();
      this.close();
    }
  }

  #onUnit(bytes: unknown): void {
    if (bytes instanceof ArrayBuffer) this.#tell({ type: 'unit', bytes });
    else this.#end('The gateway sent a text.');
  }

  #tell(message: FromPeer): void {
    const { port } = this.#options.request;
    port.postMessage(message, message.type === 'unit' ? [message.bytes] : []);
  }

  #end(reason: string): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    clearInterval(this.#timer);
    this.#tell({ type: 'closed', reason, isUnreached: this.#isAnswered && !this.#isReached });
    this.#connection.close();
    this.#options.onClosed(this);
  }

  #sayBye(): void {
    const { url } = this.#options.request;
    if (this.#resource !== undefined) void sendBye(url, this.#resource);
  }
}

function configurationOf({ request, isRelayed }: PagePeerOptions): RTCConfiguration {
  const { iceServers = [] } = request;
  return {
    iceServers: iceServers.map(({ urls, ...credential }) => ({ urls: [...urls], ...credential })),
    iceTransportPolicy: isRelayed ? 'relay' : 'all',
  };
}
