import { arch, platform, release } from 'node:os'
import type { Redis } from './redis.js'
import { REDIS_VERSION } from './version.js'

type Facts = Record<string, string | number>

/** The sections of INFO, in the order that it shows them. */
const sections: Readonly<Record<string, (redis: Redis) => Facts>> = {
  server: ({ host, startedAt }) => {
    const uptime = Math.floor((Date.now() - startedAt) / 1000)
    return {
      redis_version: REDIS_VERSION,
      redis_mode: 'standalone',
      os: `${platform()} ${release()} ${arch()}`,
      arch_bits: 64,
      multiplexing_api: host.reactor.backend,
      node_version: process.versions.node,
      process_id: process.pid,
      tcp_port: host.addresses[0]?.port ?? 0,
      uptime_in_seconds: uptime,
      uptime_in_days: Math.floor(uptime / 86_400)
    }
  },
  clients: ({ host, settings }) => ({
    connected_clients: host.connections.size,
    maxclients: settings.maxClients,
    blocked_clients: 0
  }),
  memory: ({ keyspace }) => {
    const { rss, heapUsed } = process.memoryUsage()
    const { used, reserved } = keyspace.memory
    const all = heapUsed + reserved
    return {
      used_memory: all,
      used_memory_human: human(all),
      used_memory_rss: rss,
      used_memory_rss_human: human(rss),
      used_memory_dataset: used,
      maxmemory: 0,
      maxmemory_human: human(0),
      maxmemory_policy: 'noeviction'
    }
  },
  persistence: () => ({ loading: 0, async_loading: 0, rdb_bgsave_in_progress: 0, aof_enabled: 0 }),
  stats: (redis) => ({
    total_connections_received: redis.connectionsReceived,
    total_commands_processed: redis.commandsProcessed,
    rejected_connections: redis.host.stats().refused.connections ?? 0,
    expired_keys: redis.keyspace.expired,
    evicted_keys: 0,
    keyspace_hits: redis.keyspace.hits,
    keyspace_misses: redis.keyspace.misses
  }),
  replication: () => ({ role: 'master', connected_slaves: 0 }),
  cpu: () => {
    const { user, system } = process.cpuUsage()
    return { used_cpu_sys: (system / 1e6).toFixed(6), used_cpu_user: (user / 1e6).toFixed(6) }
  },
  modules: () => ({}),
  cluster: () => ({ cluster_enabled: 0 }),
  keyspace: ({ keyspace }): Facts =>
    keyspace.size === 0 ? {} : { db0: `keys=${keyspace.size},expires=${keyspace.expiring},avg_ttl=0` }
}

/** The text of INFO; all sections when none is named. What is no section is left out, as Redis does. */
export function info(redis: Redis, names: readonly string[]): string {
  const all = names.length === 0 || names.some((name) => ['default', 'all', 'everything'].includes(name))
  return Object.entries(sections)
    .filter(([name]) => all || names.includes(name))
    .map(([name, facts]) => `${title(name)}\r\n${lines(facts(redis))}`)
    .join('\r\n')
}

function title(name: string): string {
  return `# ${name === 'cpu' ? 'CPU' : name.charAt(0).toUpperCase() + name.slice(1)}`
}

function lines(facts: Facts): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name}:${value}\r\n`)
    .join('')
}

/** `1.50M` and its like. */
function human(bytes: number): string {
  const units = ['B', 'K', 'M', 'G', 'T']
  let unit = 0
  let size = bytes
  for (; size >= 1024 && unit < units.length - 1; unit++) size /= 1024
  return unit === 0 ? `${bytes}B` : `${size.toFixed(2)}${units[unit]}`
}
