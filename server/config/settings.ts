import { z } from 'zod';

import { configSchema } from './schema.ts';

/** Prefix of every environment variable of the server. */
export const ENV_PREFIX = 'ORIEL_';

/** One setting with the names that follow from its place in the schema. */
export interface Setting {
  /** Where it lies in the configuration file, for example `['video', 'bitrateKbps']`. */
  readonly path: readonly string[];
  /** Its path in words: `video.bitrateKbps`. */
  readonly key: string;
  /** Its flag without the dashes: `video-bitrate-kbps`. */
  readonly flag: string;
  /** Its environment variable: `ORIEL_VIDEO_BITRATE_KBPS`. */
  readonly variable: string;
  readonly type: 'boolean' | 'number' | 'text' | 'list';
  /** What a value has to be, for errors and documents. */
  readonly expected: string;
  readonly description: string;
  readonly unit: string | undefined;
  /** The default in words; undefined for settings that are unset, and lists that are empty, unless given. */
  readonly defaultText: string | undefined;
  readonly isSecret: boolean;
  readonly isPath: boolean;
}

/** Settings that belong together under one title. */
export interface SettingGroup {
  readonly title: string;
  /** Key of the group in the configuration file; undefined for settings at the top. */
  readonly key: string | undefined;
  readonly settings: readonly Setting[];
}

/** The part of JSON Schema that zod makes of ours. */
interface Node {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Node[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly title?: string;
  readonly flat?: boolean;
  readonly unit?: string;
  readonly expected?: string;
  readonly secret?: boolean;
  readonly path?: boolean;
}

/** Every group in the order of the schema, the settings at the top first. */
export const settingGroups: readonly SettingGroup[] = readGroups();

/** Every setting in that order. */
export const settings: readonly Setting[] = settingGroups.flatMap((group) => group.settings);

/** The setting with this path in the configuration file. */
export function findSetting(path: readonly PropertyKey[]): Setting | undefined {
  const key = path.map(String).join('.');
  return settings.find((setting) => setting.key === key);
}

function readGroups(): SettingGroup[] {
  // The one place where the schema is read as data; the fields above are those that JSON Schema 2020-12 and our meta name.
  const root = z.toJSONSchema(configSchema, { io: 'input' }) as Node;
  const entries = Object.entries(root.properties ?? {});
  const top = entries.filter(([, node]) => node.type !== 'object');
  const groups = entries.filter(([, node]) => node.type === 'object');
  return [
    {
      title: 'Source',
      key: undefined,
      settings: top.map(([name, node]) => toSetting(node, [name], [name])),
    },
    ...groups.map(([name, node]) => toGroup(name, node)),
  ];
}

function toGroup(key: string, group: Node): SettingGroup {
  const prefix = group.flat === true ? [] : [key];
  const settings = Object.entries(group.properties ?? {}).map(([name, node]) => {
    // A group's switch goes by the name of the group: --audio, --no-audio.
    const nameParts = name === 'enabled' ? [key] : [...prefix, name];
    return toSetting(node, [key, name], nameParts);
  });
  return { title: group.title ?? key, key, settings };
}

function toSetting(node: Node, path: readonly string[], nameParts: readonly string[]): Setting {
  const flag = nameParts.map(toKebab).join('-');
  return {
    path,
    key: path.join('.'),
    flag,
    variable: ENV_PREFIX + flag.replaceAll('-', '_').toUpperCase(),
    type: toType(node),
    expected: toExpected(node),
    description: node.description ?? '',
    unit: node.unit,
    defaultText: toDefaultText(node.default),
    isSecret: node.secret === true,
    isPath: node.path === true,
  };
}

function toKebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function toType({ type, anyOf }: Node): Setting['type'] {
  const name = type ?? anyOf?.[0]?.type;
  if (name === 'boolean') return 'boolean';
  if (name === 'integer' || name === 'number') return 'number';
  return name === 'array' ? 'list' : 'text';
}

function toDefaultText(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? value : undefined;
}

function toExpected(node: Node): string {
  if (node.expected !== undefined) return node.expected;
  if (node.enum !== undefined) return `one of ${node.enum.join(', ')}`;
  if (node.type === 'boolean') return 'true or false';
  if (node.type === 'integer') {
    const kind = node.multipleOf === 2 ? 'an even integer' : 'an integer';
    return `${kind} from ${node.minimum ?? '-∞'} to ${node.maximum ?? '∞'}`;
  }
  return node.path === true ? 'a path' : 'text';
}
