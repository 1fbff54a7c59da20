import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { settings } from '../../../server/config/settings.ts';

const root = join(import.meta.dirname, '../../..');
const text = readFileSync(join(root, 'docker/compose.yaml'), 'utf8');
const document = readFileSync(join(root, 'docs/containers.md'), 'utf8');

interface Service {
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly ports: readonly string[];
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly tmpfs: readonly string[];
  readonly shm_size: string;
  readonly devices?: readonly string[];
  readonly group_add?: readonly string[];
  readonly deploy?: unknown;
}

interface Compose {
  readonly services: { readonly desktop: Service };
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const compose = parse(text) as Compose;
const { desktop } = compose.services;

/** The file with the commented lines after a line that contains the words taken in, up to the next that is none of YAML. */
function withVariant(words: string): Service {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.includes(words));
  if (start < 0) throw new Error(`compose.yaml does not say ${words}`);
  for (let i = start + 1; /^ {4}# ( *)[\w-]+:/.test(lines[i] ?? ''); i += 1) {
    if (/[A-Z].* .*:$/.test(lines[i] ?? '')) break;
    lines[i] = (lines[i] ?? '').replace('# ', '');
  }
  return (parse(lines.join('\n')) as Compose).services.desktop;
}

describe('compose.yaml', () => {
  it('has settings that there are, and the secrets that they name', () => {
    const known = new Set(settings.map(({ variable }) => variable));
    expect(Object.keys(desktop.environment).filter((name) => !known.has(name))).toEqual([]);
    const files = Object.values(desktop.environment).map((value) => value.split('/').at(-1));
    expect(files).toEqual([...desktop.secrets]);
    expect(Object.keys(compose.secrets)).toEqual([...desktop.secrets]);
  });

  it('starts the container as the line of docs/containers.md does', () => {
    const line = document.slice(document.indexOf('podman run')).split('```')[0] ?? '';
    expect(desktop.read_only).toBe(line.includes('--read-only'));
    for (const capability of desktop.cap_drop) expect(line).toContain(`--cap-drop ${capability}`);
    expect(desktop.security_opt).toEqual(['no-new-privileges:true']);
    expect(line).toContain('--security-opt no-new-privileges');
    expect(line).toContain(`--shm-size ${desktop.shm_size}`);
    for (const tmpfs of desktop.tmpfs)
      expect(line).toContain(`--tmpfs ${tmpfs.split(':')[0] ?? ''}:`);
    for (const port of desktop.ports) expect(line).toContain(`--publish ${port}`);
  });

  it('has variants for graphics cards that are YAML when they are taken in', () => {
    expect(desktop.devices ?? desktop.deploy).toBeUndefined();
    expect(withVariant('VA-API (Intel, AMD)')).toMatchObject({
      devices: ['/dev/dri:/dev/dri'],
      group_add: ['105'],
    });
    expect(withVariant('NVIDIA, with its container toolkit')).toMatchObject({
      deploy: {
        resources: {
          reservations: {
            devices: [{ driver: 'nvidia', count: 1, capabilities: ['gpu', 'video'] }],
          },
        },
      },
    });
  });
});

it('docs/containers.md names variables that there are', () => {
  const known = new Set(settings.map(({ variable }) => variable));
  const named = document.match(/\bORIEL_[A-Z_]+/g) ?? [];
  expect(named.length).toBeGreaterThan(1);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
  const entrypoint = readFileSync(join(root, 'docker/desktop/entrypoint'), 'utf8');
  const ofImage = [...document.matchAll(/^\| `(DESKTOP_[A-Z]+)` +\| `([^`]+)`/gm)];
  expect(ofImage).toHaveLength(3);
  for (const [, name = '', value = ''] of ofImage) {
    expect(entrypoint).toContain(`: "\${${name}:=${value}}"`);
  }
});
