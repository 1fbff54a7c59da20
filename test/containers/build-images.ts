/**
 * Makes the images from the checked-out tree. The base is made by debootstrap where no image of that name is there, so that
 * nothing but Debian's packages is downloaded; the way to them (sources, proxies, certificates) is lent to the build, and is in
 * no image.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { podman, shell, succeeds, TEST_NAME } from './podman.ts';

export const GATEWAY_IMAGE = 'oriel-gateway';
export const DESKTOP_IMAGE = 'oriel-desktop';
/** The desktop, for others to build on. */
const DESKTOP_BASE_IMAGE = 'oriel-desktop:base';
/** The gateway with the encoders of graphics cards. */
export const HARDWARE_IMAGE = 'oriel-gateway:hardware';
const BUILD_IMAGE = 'oriel-build';

/** An image of ours, and how it is made. */
export interface Build {
  readonly file: string;
  readonly options: readonly string[];
  readonly image: string;
}

/** The images by their Dockerfiles; the desktop's are made on top of the first. */
export const BUILDS: readonly Build[] = [
  { file: 'docker/gateway.Dockerfile', options: [], image: GATEWAY_IMAGE },
  { file: 'docker/desktop.Dockerfile', options: [], image: DESKTOP_IMAGE },
  {
    file: 'docker/desktop.Dockerfile',
    options: ['--target', 'base'],
    image: DESKTOP_BASE_IMAGE,
  },
  {
    file: 'docker/gateway.Dockerfile',
    options: ['--build-arg', 'HARDWARE=1'],
    image: HARDWARE_IMAGE,
  },
];
const BASE_IMAGE = 'debian:bookworm-slim';

/** Lent to the build, where the machine has it. */
const LOANS: readonly (readonly [string, string])[] = [
  ['/etc/apt/sources.list.d', '/etc/apt/sources.list.d'],
  ['/etc/apt/apt.conf.d', '/etc/apt/apt.conf.d'],
  ['/usr/local/share/ca-certificates', '/usr/local/share/ca-certificates'],
  [join(homedir(), '.npmrc'), '/root/.npmrc'],
];

async function makeBase(): Promise<void> {
  if (await succeeds(['image', 'exists', BASE_IMAGE])) return;
  await shell(`
    rootfs=$(mktemp -d)
    debootstrap --variant=minbase bookworm "$rootfs" > "$rootfs.log" || { tail "$rootfs.log"; exit 1; }
    tar -C "$rootfs" -c . | podman import - ${BASE_IMAGE}
    rm -rf "$rootfs" "$rootfs.log"`);
}

/** The base by its digest, as an operator pins it. */
async function pinnedBase(): Promise<readonly string[]> {
  const format = '{{index .RepoDigests 0}}';
  const base = await podman(['image', 'inspect', '--format', format, BASE_IMAGE]);
  return ['--build-arg', `BASE=${base.trim()}`];
}

/** Builds an image of a Dockerfile with the way to the packages that this machine has. */
export async function build({ file, options, image }: Build): Promise<void> {
  const loans = LOANS.filter(([path]) => existsSync(path)).map(
    ([from, to]) => `--volume ${from}:${to}:ro`,
  );
  const log = `bench-results/${image.replace(':', '-')}.log`;
  await shell(
    `podman --runtime runc build --network host --format docker ${loans.join(' ')} ${options.join(' ')} ` +
      `-f ${file} -t ${image} . > ${log} 2>&1 || { tail -40 ${log}; exit 1; }`,
  );
}

/**
 * Removes what a run that was cut off has left: containers, pods and their secret, and the containers in which builds of ours worked,
 * which keep images from being removed.
 */
async function removeLeftovers(): Promise<void> {
  await shell(`
    podman pod ps --quiet --filter name=^${TEST_NAME} | xargs --no-run-if-empty podman pod rm --force > /dev/null
    podman ps --all --quiet --filter name=^${TEST_NAME} | xargs --no-run-if-empty podman rm --force > /dev/null
    podman ps --all --external --format '{{.ID}} {{.ImageID}} {{.Status}}' | while read -r id image status; do
      [ "$status" = Storage ] || continue
      podman image inspect --format '{{range $name, $value := .Labels}}{{$name}} {{end}}' "$image" | grep -q org.oriel.stage || continue
      podman rm --force "$id" > /dev/null
    done
    podman network ls --quiet --filter name=^${TEST_NAME} | xargs --no-run-if-empty podman network rm --force > /dev/null
    podman volume ls --quiet --filter name=^${TEST_NAME} | xargs --no-run-if-empty podman volume rm --force > /dev/null
    podman secret rm ${TEST_NAME} > /dev/null 2>&1 || true
    mkdir -p -m 1777 /tmp/.X11-unix`);
}

/**
 * Before the tests: makes the images. The first stage has a name, so that its layers are kept: they are the cache of the next
 * run. Layers of ours that no image is made of any longer are removed.
 */
export async function setup(): Promise<void> {
  await shell('mkdir -p bench-results');
  await removeLeftovers();
  await makeBase();
  const base = await pinnedBase();
  const stage = { file: 'docker/gateway.Dockerfile', options: ['--target', 'build'] };
  for (const each of [{ ...stage, image: BUILD_IMAGE }, ...BUILDS]) {
    const isOnBase = each.file === stage.file;
    await build({ ...each, options: [...each.options, ...(isOnBase ? base : [])] });
  }
  await podman(['image', 'prune', '--force', '--filter', 'label=org.oriel.stage']);
}

/** After them. */
export const teardown = removeLeftovers;

/** Bytes of an image, its base and shared layers included. */
export async function imageBytes(image: string): Promise<number> {
  return Number(await podman(['image', 'inspect', '--format', '{{.Size}}', image]));
}
