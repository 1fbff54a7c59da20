import {
  RTCPeerConnection,
  useH264,
  useNACK,
  useOPUS,
  usePLI,
  useREMB,
  useTransportWideCC,
  useTWCC,
  type MediaStreamTrack,
  type RTCDataChannel,
  type RTCDtlsTransport,
  type RtpPacket,
} from 'werift';

/** A WebRTC client without a browser, by an implementation of its own: takes picture and sound, and opens the data channel. */
export class WeriftPeer {
  readonly connection: RTCPeerConnection;
  readonly channel: RTCDataChannel | undefined;
  /** Packets of each track, in the order of their arrival. */
  readonly packets: Record<'video' | 'audio', RtpPacket[]> = { video: [], audio: [] };
  /** Messages of the data channel. */
  readonly messages: Buffer[] = [];

  /**
   * @param label of the data channel; none without
   * @param tells whether it offers to tell of every packet, or an estimate of its path
   */
  constructor(label?: string, tells: 'packets' | 'estimate' = 'packets') {
    const feedback = tells === 'packets' ? useTWCC() : useREMB();
    const extensions = tells === 'packets' ? [useTransportWideCC()] : [];
    this.connection = new RTCPeerConnection({
      codecs: {
        video: [useH264({ rtcpFeedback: [useNACK(), usePLI(), feedback] })],
        audio: [useOPUS()],
      },
      headerExtensions: { video: extensions, audio: extensions },
    });
    this.connection.addTransceiver('video', { direction: 'recvonly' });
    this.connection.addTransceiver('audio', { direction: 'recvonly' });
    this.connection.onTrack.subscribe((track) => this.#watch(track));
    this.channel = label === undefined ? undefined : this.connection.createDataChannel(label);
    this.channel?.onMessage.subscribe((message) => {
      this.messages.push(typeof message === 'string' ? Buffer.from(message) : message);
    });
  }

  /** The DTLS transport of its tracks. */
  get transport(): RTCDtlsTransport {
    const [first] = this.connection.getTransceivers();
    if (first === undefined) throw new Error('transceiver: expected one');
    return first.receiver.dtlsTransport;
  }

  async offer(): Promise<string> {
    await this.connection.setLocalDescription(await this.connection.createOffer());
    return this.connection.localDescription?.sdp ?? '';
  }

  async answered(sdp: string): Promise<void> {
    await this.connection.setRemoteDescription({ type: 'answer', sdp });
  }

  /** @param source of the track with the picture */
  async askForKeyframe(source: number): Promise<void> {
    await this.connection.getTransceivers()[0]?.receiver.sendRtcpPLI(source);
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  #watch(track: MediaStreamTrack): void {
    const { kind } = track;
    if (kind !== 'video' && kind !== 'audio') return;
    track.onReceiveRtp.subscribe((packet) => this.packets[kind].push(packet));
  }
}
