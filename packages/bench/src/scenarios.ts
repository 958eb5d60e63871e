import { ChurnLoad } from './loads/churn-load.js'
import { IdleMemory } from './loads/idle-memory.js'
import { KeyMemory } from './loads/keys.js'
import { OpenLoad } from './loads/open-load.js'
import { type LoadShape, OwnLoad } from './loads/own-load.js'
import { RedisBenchmark, type RedisTest } from './loads/redis-benchmark.js'
import { StartUp } from './loads/start-up.js'
import { type PeerName, peers } from './peers.js'
import type { Scenario, Target } from './scenario.js'
import { counted, grouped } from './table.js'

/** `of` may need at most so much of what `against` does. */
function ratio(of: PeerName, against: PeerName, atMost: number, more: Partial<Target> = {}): Target {
  return { of, kind: 'ratio', against, atMost, ...more }
}

function named(...names: readonly PeerName[]): Scenario['peers'] {
  return names.map((name) => peers[name])
}

function opened(connections: number): string {
  return counted(connections, 'connection')
}

function raw(connections: number, pipeline: number, bytes = 64): LoadShape {
  return { mode: 'raw', connections, pipeline, bytes }
}

function rawEcho(name: string, connections: number, pipeline: number): Scenario {
  const depth = pipeline === 1 ? '' : ` × ${pipeline} pipelined`
  return {
    name,
    title: `raw echo, 64 B, ${opened(connections)}${depth}`,
    tags: ['echo', 'raw'],
    peers: named('floor', 'shiny', 'bun', 'net'),
    load: new OwnLoad(raw(connections, pipeline)),
    targets: [ratio('shiny', 'floor', 1.1), ratio('shiny', 'bun', 0.9), ratio('shiny', 'net', 0.5)]
  }
}

function bigEcho(name: string, size: string, bytes: number, connections: number): Scenario {
  return {
    name,
    title: `raw echo, ${size}, ${opened(connections)}`,
    tags: ['echo', 'big'],
    peers: named('floor', 'shiny', 'bun', 'net'),
    load: new OwnLoad(raw(connections, 1, bytes), 'kibibyte'),
    targets: [ratio('shiny', 'floor', 1.15)]
  }
}

function lineEcho(connections: number, pipeline: number): Scenario {
  return {
    name: `line-${connections}x${pipeline}`,
    title: `line echo, 64 B, ${opened(connections)} × ${pipeline} pipelined, beside the raw floor`,
    tags: ['echo', 'line'],
    peers: named('floor', 'line', 'netLine'),
    load: new OwnLoad({ ...raw(connections, pipeline), mode: 'line' }),
    targets: [ratio('line', 'floor', 2), ratio('line', 'netLine', 0.2)]
  }
}

/** What it costs a message that several threads serve. On its one core the server cannot show what it gains. */
function manyWorkers(connections: number): Scenario {
  return {
    name: `workers-${connections}`,
    title: `raw echo, 64 B, ${opened(connections)}, served by worker threads on one core`,
    tags: ['workers'],
    extra: true,
    peers: named('shiny', 'workers1', 'workers2', 'handover2'),
    load: new OwnLoad(raw(connections, 1)),
    targets: [ratio('workers2', 'shiny', 1.15)]
  }
}

/** The two ways to join Node's loop. */
function hostLoops(connections: number): Scenario {
  return {
    name: `nested-${connections}`,
    title: `raw echo, 64 B, ${opened(connections)}, lingering in Node's loop or nested in it`,
    tags: ['nested'],
    extra: true,
    peers: named('floor', 'shiny', 'nested'),
    load: new OwnLoad(raw(connections, 1)),
    targets: []
  }
}

/** What redis-benchmark's tests may cost: the part of Redis's that others have published, and of the fixed-reply floor. */
const redisTests: Record<RedisTest, { readonly times: number; readonly ofFloor: number }> = {
  ping_inline: { times: 4.0, ofFloor: 1.15 },
  ping_mbulk: { times: 2.1, ofFloor: 1.15 },
  set: { times: 3.9, ofFloor: 1.4 },
  get: { times: 2.8, ofFloor: 1.4 }
}

function resp(test: RedisTest, pipeline: number, clients: number, targets: readonly Target[]): Scenario {
  return {
    name: `resp-p${pipeline}-${test}`,
    title: `RESP ${test.toUpperCase()}, redis-benchmark -P ${pipeline}, ${clients} clients`,
    tags: ['resp', `p${pipeline}`, `resp-p${pipeline}`, test],
    peers: named('redis', 'resp', 'respFloor'),
    load: new RedisBenchmark({ test, pipeline, clients }),
    targets
  }
}

function respDeep(test: RedisTest, clients: number): Scenario {
  const { times, ofFloor } = redisTests[test]
  const elseOfFloor = { floor: 'respFloor', atMost: ofFloor } as const
  return resp(test, 128, clients, [
    ratio('resp', 'respFloor', ofFloor),
    ratio('resp', 'redis', 1 / times, { elseOfFloor })
  ])
}

function respRandom(test: RedisTest, clients: number): Scenario {
  return {
    name: `resp-random-${test}`,
    title: `RESP ${test.toUpperCase()}, redis-benchmark -P 128 -r 1000000, ${clients} clients`,
    tags: ['resp', 'random', 'resp-random', test],
    peers: named('redis', 'resp'),
    load: new RedisBenchmark({ test, pipeline: 128, clients, keys: 1_000_000 }),
    targets: [ratio('resp', 'redis', 0.6)]
  }
}

function proxied(name: string, title: string, load: OwnLoad): Scenario {
  return {
    name,
    title: `TCP proxy, ${title}`,
    tags: ['proxy'],
    peers: named('haproxy', 'proxy'),
    load,
    targets: [ratio('proxy', 'haproxy', 1)]
  }
}

/** The targets that are no matter of messages under a closed loop. */
function others(connections: number): readonly Scenario[] {
  return [
    {
      name: 'memory-idle',
      title: 'memory of an idle connection, of 10,000',
      tags: ['memory'],
      peers: named('net', 'shiny'),
      load: new IdleMemory(10_000),
      targets: [{ of: 'shiny', kind: 'value', against: null, atMost: 1024 }]
    },
    {
      name: 'memory-keys',
      title: 'memory of a million keys of 16 B with values of 16 B',
      tags: ['memory'],
      peers: named('redis', 'resp'),
      load: new KeyMemory(1_000_000),
      targets: [ratio('resp', 'redis', 1.2)]
    },
    {
      name: 'churn',
      title: `connect, one echo, close; ${connections} at a time`,
      tags: ['churn'],
      peers: named('floor', 'shiny', 'bun', 'net'),
      load: new ChurnLoad(connections),
      targets: [ratio('shiny', 'floor', 1.3), ratio('shiny', 'net', 0.4)]
    },
    proxied(`proxy-${connections}`, `64 B, ${opened(connections)}`, new OwnLoad(raw(connections, 1))),
    proxied('proxy-1m', '1 MiB, 8 connections', new OwnLoad(raw(8, 1, 1 << 20), 'kibibyte')),
    {
      name: 'latency',
      title: `latency at half of saturation, raw echo, 64 B, ${opened(connections)}, open loop`,
      tags: ['latency'],
      peers: named('floor', 'shiny', 'bun'),
      load: new OpenLoad(connections, 0.5),
      targets: [ratio('shiny', 'floor', 1.2)]
    },
    {
      name: 'start',
      title: 'from the start of the program until it listens, and its end',
      tags: ['start'],
      peers: named('bare', 'start', 'netStart'),
      load: new StartUp(9),
      targets: [{ of: 'start', kind: 'difference', against: 'bare', atMost: 60 }]
    }
  ]
}

/** Cost as a number grows: a curve for each of them. */
function growth(): readonly Scenario[] {
  const connections = [1, 10, 100, 1000, 5000, 10_000, 19_000].map(
    (at): Scenario => ({
      name: `growth-connections-${at}`,
      title: `growth: raw echo, 64 B, ${opened(at)}`,
      tags: ['growth', 'growth-connections'],
      extra: true,
      peers: named('floor', 'shiny', 'net'),
      load: new OwnLoad(raw(at, 1)),
      targets: [],
      point: { of: 'connections', at }
    })
  )
  const keys = [1e3, 1e4, 1e5, 1e6, 1e7].map(
    (at): Scenario => ({
      name: `growth-keys-${at}`,
      title: `growth: RESP GET of one of ${grouped(at)} keys, -P 16, 50 clients`,
      tags: ['growth', 'growth-keys'],
      extra: true,
      peers: named('redis', 'resp'),
      load: new RedisBenchmark({ test: 'get', pipeline: 16, clients: 50, keys: at }),
      targets: [],
      point: { of: 'keys', at }
    })
  )
  return [...connections, ...keys]
}

/** The number of connections that the targets are meant for. */
export const targetConnections = 50

/** All scenarios; `connections` is for those that do not name a number themselves. */
export function allScenarios(connections: number): readonly Scenario[] {
  const tests = Object.keys(redisTests) as RedisTest[]
  const scenarios = [
    rawEcho('echo-1', 1, 1),
    rawEcho(`echo-${connections}`, connections, 1),
    rawEcho('echo-500', 500, 1),
    rawEcho('echo-5000', 5000, 1),
    rawEcho(`echo-${connections}x100`, connections, 100),
    bigEcho('echo-16k', '16 KiB', 16 << 10, connections),
    bigEcho('echo-1m', '1 MiB', 1 << 20, 8),
    lineEcho(connections, 100),
    ...tests.map((test) => respDeep(test, connections)),
    ...tests.map((test) => resp(test, 16, connections, [ratio('resp', 'redis', 0.5)])),
    ...tests.map((test) => resp(test, 1, connections, [ratio('resp', 'redis', 1)])),
    ...(['set', 'get'] as const).map((test) => respRandom(test, connections)),
    ...others(connections),
    manyWorkers(connections),
    hostLoops(connections),
    ...growth()
  ]
  // With another number of connections two of them may be the same, and the targets say nothing.
  const distinct = scenarios.filter(({ name }, i) => scenarios.findIndex((other) => other.name === name) === i)
  return connections === targetConnections ? distinct : distinct.map((scenario) => ({ ...scenario, targets: [] }))
}

/** Whether a word selects a scenario: its name or one of its tags. */
export function selects(word: string, scenario: Scenario): boolean {
  return word === scenario.name || scenario.tags.includes(word)
}
