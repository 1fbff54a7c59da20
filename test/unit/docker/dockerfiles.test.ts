import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');

describe.each(['docker/gateway.Dockerfile', 'docker/desktop.Dockerfile'])('%s', (file) => {
  const text = read(file);

  it('is built on what an argument names, which may be a digest', () => {
    const stages = [...text.matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, stage]) => stage);
    const named = [...text.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    const bases = named.filter((base) => !stages.includes(base));
    expect(bases.length).toBeGreaterThan(0);
    expect(new Set(bases).size).toBe(1);
    const name = /^\$\{(\w+)\}$/.exec(bases[0] ?? '')?.[1] ?? 'no argument';
    expect(text).toMatch(new RegExp(`^ARG ${name}=\\S+$`, 'm'));
  });

  it('takes from npm exact versions only', () => {
    const versions = [...text.matchAll(/npm@(\S+)/g)].map(([, version]) => version);
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version ?? ''))).toEqual([]);
  });

  it('writes down which packages of Debian it has after it has installed the last one', () => {
    const steps = text.split(/^(?=RUN )/m);
    const installs = steps.findLastIndex((step) => step.includes('apt-get install'));
    const records = steps.findLastIndex((step) => step.includes('setup/debian-record.mjs'));
    expect(records).toBeGreaterThan(installs);
  });
});

it('Node has an exact version in package.json, the same for every processor', () => {
  const { optionalDependencies } = JSON.parse(read('package.json')) as {
    readonly optionalDependencies: Readonly<Record<string, string>>;
  };
  const versions = Object.entries(optionalDependencies).filter(([name]) =>
    name.startsWith('node-linux'),
  );
  expect(versions.length).toBe(2);
  expect(new Set(versions.map(([, version]) => version)).size).toBe(1);
  expect(versions[0]?.[1]).toMatch(/^\d+\.\d+\.\d+$/);
});
