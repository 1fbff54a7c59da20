/** What the documents and the comments name is there: files, folders, links, scripts. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');

/** Paths of the repository with `/` before them, so that the end of a path begins at a name. */
const paths = globSync(
  '{*,.*,.ci/**,{certs,client,docker,docs,gst,protocol,server,setup,test}/**}',
  {
    cwd: root,
    exclude: ['**/node_modules', '**/dist'],
  },
).map((path) => `/${path}`);

/** An absolute path is one of the machine that a document speaks of. */
const isFileName = (text: string): boolean =>
  /^[\w.-][\w./-]*\.(?:ts|mjs|cjs|js|json|md|ya?ml|html|css|Dockerfile|service)$/.test(text);

const isFolderName = (text: string): boolean => /^[a-z][\w-]*(?:\/[\w-]+)*\/$/.test(text);

const isThere = (name: string): boolean =>
  paths.some((path) => path.endsWith(`/${name.replace(/\/$/, '')}`));

const codeSpans = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);

const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).filter(
  (path) => path !== 'CHANGELOG.md',
);

describe.each(documents)('%s', (document) => {
  const text = readFileSync(join(root, document), 'utf8');

  it('names files that there are', () => {
    const named = codeSpans(text).filter(isFileName);
    expect(named.filter((name) => !isThere(name))).toEqual([]);
  });

  it('leads to files that there are', () => {
    const links = [...text.matchAll(/\]\(([^)\s#]+)/g)].map(([, link = '']) => link);
    const own = links.filter((link) => !/^[a-z]+:/.test(link));
    const lost = own.filter((link) => !existsSync(join(root, dirname(document), link)));
    expect(lost).toEqual([]);
  });

  it('gives scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const given = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, script = '']) => script);
    expect(given.filter((script) => !(script in scripts))).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  const spans = codeSpans(readFileSync(join(root, 'docs/architecture.md'), 'utf8'));

  it('names many files, and folders that there are', () => {
    expect(spans.filter(isFileName).length).toBeGreaterThan(50);
    const folders = spans.filter(isFolderName);
    expect(folders.length).toBeGreaterThan(10);
    expect(folders.filter((name) => !isThere(name))).toEqual([]);
  });

  it('names every room of the server', () => {
    const rooms = globSync('server/*/', { cwd: root }).map(
      (path) => `${path.replace(/^server\//, '').replace(/\/$/, '')}/`,
    );
    expect(rooms.filter((room) => !spans.includes(room))).toEqual([]);
  });
});

describe('the comments', () => {
  const sources = globSync('{certs,client,gst,protocol,server,setup}/**/*.{ts,mjs}', {
    cwd: root,
    exclude: ['**/node_modules', '**/dist'],
  });
  /** `file: name` of every file that a comment names. */
  const named = sources.flatMap((source) =>
    [...readFileSync(join(root, source), 'utf8').matchAll(/\/\*[^]*?\*\/|(?<=^\s*)\/\/.*/gm)]
      .flatMap(([comment]) => comment.match(/(?<![\w./@-])[\w-][\w./-]*\.(?:ts|mjs|md)\b/g) ?? [])
      .map((name) => ({ source, name })),
  );

  it('name files that there are', () => {
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter(({ name }) => !isThere(name))).toEqual([]);
  });
});
