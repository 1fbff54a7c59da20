import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { SetupFailure } from './failure.mjs';
import { elapsed, say } from './report.mjs';
import { runCommand } from './run-command.mjs';

/** Every job needs these. */
const BASE = [
  // The GStreamer addon is compiled on this machine.
  'g++',
  'make',
  'python3',
  'pkg-config',
  'libgstreamer1.0-dev',
  'libgstreamer-plugins-base1.0-dev',
  // Capture and encoding: base has Opus, good has ximagesrc, pulsesrc, RTP and VP8, ugly has x264.
  'gstreamer1.0-tools',
  'gstreamer1.0-plugins-base',
  'gstreamer1.0-plugins-good',
  'gstreamer1.0-plugins-ugly',
  // The private desktop.
  'xvfb',
  'openbox',
  'xterm',
  'pulseaudio',
  'fonts-dejavu-core',
];

/** Encoders of graphics cards, and OpenH264. */
const HARDWARE_ENCODERS = ['gstreamer1.0-plugins-bad'];

/** Tests and benches look at the picture with a real browser. */
const BROWSER = ['chromium'];

/** Tests look at the page with these as well; where one cannot be had, its tests are skipped. */
const OTHER_BROWSERS = ['firefox-esr', 'webkit2gtk-driver'];

/** The network lab makes namespaces, addresses and routes. */
const NETWORK_LAB = ['iproute2'];

/** Tests send RTP from another encoder than GStreamer's. */
const OTHER_ENCODER = ['ffmpeg'];

/** Tests put the page behind reverse proxies. */
const REVERSE_PROXIES = ['nginx-light', 'haproxy', 'caddy'];

/** Tests send WebRTC through a TURN server. */
const TURN_SERVER = ['coturn'];

/** Tests run the lines of the documents. */
const DOCUMENTED = ['curl'];

/** The images are built and run by podman, on a base that is made here: no image is downloaded. */
const CONTAINERS = [
  'podman',
  'buildah',
  'debootstrap',
  // crun does not run on every arrangement of control groups.
  'runc',
  'netavark',
  'aardvark-dns',
  // netavark forwards ports by its rules.
  'iptables',
  'fuse-overlayfs',
  // Runs docker/compose.yaml.
  'podman-compose',
];

/** @typedef {'start' | 'test' | 'containers' | 'bench'} DebianJob */

/** Programs that show that the packages are there in another form, on distributions without dpkg. */
const PROGRAMS = [
  'g++',
  'make',
  'python3',
  'pkg-config',
  'gst-inspect-1.0',
  'Xvfb',
  'openbox',
  'xterm',
  'pulseaudio',
];

/** Seconds that apt waits for another package manager, such as the nightly upgrade. */
const LOCK_TIMEOUT_S = 120;

/**
 * @param {DebianJob} job
 * @returns {string[]} the Debian packages that the job needs
 */
function neededPackages(job) {
  const hasGraphicsCard = existsSync('/dev/dri') || existsSync('/dev/nvidia0');
  if (job === 'start') return hasGraphicsCard ? [...BASE, ...HARDWARE_ENCODERS] : BASE;
  const forTests = [
    ...BASE,
    ...HARDWARE_ENCODERS,
    ...BROWSER,
    ...NETWORK_LAB,
    ...OTHER_ENCODER,
    ...REVERSE_PROXIES,
    ...TURN_SERVER,
    ...DOCUMENTED,
  ];
  return job === 'containers' ? [...forTests, ...CONTAINERS] : forTests;
}

/**
 * @param {readonly string[]} packages
 * @param {string} listing lines of `package:architecture status`, as dpkg-query prints them
 * @returns {string[]} the packages that are not installed
 */
function missingPackages(packages, listing) {
  const installed = new Set();
  for (const line of listing.split('\n')) {
    const [name, status] = line.split(' ');
    if (name !== undefined && status === 'installed') installed.add(name.split(':')[0]);
  }
  return packages.filter((name) => !installed.has(name));
}

/**
 * Installs what the job needs and the machine does not have.
 * @param {DebianJob} job
 * @returns {Promise<void>}
 */
export async function ensureDebianPackages(job) {
  const packages = neededPackages(job);
  const missing = missingHere(packages);
  if (missing === undefined) return ensurePrograms(packages);
  if (missing.length > 0) await install(missing);
  if (job === 'test') await installOffered(missingHere(OTHER_BROWSERS) ?? []);
}

/**
 * @param {readonly string[]} packages
 * @returns {string[] | undefined} undefined where there is no dpkg
 */
function missingHere(packages) {
  const format = '${binary:Package} ${db:Status-Status}\\n';
  const query = spawnSync('dpkg-query', ['-W', '-f', format, ...packages], { encoding: 'utf8' });
  return query.error ? undefined : missingPackages(packages, query.stdout);
}

/**
 * Installs packages that the tests can do without.
 * @param {readonly string[]} missing
 */
async function installOffered(missing) {
  if (missing.length === 0) return;
  const policy = spawnSync('apt-cache', ['policy', ...missing], { encoding: 'utf8' });
  const offered = missing.filter((name) =>
    new RegExp(`^${name}:\\n.*\\n *Candidate: [^(]`, 'm').test(policy.stdout ?? ''),
  );
  try {
    if (offered.length > 0) await install(offered);
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error;
    say(error.message);
  }
  for (const name of missingHere(missing) ?? [])
    say(`${name} cannot be installed here: what is tested with it is skipped`);
}

/**
 * @param {readonly string[]} missing
 */
async function install(missing) {
  say(`${missing.length} Debian packages are missing: ${missing.join(' ')}`);
  const prefix = privilegePrefix(missing);
  const apt = [
    ...prefix,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-o',
    `DPkg::Lock::Timeout=${LOCK_TIMEOUT_S}`,
  ];
  const started = performance.now();

  say('reading the package lists (apt-get update)');
  const update = await runCommand(asCommand([...apt, 'update']), { terminal: true });
  // A broken third-party source must not stop the installation of packages that other sources have.
  if (update.status !== 0) say('apt-get update had errors; trying to install all the same');

  say('installing them (apt-get install --no-install-recommends); this takes a minute or two');
  const command = [...apt, 'install', '--yes', '--no-install-recommends', ...missing];
  const result = await runCommand(asCommand(command), { terminal: true });
  if (result.status !== 0)
    throw aptFailure(result.output, `${update.output}\n${result.output}`, missing);
  say(`Debian packages installed in ${elapsed(started)}`);
}

/**
 * @param {string[]} command
 * @returns {[string, ...string[]]}
 */
function asCommand([program = 'false', ...args]) {
  return [program, ...args];
}

/**
 * @param {readonly string[]} packages
 * @returns {string} the line that a person types
 */
function installLine(packages) {
  return `sudo apt-get update && sudo apt-get install --no-install-recommends ${packages.join(' ')}`;
}

/**
 * How to become root: not at all, by sudo without a password, or by sudo that asks on the terminal.
 * @param {readonly string[]} missing
 * @returns {string[]}
 */
function privilegePrefix(missing) {
  if (process.getuid?.() === 0) return [];
  const probe = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
  if (probe.status === 0) return ['sudo', '-n'];
  if (!probe.error && process.stdin.isTTY) return ['sudo'];
  throw new SetupFailure(
    'installing Debian packages needs root, and sudo is not available here.',
    installLine(missing),
  );
}

/**
 * @param {string} lastOutput of apt-get install
 * @param {string} allOutput of apt-get update and install
 * @param {readonly string[]} missing
 * @returns {SetupFailure}
 */
function aptFailure(lastOutput, allOutput, missing) {
  const unknown =
    /Unable to locate package (\S+)|Package '?(\S+?)'? has no installation candidate/.exec(
      lastOutput,
    );
  const detail = lastOutput.split('\n').slice(-5).join('\n');
  if (/Could not get lock|Unable to (acquire|lock)/.test(allOutput)) {
    return new SetupFailure(
      `another program has been using apt for ${LOCK_TIMEOUT_S} s; wait until it has finished and try again.`,
      'ps -ef | grep -E "apt|dpkg"',
      detail,
    );
  }
  if (/not allowed|password is required|incorrect password/.test(lastOutput)) {
    return new SetupFailure('sudo refused to run apt-get.', installLine(missing), detail);
  }
  if (
    /Temporary failure resolving|Could not resolve|Failed to fetch|Could not connect|Network is unreachable/.test(
      allOutput,
    )
  ) {
    return new SetupFailure(
      'the package servers cannot be reached; is the network up?',
      installLine(missing),
      detail,
    );
  }
  if (unknown) {
    const name = unknown[1] ?? unknown[2] ?? '';
    return new SetupFailure(
      `this distribution has no package named ${name}; Oriel is made for Debian 12 and newer.`,
      `apt-cache policy ${name}`,
      detail,
    );
  }
  return new SetupFailure('apt-get could not install the packages.', installLine(missing), detail);
}

/**
 * Without dpkg nothing can be installed, but what is needed may be there.
 * @param {readonly string[]} packages
 */
function ensurePrograms(packages) {
  const directories = (process.env['PATH'] ?? '').split(':');
  const absent = PROGRAMS.filter(
    (name) => !directories.some((directory) => existsSync(`${directory}/${name}`)),
  );
  if (absent.length === 0) return;
  throw new SetupFailure(
    `this system has no dpkg, so the packages cannot be installed here, and these programs are missing: ${absent.join(', ')}.`,
    `install what your distribution calls: ${packages.join(' ')}`,
  );
}
