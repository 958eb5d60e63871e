// Goal: imports point one way, as docs/native-boundary.md and CONTRIBUTING.md draw it.
// Method: read every import and include and look it up in the tables below. What a table does not allow is refused.

import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import t from 'tap'
import { connect, findCycle } from './support/cycles.js'
import { type Import, importsOf, includesOf } from './support/imports.js'
import { filesIn, read, root } from './support/repository.js'

/** What each TypeScript room may import besides itself. A room is a folder; the longest that fits a file is its room. */
const rooms: Record<string, readonly string[]> = {
  'packages/native/lib': ['node:*', 'node-gyp-build'],

  'packages/core/src/errors': [],
  'packages/core/src/address': ['packages/core/src/errors', 'node:*'],
  'packages/core/src/codec': ['packages/core/src/address', 'packages/core/src/errors'],
  'packages/core/src/time': [],
  'packages/core/src/connection': [
    'packages/core/src/time',
    'packages/core/src/address',
    'packages/core/src/codec',
    'packages/core/src/errors',
    'node:*'
  ],
  'packages/core/src/admission': [
    'packages/core/src/connection',
    'packages/core/src/address',
    'packages/core/src/codec',
    'packages/core/src/errors',
    'node:*'
  ],
  'packages/core/src/reactor': [
    'packages/core/src/time',
    'packages/core/src/connection',
    'packages/core/src/address',
    'packages/core/src/codec',
    'packages/core/src/errors',
    'node:*'
  ],
  'packages/core/src/reactor/native': [
    'packages/core/src/time',
    'packages/core/src/reactor',
    'packages/core/src/connection',
    'packages/core/src/address',
    'packages/core/src/codec',
    'packages/core/src/errors',
    '@shiny/native',
    'node:*'
  ],
  'packages/core/src/observe': [
    'packages/core/src/address',
    'packages/core/src/connection',
    'packages/core/src/errors',
    'node:*'
  ],
  'packages/core/src/prometheus': ['packages/core/src/observe', 'packages/core/src/errors', 'prom-client'],
  'packages/core/src/server': [
    'packages/core/src/time',
    'packages/core/src/admission',
    'packages/core/src/observe',
    'packages/core/src/reactor',
    'packages/core/src/connection',
    'packages/core/src/address',
    'packages/core/src/codec',
    'packages/core/src/errors',
    'eventemitter3',
    'zod/mini',
    'node:*'
  ],
  'packages/core/src/client': [
    'packages/core/src/server',
    'packages/core/src/reactor',
    'packages/core/src/connection',
    'packages/core/src/address',
    'packages/core/src/codec',
    'packages/core/src/errors',
    'zod/mini',
    'node:*'
  ],
  'packages/core/src/serve': [
    'packages/core/src/server',
    'packages/core/src/connection',
    'packages/core/src/address',
    'packages/core/src/codec',
    'packages/core/src/errors'
  ],
  'packages/core/src/workers': [
    'packages/core/src/server',
    'packages/core/src/observe',
    'packages/core/src/reactor',
    'packages/core/src/connection',
    'packages/core/src/address',
    'packages/core/src/codec',
    'packages/core/src/errors',
    'eventemitter3',
    'zod/mini',
    'node:*'
  ],
  'packages/core/src/udp': [
    'packages/core/src/server',
    'packages/core/src/reactor',
    'packages/core/src/connection',
    'packages/core/src/address',
    'packages/core/src/codec',
    'packages/core/src/errors',
    'eventemitter3',
    'zod/mini',
    'node:*'
  ],
  'packages/core/src/testing': [
    'packages/core/src/server',
    'packages/core/src/time',
    'packages/core/src/reactor',
    'packages/core/src/connection',
    'packages/core/src/address',
    'packages/core/src/codec',
    'packages/core/src/errors',
    'node:*'
  ],
  'packages/core/src': ['packages/core/src/*'],

  'packages/codecs/src': ['@shiny/core/codec'],
  'packages/codecs/src/msgpack': ['packages/codecs/src', '@shiny/core/codec', '@msgpack/msgpack'],
  // The one room of codecs that has connections: who answers a handshake and a ping must be able to send. Codecs themselves do without.
  'packages/codecs/src/web-socket/connection': ['packages/codecs/src', '@shiny/core', 'node:*'],
  'packages/examples/src': ['@shiny/core', '@shiny/codecs', '@shiny/codecs/web-socket', 'zod', 'node:*'],
  // Decoders are measured beside packages, and plans without the reactor around them.
  'packages/bench/src/codecs': [
    'packages/bench/src',
    '@shiny/core/codec',
    '@shiny/codecs',
    '@shiny/codecs/msgpack',
    '@shiny/native',
    '@msgpack/msgpack',
    '@serialport/*',
    'length-prefixed-stream',
    'netstring-stream',
    'redis-parser',
    'split2',
    'node:*'
  ],
  'packages/bench/src': ['packages/bench/src/codecs', '@shiny/core', '@shiny/codecs', 'node:*']
}

/** What a room may see from above, as types alone: nothing is loaded by it. */
const typesFromAbove: Record<string, readonly string[]> = {
  'packages/core/src/connection': ['packages/core/src/reactor', 'packages/core/src/admission'],
  'packages/core/src/observe': ['packages/core/src/server', 'packages/core/src/admission'],
  'packages/core/src/reactor': ['packages/core/src/reactor/native']
}

/** The one file that a room is entered by from a room beneath it: where the kinds of a contract are chosen between. */
const choosers: Record<string, readonly string[]> = {
  'packages/core/src/reactor/choose.ts': ['packages/core/src/reactor/native/native-reactor.ts']
}

/** What each C++ room may include besides itself: other rooms, or single headers of them. */
const nativeRooms: Record<string, readonly string[]> = {
  sys: [],
  framing: [],
  reactor: ['sys', 'framing/framing.h'],
  backend: ['reactor', 'sys'],
  addon: ['backend', 'framing', 'reactor', 'sys']
}

/** The headers of Node, libuv and V8, for the addon alone. */
const nodeHeaders = /^<(?:node|node_api\w*|js_native_api\w*|napi\w*|uv|v8\w*)(?:\/.*)?\.h>$/
/** What framing may include: the C++ library. It asks the system for nothing. */
const libraryHeaders = /^<[a-z_]+>$/

const sources = ['native/lib', 'core/src', 'codecs/src', 'examples/src', 'bench/src'].flatMap((folder) =>
  filesIn(`packages/${folder}`, '.ts')
)
const imports = sources.flatMap(importsOf)
const nativeSources = filesIn('packages/native/src', '.cc', '.h')
const includes = nativeSources.flatMap(includesOf)

t.ok(imports.length > 0 && includes.length > 0, 'there are imports and includes to look at')

t.test('TypeScript imports only what its room may', async (t) => {
  t.strictSame(imports.filter((one) => !isAllowed(one)).map(tell), [])
})

t.test('relative imports lead to files, and never out of their package', async (t) => {
  const relative = imports.filter(({ to }) => to.startsWith('packages/') || to.startsWith('.'))
  t.strictSame(relative.filter(({ to }) => !existsSync(posix.join(root, to))).map(tell), [])
  t.strictSame(relative.filter(({ from, to }) => packageOf(from) !== packageOf(to)).map(tell), [])
})

t.test('every package that is imported is a declared dependency', async (t) => {
  const bare = imports.filter(({ to }) => !to.startsWith('packages/') && !to.startsWith('node:'))
  t.strictSame(bare.filter(({ from, to }) => !dependenciesOf(from).has(nameOf(to))).map(tell), [])
})

t.test('modules do not import each other in a circle', async (t) => {
  const edges = new Map<string, Set<string>>()
  for (const { from, to, typeOnly } of imports) if (!typeOnly && to.startsWith('packages/')) connect(edges, from, to)
  t.equal(findCycle(edges), null)
})

t.test('folders beside each other do not import each other in a circle', async (t) => {
  const edges = new Map<string, Set<string>>()
  for (const one of imports) {
    if (one.typeOnly || !one.to.startsWith('packages/')) continue
    const sides = siblings(one.from, one.to)
    if (sides !== null) connect(edges, ...sides)
  }
  t.equal(findCycle(edges), null)
})

t.test('C++ includes only what its room may', async (t) => {
  t.strictSame(includes.filter((one) => !isAllowedInclude(one)).map(tell), [])
})

t.test('the headers that are included exist', async (t) => {
  const own = includes.filter(({ to }) => !to.startsWith('<'))
  t.strictSame(own.filter(({ to }) => !existsSync(posix.join(root, 'packages/native/src', to))).map(tell), [])
})

t.test('only one file loads the binary', async (t) => {
  const loaders = sources.filter((file) => read(file).includes('node-gyp-build'))
  t.strictSame(loaders, ['packages/native/lib/index.ts'])
})

t.test('the tables speak of rooms that exist', async (t) => {
  for (const room of Object.keys(rooms)) t.ok(existsSync(posix.join(root, room)), room)
  const folders = new Set(nativeSources.map(nativeRoom))
  t.strictSame([...folders].sort(), Object.keys(nativeRooms).sort())
})

function isAllowed({ from, to, typeOnly }: Import): boolean {
  if (choosers[from]?.includes(to)) return true
  const room = roomOf(from)
  if (room === undefined) return false
  const target = to.startsWith('packages/') ? roomOf(to) : to
  if (target === room) return true
  const allowed = [...(rooms[room] ?? []), ...(typeOnly ? (typesFromAbove[room] ?? []) : [])]
  return allowed.some((one) => (one.endsWith('*') ? target?.startsWith(one.slice(0, -1)) : target === one))
}

function isAllowedInclude({ from, to }: Import): boolean {
  const room = nativeRoom(from)
  if (to.startsWith('<'))
    return room === 'addon' || (!nodeHeaders.test(to) && (room !== 'framing' || libraryHeaders.test(to)))
  const target = to.split('/')[0] as string
  return target === room || (nativeRooms[room] ?? []).some((one) => one === target || one === to)
}

function roomOf(file: string): string | undefined {
  const fits = Object.keys(rooms).filter((room) => file.startsWith(`${room}/`))
  return fits.sort((a, b) => b.length - a.length)[0]
}

function nativeRoom(file: string): string {
  return file.slice('packages/native/src/'.length).split('/')[0] as string
}

function packageOf(file: string): string {
  return file.split('/').slice(0, 2).join('/')
}

function nameOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function dependenciesOf(file: string): Set<string> {
  const { dependencies, peerDependencies } = JSON.parse(read(`${packageOf(file)}/package.json`)) as {
    dependencies?: object
    peerDependencies?: object
  }
  return new Set(Object.keys({ ...dependencies, ...peerDependencies }))
}

/** The two folders that an import leads between, where their paths part; null when one end is a file there. */
function siblings(from: string, to: string): [string, string] | null {
  const a = from.split('/')
  const b = to.split('/')
  let depth = 0
  while (a[depth] === b[depth] && depth < a.length) depth++
  if (depth >= a.length - 1 || depth >= b.length - 1) return null
  return [a.slice(0, depth + 1).join('/'), b.slice(0, depth + 1).join('/')]
}

function tell({ from, to, typeOnly }: Import): string {
  return `${from} imports ${typeOnly ? 'types of ' : ''}${to}`
}
