import { OwnLoad } from './own-load.js'
import { RedisBenchmark, type RedisTest } from './redis-benchmark.js'
import type { Scenario, Target } from './scenario.js'

function rawEcho(name: string, connections: number, pipeline: number, targets: readonly Target[] = []): Scenario {
  const depth = pipeline === 1 ? '' : ` × ${pipeline} pipelined`
  return {
    name,
    title: `raw echo, 64 B, ${connections} connection${connections === 1 ? '' : 's'}${depth}`,
    tags: ['echo'],
    peers: ['floor', 'shiny', 'nested', 'bun', 'net'],
    load: new OwnLoad({ mode: 'raw', connections, pipeline, bytes: 64 }),
    targets
  }
}

function lineEcho(connections: number, pipeline: number): Scenario {
  return {
    name: `line-${connections}x${pipeline}`,
    title: `line echo, 64 B, ${connections} connections × ${pipeline} pipelined, beside the raw floor`,
    tags: ['line'],
    peers: ['floor', 'line'],
    load: new OwnLoad({ mode: 'line', connections, pipeline, bytes: 64 }),
    targets: []
  }
}

/** What it costs a message that several threads serve. On its one core the server cannot show what it gains. */
function manyWorkers(connections: number): Scenario {
  return {
    name: `workers-${connections}`,
    title: `raw echo, 64 B, ${connections} connections, served by worker threads on one core`,
    tags: ['workers'],
    peers: ['shiny', 'workers1', 'workers2', 'handover2'],
    load: new OwnLoad({ mode: 'raw', connections, pipeline: 1, bytes: 64 }),
    targets: [{ of: 'workers2', against: 'shiny', atMost: 1.15 }]
  }
}

function resp(test: RedisTest, pipeline: number, connections: number, atMost: number): Scenario {
  return {
    name: `resp-p${pipeline}-${test}`,
    title: `RESP ${test.toUpperCase()}, redis-benchmark -P ${pipeline}, ${connections} clients`,
    tags: ['resp', `p${pipeline}`, `resp-p${pipeline}`, test],
    peers: ['redis', 'resp'],
    load: new RedisBenchmark(test, pipeline, connections),
    targets: [{ of: 'resp', against: 'redis', atMost }]
  }
}

const redisTests: readonly RedisTest[] = ['ping_inline', 'ping_mbulk', 'set', 'get']

/** The number of connections that the targets are meant for. */
export const targetConnections = 50

/** All scenarios; `connections` is for those that do not name a number themselves. */
export function allScenarios(connections: number): readonly Scenario[] {
  const scenarios = [
    rawEcho(`echo-${connections}`, connections, 1, [
      { of: 'shiny', against: 'floor', atMost: 1.25 },
      { of: 'shiny', against: 'net', atMost: 0.6 }
    ]),
    rawEcho('echo-1', 1, 1),
    rawEcho('echo-500', 500, 1),
    rawEcho(`echo-${connections}x100`, connections, 100),
    lineEcho(connections, 100),
    manyWorkers(connections),
    ...redisTests.map((test) => resp(test, 128, connections, 0.75)),
    ...redisTests.map((test) => resp(test, 1, connections, 1.15))
  ]
  // With another number of connections two of them may be the same, and the targets say nothing.
  const distinct = scenarios.filter(({ name }, i) => scenarios.findIndex((other) => other.name === name) === i)
  return connections === targetConnections ? distinct : distinct.map((scenario) => ({ ...scenario, targets: [] }))
}

/** Whether a word selects a scenario: its name or one of its tags. */
export function selects(word: string, scenario: Scenario): boolean {
  return word === scenario.name || scenario.tags.includes(word)
}
