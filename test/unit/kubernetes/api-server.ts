import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { YamlMap } from './kustomize.ts';

/** What is known of a resource before there is one. */
interface Kind {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
}

const KINDS: readonly Kind[] = [
  { group: '', kind: 'ConfigMap', plural: 'configmaps' },
  { group: '', kind: 'Secret', plural: 'secrets' },
  { group: '', kind: 'Service', plural: 'services' },
  { group: 'apps', kind: 'Deployment', plural: 'deployments' },
  { group: 'networking.k8s.io', kind: 'NetworkPolicy', plural: 'networkpolicies' },
  { group: 'networking.k8s.io', kind: 'Ingress', plural: 'ingresses' },
];

/** A group of the API at its only version here; the first kinds have none. */
const pathOf = (group: string): string => (group === '' ? 'api/v1' : `apis/${group}/v1`);
const groups = [...new Set(KINDS.map(({ group }) => group))];

/** As much of a Kubernetes API server as kubectl asks to create things in a cluster that is empty: it keeps what it is sent. */
export interface ApiServer {
  readonly url: string;
  /** The objects that were created, as they were sent; a body that is not JSON is its text. */
  readonly created: readonly { readonly plural: string; readonly sent: YamlMap | string }[];
  close(): Promise<void>;
}

/** Starts one on a free port. */
export async function startApiServer(): Promise<ApiServer> {
  const created: { plural: string; sent: YamlMap | string }[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      if (request.method !== 'POST') {
        answerQuestion(new URL(request.url ?? '/', 'http://localhost').pathname, response);
        return;
      }
      const plural = /\/(\w+)(?:\?|$)/.exec(request.url ?? '')?.[1] ?? '';
      created.push({ plural, sent: isJson(request) ? parsed(body) : body.toString('latin1') });
      response.writeHead(201, { 'content-type': request.headers['content-type'] });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    created,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const isJson = ({ headers }: IncomingMessage): boolean =>
  headers['content-type']?.startsWith('application/json') === true;

const parsed = (body: Buffer): YamlMap => JSON.parse(body.toString('utf8')) as YamlMap;

function answerQuestion(path: string, response: ServerResponse): void {
  const answer = ANSWERS.get(path);
  const status = { apiVersion: 'v1', kind: 'Status', status: 'Failure', reason: 'NotFound' };
  response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer ?? { ...status, code: 404 }));
}

/** The kinds of a group, and that the server itself looks for unknown fields in them (`fieldValidation`). */
const answersOf = (group: string): readonly (readonly [string, object])[] => {
  const path = pathOf(group);
  const kinds = KINDS.filter((kind) => kind.group === group);
  const resources = kinds.map(({ kind, plural }) => ({
    ...{ name: plural, singularName: '', namespaced: true, kind },
    verbs: ['create', 'get', 'patch'],
  }));
  const operations = kinds.map(({ kind, plural }) => {
    const patch = {
      'x-kubernetes-group-version-kind': { group, version: 'v1', kind },
      'x-kubernetes-action': 'patch',
      parameters: [{ name: 'fieldValidation', in: 'query', schema: { type: 'string' } }],
      responses: {},
    };
    return [`/${path}/namespaces/{namespace}/${plural}/{name}`, { patch }] as const;
  });
  const groupVersion = group === '' ? 'v1' : `${group}/v1`;
  return [
    [`/${path}`, { kind: 'APIResourceList', groupVersion, resources }],
    [`/openapi/v3/${path}`, { openapi: '3.0.0', info: {}, paths: Object.fromEntries(operations) }],
  ];
};

const named = groups
  .filter((name) => name !== '')
  .map((name) => {
    const preferredVersion = { groupVersion: `${name}/v1`, version: 'v1' };
    return { name, versions: [preferredVersion], preferredVersion };
  });

/** By path: which groups there are, which kinds are in each, and how they are asked for. */
const ANSWERS: ReadonlyMap<string, object> = new Map<string, object>([
  ['/version', { major: '1', minor: '32', gitVersion: 'v1.32.0' }],
  ['/api', { kind: 'APIVersions', versions: ['v1'] }],
  ['/apis', { kind: 'APIGroupList', apiVersion: 'v1', groups: named }],
  [
    '/openapi/v3',
    {
      paths: Object.fromEntries(
        groups.map((group) => [
          pathOf(group),
          { serverRelativeURL: `/openapi/v3/${pathOf(group)}` },
        ]),
      ),
    },
  ],
  ...groups.flatMap(answersOf),
]);
