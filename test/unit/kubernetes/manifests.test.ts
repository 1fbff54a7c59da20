import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../server/config/load.ts';
import { settings } from '../../../server/config/settings.ts';
import { documents, render, type YamlMap } from './kustomize.ts';
import { schemaFaults } from './schema-faults.ts';

const root = join(import.meta.dirname, '../../../docker/kubernetes');
const KUSTOMIZATIONS = [
  'base',
  'native',
  'plain',
  ...readdirSync(join(root, 'overlays')).map((name) => `overlays/${name}`),
];

interface Port {
  readonly name: string;
  readonly containerPort: number;
  readonly protocol: string;
}

interface Container {
  readonly name: string;
  readonly restartPolicy?: string;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly ports?: readonly Port[];
  readonly securityContext: YamlMap;
  readonly resources: { readonly requests: YamlMap; readonly limits: YamlMap };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly startupProbe?: unknown;
  readonly readinessProbe?: unknown;
  readonly livenessProbe?: unknown;
}

interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes: readonly (YamlMap & { readonly name: string })[];
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: YamlMap;
  readonly hostNetwork?: boolean;
}

const podOf = (items: readonly YamlMap[]): PodSpec | undefined => {
  const pod = items.find(({ kind }) => kind === 'Pod') as { spec: PodSpec } | undefined;
  const deployment = items.find(({ kind }) => kind === 'Deployment') as
    { spec: { template: { spec: PodSpec } } } | undefined;
  return pod?.spec ?? deployment?.spec.template.spec;
};

const containersOf = (spec: PodSpec): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
];

const named = (items: readonly YamlMap[], kind: string): YamlMap => {
  const found = items.find((item) => item['kind'] === kind);
  if (found === undefined) throw new Error(`there is no ${kind}`);
  return found;
};

describe('the schemas', () => {
  it('find wrong types, what is missing and what is misspelt', () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } };
    const container = { name: 'a', image: 'b' };
    expect(schemaFaults({ ...pod, spec: { containers: [container] } })).toEqual([]);
    const wrong = { ...pod, spec: { containers: [{ ...container, image: 1 }] } };
    expect(schemaFaults(wrong)[0]).toContain('image must be string');
    expect(schemaFaults({ ...pod, spec: {} })[0]).toContain('containers');
    const misspelt = {
      ...pod,
      spec: { containers: [{ ...container, readynessProbe: { httpGet: { port: 1 } } }] },
    };
    expect(schemaFaults(misspelt)).toContain('/spec/containers/0/readynessProbe');
    expect(schemaFaults({ ...pod, kind: 'Pot' })).toEqual(['v1 Pot is of no known kind']);
  });
});

describe.each(KUSTOMIZATIONS)('%s', (name) => {
  const items = render(join(root, name));

  it('is made of manifests that Kubernetes takes', () => {
    expect(items.length).toBeGreaterThan(2);
    expect(items.flatMap(schemaFaults)).toEqual([]);
  });

  it('has settings that the gateway takes', () => {
    const { data } = named(items, 'ConfigMap') as { data: Record<string, string> };
    expect(loadConfig({ argv: ['--display', ':0'], env: data }).type).toBe('run');
  });

  it('has a Service whose ports are those of the gateway', () => {
    const spec = podOf(items);
    const gateway = spec && containersOf(spec).find((container) => container.name === 'gateway');
    const { spec: service } = named(items, 'Service') as {
      spec: { ports: readonly { targetPort: string; protocol: string; port: number }[] };
    };
    const ports = gateway?.ports ?? [
      { name: 'https', containerPort: 8080, protocol: 'TCP' },
      { name: 'quic', containerPort: 8080, protocol: 'UDP' },
    ];
    for (const { targetPort, protocol } of service.ports) {
      expect(ports).toContainEqual({ name: targetPort, containerPort: 8080, protocol });
    }
    // One number for both: a page finds WebTransport where it came from.
    expect(new Set(service.ports.map(({ port }) => port)).size).toBe(1);
  });
});

describe.each([
  ...KUSTOMIZATIONS.filter((name) => name !== 'base').map((name) => ({
    name,
    items: render(join(root, name)),
  })),
  { name: 'plain/pod.yaml', items: documents(join(root, 'plain/pod.yaml')) },
])('the pod of $name', ({ items }) => {
  const spec = podOf(items);
  if (spec === undefined) throw new Error('there is no pod');

  it('is one that Kubernetes takes', () => {
    expect(items.flatMap(schemaFaults)).toEqual([]);
  });

  it('may do nothing that it does not have to', () => {
    expect(spec.automountServiceAccountToken).toBe(false);
    expect(spec.hostNetwork).toBeUndefined();
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    for (const { securityContext } of containersOf(spec)) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  it('mounts what it has, sized', () => {
    const names = spec.volumes.map((volume) => volume.name);
    for (const container of containersOf(spec)) {
      for (const mount of container.volumeMounts) expect(names).toContain(mount.name);
    }
    for (const { emptyDir, name } of spec.volumes) {
      if (name !== 'secrets') expect(emptyDir).toHaveProperty('sizeLimit');
    }
  });

  it('says what it needs, and asks the gateway alone how it is', () => {
    for (const container of containersOf(spec)) {
      expect(container.resources.requests).toHaveProperty('cpu');
      expect(container.resources.limits).toHaveProperty('memory');
      const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe];
      expect(
        probes.every((probe) => (probe !== undefined) === (container.name === 'gateway')),
      ).toBe(true);
    }
  });

  it('reads as secrets what the example of the Secret has', () => {
    const gateway = containersOf(spec).find((container) => container.name === 'gateway');
    const files = (gateway?.env ?? [])
      .map(({ value }) => /^\/run\/secrets\/oriel\/(.*)$/.exec(value)?.[1])
      .filter((file) => file !== undefined);
    const example = documents(join(root, 'secret.example.yaml'));
    expect(example.flatMap(schemaFaults)).toEqual([]);
    const { stringData } = named(example, 'Secret') as { stringData: Record<string, string> };
    expect(Object.keys(stringData).sort()).toEqual(files.sort());
  });
});

it('the variants have the same containers', () => {
  const [native, plain, pod] = [
    podOf(render(join(root, 'native'))),
    podOf(render(join(root, 'plain'))),
    podOf(documents(join(root, 'plain/pod.yaml'))),
  ];
  expect(pod).toEqual(plain);
  if (native === undefined || plain === undefined) throw new Error('there is no pod');
  const byName = (spec: PodSpec): readonly object[] =>
    containersOf(spec)
      .map((container) => ({ ...container, restartPolicy: undefined }))
      .sort((a, b) => a.name.localeCompare(b.name));
  expect(byName(native)).toEqual(byName(plain));
  expect(native.initContainers?.map(({ restartPolicy }) => restartPolicy)).toEqual(['Always']);
  expect(native.volumes).toEqual(plain.volumes);
});

it('the Ingress leads to the Service', () => {
  const items = render(join(root, 'overlays/ingress'));
  const [ingress, service] = [named(items, 'Ingress'), named(items, 'Service')] as [
    { spec: { rules: { http: { paths: { backend: unknown }[] } }[] } },
    { metadata: { name: string }; spec: { ports: { name: string }[] } },
  ];
  const backends = ingress.spec.rules.flatMap(({ http }) =>
    http.paths.map(({ backend }) => backend),
  );
  expect(backends).toEqual([
    { service: { name: service.metadata.name, port: { name: service.spec.ports[0]?.name } } },
  ]);
});

it('the document names folders and variables that there are', () => {
  const document = readFileSync(join(root, '../../docs/kubernetes.md'), 'utf8');
  const folders = [...document.matchAll(/^\| `([a-z/-]+)`/gm)].map(([, path = '']) => path);
  expect(folders.map((path) => path.replace(/\/$/, '')).sort()).toEqual([...KUSTOMIZATIONS].sort());
  const variables = new Set(settings.map(({ variable }) => variable));
  const said = document.match(/\bORIEL_[A-Z_]+/g) ?? [];
  expect(said.filter((variable) => !variables.has(variable))).toEqual([]);
});
