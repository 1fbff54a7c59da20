import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { say } from './report.mjs';
import { runCommand } from './run-command.mjs';
import { inRoot } from './runtime.mjs';

/** What the job ends with where no container runs: "a service is unavailable" (sysexits.h, EX_UNAVAILABLE). */
export const NO_CONTAINERS = 69;

/** An image with one program, which needs no library: enough to see whether containers run. */
const WITNESS = 'oriel-witness';

/**
 * Runs a container of a single small program, with a network of its own and a root that cannot be written: what the tests do.
 * Says in one line why, where that is not possible.
 * @returns {Promise<boolean>} whether this machine can run containers
 */
export async function canRunContainers() {
  const directory = mkdtempSync(join(tmpdir(), 'oriel-witness-'));
  const result = await runCommand(
    [
      'sh',
      '-ec',
      `tar -C /sbin -cf "$0/root.tar" ldconfig
      podman import --quiet "$0/root.tar" ${WITNESS} > /dev/null
      trap 'podman rmi --force ${WITNESS} > /dev/null 2>&1' EXIT
      podman --runtime runc run --rm --network bridge --read-only --cap-drop ALL ${WITNESS} /ldconfig --version`,
      directory,
    ],
    { env: { ...process.env, CONTAINERS_CONF: inRoot('test/containers/containers.conf') } },
  );
  rmSync(directory, { recursive: true, force: true });
  if (result.status === 0) return true;
  const reason = result.output.trim().split('\n').at(-1) ?? 'podman gave no reason';
  say(`this machine cannot run containers, so they are not tested: ${reason}`);
  return false;
}
