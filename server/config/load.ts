import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type { z } from 'zod';

import { isLocalAddress, parseRtpAddress } from './rtp-address.ts';
import { ConfigError } from './config-error.ts';
import type { GivenSettings } from './given-settings.ts';
import { helpText } from './help.ts';
import { configSchema, type Config } from './schema.ts';
import { findSetting, settings } from './settings.ts';
import { readConfigFile, readEnvironment, readFlags } from './sources.ts';

/** Where the server is installed: relative defaults start here. */
const INSTALLATION = resolve(import.meta.dirname, '../..');

/** Bytes of a file with a secret beyond which it is certainly another file. */
const MAX_SECRET_BYTES = 4_096;

/** Where settings come from. */
export interface LoadOptions {
  /** The command line without the program's own name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Directory that relative paths of flags and variables start from; the working directory unless given. */
  readonly cwd?: string;
}

/** What the command line wants: to run with these settings, or to read a text. */
export type LoadOutcome =
  | { readonly type: 'run'; readonly config: Config }
  | { readonly type: 'print'; readonly text: string };

/**
 * Reads the settings: configuration file < environment < flags. The result is frozen, secrets are read from their files.
 *
 * @throws ConfigError that names every unknown name with the nearest known one, and every value out of range
 */
export function loadConfig({ argv, env, cwd = process.cwd() }: LoadOptions): LoadOutcome {
  const commandLine = readFlags(argv, cwd);
  if (commandLine.wantsHelp) return { type: 'print', text: helpText() };
  const environment = readEnvironment(env, cwd);
  const file = commandLine.configFile ?? environment.configFile;

  const given = environment.given;
  given.overrideBy(commandLine.given);
  const all = file === undefined ? given : overridden(readConfigFile(resolve(cwd, file)), given);
  const config = parse(all);
  return commandLine.wantsConfig
    ? { type: 'print', text: `${JSON.stringify(masked(config), undefined, 2)}\n` }
    : { type: 'run', config };
}

function overridden(weak: GivenSettings, strong: GivenSettings): GivenSettings {
  weak.overrideBy(strong);
  return weak;
}

function parse(given: GivenSettings): Config {
  readSecretFiles(given);
  const result = configSchema.safeParse(toObject(given));
  const problems = [...given.problems];
  if (!result.success) problems.push(...result.error.issues.map((issue) => wordsOf(issue, given)));
  problems.push(...contradictions(given));
  if (!result.success || problems.length > 0) throw new ConfigError([...new Set(problems)]);
  const isDefaultClient = given.get('clientDirectory') === undefined;
  return deepFreeze({
    ...result.data,
    ...(isDefaultClient
      ? { clientDirectory: resolve(INSTALLATION, result.data.clientDirectory) }
      : {}),
  });
}

/** Values in the shape of the schema; relative paths resolved, and the source that a display implies. */
function toObject(given: GivenSettings): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const { setting, value, directory } of given.values()) {
    const isPath = setting.isPath && typeof value === 'string' && value !== '';
    const final = isPath ? resolve(directory, value) : value;
    const [first = '', second] = setting.path;
    if (second === undefined) root[first] = final;
    else root[first] = { ...(root[first] as Record<string, unknown> | undefined), [second]: final };
  }
  if (given.get('display') !== undefined) root['source'] ??= 'display';
  return root;
}

function wordsOf(issue: z.core.$ZodIssue, given: GivenSettings): string {
  // A list's item carries its index; the setting is the list.
  const path = issue.path.filter((part) => typeof part !== 'number');
  const setting = findSetting(path);
  if (setting === undefined) return `${path.map(String).join('.')}: ${issue.message}`;
  const value = given.get(setting.key);
  const got = setting.isSecret ? 'another value' : JSON.stringify(value?.value);
  return `${value?.from ?? setting.key}: expected ${setting.expected}, got ${got}`;
}

/** Settings that exclude or need each other. */
function contradictions(given: GivenSettings): string[] {
  const problems: string[] = [];
  const [source, display] = [given.get('source'), given.get('display')];
  if (source?.value === 'display' && display === undefined) {
    problems.push(`${source.from}: source display needs a display, for example --display :0`);
  }
  if (source?.value === 'pipe' && given.get('pipe') === undefined) {
    problems.push(`${source.from}: source pipe needs a named pipe, for example --pipe /tmp/frames`);
  }
  const takesDisplay = source === undefined || ['display', 'rtp'].includes(String(source.value));
  if (display !== undefined && !takesDisplay) {
    problems.push(
      `${display.from}: expected source display or rtp beside it, got ${String(source.value)}`,
    );
  }
  const [certificate, key] = [given.get('tls.certificateFile'), given.get('tls.keyFile')];
  if ((certificate === undefined) !== (key === undefined)) {
    const [one, missing] = certificate === undefined ? [key, 'certificate'] : [certificate, 'key'];
    problems.push(`${one?.from ?? 'tls'}: expected --tls-${missing}-file beside it`);
  }
  const metricsHost = given.get('metrics.host');
  if (metricsHost !== undefined && !isLoopbackName(metricsHost.value)) {
    if (given.get('metrics.token') === undefined) {
      problems.push(`${metricsHost.from}: expected --metrics-token-file beside an address for all`);
    }
  }
  const identity = given.get('proxies.identityHeader');
  const hasProof =
    given.get('proxies.secretFile') !== undefined && given.get('proxies.trusted') !== undefined;
  if (identity !== undefined && !hasProof) {
    problems.push(
      `${identity.from}: expected --proxies-trusted and --proxies-secret-file beside it`,
    );
  }
  const servers = given.get('webrtc.iceServers');
  const named: readonly unknown[] = Array.isArray(servers?.value) ? servers.value : [];
  const hasTurn = named.some((url) => typeof url === 'string' && /^turn/i.test(url));
  if (servers !== undefined && hasTurn && given.get('webrtc.turnSecret') === undefined) {
    problems.push(`${servers.from}: expected --webrtc-turn-secret-file beside a TURN server`);
  }
  return [...problems, ...rtpContradictions(given)];
}

/** A socket for RTP has no login: it is loopback's, a file's, or somebody said that it may be more. */
function rtpContradictions(given: GivenSettings): string[] {
  const problems: string[] = [];
  const source = given.get('source');
  if (source?.value === 'rtp' && given.get('rtp.video') === undefined) {
    problems.push(
      `${source.from}: source rtp needs an address, for example --rtp-video unix:/run/oriel/video.sock`,
    );
  }
  const mayBeRemote = ['true', true].includes(given.get('rtp.remote')?.value as string | boolean);
  for (const kind of ['video', 'audio'] as const) {
    const setting = given.get(`rtp.${kind}`);
    if (typeof setting?.value !== 'string') continue;
    const address = parseRtpAddress(setting.value);
    if (address === undefined) continue;
    if (!isLocalAddress(address) && !mayBeRemote) {
      problems.push(`${setting.from}: expected a loopback address, or --rtp-remote beside it`);
    }
    const isPinned =
      given.get(`rtp.${kind}Ssrc`) !== undefined && given.get('rtp.sender') !== undefined;
    if (address.type === 'udp' && !isPinned) {
      problems.push(`${setting.from}: udp needs --rtp-${kind}-ssrc and --rtp-sender beside it`);
    }
  }
  return problems;
}

/**
 * Secrets that come from a file: that of the setting `x` is named by `xFile` beside it.
 *
 * @throws ConfigError when a file cannot be read, or what it holds is no value of the setting
 */
function readSecretFiles(given: GivenSettings): void {
  for (const secret of settings.filter(({ isSecret }) => isSecret)) {
    const file = given.get(`${secret.key}File`);
    if (file === undefined || typeof file.value !== 'string') continue;
    const name = secret.path.at(-1) ?? secret.key;
    const at = `${name} file ${resolve(file.directory, file.value)}`;
    if (given.get(secret.key) !== undefined) {
      const other = given.get(secret.key)?.from ?? secret.key;
      given.problems.push(`${other}: expected one of it and ${file.from}, got both`);
      continue;
    }
    const text = readSecret(at, resolve(file.directory, file.value));
    given.set(secret, { value: text, from: at, directory: file.directory });
  }
}

/** Whether only programs of this machine reach it. */
function isLoopbackName(host: unknown): boolean {
  return typeof host === 'string' && /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
}

function readSecret(at: string, file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError([`${at}: expected a readable file: ${reason}`], {
      cause,
    });
  }
  if (Buffer.byteLength(text) > MAX_SECRET_BYTES) {
    throw new ConfigError([`${at}: expected at most ${MAX_SECRET_BYTES} bytes`]);
  }
  return text.replace(/\r?\n$/, '');
}

function masked(config: Config): unknown {
  const isSecret = (key: string): boolean =>
    settings.some((setting) => setting.isSecret && setting.path.at(-1) === key);
  return JSON.parse(
    JSON.stringify(config, (key, value: unknown) => (isSecret(key) ? '(set, not shown)' : value)),
  );
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  }
  return Object.freeze(value);
}
