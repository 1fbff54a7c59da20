import { protocolVersion, type Hello } from '../../protocol/control/hello.ts';
import { SessionCode } from '../../protocol/errors.ts';
import { clientLimits, maxOpenRequests } from '../../protocol/limits.ts';
import type { Micros } from '../../protocol/time.ts';
import type { Clock } from '../session-clock.ts';
import type { ServerTransport } from '../transport/transport.ts';
import type { Admission } from './admission.ts';
import type { Continuity } from './continuity.ts';
import type { LinkDemand } from './encoder-steering.ts';
import { OutboundMedia } from './outbound-media.ts';
import type { SessionObserver } from './session-observer.ts';
import type { ViewerDesktop } from './viewer-desktop.ts';
import { ViewerSettings } from './viewer-settings.ts';

/** What a client can move to that does not say it. */
const defaultTransports: readonly string[] = ['webtransport', 'websocket'];

/** Who says HELLO, and to what. */
export interface GreetingOptions {
  readonly hello: Hello;
  readonly admission: Admission;
  readonly transport: ServerTransport;
  readonly desktop: ViewerDesktop;
  readonly clock: Clock;
  readonly observer: SessionObserver;
  readonly continuity: Continuity;
  /** Whether the connection carries requests of the HTTP API. */
  readonly takesRequests: boolean;
  /** The connection that this one moves away from. */
  readonly from: { readonly demand: LinkDemand | undefined } | undefined;
}

/** What a connection has once its HELLO was answered. */
export interface Greeted {
  readonly settings: ViewerSettings;
  readonly media: OutboundMedia;
  /** Whether HELLO_ACK gave it control. */
  readonly controls: boolean;
}

/** With what a connection is closed instead of an answer to its HELLO; undefined when nothing speaks against it. */
export function refusalOf(
  hello: Hello,
  desktop: ViewerDesktop,
  admission: Admission,
): { readonly code: SessionCode; readonly reason: string } | undefined {
  if (!hello.versions.includes(protocolVersion)) {
    return { code: SessionCode.version, reason: `this gateway speaks DTF/${protocolVersion}` };
  }
  const reason = desktop.obstacleTo(hello.video, admission.session);
  // OK: to connect anew would not help.
  return reason === undefined ? undefined : { code: SessionCode.ok, reason };
}

/** Answers HELLO and opens the flows; the first messages on a new connection. */
export function greet(options: GreetingOptions, now: Micros): Greeted {
  const { hello, transport, desktop, continuity } = options;
  continuity.choice.isPinned = hello.pinned ?? false;
  continuity.choice.offered = hello.transports ?? defaultTransports;
  const isTry = continuity.choice.isTry(transport.kind);
  continuity.choice.carriedBy(transport.kind, now);
  const controls = acknowledge(options, now);
  const settings = new ViewerSettings(() => desktop.stream, hello.video);
  if (hello.mode !== undefined) settings.greet({ mode: hello.mode });
  return { settings, media: openMedia(options, settings, isTry), controls };
}

/** Sends HELLO_ACK. Returns whether it gives control. */
function acknowledge(
  { admission, transport, desktop, continuity, from, takesRequests }: GreetingOptions,
  now: Micros,
): boolean {
  const { session, role, attempt } = admission;
  const mayControl = role === 'controller';
  const controls = mayControl && desktop.claimControl(session, now);
  transport.sendControl({
    type: 'helloAck',
    helloAck: {
      version: protocolVersion,
      session: attempt,
      clock: now,
      role: controls ? 'controller' : 'viewer',
      mayControl,
      desktop: desktop.size,
      limits: clientLimits,
      ...(from === undefined ? {} : { input: continuity.input.cumulative }),
      ...(takesRequests ? { requests: maxOpenRequests } : {}),
    },
  });
  return controls;
}

/** @param isTry whether the client is on this transport to find out whether it carries enough */
function openMedia(
  { hello, admission, transport, desktop, clock, observer, from }: GreetingOptions,
  settings: ViewerSettings,
  isTry: boolean,
): OutboundMedia {
  return new OutboundMedia({
    transport,
    clock,
    mode: settings.mode,
    decodes: hello.video,
    video: { codec: 'avc1.42C028', ...desktop.size, ...desktop.video },
    sound: desktop.sound,
    maxVideoBps: desktop.maxVideoBps,
    // What the older connection carried is the best guess for the newer one, but where that is in question: from a low start
    // TCP over BBR showed 0.8 Mbit/s in 30 s where it carried 2.1 from a high one.
    startVideoBps: isTry ? desktop.maxVideoBps : (from?.demand?.targetBps ?? desktop.maxVideoBps),
    onSent: (queuedUs, sendingUs) => observer.pictureSent(queuedUs, sendingUs),
    isFollowed: () => desktop.drives(admission.session),
    requestKeyframe: (cause, mostBytes) => {
      observer.keyframeWanted(cause);
      desktop.requestKeyframe(admission.session, mostBytes);
    },
  });
}
