import type { Config } from './config/schema.ts';
import { openDesktop } from './desktop/opened-desktop.ts';
import { openScreen, type Screen } from './desktop/screen.ts';
import { watchHealth, type HealthWatch } from './health/health-watch.ts';
import { observedBy, openSessionHooks } from './hooks/session-hooks.ts';
import { loginLink } from './http/api.ts';
import { createApp, type App, type ListeningAt } from './http/app.ts';
import type { Grant } from './http/grant.ts';
import { HttpsCertificate } from './http/https-certificate.ts';
import { iceServersFor } from './http/ice-servers.ts';
import type { LoginSessions } from './http/login-sessions.ts';
import { LoginTokens } from './http/login-tokens.ts';
import { openLogins } from './http/open-logins.ts';
import { openProxies } from './http/open-proxies.ts';
import { reachableAddress } from './http/origin-policy.ts';
import { PasswordCheck } from './http/password.ts';
import { Tickets } from './http/tickets.ts';
import { grantWebTransport } from './http/web-transport-grant.ts';
import { Lifetime } from './lifetime.ts';
import type { SoundSource } from './media/media-source.ts';
import type { QuietSound } from './media/quiet-sound.ts';
import { openQuiet, openSound, openVideo } from './media/sources.ts';
import type { SwitchingVideo } from './media/switching-video.ts';
import { gatewayStatistics, type GatewayStatistics } from './metrics/gateway-statistics.ts';
import { GatewayMetrics } from './metrics/gateway-metrics.ts';
import { measure, offerMetrics } from './metrics/measurement.ts';
import type { Logger } from './observe/logger.ts';
import { createClock, type Clock } from './session-clock.ts';
import { DesktopSession } from './session/desktop-session.ts';
import { streamRules } from './session/operator-rules.ts';
import { watchSessionLimits, type SessionLimitWatch } from './session/session-limit-watch.ts';
import type { ServerTransport } from './transport/transport.ts';
import { WebSocketTransport } from './transport/websocket.ts';
import { openWebTransport, type WebTransportEndpoint } from './transport/webtransport-endpoint.ts';
import { openWebRtc, type WebRtcEndpoint } from './webrtc/webrtc-endpoint.ts';

/** When a client that found every place taken should come back, in seconds. */
const FULL_RETRY_SECONDS = 10;

/** The whole gateway, running. */
export interface Gateway {
  /** Where the page is: scheme, host and port. */
  readonly origin: string;
  /** Makes a link that logs one browser in, once. */
  newLink(): { readonly link: string; readonly seconds: number };
  /** Tells every client, then ends everything that was started; idempotent. */
  close(reason: string): Promise<void>;
}

/**
 * Brings the parts of the gateway together: the only place that creates them and knows more than one of them. The order is
 * that of a frame: screen and encoders, the session and its viewers, the doors by which clients come.
 */
export async function compose(config: Config, logger: Logger): Promise<Gateway> {
  const lifetime = new Lifetime();
  const ground: Ground = {
    config,
    logger,
    lifetime,
    clock: createClock(),
    now: () => performance.now(),
    metrics: new GatewayMetrics(),
    // Made while the media are looked for: a start waits for both.
    https: HttpsCertificate.open(config, logger),
  };
  // Awaited by the door; whatever fails before it is told instead.
  ground.https.catch(() => undefined);
  try {
    const media = await openMedia(ground);
    const hall = await openSession(ground, media);
    return await openDoors(ground, hall);
  } catch (error) {
    await lifetime.close();
    throw error;
  }
}

/** What every part stands on. */
interface Ground {
  readonly config: Config;
  readonly logger: Logger;
  readonly lifetime: Lifetime;
  /** The sessions' clock, which clients know. */
  readonly clock: Clock;
  /** Milliseconds that only this process knows. */
  readonly now: () => number;
  readonly metrics: GatewayMetrics;
  /** What HTTPS shows; undefined where the page comes by plain http. */
  readonly https: Promise<HttpsCertificate | undefined>;
}

/** What is shown and heard. */
interface Media {
  readonly screen: Screen;
  readonly video: SwitchingVideo;
  readonly sound: SoundSource | undefined;
  /** The same sound, where it can rest while nobody plays. */
  readonly quiet: QuietSound | undefined;
}

async function openMedia({ config, logger, lifetime }: Ground): Promise<Media> {
  const screen = lifetime.own(await openScreen(config, logger));
  const video = lifetime.own(await openVideo(config, screen, logger));
  const sound = lifetime.own(await openSound(config, screen, logger));
  const quiet = lifetime.own(openQuiet(sound, screen));
  return { screen, video, sound, quiet };
}

/** The desktop and who uses it. */
interface Hall {
  readonly session: DesktopSession;
  readonly logins: LoginSessions;
  readonly limits: SessionLimitWatch;
  readonly health: HealthWatch;
  readonly statistics: () => GatewayStatistics;
}

async function openSession(ground: Ground, media: Media): Promise<Hall> {
  const { config, logger, lifetime, clock, metrics } = ground;
  const { screen, video, sound, quiet } = media;
  const desktop = lifetime.own(
    await openDesktop(config, screen, {
      logger,
      pictureSize: () => video.parameters,
      onPointer: (image) => session.broadcast.pointerChanged(image),
      onConnected: () => video.retry(),
      onLost: () => video.abandon(),
      onCopied: (copied) => session.clipboard.copied(copied),
    }),
  );
  const health = lifetime.own(
    watchHealth(() => ({
      display: screen.display && { name: screen.display.name, isConnected: desktop.isConnected() },
      hasPicture: video.isRunning,
      hasSound: sound?.isRunning,
      isFed: config.source === 'pipe' || config.source === 'rtp',
    })),
  );
  const hooks = lifetime.own(openSessionHooks(config.hooks, logger));
  const session: DesktopSession = new DesktopSession({
    video,
    audio: quiet ?? sound,
    audioBitrateKbps: config.audio.bitrateBps / 1000,
    rules: streamRules(config),
    desktop: desktop.port,
    clock,
    logger,
    maxViewers: config.session.maxViewers,
    observer: observedBy(metrics, hooks),
    videoLimits: {
      bitrateBps: config.video.bitrateKbps * 1000,
      frameRate: config.video.frameRate,
    },
    onActive: (login) => limits.active(login),
  });
  desktop.watch(session.broadcast);
  lifetime.ownEnd(measure({ metrics, video, audio: sound, session, clock }));
  lifetime.own(await offerMetrics(config.metrics, metrics, logger));
  const logins = openLogins(config, ground.now);
  const limits = lifetime.own(watchSessionLimits(config.session, logins, session));
  const statistics = (): GatewayStatistics => gatewayStatistics({ video, audio: sound, session });
  return { session, logins, limits, health, statistics };
}

async function openDoors(ground: Ground, hall: Hall): Promise<Gateway> {
  const { config, lifetime, now } = ground;
  const { session, logins, limits, health } = hall;
  const tokens = new LoginTokens({ now, lifetimeSeconds: config.auth.tokenSeconds });
  const tickets = new Tickets({ now, isSessionOpen: (id) => logins.isOpen(id) });
  const connect = (transport: ServerTransport, grant: Grant): void => {
    limits.connected(grant);
    session.connect(transport, grant, (request) => app.ask(grant, request));
  };
  let webTransport: WebTransportEndpoint | undefined;
  const offer = (): ReturnType<WebTransportEndpoint['offer']> | undefined => webTransport?.offer();
  let webRtc: WebRtcEndpoint | undefined;
  const door = (): WebRtcEndpoint['door'] | undefined => webRtc?.door;
  // Nobody connects before it listens.
  const app: App = await openHttp(ground, hall, { tokens, tickets, connect, offer, door });
  const at = await app.listen();
  webTransport = lifetime.own(await offerWebTransport(ground, { at, tickets, connect }));
  webRtc = lifetime.own(await offerWebRtc(ground, hall, { at, connect }));
  // The first to close: clients are told why before their connections go.
  lifetime.ownEnd(() => session.close('The gateway is stopping.'));
  lifetime.ownEnd(() => health.core.stopping());
  return {
    origin: at.origin,
    newLink: () => ({
      link: loginLink(at.origin + (config.listen.basePath ?? ''), tokens.issue().token),
      seconds: tokens.lifetimeSeconds,
    }),
    close: () => lifetime.close(),
  };
}

/** How a connection that a ticket lets in gets to the session. */
interface Doorway {
  readonly tickets: Tickets;
  readonly connect: (transport: ServerTransport, grant: Grant) => void;
}

interface HttpDoor extends Doorway {
  readonly tokens: LoginTokens;
  readonly offer: () => ReturnType<WebTransportEndpoint['offer']> | undefined;
  readonly door: () => WebRtcEndpoint['door'] | undefined;
}

/** Page, API, probes and WebSocket; does not listen yet. */
async function openHttp(
  { config, logger, lifetime, clock, now, metrics, https: opened }: Ground,
  { session, logins, health, statistics }: Hall,
  { tokens, tickets, connect, offer, door }: HttpDoor,
): Promise<App> {
  const { password } = config.auth;
  const https = await opened;
  const app = lifetime.own(
    await createApp({
      config,
      logger,
      now,
      tokens,
      sessions: logins,
      tickets,
      password: password === undefined ? undefined : new PasswordCheck(password),
      tls: https?.shown,
      proxies: openProxies(config),
      webTransport: offer,
      ...(config.webrtc.enabled && {
        webRtc: {
          door,
          corsOrigins: config.webrtc.corsOrigins,
          iceServers: (user) => iceServersFor(config.webrtc, user, Date.now()),
        },
      }),
      statistics,
      desktop: () => session.size,
      admit: ({ id }) =>
        session.hasRoomFor(id)
          ? { type: 'admitted' }
          : { type: 'full', retryAfterSeconds: FULL_RETRY_SECONDS },
      probes: { ready: () => health.core.ready, live: () => health.core.live },
      onConnection: (socket, grant, tcp) =>
        connect(new WebSocketTransport({ socket, tcp, clock, logger }), grant),
      onLogout: (id) => session.logout(id),
      onLeave: (id, connection) => session.leave(id, connection),
      onRefused: (code) => metrics.refused(code),
    }),
  );
  lifetime.ownEnd(https?.watch((renewed) => app.setCertificate(renewed)));
  return app;
}

async function offerWebTransport(
  { config, clock, logger }: Ground,
  { at, tickets, connect }: Doorway & { readonly at: ListeningAt },
): Promise<WebTransportEndpoint | undefined> {
  if (!config.webTransport.enabled) return undefined;
  return openWebTransport({
    backend: config.webTransport.backend,
    host: config.listen.host,
    port: at.port,
    clock,
    logger,
    authorize: (path, query, origin) => grantWebTransport(tickets, { path, query, origin }),
    onTransport: connect,
  });
}

async function offerWebRtc(
  { config, clock, logger }: Ground,
  { session, logins }: Hall,
  { at, connect }: Pick<Doorway, 'connect'> & { readonly at: ListeningAt },
): Promise<WebRtcEndpoint | undefined> {
  const { enabled, port, udp, addresses } = config.webrtc;
  if (!enabled) return undefined;
  return openWebRtc({
    host: config.listen.host,
    port,
    pagePort: at.port,
    udp,
    addresses,
    clock,
    logger,
    ownAddress: reachableAddress,
    running: () => session.video?.codec,
    isLoginOpen: (id) => logins.isOpen(id),
    onTransport: connect,
  });
}
