import type { WebSocket } from 'ws';
import { audioPipeline } from '../gst/audio-pipeline.ts';
import { codecsOf, encoderByName, selectEncoder, type EncoderName } from '../gst/encoders.ts';
import { probeEncoders } from '../gst/probe.ts';
import type { VideoSource } from '../gst/settings.ts';
import { formatOf } from '../gst/video-codec.ts';
import { videoPipeline } from '../gst/video-pipeline.ts';
import { latencyModes } from '../protocol/latency-mode.ts';
import { requireSoundSocket, requireXSocket } from './awaited-sockets.ts';
import type { Config } from './config/schema.ts';
import { openXDesktop, type XDesktop, type XDesktopState } from './desktop/x-desktop.ts';
import { GatewayMetrics } from './gateway-metrics.ts';
import { watchHealth } from './health-watch.ts';
import { loginLink } from './http/api.ts';
import { createApp } from './http/app.ts';
import { TRANSPORT_PATH } from './http/gateway.ts';
import type { Grant } from './http/grant.ts';
import { LoginTokens } from './http/login-tokens.ts';
import { PasswordCheck } from './http/password.ts';
import { Tickets } from './http/tickets.ts';
import { HttpsCertificate } from './https-certificate.ts';
import { startMediaSource, type SoundSource } from './media-source.ts';
import type { Logger } from './observe/logger.ts';
import { measure, offerMetrics } from './operations.ts';
import { quietSound } from './quiet-sound.ts';
import { openLogins } from './open-logins.ts';
import { openProxies } from './open-proxies.ts';
import { receiveSound, receiveVideo } from './rtp-input.ts';
import { openScreen, type Screen } from './screen.ts';
import { observedBy, openSessionHooks } from './session-hooks.ts';
import { watchSessionLimits } from './session-limit-watch.ts';
import { createClock, type Clock } from './session-clock.ts';
import type { DesktopPort } from './session/desktop-ports.ts';
import { DesktopSession } from './session/desktop-session.ts';
import { streamRules } from './stream-rules.ts';
import { SwitchingVideo, type RunningVideo } from './switching-video.ts';
import type { ServerTransport } from './transport/transport.ts';
import { WebSocketTransport } from './transport/websocket.ts';
import { openWebTransport, type WebTransportEndpoint } from './webtransport-endpoint.ts';

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
 * that of a frame: screen, encoders, session, transports, pages.
 */
export async function compose(config: Config, logger: Logger): Promise<Gateway> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return await composeOrThrow(config, logger, { closers, close });
  } catch (error) {
    await close();
    throw error;
  }
}

interface Lifetime {
  readonly closers: (() => Promise<void>)[];
  close(): Promise<void>;
}

async function composeOrThrow(
  config: Config,
  logger: Logger,
  lifetime: Lifetime,
): Promise<Gateway> {
  const { closers } = lifetime;
  const clock = createClock();
  const metrics = new GatewayMetrics();
  const rules = streamRules(config);
  const screen = await openScreen(config, logger);
  closers.push(() => screen.close());

  const video = await startVideo(config, screen, logger);
  closers.push(() => video.close());
  const audio = await startAudio(config, screen, logger);
  // A test tone is never silent.
  const quiet = audio && screen.audio?.type === 'pulse' ? quietSound(audio, screen.env) : undefined;
  closers.push(async () => audio?.close());
  closers.push(sync(() => quiet?.close()));

  const desktop = await openDesktopPort(config, screen, {
    logger,
    pictureSize: () => video.parameters,
    onPointer: (image) => session.pointerChanged(image),
    onConnected: () => video.retry(),
  });
  closers.push(() => desktop.close());
  const health = watchHealth(() => ({
    display: screen.display && { name: screen.display.name, isConnected: desktop.isConnected() },
    hasPicture: video.isRunning,
    hasSound: audio?.isRunning,
    isFed: config.source === 'pipe' || config.source === 'rtp',
  }));
  closers.push(sync(() => health.close()));
  const hooks = openSessionHooks(config.hooks, logger);
  closers.push(sync(() => hooks.close()));
  const session: DesktopSession = new DesktopSession({
    video,
    audio: quiet ?? audio,
    audioBitrateKbps: config.audio.bitrateBps / 1000,
    rules,
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
  desktop.watch(session);
  closers.push(sync(measure({ metrics, video, audio, session, clock })));
  const offered = await offerMetrics(config.metrics, metrics, logger);
  closers.push(async () => offered?.close());

  const now = (): number => performance.now();
  const tokens = new LoginTokens({ now, lifetimeSeconds: config.auth.tokenSeconds });
  const sessions = openLogins(config, now);
  const limits = watchSessionLimits(config.session, sessions, session);
  closers.push(sync(() => limits.close()));
  const connect = (transport: ServerTransport, grant: Grant): void => {
    limits.connected(grant);
    session.connect(transport, grant);
  };
  const tickets = new Tickets({ now, isSessionOpen: (id) => sessions.isOpen(id) });
  const { password } = config.auth;
  let webTransport: WebTransportEndpoint | undefined;
  const proxies = openProxies(config);
  const https = await HttpsCertificate.open(config, logger);
  const app = await createApp({
    config,
    logger,
    now,
    tokens,
    sessions,
    tickets,
    password: password === undefined ? undefined : await PasswordCheck.create(password),
    tls: https?.shown,
    proxies,
    webTransport: () => webTransport?.offer(),
    desktop: () => session.size,
    admit: ({ id }) =>
      session.hasRoomFor(id)
        ? { type: 'admitted' }
        : { type: 'full', retryAfterSeconds: FULL_RETRY_SECONDS },
    probes: { ready: () => health.core.ready, live: () => health.core.live },
    onConnection: (socket: WebSocket, grant: Grant) =>
      connect(new WebSocketTransport({ socket, clock, logger }), grant),
    onLogout: (id) => session.logout(id),
    onLeave: (id, connection) => session.leave(id, connection),
    onRefused: (code) => metrics.refused(code),
  });
  closers.push(() => app.close());
  const unwatch = https?.watch((renewed) => app.setCertificate(renewed));
  if (unwatch !== undefined) closers.push(sync(unwatch));
  const at = await app.listen();
  webTransport = await offerWebTransport(config, { at, clock, logger, tickets, connect });
  closers.push(async () => webTransport?.close());
  // The first to close: clients are told why before their connections go.
  closers.push(() => session.close('The gateway is stopping.'));
  closers.push(sync(() => health.core.stopping()));

  return {
    origin: at.origin,
    newLink: () => ({
      link: loginLink(at.origin + (config.listen.basePath ?? ''), tokens.issue().token),
      seconds: tokens.lifetimeSeconds,
    }),
    close: () => lifetime.close(),
  };
}

async function startVideo(config: Config, screen: Screen, logger: Logger): Promise<SwitchingVideo> {
  const { video: captured } = screen;
  if (captured === undefined) return receiveVideo(config, logger);
  const available = await probeEncoders();
  const { codec: first, encoder: wanted } = config.video;
  if (selectEncoder({ codec: first, wanted }, available) === undefined) {
    throw new Error(
      `video.encoder: expected one of ${available.join(', ') || 'none that is installed'} for ${first}, ` +
        `got ${wanted}; install gstreamer1.0-plugins-ugly for x264enc`,
    );
  }
  const others = codecsOf(available).filter((codec) => codec !== first);
  return new SwitchingVideo({
    codecs: [first, ...others],
    start: (codec) => {
      const choice = { codec, wanted: codec === first ? wanted : 'auto' } as const;
      const encoder = selectEncoder(choice, available);
      if (encoder === undefined)
        throw new RangeError(`codec: expected one of those offered, got ${codec}`);
      return startEncoder(config, { captured, env: screen.env, logger, encoder });
    },
    logger,
  });
}

interface EncoderParts {
  readonly captured: VideoSource;
  readonly env: Screen['env'];
  readonly logger: Logger;
  readonly encoder: EncoderName;
}

function startEncoder(
  config: Config,
  { captured, env, logger, encoder }: EncoderParts,
): RunningVideo {
  const { frameRate, bitrateKbps } = config.video;
  const { codec, bitrateUnit, bitrateProperty, keyframeBy } = encoderByName(encoder);
  logger.info('encoder chosen', { codec, encoder, frameRate, bitrateKbps });
  const source = startMediaSource({
    name: 'video',
    codec: formatOf(codec),
    description: () => {
      if (captured.type === 'x11') requireXSocket(captured.display);
      return videoPipeline({ source: captured, frameRate, encoder, bitrateKbps });
    },
    bitrateUnit,
    bitrateProperty,
    keyframeBy,
    env,
    canRest: captured.type === 'x11',
    logger,
  });
  return { name: codec, encoder, source };
}

async function startAudio(
  config: Config,
  screen: Screen,
  logger: Logger,
): Promise<SoundSource | undefined> {
  if (config.source === 'rtp') return receiveSound(config, logger);
  const source = screen.audio;
  if (source === undefined) return undefined;
  const { bitrateBps } = config.audio;
  const frameMs = config.audio.frameMs ?? latencyModes[config.stream.mode].audioFrameMs;
  return startMediaSource({
    name: 'audio',
    codec: 'opus',
    description: (chosen = frameMs) => {
      if (source.type === 'pulse') requireSoundSocket(source.server ?? process.env['PULSE_SERVER']);
      return audioPipeline({ source, frameMs: chosen, bitrateBps });
    },
    bitrateUnit: 'bps',
    env: screen.env,
    canRest: source.type === 'pulse',
    logger,
  });
}

interface DesktopPortOptions {
  readonly logger: Logger;
  /** Of pictures that another program makes. */
  readonly pictureSize: () => { readonly width: number; readonly height: number } | undefined;
  onPointer(image: NonNullable<DesktopPort['pointer']>): void;
  /** The display is there, for the first time or again. */
  onConnected(): void;
}

/** Is told what happens on the screen. */
type ScreenWatcher = Pick<DesktopSession, 'screenChanged' | 'screenUnwatched'>;

interface OpenedPort {
  readonly port: DesktopPort;
  /** Begins to tell of changes of the screen; never called for a source that cannot tell. */
  watch(watcher: ScreenWatcher): void;
  /** Whether the display can be reached. */
  isConnected(): boolean;
  close(): Promise<void>;
}

/** Input goes to the X display; a test picture takes none. */
async function openDesktopPort(
  config: Config,
  { display }: Screen,
  options: DesktopPortOptions,
): Promise<OpenedPort> {
  if (display === undefined) {
    const { width, height } = config.desktop;
    return {
      port: {
        get size() {
          const shown = config.source === 'rtp' ? options.pictureSize() : undefined;
          return { width: shown?.width ?? width, height: shown?.height ?? height };
        },
        pointer: undefined,
        inject: () => undefined,
      },
      watch: () => undefined,
      isConnected: () => true,
      close: () => Promise.resolve(),
    };
  }
  let watcher: ScreenWatcher | undefined;
  let isWatched = false;
  const x: XDesktop = await openXDesktop({
    display: display.name,
    ...(display.authority === undefined ? {} : { authority: display.authority }),
    logger: options.logger,
    size: { width: config.desktop.width, height: config.desktop.height },
    onState: (state) => {
      logDisplay(options.logger, display.name, state);
      if (state.type === 'connected') options.onConnected();
    },
    onCursor: (image) => options.onPointer(image),
    onChange: () => {
      isWatched = true;
      watcher?.screenChanged();
    },
    onBlind: () => {
      isWatched = false;
      watcher?.screenUnwatched();
    },
  });
  return {
    port: {
      get size() {
        return x.input.size;
      },
      get pointer() {
        return x.cursor;
      },
      get isAway() {
        return x.state.type !== 'connected';
      },
      inject: (event) => x.input.apply(event),
    },
    watch: (added) => {
      watcher = added;
      if (isWatched) added.screenChanged();
    },
    isConnected: () => x.state.type === 'connected',
    close: () => x.close(),
  };
}

/** The display says itself when it is lost, once; that it is back again is told here. */
function logDisplay(logger: Logger, display: string, state: XDesktopState): void {
  if (state.type === 'connected') logger.info('display is connected', { display, ...state.size });
}

/** A closer of something that ends at once. */
const sync = (end: () => void) => (): Promise<void> => {
  end();
  return Promise.resolve();
};

interface WebTransportParts {
  readonly at: { readonly port: number };
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tickets: Tickets;
  readonly connect: (transport: ServerTransport, grant: Grant) => void;
}

async function offerWebTransport(
  config: Config,
  { at, clock, logger, tickets, connect }: WebTransportParts,
): Promise<WebTransportEndpoint | undefined> {
  if (!config.webTransport.enabled) return undefined;
  return openWebTransport({
    backend: config.webTransport.backend,
    host: config.listen.host,
    port: at.port,
    clock,
    logger,
    authorize: (path, query, origin): Grant | undefined => {
      if (path !== TRANSPORT_PATH) return undefined;
      const grant = tickets.redeem(query.get('ticket') ?? '', 'webTransport');
      return grant?.origin === origin ? grant : undefined;
    },
    onTransport: connect,
  });
}
