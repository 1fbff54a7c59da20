import { once } from 'node:events';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeRepository } from './fake-repository.ts';

let repository: FakeRepository;

beforeEach(() => {
  repository = new FakeRepository();
});

afterEach(() => repository.close());

describe('a job', () => {
  beforeEach(() => repository.install());

  test('gets its arguments, and its exit status passes on', async () => {
    repository.write(
      'server/main.ts',
      'console.log(process.argv.slice(2).join()); process.exitCode = 7 as number;',
    );
    const run = await repository.run('start', '--port', '9');
    expect(run).toMatchObject({ status: 7, stdout: '--port,9\n', stderr: '' });
    expect(await repository.run('start', '--', '--help')).toMatchObject({ stdout: '--help\n' });
  });

  test('is vitest run for test, and test/bench/main.ts for bench', async () => {
    const show = 'console.log(process.argv.slice(2).join())';
    repository.write('node_modules/vitest/vitest.mjs', show);
    repository.write('test/bench/main.ts', show);
    expect((await repository.run('test', 'test/unit', '-t', 'x')).stdout).toBe(
      'run,test/unit,-t,x\n',
    );
    expect((await repository.run('bench', 'wire')).stdout).toBe('wire\n');
    expect(repository.calls.at(-1)).toContain('chromium');
  });

  describe('test', () => {
    /** Stands for vitest: writes the report that it is asked for, and fails while `verdict` says so. */
    const vitest = (failing: readonly string[], atSecond: number): string => `
      import { writeFileSync } from 'node:fs';
      const args = process.argv.slice(2);
      const out = args.find((arg) => arg.startsWith('--outputFile.json='))?.slice('--outputFile.json='.length);
      const testResults = ${JSON.stringify(failing)}.map((name) => ({ name: process.cwd() + '/' + name, status: 'failed' }));
      if (out !== undefined) writeFileSync(out, JSON.stringify({ testResults }));
      console.log(out === undefined ? args.join() : 'whole');
      process.exitCode = out === undefined ? ${atSecond} : 1;`;

    test('runs the files that failed once more by themselves, and names them', async () => {
      repository.write('node_modules/vitest/vitest.mjs', vitest(['test/a.test.ts'], 0));
      const run = await repository.run('test');
      expect(run).toMatchObject({ status: 0, stdout: 'whole\nrun,test/a.test.ts\n' });
      expect(run.stderr).toContain('failed once and passed then: test/a.test.ts');
    });

    test('is red when a file fails twice', async () => {
      repository.write('node_modules/vitest/vitest.mjs', vitest(['test/a.test.ts'], 1));
      const run = await repository.run('test');
      expect(run.status).toBe(1);
      expect(run.stderr).toContain('FAILED twice: test/a.test.ts');
    });

    test.each([0, 6])('is red at once when %i files are to blame', async (count) => {
      const files = Array.from({ length: count }, (_, index) => `test/${index}.test.ts`);
      repository.write('node_modules/vitest/vitest.mjs', vitest(files, 0));
      expect(await repository.run('test')).toMatchObject({ status: 1, stdout: 'whole\n' });
    });
  });

  test('is waited for after SIGTERM, and told of it', async () => {
    repository.write(
      'server/main.ts',
      `process.on('SIGTERM', () => setTimeout(() => { console.log('drained'); process.exit(3); }, 100));
       setInterval(() => undefined, 1000);
       console.log('up');`,
    );
    const child = repository.start('start');
    const output: string[] = [];
    child.stdout?.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    if (child.stdout) await once(child.stdout, 'data');
    child.kill('SIGTERM');
    const [status] = (await once(child, 'close')) as [number | null];
    expect([output.join(''), status]).toEqual(['up\ndrained\n', 3]);
  });

  test('that dies of a signal gives the status a shell gives', async () => {
    repository.write('server/main.ts', `process.kill(process.pid, 'SIGKILL')`);
    expect((await repository.run('start')).status).toBe(137);
  });

  test('that does not exist shows the usage', async () => {
    const run = await repository.run('dance');
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('usage: node setup/main.mjs JOB');
    expect(repository.calls).toEqual([]);
    expect((await repository.run('--help')).status).toBe(0);
  });
});

describe('Debian packages', () => {
  beforeEach(() => {
    repository.install();
    repository.write('server/main.ts', 'console.log("started")');
    repository.program('dpkg-query', 'echo "openbox:amd64 installed"; echo "xvfb config-files"');
  });

  test.runIf(process.getuid?.() === 0)('that are missing are named, then installed', async () => {
    const run = await repository.run('start');
    expect(run).toMatchObject({ status: 0, stdout: 'started\n' });
    expect(run.stderr).toMatch(/\d+ Debian packages are missing: .*xvfb/);
    const [, update, install] = repository.calls;
    expect(update).toMatch(/^apt-get .*update$/);
    expect(install).toMatch(/install --yes --no-install-recommends .*xvfb/);
    expect(install).not.toContain('openbox');
  });

  test.runIf(process.getuid?.() === 0).each([
    ['E: Could not get lock /var/lib/dpkg/lock-frontend', /another program has been using apt/],
    ['E: Unable to locate package xvfb', /no package named xvfb/],
    ["W: Failed to fetch http://x  Temporary failure resolving 'x'", /servers cannot be reached/],
    ['E: something else', /could not install the packages/],
  ])('that cannot be installed (%s) are explained', async (output, explanation) => {
    repository.program('apt-get', `case "$*" in *install*) echo "${output}" >&2; exit 100;; esac`);
    const run = await repository.run('start');
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(explanation);
    expect(run.stderr).toMatch(/run: {2}\S/);
  });

  describe('that only some tests need', () => {
    const offers = (...names: readonly string[]): string =>
      names
        .map((name) => `printf '%s:\\n  Installed: (none)\\n  Candidate: 1.2\\n' ${name}`)
        .join('; ');

    beforeEach(() => {
      repository.write('node_modules/vitest/vitest.mjs', 'console.log("tested")');
      repository.program(
        'dpkg-query',
        'for p in "$@"; do case $p in firefox-esr|webkit2gtk-driver);; *) echo "$p installed";; esac; done',
      );
    });

    test.runIf(process.getuid?.() === 0)('are installed where they are offered', async () => {
      repository.program('apt-cache', offers('webkit2gtk-driver'));
      const run = await repository.run('test', 'x');
      expect(run).toMatchObject({ status: 0, stdout: 'tested\n' });
      const installs = repository.calls.filter((call) => call.includes(' install '));
      expect(installs).toHaveLength(1);
      expect(installs[0]).toMatch(/--no-install-recommends webkit2gtk-driver$/);
      expect(run.stderr).toContain('firefox-esr cannot be installed here');
    });

    test('stop nobody where they cannot be had', async () => {
      repository.program('apt-cache', offers('webkit2gtk-driver', 'firefox-esr'));
      repository.program('apt-get', 'exit 100');
      const run = await repository.run('test', 'x');
      expect(run).toMatchObject({ status: 0, stdout: 'tested\n' });
      expect(run.stderr).toContain('what is tested with it is skipped');
    });
  });

  test('on another distribution are named with the programs they bring', async () => {
    repository.removeProgram('dpkg-query');
    const run = await repository.run('start');
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/no dpkg.*Xvfb/);
  });
});

describe('npm packages', () => {
  test('are installed, the addon compiled and the client built', async () => {
    repository.write('server/main.ts', 'console.log("started")');
    repository.write('client/index.html', '');
    const bin = `${repository.root}/node_modules/node-linux-${process.arch}/bin`;
    const addon = `${repository.root}/node_modules/gstreamer-superficial`;
    repository.program(
      'npm',
      `case "$1" in
        ci) mkdir -p ${bin} ${addon} ${repository.root}/node_modules/vite/bin
          printf '#!/bin/sh\\nexec ${process.execPath} "$@"\\n' > ${bin}/node; chmod +x ${bin}/node
          echo '{"main": "addon.cjs"}' > ${addon}/package.json; touch ${addon}/addon.cjs
          echo 'const fs = await import("node:fs"); fs.mkdirSync("client/dist"); fs.writeFileSync("client/dist/index.html", "");' > ${repository.root}/node_modules/vite/bin/vite.js
          echo '{}' > ${repository.root}/node_modules/.package-lock.json;;
        rebuild) mkdir -p ${addon}/build/Release; touch ${addon}/build/Release/gstreamer-superficial.node;;
      esac`,
    );
    repository.program('chmod', 'exec /bin/chmod "$@"');
    repository.program('printf', 'exec /usr/bin/printf "$@"');
    const cold = await repository.run('start');
    expect(cold.stderr).toMatch(/npm ci[^]*compiling the GStreamer addon[^]*building the client/);
    expect(cold).toMatchObject({ status: 0, stdout: 'started\n' });
    const warm = await repository.run('start');
    expect(warm).toMatchObject({ status: 0, stdout: 'started\n', stderr: '' });
  });

  test('are installed again when package-lock.json has changed, or an installation was cut short', async () => {
    repository.install();
    repository.write('server/main.ts', '');
    await repository.run('start');
    expect(repository.calls.join()).not.toContain('npm ci');
    repository.write('package-lock.json', '{"changed": true}');
    const later = Date.now() / 1000 + 10;
    utimesSync(join(repository.root, 'package-lock.json'), later, later);
    await repository.run('start');
    expect(repository.calls.join()).toContain('npm ci');
  });

  test.each([
    ['npm error code ENOTFOUND', /registry cannot be reached/],
    ['npm error code ENOSPC', /disk is full/],
    ['npm error code EACCES', /may not write/],
    ['npm error code EUSAGE', /disagree/],
    ['npm error code ODD', /could not install/],
  ])('that cannot be installed (%s) are explained', async (output, explanation) => {
    repository.program('npm', `echo "${output}" >&2; exit 1`);
    const run = await repository.run('start');
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(explanation);
  });

  test('need npm', async () => {
    repository.removeProgram('npm');
    expect((await repository.run('start')).stderr).toMatch(/npm is not installed/);
  });
});

describe('containers', () => {
  const NO_PLACE = 'Error: crun: no place for cgroups: OCI permission denied';

  test('are said not to run here in one line, with 69', async () => {
    repository.install();
    repository.program('tar', 'exit 0');
    repository.program(
      'podman',
      `[ "$1" = import ] || { echo first; echo '${NO_PLACE}' >&2; exit 126; }`,
    );
    const { status, stdout, stderr } = await repository.run('containers');
    expect(status).toBe(69);
    expect(/cannot run containers.*/.exec(`${stdout}${stderr}`)?.[0]).toBe(
      `cannot run containers, so they are not tested: ${NO_PLACE}`,
    );
  });

  test('are tested where one runs', async () => {
    repository.install();
    repository.program('tar', 'exit 0');
    repository.program('podman', 'exit 0');
    repository.write(
      'node_modules/vitest/vitest.mjs',
      "console.log(process.argv.slice(2).join(' '))",
    );
    const { status, stdout } = await repository.run('containers', 'pod');
    expect(status).toBe(0);
    expect(stdout).toContain('run --config test/containers/vitest.config.ts pod');
  });
});

test('checks run one after the other, all of them, and are summed up', async () => {
  repository.install();
  const programs: readonly (readonly [string, number])[] = [
    ['prettier/bin/prettier.cjs', 0],
    ['typescript/bin/tsc', 0],
    ['eslint/bin/eslint.js', 1],
    ['dependency-cruiser/bin/dependency-cruiser.mjs', 0],
    ['knip/bin/knip.js', 0],
  ];
  for (const [path, status] of programs) {
    repository.write(`node_modules/${path}`, `process.exitCode = ${status}`);
  }
  const run = await repository.run('check');
  expect(run.status).toBe(1);
  expect(run.stderr.match(/passed/g)).toHaveLength(4);
  expect(run.stderr).toMatch(/FAILED {2}lint/);
  expect((await repository.run('check', 'types')).status).toBe(0);
  expect((await repository.run('check', 'nonsense')).status).toBe(2);
});
