import { createHash } from 'node:crypto'
import { bytes } from '@shiny/codecs'
import { Connection, Server, workers } from '@shiny/core'
import { portFlag } from './port-flag.js'

// SHINY_WORKERS and SHINY_BALANCE in the environment say how many threads serve, and who spreads the connections; SHINY_WORK how
// often each message is hashed, so that the server and not the load generator is the bottleneck.
const work = Number(process.env.SHINY_WORK ?? 0)

/** Sends back each chunk as it is. */
class RawEcho extends Connection<Uint8Array> {
  override onMessage(chunk: Uint8Array): void {
    for (let i = 0; i < work; i++) createHash('sha256').update(chunk).digest()
    this.send(chunk)
  }
}

const count = Number(process.env.SHINY_WORKERS ?? 2)
const balance = process.env.SHINY_BALANCE === 'handover' ? 'handover' : undefined
const listen = { host: '127.0.0.1', port: portFlag('workers-echo') }
const pool = await workers(import.meta.url, { listen, count, balance }, () => {
  return new Server({ codec: bytes(), connection: RawEcho })
})
console.log(`workers-echo: ${pool.workers.length} workers listen on ${pool.addresses.join(', ')}`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void pool.stop({ timeout: 1000 }))
