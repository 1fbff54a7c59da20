/** The lines of docs/kubernetes.md, run as they stand: kubectl itself renders and sends, to a server that keeps what it gets. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApiServer, type ApiServer } from './api-server.ts';
import { render, type YamlMap } from './kustomize.ts';
import { schemaFaults } from './schema-faults.ts';

const root = join(import.meta.dirname, '../../..');

/** Its kustomize knows what ours use; that of Debian 12 (1.20) does not. */
const OLDEST_MINOR = 25;

/** Commands of a document; they are done in a second, and in more on a busy machine. */
const LINES_TIMEOUT_MS = 60_000;

const version = spawnSync('kubectl', ['version', '--client', '--output', 'json'], {
  encoding: 'utf8',
});
const minor = Number.parseInt(/"minor": "(\d+)/.exec(version.stdout)?.[1] ?? '0', 10);

const PASSWORD = 'a password of the tests';

let directory: string;
let server: ApiServer;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'oriel-kubectl-'));
  symlinkSync(join(root, 'docker'), join(directory, 'docker'));
  writeFileSync(join(directory, 'password.txt'), PASSWORD);
  server = await startApiServer();
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'test' },
    clusters: [{ name: 'test', cluster: { server: server.url } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    users: [{ name: 'test', user: {} }],
  };
  writeFileSync(join(directory, 'config'), JSON.stringify(config));
});

afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

/** Without what kubectl adds to it. */
function asWritten(sent: YamlMap): YamlMap {
  const { annotations, namespace, ...metadata } = sent['metadata'] as YamlMap;
  expect(namespace).toBe('default');
  expect(Object.keys(annotations as YamlMap)).toEqual([
    'kubectl.kubernetes.io/last-applied-configuration',
  ]);
  return { ...sent, metadata };
}

describe.skipIf(!(minor >= OLDEST_MINOR))(
  `docs/kubernetes.md, with a kubectl of 1.${OLDEST_MINOR} or newer`,
  () => {
    it(
      'creates the secret and everything of an overlay',
      async () => {
        const document = readFileSync(join(root, 'docs/kubernetes.md'), 'utf8');
        const lines = /^```sh\n([^]*?kubectl[^]*?)^```$/m.exec(document)?.[1] ?? '';
        // Discovery is kept below HOME.
        const env = { ...process.env, HOME: directory, KUBECONFIG: join(directory, 'config') };
        const options = { cwd: directory, env, timeout: LINES_TIMEOUT_MS };
        const { stdout } = await promisify(execFile)('sh', ['-ec', lines], options);
        expect(stdout).toContain('secret/oriel created');
        expect(stdout).toContain('deployment.apps/oriel created');

        const [secret, ...others] = server.created;
        const key = readFileSync(join(directory, 'login-key.txt'), 'utf8');
        expect(secret?.plural).toBe('secrets');
        expect(secret?.sent).toContain(PASSWORD);
        expect(secret?.sent).toContain(key);

        const sent = others.map((object) => object.sent as YamlMap);
        expect(sent.flatMap(schemaFaults)).toEqual([]);
        const byKind = (items: readonly YamlMap[]): Map<unknown, YamlMap> =>
          new Map(items.map((item) => [item['kind'], item]));
        const rendered = render(join(root, 'docker/kubernetes/overlays/load-balancer'));
        expect(sent).toHaveLength(rendered.length);
        expect(byKind(sent.map(asWritten))).toEqual(byKind(rendered));
      },
      LINES_TIMEOUT_MS,
    );
  },
);
