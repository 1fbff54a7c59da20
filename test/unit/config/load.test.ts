import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { ConfigError } from '../../../server/config/config-error.ts';
import { CONFIGURATION_DOCUMENT, configurationDocument } from '../../../server/config/document.ts';
import { loadConfig } from '../../../server/config/load.ts';
import type { Config } from '../../../server/config/schema.ts';
import { settings } from '../../../server/config/settings.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'oriel-config-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function write(name: string, content: unknown): string {
  const file = join(directory, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

function run(argv: readonly string[], env: Record<string, string> = {}): Config {
  const outcome = loadConfig({ argv, env, cwd: directory });
  if (outcome.type !== 'run') throw new Error('expected settings, got a text');
  return outcome.config;
}

function problemsOf(argv: readonly string[], env: Record<string, string> = {}): readonly string[] {
  try {
    run(argv, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('expected a ConfigError');
}

test('without anything given the defaults hold', () => {
  expect(run([])).toMatchObject({
    source: 'desktop',
    listen: { host: '127.0.0.1', port: 8080, publicOrigins: [] },
    desktop: { width: 1280, height: 720 },
    video: { frameRate: 60, bitrateKbps: 8000, encoder: 'auto' },
    audio: { enabled: true, bitrateBps: 128_000 },
    webTransport: { enabled: true, backend: 'rwebtransport' },
    auth: { tokenSeconds: 120 },
    session: { maxViewers: 32 },
    log: { level: 'info', format: 'auto' },
  });
  expect(run([]).clientDirectory).toMatch(/^\/.*\/client\/dist$/);
});

test('a flag is stronger than the environment, and that stronger than the file', () => {
  const file = write('order.json', {
    listen: { port: 1 },
    video: { frameRate: 10, bitrateKbps: 100 },
  });
  const env = { ORIEL_CONFIG: file, ORIEL_PORT: '2', ORIEL_VIDEO_FRAME_RATE: '20' };
  expect(run(['--port', '3'], env)).toMatchObject({
    listen: { port: 3 },
    video: { frameRate: 20, bitrateKbps: 100 },
  });
  const other = write('other.json', { video: { bitrateKbps: 200 } });
  expect(run(['--config', other], env).video.bitrateKbps).toBe(200);
});

test('switches, lists and texts are read from flags', () => {
  const config = run([
    '--no-audio',
    '--web-transport=false',
    '--public-origins=https://a.example,https://b.example:8443',
    '--public-origins',
    'http://c.example',
    '--desktop-command',
    'xterm -e top',
  ]);
  expect(config.audio.enabled).toBe(false);
  expect(config.webTransport.enabled).toBe(false);
  expect(config.listen.publicOrigins).toEqual([
    'https://a.example',
    'https://b.example:8443',
    'http://c.example',
  ]);
  expect(config.desktop.command).toBe('xterm -e top');
});

test('a display implies the source', () => {
  expect(run(['--display', ':7'])).toMatchObject({ source: 'display', display: ':7' });
  expect(run(['--source', 'test']).display).toBeUndefined();
});

test('the settings are frozen to the bottom', () => {
  const config = run([]);
  expect(Object.isFrozen(config)).toBe(true);
  expect(Object.isFrozen(config.listen.publicOrigins)).toBe(true);
});

test.each([
  [
    ['--video-bitrte-kbps', '9'],
    {},
    '--video-bitrte-kbps: unknown flag, did you mean --video-bitrate-kbps?',
  ],
  [['--bitrate=9'], {}, '--bitrate: unknown flag, did you mean --video-bitrate-kbps?'],
  [['--hots', 'x'], {}, '--hots: unknown flag, did you mean --host?'],
  [['--zzzzzzzzz'], {}, '--zzzzzzzzz: unknown flag, see --help'],
  [['--no-port'], {}, '--no-port: unknown flag'],
  [['desktop'], {}, 'argument desktop: expected flags only, see --help'],
  [['--port'], {}, '--port: expected an integer from 0 to 65535, got nothing'],
  [['--port', 'http'], {}, '--port: expected an integer from 0 to 65535, got "http"'],
  [['--port', '70000'], {}, '--port: expected an integer from 0 to 65535, got 70000'],
  [['--port', '80.5'], {}, '--port: expected an integer from 0 to 65535, got 80.5'],
  [
    ['--desktop-width=1281'],
    {},
    '--desktop-width: expected an even integer from 16 to 8192, got 1281',
  ],
  [['--audio-frame-ms=15'], {}, '--audio-frame-ms: expected 5, 10 or 20, got 15'],
  [['--audio=maybe'], {}, '--audio: expected true or false, got "maybe"'],
  [['--display', '7'], {}, '--display: expected an X display such as :0, got "7"'],
  [['--source=display'], {}, '--source: source display needs a display, for example --display :0'],
  [
    ['--source=test', '--display=:0'],
    {},
    '--display: expected source display or rtp beside it, got test',
  ],
  [['--tls-key-file=k.pem'], {}, '--tls-key-file: expected --tls-certificate-file beside it'],
  [['--public-origins=https://a.example/path'], {}, 'got ["https://a.example/path"]'],
  [[], { ORIEL_PROT: '1' }, 'ORIEL_PROT: unknown variable, did you mean ORIEL_PORT?'],
  [[], { ORIEL_AUDIO: '1' }, 'ORIEL_AUDIO: expected true or false, got "1"'],
  [
    [],
    { ORIEL_PASSWORD: 'short' },
    'ORIEL_PASSWORD: expected at least 8 characters, got another value',
  ],
  [
    ['--password=hunter2'],
    {},
    '--password: a secret on the command line can be read by every user',
  ],
  [['--proxies-trusted=10.0.0.0/33'], {}, 'expected addresses or networks'],
  [['--proxies-identity-header=X-User'], {}, '--proxies-secret-file beside it'],
  [['--base-path=/desk/'], {}, 'expected a path such as /desk'],
  [['--source=rtp'], {}, '--source: source rtp needs an address'],
  [['--source=rtp', '--rtp-video=tcp:0.0.0.0:5004'], {}, 'or --rtp-remote beside it'],
  [['--source=rtp', '--rtp-video=udp:127.0.0.1:5004'], {}, 'udp needs --rtp-video-ssrc'],
  [['--source=rtp', '--rtp-video=tcp:example.org:5004'], {}, 'expected unix:/path'],
  [['--config=missing.json'], {}, 'missing.json: expected a readable JSON file'],
])('%s %s is refused', (argv, env, problem) => {
  expect(problemsOf(argv, env).join('\n')).toContain(problem);
});

test.each([
  [{ video: { bitrate: 1 } }, 'video.bitrate in', 'unknown key, did you mean video.bitrateKbps?'],
  [{ vidoe: {} }, 'vidoe in', 'unknown key, did you mean video?'],
  [{ video: 3 }, 'video in', 'expected an object'],
  [{ auth: { password: 'in plain sight' } }, 'auth.password in', 'a secret does not belong here'],
  [[1], 'configuration file', 'expected a JSON object'],
  ['{', 'configuration file', 'expected a readable JSON file'],
  ['{"__proto__": {"port": 1}}', '__proto__ in', 'unknown key'],
])('a file with %j is refused', (content, where, problem) => {
  const problems = problemsOf(['--config', write('bad.json', content)]);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(where);
  expect(problems[0]).toContain(problem);
});

test('every problem is told at once, and no secret', () => {
  const problems = problemsOf(['--port=x', '--nope'], { ORIEL_PASSWORD: 'short', ORIEL_X: '' });
  expect(problems).toHaveLength(4);
  expect(problems.join()).not.toContain('short');
});

test('an empty variable counts as not set', () => {
  expect(
    run([], { ORIEL_PORT: '', ORIEL_PASSWORD: '', ORIEL_CONFIG: '' }).auth.password,
  ).toBeUndefined();
});

test('a password comes from the environment or from a file, without the line break', () => {
  expect(run([], { ORIEL_PASSWORD: 'correct horse' }).auth.password).toBe('correct horse');
  const file = write('password', 'correct horse \n');
  expect(run([], { ORIEL_PASSWORD_FILE: file }).auth.password).toBe('correct horse ');
  expect(run(['--password-file', 'password']).auth.password).toBe('correct horse ');
  expect(
    problemsOf(['--password-file=password'], { ORIEL_PASSWORD: 'correct horse' })[0],
  ).toContain('got both');
  expect(problemsOf(['--password-file', write('weak', '1234\n')])[0]).toContain(
    'at least 8 characters',
  );
  expect(problemsOf(['--password-file', 'nowhere'])[0]).toContain('expected a readable file');
});

test('paths start from the file that they stand in, else from the working directory', () => {
  const file = write('paths.json', { tls: { certificateFile: 'a.pem' } });
  const config = loadConfig({
    argv: ['--config', file, '--tls-key-file', 'b.pem'],
    env: {},
    cwd: '/srv',
  });
  expect(config).toMatchObject({
    config: { tls: { certificateFile: join(directory, 'a.pem'), keyFile: '/srv/b.pem' } },
  });
});

test('--print-config prints the result without secrets, --help every flag', () => {
  const printed = loadConfig({
    argv: ['--print-config', '--port=9'],
    env: { ORIEL_PASSWORD: 'tell nobody' },
  });
  if (printed.type !== 'print') throw new Error('expected a text');
  expect(printed.text).not.toContain('tell nobody');
  expect(JSON.parse(printed.text)).toMatchObject({ listen: { port: 9 } });

  const help = loadConfig({ argv: ['-h'], env: {} });
  if (help.type !== 'print') throw new Error('expected a text');
  for (const { flag, isSecret } of settings) if (!isSecret) expect(help.text).toContain(flag);
  expect(Math.max(...help.text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
});

test('every setting is described, and no two share a name', () => {
  for (const { key, description } of settings) expect(description, key).toMatch(/^[A-Z].*\.$/);
  expect(new Set(settings.map(({ flag }) => flag)).size).toBe(settings.length);
});

test('a TURN server needs its secret, which is no flag', () => {
  const flags = ['--webrtc-ice-servers', 'stun:stun.example,turn:turn.example:3478?transport=udp'];
  expect(problemsOf(flags)).toEqual([
    '--webrtc-ice-servers: expected --webrtc-turn-secret-file beside a TURN server',
  ]);
  const file = write('turn-secret', 'sixteen characters at least\n');
  const { webrtc } = run([...flags, '--webrtc-turn-secret-file', file]);
  expect(webrtc.turnSecret).toBe('sixteen characters at least');
  expect(webrtc.iceServers).toEqual(['stun:stun.example', 'turn:turn.example:3478?transport=udp']);
  expect(problemsOf(['--webrtc-ice-servers', 'http://turn.example'])[0]).toContain(
    'addresses such as',
  );
  expect(problemsOf(['--webrtc-ice-servers', 'stun:a>b'])).toHaveLength(1);
});

test('docs/configuration.md is current (node server/config/document.ts writes it)', () => {
  expect(readFileSync(CONFIGURATION_DOCUMENT, 'utf8')).toBe(configurationDocument());
});
