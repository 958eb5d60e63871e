// Goal: what is in use is not collected, and what is closed is not kept.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { overReactors } from './driver/reactors.js'

overReactors((t, reactor) => {
  t.test('a server and a connection that nobody refers to live on; closed connections are freed', async (t) => {
    const fixture = fileURLToPath(new URL('./fixtures/collecting.js', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', fixture, reactor], {
      timeout: 20_000
    })
    t.strictSame(stdout.trim().split('\n'), [
      'a forgotten server says hello',
      'a forgotten connection says and I',
      'closed connections are gone'
    ])
  })
})
