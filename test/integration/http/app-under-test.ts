import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach } from 'vitest';
import type { WebSocket } from 'ws';

import {
  createApp,
  type App,
  type AppOptions,
  type ListeningAt,
} from '../../../server/http/app.ts';
import type { FaultCode } from '../../../server/http/fault.ts';
import type { Grant } from '../../../server/http/grant.ts';
import { LoginSessions } from '../../../server/http/login-sessions.ts';
import { LoginTokens } from '../../../server/http/login-tokens.ts';
import { PasswordCheck } from '../../../server/http/password.ts';
import { Tickets } from '../../../server/http/tickets.ts';
import { createLogger } from '../../../server/observe/create-logger.ts';

/** A running server with everything that it was given and told. */
export interface AppUnderTest extends ListeningAt {
  readonly app: App;
  /** The address that the server listens on, whatever its public origin. */
  readonly direct: string;
  readonly tokens: LoginTokens;
  readonly tickets: Tickets;
  readonly sessions: LoginSessions;
  /** The time that the server sees, in milliseconds; the test moves it. */
  readonly clock: { ms: number };
  readonly connections: { readonly socket: WebSocket; readonly grant: Grant }[];
  readonly refused: FaultCode[];
  readonly loggedOut: string[];
  /** Goodbyes: login session and connection. */
  readonly left: (readonly [string, string])[];
  /** Everything that was logged. */
  readonly log: string[];
  close(): Promise<void>;
}

export interface TestedSettings extends Partial<
  Pick<
    AppOptions,
    'admit' | 'limits' | 'proxies' | 'statistics' | 'tls' | 'webTransport' | 'webRtc' | 'probes'
  >
> {
  readonly host?: string;
  readonly publicOrigins?: readonly string[];
  readonly basePath?: string;
  readonly plainHttp?: boolean;
  readonly password?: string;
  /** A directory with a page instead of the small one made for the test. */
  readonly clientDirectory?: string;
}

const WELL = { isOk: true, reasons: [], notes: [] };

/** Starts servers for the tests of one file, and ends each after its test; call it at the top of the file. */
export function appPerTest(): (settings?: TestedSettings) => Promise<AppUnderTest> {
  let running: AppUnderTest | undefined;
  const stop = async (): Promise<void> => {
    await running?.close();
    running = undefined;
  };
  afterEach(stop);
  return async (settings) => {
    await stop();
    running = await startApp(settings);
    return running;
  };
}

/** Starts the real server on a free port of 127.0.0.1. */
export async function startApp(settings: TestedSettings = {}): Promise<AppUnderTest> {
  const {
    host = '127.0.0.1',
    publicOrigins = [],
    basePath,
    plainHttp = false,
    password,
    clientDirectory,
    ...rest
  } = settings;
  const clock = { ms: 0 };
  const now = (): number => clock.ms;
  const directory = mkdtempSync(join(tmpdir(), 'oriel-http-'));
  const sessions = new LoginSessions({ now });
  const tickets = new Tickets({ now, isSessionOpen: (id) => sessions.isOpen(id) });
  const tokens = new LoginTokens({ now, lifetimeSeconds: 120 });
  const seen = {
    connections: [] as AppUnderTest['connections'],
    refused: [] as FaultCode[],
    loggedOut: [] as string[],
    left: [] as (readonly [string, string])[],
    log: [] as string[],
  };
  const app = await createApp({
    config: {
      listen: { host, port: 0, publicOrigins, basePath, plainHttp },
      clientDirectory: clientDirectory ?? writePage(directory),
    },
    logger: createLogger({
      level: 'debug',
      format: 'json',
      destination: { write: (line) => seen.log.push(line) },
    }),
    now,
    tokens,
    sessions,
    tickets,
    password: password === undefined ? undefined : new PasswordCheck(password),
    webTransport: () => undefined,
    desktop: () => ({ width: 1280, height: 720 }),
    admit: () => ({ type: 'admitted' }),
    probes: { ready: () => WELL, live: () => WELL },
    onConnection: (socket, grant) => seen.connections.push({ socket, grant }),
    onLogout: (session) => seen.loggedOut.push(session),
    onLeave: (...goodbye) => seen.left.push(goodbye),
    onRefused: (code) => seen.refused.push(code),
    ...rest,
  });
  const at = await app.listen();
  const close = async (): Promise<void> => {
    await app.close();
    rmSync(directory, { recursive: true });
  };
  const direct = `${rest.tls === undefined ? 'http' : 'https'}://127.0.0.1:${at.port}`;
  return { ...at, ...seen, direct, app, tokens, tickets, sessions, clock, close };
}

/** A page like the built one, with a secret beside it and links that lead there. */
function writePage(directory: string): string {
  const page = join(directory, 'page');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>Oriel</title>');
  writeFileSync(join(page, 'assets', 'main-abc123.js'), 'export {};');
  writeFileSync(join(page, '.hidden'), 'secret');
  writeFileSync(join(directory, 'secret.txt'), 'secret');
  symlinkSync(join(directory, 'secret.txt'), join(page, 'link.txt'));
  return page;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is text. */
  readonly body?: unknown;
}

/** Sends one request with exactly these headers, as no browser would. The path goes out as it is written. */
export async function ask(origin: string, path: string, options: AskOptions = {}): Promise<Reply> {
  const { method = 'GET', headers = {}, body } = options;
  const url = new URL(origin);
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = send({
    host: url.hostname,
    port: url.port,
    path,
    method,
    agent: false,
    rejectUnauthorized: false,
    headers: {
      ...(text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      ...headers,
    },
  });
  request.end(text);
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const received = Buffer.concat(chunks).toString();
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: received,
    json: parse(received),
  };
}

/** Posts as a page of the server does. */
export function post(origin: string, path: string, options: AskOptions = {}): Promise<Reply> {
  return ask(origin, path, { method: 'POST', ...options, headers: { origin, ...options.headers } });
}

/** Logs in by a fresh link and returns the Cookie header. */
export async function logIn(
  { origin, tokens }: AppUnderTest,
  role: 'controller' | 'viewer' = 'controller',
): Promise<string> {
  const reply = await post(origin, '/api/login', { body: { token: tokens.issue(role).token } });
  return cookieOf(reply);
}

/** The Cookie header that answers a Set-Cookie header. */
export function cookieOf(reply: Reply): string {
  const [cookie = ''] = reply.headers['set-cookie'] ?? [];
  return cookie.split(';', 1)[0] ?? '';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
