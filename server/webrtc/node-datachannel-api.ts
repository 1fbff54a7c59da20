/**
 * The part of the package node-datachannel 0.33 (libdatachannel) that is used here, written down so that nothing loads it, nor needs
 * it to be installed, before WebRTC is wanted. Callbacks come on the thread of JavaScript.
 */
export interface DataChannelModule {
  readonly PeerConnection: new (name: string, config: PeerConfig) => NativePeer;
  readonly Video: new (mid: string, direction: 'SendOnly') => NativeMedia;
  readonly Audio: new (mid: string, direction: 'SendOnly') => NativeMedia;
  initLogger(level: 'Error', log: (level: string, message: string) => void): void;
}

/** What a connection of the library is made with. */
export interface PeerConfig {
  readonly iceServers: readonly string[];
  readonly bindAddress?: string;
  readonly enableIceUdpMux: boolean;
  readonly portRangeBegin: number;
  readonly portRangeEnd: number;
  readonly disableAutoNegotiation: boolean;
  readonly maxMessageSize: number;
}

/** A media section of the library. */
export interface NativeMedia {
  addH264Codec?(payloadType: number): void;
  addOpusCodec?(payloadType: number): void;
  addSSRC(ssrc: number, cname: string, stream: string, track: string): void;
}

/** A track of the library. */
export interface NativeTrack {
  sendMessageBinary(packet: Buffer): boolean;
  isOpen(): boolean;
  onMessage(take: (packet: Buffer) => void): void;
  close(): void;
}

/** A data channel of the library. */
export interface NativeChannel {
  getLabel(): string;
  isOpen(): boolean;
  sendMessageBinary(message: Uint8Array): boolean;
  bufferedAmount(): number;
  setBufferedAmountLowThreshold(bytes: number): void;
  onBufferedAmountLow(drained: () => void): void;
  onMessage(take: (message: string | Buffer | ArrayBuffer) => void): void;
  onClosed(closed: () => void): void;
  close(): void;
}

/** A connection of the library. */
export interface NativePeer {
  setRemoteDescription(sdp: string, type: 'offer'): void;
  setLocalDescription(type: 'answer'): void;
  localDescription(): { readonly sdp: string } | null;
  addTrack(media: NativeMedia): NativeTrack;
  onStateChange(changed: (state: string) => void): void;
  onDataChannel(opened: (channel: NativeChannel) => void): void;
  close(): void;
}

const PACKAGE = 'node-datachannel';

/**
 * Finds the package, without loading it.
 *
 * @throws Error when it is not installed
 */
export function requireDataChannel(): void {
  import.meta.resolve(PACKAGE);
}

/** Loads the package, which is CommonJS or a module as Node likes it; for a process of its own (`peer-child.ts`). */
export async function loadDataChannel(): Promise<DataChannelModule> {
  const loaded = (await import(PACKAGE)) as { readonly default: DataChannelModule };
  return loaded.default;
}
