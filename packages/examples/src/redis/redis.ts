import type { CommandTable, RespReply } from '@shiny/codecs'
import type { Address, ReactorInfo } from '@shiny/core'
import { ExpiryCycle } from './expiry-cycle.js'
import type { Session } from './session.js'
import { Keyspace } from './store/index.js'

/** What the commands need to know of the server that runs them. */
export interface RedisHost {
  readonly reactor: ReactorInfo
  readonly addresses: readonly Address[]
  readonly connections: { readonly size: number }
  stop(): Promise<void>
  stats(): { readonly refused: Readonly<Record<string, number>> }
}

/** What is decided when the server starts. */
export interface Settings {
  readonly maxClients: number
  /** Whether peers from other machines are refused, because nobody is asked for a password. */
  readonly isProtected: boolean
  /** How long a client may be silent, in seconds; 0 for ever. */
  readonly timeout: number
}

/** What all sessions share: the keys and what is told about the server. */
export class Redis {
  readonly commands: CommandTable<Session, RespReply>
  readonly settings: Settings
  readonly expiry: ExpiryCycle
  readonly keyspace: Keyspace
  readonly startedAt: number = Date.now()
  #host: RedisHost | null = null
  /** Counted since the start, or since CONFIG RESETSTAT. */
  connectionsReceived = 0
  commandsProcessed = 0
  #lastSecurityWarning = Number.NEGATIVE_INFINITY

  constructor(commands: CommandTable<Session, RespReply>, settings: Settings) {
    this.commands = commands
    this.settings = settings
    this.keyspace = new Keyspace({ onEarlierDeadline: (deadline) => this.expiry.expect(deadline) })
    this.expiry = new ExpiryCycle(this.keyspace)
  }

  /** The server that runs this; there is none before {@link Redis.attach}. */
  get host(): RedisHost {
    if (this.#host === null) throw new Error('no server is attached')
    return this.#host
  }

  attach(host: RedisHost): void {
    this.#host = host
  }

  resetStatistics(): void {
    this.connectionsReceived = 0
    this.commandsProcessed = 0
    this.keyspace.hits = 0
    this.keyspace.misses = 0
    this.keyspace.expired = 0
  }

  /** Stops the server; the process ends with it. */
  shutDown(): void {
    this.expiry.stop()
    void this.host.stop()
  }

  /** Somebody has sent HTTP: a browser that was tricked, most likely. Says so at most once a minute. */
  warnOfAttack(peer: Address): void {
    const now = Date.now()
    if (now - this.#lastSecurityWarning < 60_000) return
    this.#lastSecurityWarning = now
    process.stderr.write(`redis-server: possible SECURITY ATTACK: ${peer} sent HTTP and was disconnected\n`)
  }
}
