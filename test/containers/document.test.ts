import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, BUILDS, DESKTOP_IMAGE, imageBytes } from './build-images.ts';
import { freePort, PASSWORD } from './desktop-container.ts';
import { expectHardened } from './hardened.ts';
import { podman, shell, TEST_NAME } from './podman.ts';
import { askProbe, probeStatus } from './probes.ts';

/** Part by which the size of an image may differ from what the document says: Debian's corrections come meanwhile. */
const SIZE_TOLERANCE = 0.05;

let directory: string;
let document: string;

/** The block of that language in docs/containers.md that contains the words. */
function block(language: string, words: string): string {
  const blocks = [...document.matchAll(/^```(\w+)\n([^]*?)^```$/gm)];
  const text = blocks.find(([, name, inner = '']) => name === language && inner.includes(words));
  if (text?.[2] === undefined) throw new Error(`there is no ${language} with ${words}`);
  return text[2];
}

/** Words of the document that are replaced, each of which has to be there. */
function withOther(text: string, others: Readonly<Record<string, string>>): string {
  return Object.entries(others).reduce((result, [words, other]) => {
    if (!result.includes(words)) throw new Error(`the document does not say ${words}`);
    return result.replaceAll(words, other);
  }, text);
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'oriel-document-'));
  document = await readFile('docs/containers.md', 'utf8');
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe('docs/containers.md', () => {
  it('builds the images as they were built for these tests', () => {
    const lines = BUILDS.map(({ file, options, image }) =>
      ['podman build -f', file, ...options, '-t', image, '.\n'].join(' '),
    );
    expect(block('sh', 'podman build')).toBe(lines.join(''));
  });

  it.each(BUILDS)('says the size of $image', async ({ image }) => {
    const row = document.split('\n').find((line) => line.startsWith(`| \`${image}\` `));
    const said = Number(/ (\d+) MB \|$/.exec(row ?? '')?.[1]);
    const megabytes = (await imageBytes(image)) / 1e6;
    expect(Math.abs(megabytes / said - 1), `${megabytes} MB`).toBeLessThan(SIZE_TOLERANCE);
  });

  it('keeps the packages of an image in a file by which the same is built again', async () => {
    const kept = join(directory, 'debian.pref');
    const line = withOther(block('sh', 'debian.pref'), {
      'podman run': 'podman --runtime runc run --no-healthcheck',
      'docker/debian.pref': kept,
    });
    await shell(line);
    const text = await readFile(kept, 'utf8');
    expect(text).toMatch(/^Package: xvfb:\w+\nPin: version \S+\nPin-Priority: 1001$/m);
    // As the builds have it, and with a version that apt cannot have given.
    const other = join(directory, 'other.pref');
    await writeFile(other, text.replace(/(?<=^Package: xvfb:.*\nPin: version )\S+/m, '1:0'));
    const recordWith = (preferences: string): Promise<string> =>
      podman([
        ...['run', '--rm', '--no-healthcheck', '--user', '0', '--entrypoint', 'sh'],
        ...[
          '--volume',
          `${preferences}:/etc/apt/preferences.d/oriel.pref:ro`,
          DESKTOP_IMAGE,
          '-ec',
        ],
        'node /opt/oriel/setup/debian-record.mjs; apt-cache policy xvfb',
      ]);
    const policy = await recordWith(kept);
    expect(policy).toMatch(/Installed: (\S+)\n +Candidate: \1\n +.*\n \*\*\* \1 1001$/m);
    await expect(recordWith(other)).rejects.toThrow(/xvfb is \S+, and was to be 1:0/);
  });

  it('starts a desktop with its line, which is ready and shows a link', async () => {
    const port = String(await freePort());
    await writeFile(join(directory, 'password'), `${PASSWORD}\n`);
    await chmod(directory, 0o755);
    const line = withOther(block('sh', 'podman run'), {
      '$PWD/secrets': directory,
      // There may be no systemd whose timers would run the health check.
      'podman run --rm': 'podman --runtime runc run --detach --no-healthcheck',
      '--name desk': `--name ${TEST_NAME}-desk`,
      'desk-home': `${TEST_NAME}-home`,
      '8080:8080': `${port}:8080`,
      'desk.example.org:8080': `127.0.0.1:${port}`,
    });
    try {
      await shell(line);
      const origin = `https://127.0.0.1:${port}`;
      await expect.poll(() => probeStatus(origin, '/readyz'), { timeout: 60_000 }).toBe(200);
      expect((await askProbe(origin, '/readyz'))?.body).toContain('"status":"ok"');
      const log = await podman(['logs', `${TEST_NAME}-desk`], { withErrors: true });
      expect(log).toMatch(/#token=[\w-]{43}/);
      // What the image's HEALTHCHECK asks.
      const check = ['exec', `${TEST_NAME}-desk`, 'node', '/opt/oriel/server/health-check.ts'];
      expect(await podman(check)).toContain('"status":"ok"');
    } finally {
      await podman(['rm', '--force', '--time', '10', `${TEST_NAME}-desk`]);
      await podman(['volume', 'rm', '--force', `${TEST_NAME}-home`]);
    }
  });

  it('builds on the desktop in three lines, and the program runs, hardened with or without flags', async () => {
    const [file, image] = [join(directory, 'Dockerfile'), `${TEST_NAME}-clock`];
    const lines = block('dockerfile', 'FROM oriel-desktop');
    expect(lines.match(/^(?:FROM|RUN|CMD) .+\n/gm)).toHaveLength(3);
    expect(lines.split('\n')).toHaveLength(4);
    await writeFile(file, lines);
    await build({ file, options: [], image });
    const user = ['--user', '1000:1000', '--cap-drop', 'ALL'];
    try {
      for (const flags of [[], [...user, '--security-opt', 'no-new-privileges']]) {
        const run = ['run', '--detach', '--name', image, '--no-healthcheck', '--read-only'];
        await podman([...run, ...flags, image]);
        await expect
          .poll(() => podman(['top', image, 'args']), { timeout: 30_000 })
          .toMatch(/^xclock -update 1/m);
        await expectHardened(image);
        await podman(['rm', '--force', '--time', '10', image]);
      }
    } finally {
      await podman(['rm', '--force', '--time', '10', image]);
      await podman(['rmi', '--force', image]);
    }
  });

  it('says what to do where the image to build on cannot give root up', async () => {
    const [run, flags] = [
      ['run', '--rm', '--no-healthcheck'],
      ['--cap-drop', 'ALL'],
    ];
    const tried = podman([...run, ...flags, 'oriel-desktop:base'], { withErrors: true });
    await expect(tried).rejects.toThrow(/start it with --user 1000:1000/);
  });
});

describe('docker/compose.yaml', () => {
  it('starts a desktop that is ready and takes the password of its file', async () => {
    const [folder, port] = [join(directory, 'docker'), String(await freePort())];
    await mkdir(folder);
    const text = withOther(await readFile('docker/compose.yaml', 'utf8'), {
      '8080:8080': `${port}:8080`,
    });
    await writeFile(join(folder, 'compose.yaml'), text);
    await writeFile(join(folder, 'password.txt'), `${PASSWORD}\n`);
    await writeFile(join(folder, 'login-key.txt'), randomBytes(32).toString('base64'));
    const [project, origin] = [`${TEST_NAME}-compose`, `https://127.0.0.1:${port}`];
    const compose = `podman-compose --project-name ${project} --file ${folder}/compose.yaml --podman-run-args=--no-healthcheck`;
    try {
      await shell(`${compose} up --detach --no-build > ${directory}/compose.log 2>&1`);
      await expect.poll(() => probeStatus(origin, '/readyz'), { timeout: 60_000 }).toBe(200);
      const log = await podman(['logs', `${project}_desktop_1`], { withErrors: true });
      expect(log).toContain('give the password');
    } finally {
      await shell(
        `${compose} down --volumes > /dev/null 2>&1; podman network rm ${project}_default > /dev/null`,
      );
    }
  });
});
