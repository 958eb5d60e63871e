// Goal: nobody is timed out for time in which the server could not hear anybody.
// Method: servers in processes of their own, which are stopped, or whose wall clock jumps.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Address } from '@shiny/core'
import type { Test } from 'tap'
import { Journal } from './driver/journal.js'
import { Peer } from './driver/peer.js'
import { overReactors, type ReactorKind } from './driver/reactors.js'

interface Stoppable {
  readonly child: ChildProcess
  readonly journal: Journal
  readonly connect: () => Promise<Peer>
}

async function begin(t: Test, reactor: ReactorKind, idle: number, clock = 'steady'): Promise<Stoppable> {
  const file = fileURLToPath(new URL('./fixtures/stoppable.js', import.meta.url))
  const env = { ...process.env, NODE_OPTIONS: '' }
  const args = [file, reactor, String(idle), clock]
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const peers: Peer[] = []
  t.teardown(async () => {
    for (const peer of peers) peer.socket.destroy()
    child.kill('SIGCONT')
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  const journal = new Journal()
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (text) => journal.note(text))
  const port = Number((await journal.starting('port')).split(' ')[1])
  const connect = async () => {
    const peer = await Peer.connect(new Address('ipv4', '127.0.0.1', port))
    peers.push(peer)
    return peer
  }
  return { child, journal, connect }
}

/** Sends a line every `interval` milliseconds until it is told to end; answers come, but may be late. */
function talk(peer: Peer, interval: number): { end(): Promise<number> } {
  let going = true
  const done = (async () => {
    let count = 0
    for (; going; count++) {
      await peer.write(`${count}\n`)
      await sleep(interval)
    }
    return count
  })()
  return {
    end() {
      going = false
      return done
    }
  }
}

/** What has been told of connections that ended. */
function ends({ journal }: Stoppable): string[] {
  return journal.entries.filter((entry) => entry.startsWith('close'))
}

overReactors((t, reactor) => {
  t.test('a process that was stopped for longer than its timeouts cuts nobody who was in time', async (t) => {
    const idle = 2000
    const server = await begin(t, reactor, idle)
    const [busy, leisurely, slow, silent] = await Promise.all([1, 2, 3, 4].map(() => server.connect()))
    const talks = [talk(busy as Peer, 50), talk(leisurely as Peer, idle / 4)]
    await slow?.write('first\n')
    await silent?.write('last\n')
    await Promise.all([slow?.line(), silent?.line()])
    await sleep(idle / 4)
    await slow?.write('a mess')
    await sleep(100)
    server.child.kill('SIGSTOP')
    await sleep(2 * idle)
    server.child.kill('SIGCONT')
    // The message that had begun 100 ms before the stop has most of its time left.
    await sleep(idle / 4)
    t.strictSame(ends(server), [])
    await slow?.write('age\n')
    t.equal(await slow?.line(), 'a message')
    await server.journal.until('close timeout idle', 2)
    t.ok(silent?.isEnded, 'those who are silent are cut in the end')
    t.ok(slow?.isEnded)
    const said = await Promise.all(talks.map((each) => each.end()))
    for (const [i, peer] of [busy, leisurely].entries()) {
      for (let n = 0; n < (said[i] as number); n++) {
        if ((await peer?.line()) !== String(n)) t.fail(`answer ${n} is another's`)
      }
    }
    t.equal(ends(server).length, 2)
  })

  t.test('a wall clock that jumps changes nothing', async (t) => {
    const server = await begin(t, reactor, 1000, 'wild')
    const [lively, silent] = [await server.connect(), await server.connect()]
    await silent.write('once\n')
    const began = performance.now()
    const talking = talk(lively, 250)
    await silent.closed()
    const took = performance.now() - began
    t.ok(took > 900 && took < 6000, `the silent one is cut after ${Math.round(took)} ms of 1,000`)
    await sleep(1000)
    await talking.end()
    t.strictSame(ends(server), ['close timeout idle'])
  })
})
