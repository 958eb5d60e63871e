// Goal: the documents speak of what exists.
// Method: compile their snippets against the built packages, and look up their commands, links and names.

import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import t from 'tap'
import { compile } from './support/compile.js'
import {
  anchorOf,
  childrenOf,
  documents,
  headingsOf,
  linksOf,
  proseOf,
  type Snippet,
  snippetsOf
} from './support/markdown.js'
import { filesIn, read, root } from './support/repository.js'

/** Files that a guide has its reader make. */
const madeByReader = ['packages/examples/src/my-chat.ts']

const examplesFolder = 'packages/examples/src/'
const files = documents()
const snippets = files.flatMap(snippetsOf)

t.test('the TypeScript snippets compile', async (t) => {
  const typescript = snippets.filter(({ language }) => language === 'ts')
  t.ok(typescript.length > 0, 'there are snippets')
  t.strictSame(compile(typescript), [])
})

t.test('fences name a language that is checked or needs no check', async (t) => {
  const known = ['ts', 'sh', 'text', 'json', 'c', 'cpp', 'wire', '']
  t.strictSame(snippets.filter(({ language }) => !known.includes(language)).map(place), [])
})

t.test('the npm scripts that are named exist', async (t) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const named = files.flatMap((file) =>
    [...read(file).matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)].map((match) => match[1] ?? (match[2] as string))
  )
  t.ok(named.length > 0, 'scripts are named')
  t.strictSame(
    named.filter((name) => scripts[name] === undefined),
    []
  )
})

t.test('the programs and files that are named exist', async (t) => {
  const text = files.map((file) => [file, read(file)] as const)
  const missing = text.flatMap(([file, content]) =>
    [...content.matchAll(/(?<![\w/.-])(?:packages|docs|test|scripts|\.ci)\/[\w./-]*[\w-]/g)]
      .map(([path]) => sourceOf(path))
      .filter((path) => !path.startsWith('docs/site') && !madeByReader.includes(path))
      .filter((path) => !existsSync(posix.join(root, path)))
      .map((path) => `${file}: ${path}`)
  )
  t.strictSame(missing, [])
})

t.test('links lead to files and headings that exist', async (t) => {
  const broken = files.flatMap(linksOf).filter(({ file, target }) => !isReachable(file, target))
  t.strictSame(broken, [])
})

t.test('each document has one title', async (t) => {
  for (const file of files) t.equal(headingsOf(file).filter(({ level }) => level === 1).length, 1, file)
})

t.test('the site has every guide', async (t) => {
  const { projectDocuments } = JSON.parse(read('typedoc.json')) as { projectDocuments: string[] }
  const listed = projectDocuments.flatMap((file) => [file, ...childrenOf(file)])
  t.strictSame(listed.sort(), files.filter((file) => file.startsWith('docs/')).sort())
})

t.test('the guide to the examples has a part for each of them', async (t) => {
  const examples = filesIn('packages/examples/src', '.ts').filter(
    (file) => !file.slice(examplesFolder.length).includes('/')
  )
  t.ok(examples.length > 0, 'there are examples')
  const headings = headingsOf('docs/examples.md').filter(({ level }) => level === 2)
  t.strictSame(headings.map(({ text }) => `${examplesFolder}${text}.ts`).sort(), examples.sort())
})

t.test('methods of classes that the prose names exist', async (t) => {
  const names = await publicNames()
  const unknown = files.flatMap((file) =>
    [...proseOf(file).matchAll(/`(Server|Connection|ByteReader|ByteWriter|Address)\.(\w+)/g)]
      .filter(([, type, member]) => !names.get(type as string)?.has(member as string))
      .map(([name]) => `${file}: ${name}`)
  )
  t.strictSame(unknown, [])
})

/** The members of the classes that @shiny/core exports, those of their instances and those of their own. */
async function publicNames(): Promise<Map<string, Set<string>>> {
  const core = (await import('@shiny/core')) as Record<string, unknown>
  const names = new Map<string, Set<string>>()
  for (const [name, value] of Object.entries(core)) {
    if (typeof value !== 'function') continue
    const members = [value, (value as { prototype?: object }).prototype ?? {}].flatMap((owner) =>
      Object.getOwnPropertyNames(owner)
    )
    names.set(name, new Set(members))
  }
  return names
}

/** A compiled program stands for its source, which exists before anything is built. */
function sourceOf(path: string): string {
  return path.replace(/^(packages\/\w+)\/dist\/(.*)\.js$/, '$1/src/$2.ts')
}

function isReachable(file: string, target: string): boolean {
  if (/^https?:/.test(target)) return true
  const [path = '', anchor] = target.split('#')
  const resolved = path === '' ? file : posix.join(posix.dirname(file), path)
  if (!existsSync(posix.join(root, resolved))) return false
  if (anchor === undefined || !resolved.endsWith('.md')) return true
  return headingsOf(resolved).some(({ text }) => anchorOf(text) === anchor)
}

function place({ file, line, language }: Snippet): string {
  return `${file}:${line}: ${language}`
}
