import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';

import { Rfc4571Deframer } from '../ingest/rfc4571.ts';
import { isRtcp } from '../ingest/rtcp.ts';
import type { Logger } from '../observe/logger.ts';
import type { RtpAddress } from '../config/rtp-address.ts';

/** Where RTP comes in, from whom, and who gets it. */
export interface RtpSocketOptions {
  readonly address: RtpAddress;
  /** Of UDP: the only sender that is listened to. */
  readonly sender?: { readonly host: string; readonly ssrc: number };
  readonly logger: Logger;
  /** One RTP packet; the receiver owns it. */
  onPacket(packet: Uint8Array): void;
  /** What comes from here on is another sender's, or the same one's after a break. */
  onSender(): void;
}

/** A place where one sender at a time delivers RTP. */
export interface RtpSocket {
  /** The port, 0 for a socket file. */
  readonly port: number;
  /** Sends RTCP back to whoever sends; lost where nobody does. */
  reply(packet: Uint8Array): void;
  /** Ends the connection of a sender that makes no sense; it may come again. Without effect on UDP. */
  drop(): void;
  close(): Promise<void>;
}

/** A sender that does not take its feedback gets no more of it beyond this, bytes. */
const MAX_UNSENT_BYTES = 16_384;

/** Who may write to the socket file: the user and group of the gateway. */
const SOCKET_MODE = 0o660;

/** Bytes of the fixed header of RTP, whose last four are the SSRC. */
const HEADER_BYTES = 12;

/**
 * Opens a socket for RTP: RFC 4571 on a stream, or UDP.
 *
 * @throws Error when the address cannot be bound
 */
export function openRtpSocket(options: RtpSocketOptions): Promise<RtpSocket> {
  return options.address.type === 'udp' ? openDatagrams(options) : openStream(options);
}

/** SSRC of an RTP packet (RFC 3550, section 5.1); undefined when it is too short. */
export function ssrcOf(packet: Uint8Array): number | undefined {
  if (packet.length < HEADER_BYTES) return undefined;
  return new DataView(packet.buffer, packet.byteOffset).getUint32(8);
}

async function openStream(options: RtpSocketOptions): Promise<RtpSocket> {
  const { address, logger } = options;
  let current: Socket | undefined;
  const server = createServer({ noDelay: true }, (socket) => {
    // The newest sender counts: one that crashed may have left its connection open.
    current?.destroy();
    current = socket;
    const deframer = new Rfc4571Deframer();
    options.onSender();
    logger.info('rtp sender connected');
    socket.on('data', (chunk: Buffer) => {
      if (current !== socket) return;
      for (const packet of deframer.push(new Uint8Array(chunk))) {
        if (!isRtcp(packet)) options.onPacket(packet);
      }
    });
    socket.on('error', (error) => logger.debug('rtp connection broke', { reason: error.message }));
    socket.on('close', () => {
      if (current !== socket) return;
      current = undefined;
      logger.info('rtp sender is gone');
    });
  });
  if (address.type === 'unix') {
    removeStaleSocket(address.path);
    server.listen(address.path);
  } else {
    server.listen(address.port, address.host);
  }
  await once(server, 'listening');
  if (address.type === 'unix') chmodSync(address.path, SOCKET_MODE);
  const at = server.address();
  return {
    port: typeof at === 'object' && at !== null ? at.port : 0,
    reply: (packet) => {
      if (current === undefined || current.writableLength > MAX_UNSENT_BYTES) return;
      const framed = new Uint8Array(2 + packet.length);
      new DataView(framed.buffer).setUint16(0, packet.length);
      framed.set(packet, 2);
      current.write(framed);
    },
    drop: () => current?.destroy(),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      current?.destroy();
      await closed;
    },
  };
}

/** A file that a killed gateway left; anything but a socket stays, and binding fails. */
function removeStaleSocket(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true) unlinkSync(path);
}

async function openDatagrams(options: RtpSocketOptions): Promise<RtpSocket> {
  const { address, sender } = options;
  if (address.type !== 'udp' || sender === undefined) {
    throw new TypeError('sender: expected address and ssrc for udp, got nothing');
  }
  const socket = createSocket(address.host.includes(':') ? 'udp6' : 'udp4');
  let source: RemoteInfo | undefined;
  socket.on('message', (message, from) => {
    if (from.address !== sender.host || isRtcp(message)) return;
    if (ssrcOf(message) !== sender.ssrc) return;
    if (source?.port !== from.port) options.onSender();
    source = from;
    options.onPacket(new Uint8Array(message));
  });
  socket.on('error', (error) => options.logger.debug('rtp socket', { reason: error.message }));
  socket.bind(address.port, address.host);
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    reply: (packet) => {
      if (source !== undefined) socket.send(packet, source.port, source.address, () => undefined);
    },
    drop: () => undefined,
    close: async () => {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}
