// Goal: a peer that does not read never makes the process grow by more than the cap on queued output and a tenth of it.

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Address } from '@shiny/core'
import { Journal } from './driver/journal.js'
import { Peer } from './driver/peer.js'
import { overReactors } from './driver/reactors.js'

const MIB = 1024 * 1024
const CAP = 128 * MIB

overReactors((t, reactor) => {
  t.test('a slow reader costs no more than the cap', async (t) => {
    const file = fileURLToPath(new URL('./fixtures/piling.js', import.meta.url))
    const env = { ...process.env, NODE_OPTIONS: '' }
    const args = ['--expose-gc', file, reactor, String(CAP)]
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
    t.teardown(() => child.kill('SIGKILL'))
    const journal = new Journal()
    createInterface({ input: child.stdout }).on('line', (text) => journal.note(text))
    const port = Number((await journal.starting('port')).split(' ')[1])
    const peer = await Peer.connect(new Address('ipv4', '127.0.0.1', port), { reading: false })
    t.teardown(() => void peer.socket.destroy())
    await peer.write('go')
    const grown = Number((await journal.starting('grown')).split(' ')[1])
    t.ok(grown > CAP / 2, `${Math.round(grown / MIB)} MiB: the queue was really filled`)
    t.ok(grown < 1.1 * CAP, `${Math.round(grown / MIB)} MiB of ${CAP / MIB}`)
  })
})
