import { ConfigMap, Pod, Secret, Service } from 'kubernetes-models/v1';
import { Deployment } from 'kubernetes-models/apps/v1';
import { Ingress, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import type { YamlMap } from './kustomize.ts';

/** The kinds that we use, by the schemas that Kubernetes publishes. */
const KINDS = [ConfigMap, Pod, Secret, Service, Deployment, Ingress, NetworkPolicy];

/** What is wrong with a manifest by Kubernetes' schemas: wrong types, what is missing, and fields that there are not. */
export function schemaFaults(manifest: YamlMap): readonly string[] {
  const { kind, apiVersion } = manifest as { readonly kind: string; readonly apiVersion: string };
  const Kind = KINDS.find((known) => known.kind === kind && known.apiVersion === apiVersion);
  if (Kind === undefined) return [`${apiVersion} ${kind} is of no known kind`];
  const model = new Kind(manifest);
  const read = new Set<string>();
  try {
    reading(model, '', read).validate();
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
  return pathsOf(manifest, '').filter((path) => !read.has(path));
}

/**
 * The schemas let unknown fields pass, as the server's did for long; a misspelt one would go unnoticed. The compiled schema reads
 * every field that it knows, so those that it did not read are unknown.
 */
function reading<T extends object>(value: T, at: string, read: Set<string>): T {
  return new Proxy(value, {
    get(target, key, receiver): unknown {
      const got: unknown = Reflect.get(target, key, receiver);
      if (typeof key !== 'string' || !Object.hasOwn(target, key)) return got;
      const path = `${at}/${key}`;
      read.add(path);
      return typeof got === 'object' && got !== null ? reading(got, path, read) : got;
    },
  });
}

function pathsOf(value: unknown, at: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    `${at}/${key}`,
    ...pathsOf(inner, `${at}/${key}`),
  ]);
}
