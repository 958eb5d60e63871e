// A server that ends its process inside a hook, in one of several ways.

import { line } from '@shiny/codecs'
import { Connection, Server } from '@shiny/core'
import { parseFlags, runCommand } from '../../command-line.js'

const flags = {
  kind: { value: 'KIND', help: 'shiny', default: 'shiny' },
  hook: { value: 'NAME', help: 'in which hook', default: 'onMessage' },
  way: { value: 'WAY', help: 'exit, signal, or graceful: a signal whose handler stops the server', default: 'exit' },
  code: { value: 'N', help: 'the exit code', default: '3' }
} as const

const { hook, way, code } = parseFlags(flags, process.argv.slice(2))
let done = false

function at(name: string): void {
  if (name !== hook || done) return
  done = true
  if (way === 'exit') process.exit(Number(code))
  process.kill(process.pid, 'SIGTERM')
}

class Exiting extends Connection<string> {
  override onOpen(): void {
    at('onOpen')
  }
  override onMessage(text: string): void | Promise<void> {
    at('onMessage')
    if (hook === 'onDrain') this.send('x'.repeat(200_000))
    else if (hook === 'onWake') this.wake()
    else if (hook === 'onError') this.destroy(new Error('an error'))
    else if (hook === 'onClose') this.end('bye')
    else if (hook === 'afterAwait') return Promise.resolve().then(() => at('afterAwait'))
    else this.send(hook === 'onEnd' ? 'end' : text)
  }
  override onBatchEnd(): void {
    at('onBatchEnd')
  }
  override onDrain(): void {
    at('onDrain')
  }
  override onWake(): void {
    at('onWake')
  }
  override onEnd(): void {
    at('onEnd')
  }
  override onError(): void {
    at('onError')
  }
  override onClose(): void {
    at('onClose')
  }
}

class Ticking extends Server<string> {
  protected override onTick(): void {
    if (this.connections.size > 0) at('onTick')
  }
}

await runCommand('exiting', async () => {
  const server = new Ticking({ codec: line(), connection: Exiting })
  server.on('connectionError', () => {})
  await server.listen({ host: '127.0.0.1', port: 0 })
  if (way === 'graceful') {
    process.once('SIGTERM', () => {
      process.exitCode = Number(code)
      void server.stop({ timeout: 1000 })
    })
  }
  console.log(JSON.stringify({ port: server.addresses[0]?.port }))
  return 0
})
