import { LONGEST_STRING } from './limits.js'
import type { Redis } from './redis.js'

/** One setting, as CONFIG shows it. */
export interface Parameter {
  read(redis: Redis): string
  /** Takes a new value, or says what is wrong with it; without it the setting cannot be changed. */
  readonly write?: (redis: Redis, value: string) => string | null
}

const fixed = (value: string): Parameter => ({ read: () => value })

/** The settings by name. Most are as they are: they tell clients what this server does not do. */
export const parameters: ReadonlyMap<string, Parameter> = new Map<string, Parameter>([
  ['active-expire-effort', { read: ({ expiry }) => String(expiry.effort), write: setEffort }],
  ['appendonly', fixed('no')],
  ['bind', { read: ({ host }) => host.addresses.map((address) => address.host).join(' ') }],
  ['databases', fixed('1')],
  ['maxclients', { read: ({ settings }) => String(settings.maxClients) }],
  ['maxmemory', fixed('0')],
  ['maxmemory-policy', fixed('noeviction')],
  ['port', { read: ({ host }) => String(host.addresses[0]?.port ?? 0) }],
  ['proto-max-bulk-len', fixed(String(LONGEST_STRING))],
  ['protected-mode', { read: ({ settings }) => (settings.isProtected ? 'yes' : 'no') }],
  ['save', fixed('')],
  ['tcp-keepalive', fixed('0')],
  ['timeout', { read: ({ settings }) => String(settings.timeout) }]
])

function setEffort(redis: Redis, value: string): string | null {
  if (!/^-?\d+$/.test(value)) return "argument couldn't be parsed into an integer"
  const effort = Number(value)
  if (effort < 1 || effort > 10) return 'argument must be between 1 and 10 inclusive'
  redis.expiry.effort = effort
  return null
}
