import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The server half of the prebuilt addon of the package rwebtransport (Cloudflare's quiche), as its version 0.2.2 has
 * it. We load the addon without the JavaScript of its package: that layer turns a vanished client into an unhandled
 * rejection, which ends the process, and refuses Node versions on which the addon itself works.
 *
 * Every call returns at once and is carried out by the addon's own thread; results come as events. Bytes are copied
 * during the call.
 */
export interface Addon {
  /** `host` is an IP address, an IPv6 one in brackets; `allowedOrigins` null takes every origin. */
  serverListen(
    certPath: string,
    keyPath: string,
    host: string,
    port: number,
    reusePort: boolean,
    protocols: readonly string[],
    allowedOrigins: readonly string[] | null,
    headerNames: readonly string[],
    headerValues: readonly string[],
    onEvent: (event: AddonEvent) => void,
  ): AddonListener;
  serverOpenStream(
    listener: AddonListener,
    session: number,
    bidi: boolean,
    requestId: number,
  ): void;
  serverWrite(
    listener: AddonListener,
    session: number,
    stream: number,
    bytes: Uint8Array,
    requestId: number,
  ): void;
  serverFin(listener: AddonListener, session: number, stream: number): void;
  serverReset(listener: AddonListener, session: number, stream: number, code: number): void;
  serverStopSending(listener: AddonListener, session: number, stream: number, code: number): void;
  serverSendDatagram(
    listener: AddonListener,
    session: number,
    bytes: Uint8Array,
    requestId: number,
  ): void;
  serverGetStats(listener: AddonListener, session: number, requestId: number): void;
  serverCloseSession(
    listener: AddonListener,
    session: number,
    code: number,
    reason: Uint8Array,
  ): void;
  serverShutdown(listener: AddonListener): void;
}

declare const listenerBrand: unique symbol;

/** The addon's handle of a UDP port and its thread; the thread ends when it is collected. */
export interface AddonListener {
  readonly [listenerBrand]: true;
}

/** What the addon says about a whole port. */
export type AddonPortEvent =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'serverError'; readonly message: string }
  | { readonly type: 'serverClosed' };

/** An Extended CONNECT was answered with 200. */
export interface AddonSessionReady {
  readonly type: 'serverReady';
  readonly session: number;
  readonly path: string;
  readonly origin: string | null;
  readonly protocol: string | null;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** Answers to requests; `requestId` is that of the call. */
export type AddonAnswer =
  | { readonly type: 'streamOpened'; readonly requestId: number; readonly streamId: number }
  | { readonly type: 'writeAck'; readonly requestId: number }
  | { readonly type: 'datagramAck'; readonly requestId: number; readonly sent: boolean }
  | {
      readonly type: 'stats';
      readonly requestId: number;
      readonly packetsSent: number;
      readonly packetsLost: number;
      readonly smoothedRtt: number;
    };

/** What happens on a session. */
export type AddonSessionEvent =
  | AddonAnswer
  | { readonly type: 'stream'; readonly streamId: number; readonly bidi: boolean }
  | { readonly type: 'streamData'; readonly streamId: number; readonly data: Uint8Array }
  | { readonly type: 'streamFin'; readonly streamId: number }
  | { readonly type: 'streamReset'; readonly streamId: number; readonly code: number }
  | { readonly type: 'streamStopSending'; readonly streamId: number; readonly code: number }
  | { readonly type: 'datagram'; readonly data: Uint8Array }
  | { readonly type: 'draining' }
  | { readonly type: 'error'; readonly message: string }
  | { readonly type: 'closed'; readonly code: number; readonly reason: Uint8Array };

/** Everything the addon calls back with, on the thread of JavaScript. An exception there would lose the rest of a batch. */
export type AddonEvent =
  AddonPortEvent | AddonSessionReady | (AddonSessionEvent & { readonly session: number });

/** The calls and events above are not the package's public interface, so that only this version is known to have them. */
const SUPPORTED_VERSION = '0.2.2';

/**
 * Loads the addon for this platform.
 *
 * @throws Error when it is not installed, of another version, or cannot be loaded here (its binary needs glibc 2.34)
 */
export function loadAddon(): Addon {
  const require = createRequire(import.meta.url);
  const root = dirname(dirname(require.resolve('rwebtransport')));
  const version = packageVersion(join(root, 'package.json'));
  if (version !== SUPPORTED_VERSION) {
    throw new Error(`rwebtransport: expected version ${SUPPORTED_VERSION}, got ${version}`);
  }
  const platform = `${process.platform}-${process.arch}`;
  return require(join(root, 'prebuilds', platform, 'rwebtransport.node')) as Addon;
}

function packageVersion(file: string): string {
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const version =
    typeof content === 'object' && content !== null && 'version' in content
      ? content.version
      : undefined;
  return typeof version === 'string' ? version : 'none';
}
