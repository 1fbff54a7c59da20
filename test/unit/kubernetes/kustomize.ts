import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

/** A manifest, or a part of one, as YAML says it. */
export type Yaml = null | boolean | number | string | readonly Yaml[] | YamlMap;
export interface YamlMap {
  [key: string]: Yaml;
}

/** An operation of a JSON Patch. */
interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: Yaml;
}

interface Kustomization {
  readonly resources?: readonly string[];
  readonly labels?: readonly { readonly pairs: YamlMap }[];
  readonly patches?: readonly {
    readonly target: { readonly kind: string; readonly name: string };
    readonly patch: string;
  }[];
}

/** What of kustomize our manifests use; anything else is refused rather than left out. */
const KNOWN = new Set(['apiVersion', 'kind', 'resources', 'labels', 'patches']);

/**
 * Renders a kustomization as `kubectl kustomize` does: Debian's kubectl has a kustomize that is too old for ours, and npm has none. It
 * knows resources, labels without selectors, merges of maps, and the operations add and remove of JSON Patch (RFC 6902).
 * @param directory of its kustomization.yaml
 */
export function render(directory: string): readonly YamlMap[] {
  const file = join(directory, 'kustomization.yaml');
  const kustomization = documents(file)[0] as (Kustomization & YamlMap) | undefined;
  if (kustomization === undefined) throw new Error(`${file} is empty`);
  const unknown = Object.keys(kustomization).filter((key) => !KNOWN.has(key));
  if (unknown.length > 0) throw new Error(`${file}: ${unknown.join()} cannot be rendered here`);

  let items = (kustomization.resources ?? []).flatMap((path) => {
    const at = join(directory, path);
    return existsSync(join(at, 'kustomization.yaml')) ? render(at) : documents(at);
  });
  for (const { pairs } of kustomization.labels ?? []) {
    items = items.map((item) => merged(item, { metadata: { labels: pairs } }));
  }
  for (const { target, patch } of kustomization.patches ?? []) {
    const isTarget = (item: YamlMap): boolean =>
      item['kind'] === target.kind && (item['metadata'] as YamlMap)['name'] === target.name;
    if (!items.some(isTarget)) throw new Error(`${file}: nothing is called ${target.name}`);
    items = items.map((item) => (isTarget(item) ? patched(item, patch) : item));
  }
  return items;
}

/** The documents of a file, read as Kubernetes reads them: by YAML 1.1, where 0440 is octal. A mistake is thrown. */
export function documents(file: string): readonly YamlMap[] {
  return parseAllDocuments(readFileSync(file, 'utf8'), { version: '1.1' }).map((document) => {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors.join()}`);
    return document.toJS() as YamlMap;
  });
}

function patched(item: YamlMap, text: string): YamlMap {
  const [document] = parseAllDocuments(text);
  const patch = document?.toJS() as Yaml;
  if (!Array.isArray(patch)) return merged(item, patch as YamlMap);
  const copy = structuredClone(item);
  for (const operation of patch as unknown as readonly Operation[]) apply(copy, operation);
  return copy;
}

/** One operation of a JSON Patch, in place. */
function apply(item: YamlMap, { op, path, value }: Operation): void {
  const steps = path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = steps.pop() ?? '';
  let at: unknown = item;
  for (const step of steps) at = (at as Record<string, unknown>)[step];
  const parent = at as Record<string, unknown> | unknown[];
  const isThere = Object.hasOwn(parent, last);
  if (op === 'add' && value !== undefined && !Array.isArray(parent)) parent[last] = value;
  else if (op === 'remove' && isThere && Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (op === 'remove' && isThere) Reflect.deleteProperty(parent, last);
  else throw new Error(`${op} ${path} cannot be done`);
}

/** A strategic merge of maps; what it does with lists depends on each list, so there may be none. */
function merged(item: YamlMap, patch: YamlMap): YamlMap {
  const result = { ...item };
  for (const [key, value] of Object.entries(patch)) {
    const present = result[key];
    if (Array.isArray(value)) throw new Error(`${key}: lists cannot be merged here`);
    result[key] = isMap(present) && isMap(value) ? merged(present, value) : value;
  }
  return result;
}

export function isMap(value: Yaml | undefined): value is YamlMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
