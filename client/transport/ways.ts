import type { ConnectionTicket } from '../session-api.ts';
import { webRtcConnector, type OpenPeer } from '../webrtc/peer-transport.ts';
import type { Connector, TransportKind } from './transport.ts';
import { webSocketConnector } from './websocket.ts';
import { hasWebTransport, webTransportConnector } from './webtransport.ts';

/** One way to a connection. */
export interface Way {
  readonly kind: TransportKind;
  /** Head start of the others, ms. */
  readonly delayMs: number;
  readonly connect: Connector;
}

/** Which of the ways are wanted. */
export interface WaysOptions {
  /** One transport, or the faster of those that bring units. */
  readonly choice: 'auto' | TransportKind;
  /** What is likely to win: it gives nothing away. */
  readonly preferred: TransportKind | undefined;
  readonly openPeer: OpenPeer;
}

/** Head start of WebTransport over WebSocket, ms (docs/protocol.md, negotiation). */
const HEAD_START_MS = 250;

/** The ways that a ticket opens here, the first to begin first. */
export function waysOf(ticket: ConnectionTicket, options: WaysOptions): readonly Way[] {
  const { choice, preferred, openPeer } = options;
  const { webTransport, webRtc } = ticket;
  if (choice === 'webrtc') {
    if (webRtc === undefined) return [];
    return [{ kind: 'webrtc', delayMs: 0, connect: webRtcConnector(webRtc, openPeer) }];
  }
  const ways: Way[] = [];
  if (webTransport !== undefined && choice !== 'websocket' && hasWebTransport()) {
    const connect = webTransportConnector(webTransport.url, webTransport.certificateHashes);
    ways.push({ kind: 'webtransport', delayMs: 0, connect });
  }
  if (choice !== 'webtransport') {
    const isFirst = ways.length === 0 || preferred === 'websocket';
    const connect = webSocketConnector(ticket.webSocketUrl, ticket.webSocketTicket);
    ways.push({ kind: 'websocket', delayMs: isFirst ? 0 : HEAD_START_MS, connect });
  }
  return ways;
}
