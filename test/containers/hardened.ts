import { expect } from 'vitest';
import { podman } from './podman.ts';
import { UID } from './desktop-container.ts';

/**
 * Asks a container that runs what it may: its first process is of the user of the images, has no capabilities and cannot get any, and its
 * root cannot be written.
 */
export async function expectHardened(name: string): Promise<void> {
  const asked =
    'touch /opt/oriel/witness 2>&1; grep -E "^(Uid|Cap(Prm|Eff|Bnd)|NoNewPrivs):" /proc/1/status';
  const [refused = '', ...status] = (await podman(['exec', name, 'sh', '-c', asked]))
    .trim()
    .split('\n');
  expect(refused).toMatch(/Read-only file system$/);
  const fields = new Map(status.map((line) => line.split(/:\s+/) as [string, string]));
  expect(Object.fromEntries(fields)).toEqual({
    Uid: new Array(4).fill(UID).join('\t'),
    ...{ CapPrm: NONE, CapEff: NONE, CapBnd: NONE },
    NoNewPrivs: '1',
  });
}

/** No capability in a set of them (proc(5)). */
const NONE = '0'.repeat(16);
