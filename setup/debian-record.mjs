/**
 * For images: writes down which packages of Debian an image has, beside what `npm sbom` lists, as an SPDX document and as apt's
 * preferences, with which the same can be built again. Ends with 1 where the image was to have others (/etc/apt/preferences.d).
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { inRoot } from './runtime.mjs';

/**
 * @typedef {object} DebianPackage
 * @property {string} name
 * @property {string} version
 * @property {string} architecture
 */

/** What docker/debian.pref is in an image. */
const WANTED = '/etc/apt/preferences.d/oriel.pref';

/** Above 1000 a version is taken even where that is a step back (apt_preferences(5)). */
const PRIORITY = 1001;

/**
 * @param {string} listing lines of name, version, architecture and status, with tabs between them
 * @returns {DebianPackage[]} those that are installed
 */
export function installedPackages(listing) {
  return listing.split('\n').flatMap((line) => {
    const [name, version, architecture, status] = line.split('\t');
    if (!name || !version || !architecture || status !== 'installed') return [];
    return [{ name, version, architecture }];
  });
}

/**
 * @param {readonly DebianPackage[]} packages
 * @returns {string} preferences of apt that hold to these versions
 */
export function preferencesOf(packages) {
  const entries = packages.map(
    ({ name, version, architecture }) =>
      `Package: ${name}:${architecture}\nPin: version ${version}\nPin-Priority: ${PRIORITY}\n`,
  );
  return entries.join('\n');
}

/**
 * @param {readonly DebianPackage[]} packages
 * @param {string} preferences
 * @returns {string[]} one sentence for each package that has another version than the preferences say
 */
export function deviations(packages, preferences) {
  const wanted = new Map(
    [...preferences.matchAll(/^Package: (\S+)\nPin: version (\S+)$/gm)].map(([, name, version]) => [
      name,
      version,
    ]),
  );
  return packages.flatMap(({ name, version, architecture }) => {
    const other = wanted.get(`${name}:${architecture}`);
    if (other === undefined || other === version) return [];
    return [`${name} is ${version}, and was to be ${other}`];
  });
}

/**
 * @param {readonly DebianPackage[]} packages
 * @param {string} suite such as `bookworm`
 * @returns {object} an SPDX 2.3 document; every package is named by a URL as well (purl-spec, `deb`)
 */
export function spdxOf(packages, suite) {
  const listed = packages.map(({ name, version, architecture }) => ({
    SPDXID: `SPDXRef-${`${name}-${architecture}`.replace(/[^\w.-]/g, '-')}`,
    name,
    versionInfo: version,
    supplier: 'Organization: Debian',
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    externalRefs: [
      {
        referenceCategory: 'PACKAGE-MANAGER',
        referenceType: 'purl',
        referenceLocator: `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}&distro=${suite}`,
      },
    ],
  }));
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: 'Packages of Debian',
    documentNamespace: `urn:uuid:${randomUUID()}`,
    creationInfo: { created: new Date().toISOString(), creators: ['Tool: oriel'] },
    packages: listed,
    relationships: listed.map(({ SPDXID }) => ({
      spdxElementId: 'SPDXRef-DOCUMENT',
      relationshipType: 'DESCRIBES',
      relatedSpdxElement: SPDXID,
    })),
  };
}

/** @returns {string} the word for this system's suite; `unknown` where it does not say */
function suiteHere() {
  return (
    /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown'
  );
}

function record() {
  const format = '${Package}\\t${Version}\\t${Architecture}\\t${db:Status-Status}\\n';
  const packages = installedPackages(
    execFileSync('dpkg-query', ['--show', '--showformat', format], { encoding: 'utf8' }),
  );
  const faults = existsSync(WANTED) ? deviations(packages, readFileSync(WANTED, 'utf8')) : [];
  if (faults.length > 0) {
    const advice = 'the sources of apt do not have these versions, or the base is another one';
    process.stderr.write(`${faults.join('\n')}\n${advice}\n`);
    process.exitCode = 1;
    return;
  }
  writeFileSync(inRoot('debian.spdx.json'), JSON.stringify(spdxOf(packages, suiteHere())));
  writeFileSync(inRoot('debian.pref'), preferencesOf(packages));
}

if (import.meta.filename === process.argv[1]) record();
