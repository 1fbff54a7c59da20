import { ByteWriter, varintBytes } from '../../protocol/bytes.ts';
import { encodeControl, type ControlUnit } from '../../protocol/control/control-unit.ts';
import { decodeDataUnit, encodeMessage, type MessageHeader } from '../../protocol/message.ts';
import { decodeDatagram } from '../../protocol/redundancy.ts';
import { micros32 } from '../../protocol/time.ts';
import { StreamUnitReader } from '../../protocol/unit.ts';
import type { UdpRelay } from '../support/udp-relay.ts';
import { WebTransportClient, type ClientEvent } from '../support/webtransport-client.ts';
import {
  ArrivalLog,
  type Arrival,
  type ConformancePeer,
  type PeerClosed,
} from './conformance-peer.ts';

/** A client of WebTransport: the addon's own, behind a relay that can hold up and cut its path. */
export class WebTransportPeer implements ConformancePeer {
  readonly #relay: UdpRelay;
  readonly #log = new ArrivalLog();
  readonly #closed = Promise.withResolvers<PeerClosed>();
  readonly #units = new StreamUnitReader();
  readonly #streams = new Map<number, Uint8Array[]>();
  /** Messages that came in a datagram: each one comes twice. */
  readonly #fromDatagrams = new Set<string>();
  #goodbye: PeerClosed | undefined;
  #client: WebTransportClient | undefined;
  #control = -1;

  private constructor(relay: UdpRelay) {
    this.#relay = relay;
  }

  /** Connects through the relay and opens the control stream. */
  static async connect(
    relay: UdpRelay,
    options: { readonly path: string; readonly sha256: Uint8Array },
  ): Promise<WebTransportPeer> {
    const peer = new WebTransportPeer(relay);
    const client = await WebTransportClient.connect({
      url: `https://127.0.0.1:${relay.port}${options.path}`,
      sha256: options.sha256,
      onEvent: (event) => peer.#take(event),
    });
    peer.#client = client;
    peer.#control = await client.open(true);
    // A stream exists for the server from its first byte on.
    client.write(peer.#control, new Uint8Array(0));
    return peer;
  }

  get arrivals(): readonly Arrival[] {
    return this.#log.arrivals;
  }

  get closed(): Promise<PeerClosed> {
    return this.#closed.promise;
  }

  until(holds: (arrivals: readonly Arrival[]) => boolean): Promise<void> {
    return this.#log.until(holds);
  }

  sendControl(unit: ControlUnit): void {
    this.sendRawControl(encodeControl(unit));
  }

  sendRawControl(bytes: Uint8Array): void {
    const writer = new ByteWriter(varintBytes(bytes.length) + bytes.length);
    writer.varint(bytes.length, 'len');
    writer.bytes(bytes);
    this.#client?.write(this.#control, writer.finish());
  }

  sendMessage(header: MessageHeader, payload: Uint8Array): void {
    const client = this.#client;
    if (client === undefined) return;
    void client.open(false).then((stream) => {
      client.write(stream, encodeMessage(micros32(0), header, payload));
      client.finish(stream);
    });
  }

  setReading(isReading: boolean): void {
    this.#relay.toClient = isReading ? 'pass' : 'hold';
  }

  close(code: number, reason: string): void {
    this.#client?.close(code, reason);
  }

  vanish(): void {
    this.#relay.toClient = 'drop';
    this.#relay.toServer = 'drop';
  }

  /** Ends the client's thread. */
  dispose(): void {
    this.#client?.vanish();
  }

  #take(event: ClientEvent): void {
    switch (event.type) {
      case 'streamData':
        if (event.streamId === this.#control) this.#takeControl(event.data);
        else this.#chunksOf(event.streamId).push(event.data);
        return;
      case 'streamFin': {
        const bytes = new Uint8Array(Buffer.concat(this.#chunksOf(event.streamId)));
        if (event.streamId !== this.#control) this.#takeMessage(bytes);
        return;
      }
      case 'datagram':
        this.#takeDatagram(event.data);
        return;
      case 'closed': {
        const code = this.#goodbye?.code ?? event.code;
        const reason = this.#goodbye?.reason ?? Buffer.from(event.reason).toString();
        this.#log.end({ code, reason });
        this.#closed.resolve({ code, reason });
        return;
      }
      case 'ready':
      case 'error':
      case 'stream':
      case 'streamReset':
      case 'streamOpened':
      case 'writeAck':
      case 'datagramAck':
      case 'draining':
        return;
    }
  }

  #takeControl(chunk: Uint8Array): void {
    for (const unit of this.#units.push(chunk)) {
      if (unit.type === 'error' && unit.ref === 0) {
        this.#goodbye = { code: unit.code, reason: unit.message };
        this.#client?.close(0, '');
      } else {
        this.#log.add({ type: 'control', unit });
      }
    }
  }

  #takeMessage(bytes: Uint8Array): void {
    const unit = decodeDataUnit(bytes);
    if (unit.type !== 'message') throw new Error(`expected a message, got ${unit.type}`);
    const { header, payload, sendTime } = unit;
    const message = { header, payload, sendTimeFirst: sendTime, sendTimeLast: sendTime };
    this.#log.add({ type: 'message', message });
  }

  #takeDatagram(bytes: Uint8Array): void {
    for (const { header, payload, sendTime } of decodeDatagram(bytes)) {
      const name = `${header.flow} ${header.seq}`;
      if (this.#fromDatagrams.has(name)) continue;
      this.#fromDatagrams.add(name);
      const message = { header, payload, sendTimeFirst: sendTime, sendTimeLast: sendTime };
      this.#log.add({ type: 'message', message });
    }
  }

  #chunksOf(stream: number): Uint8Array[] {
    const chunks = this.#streams.get(stream) ?? [];
    this.#streams.set(stream, chunks);
    return chunks;
  }
}
