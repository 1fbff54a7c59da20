import { maxUnitBytes } from '../../protocol/limits.ts';
import type { PeerPlan, TrackPlan } from '../signaling/peer-plan.ts';
import { nativeOffer } from './native-offer.ts';
import type {
  DataChannelModule,
  NativeChannel,
  NativePeer,
  NativeTrack,
} from './node-datachannel-api.ts';
import {
  LOW_DATA_BYTES,
  type Peer,
  type PeerSink,
  type PeerStack,
  type TrackKind,
} from './peer-stack.ts';

/** The data channel of DTF/1; others that a peer opens are closed. */
const CHANNEL_LABEL = 'dtf.1';

/** A further one, on which units may be lost (docs/protocol.md, "WebRTC"). */
const INPUT_LABEL = 'dtf.1.input';

export interface NodeDataChannelOptions {
  /** Address of this machine to use; absent: all of them. */
  readonly address?: string;
  /** The one UDP port of all peers; the library binds it while there are any. */
  readonly port: number;
  onComplaint(message: string): void;
}

/**
 * The peer stack of the package node-datachannel. It lives in one thread, since in two it aborts the process, and in a process that
 * ends by a signal: without the library's clean-up no process ends by itself, and during it some crash.
 */
export class NodeDataChannelStack implements PeerStack {
  readonly name = 'node-datachannel';
  readonly #library: DataChannelModule;
  readonly #options: NodeDataChannelOptions;
  readonly #peers = new Set<NativePeerConnection>();

  constructor(library: DataChannelModule, options: NodeDataChannelOptions) {
    this.#library = library;
    this.#options = options;
    library.initLogger('Error', (_, message) => options.onComplaint(message));
  }

  open(plan: PeerPlan): Promise<Peer> {
    return new Promise((resolve) => resolve(this.#open(plan)));
  }

  close(): Promise<void> {
    for (const peer of this.#peers) peer.close();
    return Promise.resolve();
  }

  #open(plan: PeerPlan): Peer {
    const { address, port } = this.#options;
    const native = new this.#library.PeerConnection('peer', {
      iceServers: [],
      enableIceUdpMux: true,
      portRangeBegin: port,
      portRangeEnd: port,
      disableAutoNegotiation: true,
      maxMessageSize: maxUnitBytes,
      ...(address === undefined ? {} : { bindAddress: address }),
    });
    const peer = new NativePeerConnection(this.#library, native, plan);
    this.#peers.add(peer);
    peer.onClosed = () => this.#peers.delete(peer);
    return peer;
  }
}

/** A connection of the library. */
class NativePeerConnection implements Peer {
  readonly local: Peer['local'];
  onClosed: () => void = () => undefined;
  readonly #native: NativePeer;
  readonly #tracks = new Map<TrackKind, NativeTrack>();
  #channel: NativeChannel | undefined;
  #inputChannel: NativeChannel | undefined;
  #sink: PeerSink | undefined;
  #isClosed = false;

  constructor(library: DataChannelModule, native: NativePeer, plan: PeerPlan) {
    this.#native = native;
    native.onStateChange((state) => this.#changed(state));
    native.onDataChannel((channel) => this.#opened(channel));
    native.setRemoteDescription(nativeOffer(plan), 'offer');
    if (plan.video !== undefined) {
      const media = new library.Video(plan.video.mid, 'SendOnly');
      media.addH264Codec?.(plan.video.formats[0]?.payloadType ?? 0);
      this.#addTrack('video', media, plan.video);
    }
    if (plan.audio !== undefined) {
      const media = new library.Audio(plan.audio.mid, 'SendOnly');
      media.addOpusCodec?.(plan.audio.formats[0]?.payloadType ?? 0);
      this.#addTrack('audio', media, plan.audio);
    }
    native.setLocalDescription('answer');
    this.local = readLocal(native);
  }

  get bufferedDataBytes(): number {
    return this.#channel?.bufferedAmount() ?? 0;
  }

  listen(sink: PeerSink): void {
    this.#sink = sink;
  }

  sendTrack(kind: TrackKind, packet: Buffer): boolean {
    const track = this.#tracks.get(kind);
    return track?.isOpen() === true && track.sendMessageBinary(packet);
  }

  sendData(message: Uint8Array): void {
    if (this.#channel?.isOpen() === true) this.#channel.sendMessageBinary(message);
  }

  /** The channel and the tracks go first: what is left open of them is never freed. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#sink = undefined;
    this.#channel?.close();
    this.#inputChannel?.close();
    for (const track of this.#tracks.values()) track.close();
    this.#native.close();
    this.onClosed();
  }

  #addTrack(
    kind: TrackKind,
    media: Parameters<NativePeer['addTrack']>[0],
    { ssrc, retransmissionSsrc }: TrackPlan,
  ): void {
    // Reports of a peer are sorted by these.
    for (const source of [ssrc, retransmissionSsrc]) media.addSSRC(source, 'oriel', 'oriel', kind);
    const track = this.#native.addTrack(media);
    track.onMessage((packet) => this.#sink?.rtcp(packet));
    this.#tracks.set(kind, track);
  }

  #opened(channel: NativeChannel): void {
    const label = channel.getLabel();
    if (!this.#isClosed && label === INPUT_LABEL && this.#inputChannel === undefined) {
      this.#inputChannel = channel;
      this.#take(channel);
    } else if (!this.#isClosed && label === CHANNEL_LABEL && this.#channel === undefined) {
      this.#channel = channel;
      this.#begin(channel);
    } else channel.close();
  }

  #begin(channel: NativeChannel): void {
    channel.setBufferedAmountLowThreshold(LOW_DATA_BYTES);
    channel.onBufferedAmountLow(() => this.#sink?.dataDrained());
    this.#take(channel);
    channel.onClosed(() => this.#sink?.closed('the peer closed its data channel'));
    this.#sink?.dataOpened();
  }

  #take(channel: NativeChannel): void {
    channel.onMessage((message) => {
      // Text is never a unit: its first byte is checked like that of any other.
      const bytes = typeof message === 'string' ? Buffer.from(message) : message;
      this.#sink?.data(bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes);
    });
  }

  #changed(state: string): void {
    if (state === 'connected') this.#sink?.connected();
    else if (state === 'failed' || state === 'closed' || state === 'disconnected') {
      this.#sink?.closed(`the connection is ${state}`);
    }
  }
}

/** What the library made up for this connection. */
function readLocal(native: NativePeer): Peer['local'] {
  const sdp = native.localDescription()?.sdp ?? '';
  const find = (name: string): string => {
    const value = new RegExp(`^a=${name}:(.*)$`, 'm').exec(sdp)?.[1]?.trim();
    if (value === undefined) throw new Error(`local description: expected ${name}, got none`);
    return value;
  };
  return { ufrag: find('ice-ufrag'), pwd: find('ice-pwd'), fingerprint: find('fingerprint') };
}
