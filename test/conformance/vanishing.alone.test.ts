import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { overReactors } from './driver/reactors.js'
import { socketPath } from './driver/start.js'

const program = fileURLToPath(new URL('./fixtures/vanishing.js', import.meta.url))

overReactors((t, reactor) => {
  t.test('paused, half-open and blocked connections whose peers vanish cost no CPU', { timeout: 60_000 }, async (t) => {
    for (const address of ['tcp://127.0.0.1:0', `unix://${socketPath(t)}`]) {
      const child = spawn(process.execPath, [program, reactor, address], { stdio: ['ignore', 'pipe', 'inherit'] })
      const [[code], output] = await Promise.all([once(child, 'exit'), text(child.stdout)])
      t.equal(code, 0, `${address}: all are closed in the end`)
      t.ok(Number(output) < 300, `${address}: ${output.trim()} ms of 1,500`)
    }
  })
})
