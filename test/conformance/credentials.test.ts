import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Connection } from '@shiny/core'
import { Noted } from './driver/noted.js'
import { overReactors } from './driver/reactors.js'
import { loopback, socketPath, startLines } from './driver/start.js'

class Knowing extends Noted {
  override onOpen(): void {
    this.app.note(`open ${JSON.stringify(this.credentials)}`)
  }
  override onMessage(text: string): void {
    if (text === 'late') this.end()
    else this.send(JSON.stringify(this.credentials))
  }
}

/** Asks for the first time when the socket is gone. */
class Late extends Noted {
  override onClose(): void {
    this.app.note(`close ${JSON.stringify(this.credentials)}`)
  }
}

overReactors((t, reactor) => {
  const told = reactor === 'native'
  const [uid, gid] = [process.geteuid?.(), process.getegid?.()]

  t.test('the peer of a Unix socket is known by process, user and group', async (t) => {
    const { journal, address, connect } = await startLines(t, reactor, Knowing, { at: { path: socketPath(t) } })
    const own = JSON.stringify(told ? { pid: process.pid, uid, gid } : null)
    const peer = await connect()
    await peer.write('who\n')
    t.equal(await peer.line(), own)
    t.strictSame(journal.entries, [`open ${own}`])
    const asking = `require('net').connect(${JSON.stringify(address.path)}).end('who\\n').pipe(process.stdout)`
    const child = spawn(process.execPath, ['-e', asking], { env: { ...process.env, NODE_OPTIONS: '' } })
    const [answer] = (await once(child.stdout, 'data')) as [Buffer]
    t.equal(String(answer), `${JSON.stringify(told ? { pid: child.pid, uid, gid } : null)}\n`, 'each has its own')
  })

  t.test('they may be asked for until onClose has returned', async (t) => {
    const { server, journal, connect } = await startLines(t, reactor, Late, { at: { path: socketPath(t) } })
    const peer = await connect()
    await journal.until('open')
    const [connection] = server.connections as ReadonlySet<Connection<string>>
    peer.socket.destroy()
    t.equal(await journal.starting('close'), `close ${JSON.stringify(told ? { pid: process.pid, uid, gid } : null)}`)
    t.strictSame(connection?.credentials, told ? { pid: process.pid, uid, gid } : null, 'what was asked is remembered')
  })

  t.test('a TCP peer has none', async (t) => {
    const { connect } = await startLines(t, reactor, Knowing, { at: loopback })
    const peer = await connect()
    await peer.write('who\n')
    t.equal(await peer.line(), 'null')
  })
})
