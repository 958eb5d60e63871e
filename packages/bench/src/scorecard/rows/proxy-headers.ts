import { setTimeout as sleep } from 'node:timers/promises'
import { grouped } from '../../table.js'
import { Client } from '../client.js'
import type { Dice } from '../dice.js'
import { headerLength, version1, version2 } from '../proxy-headers.js'
import type { Row } from '../row.js'

const originals = [version1('203.0.113.9'), version2('203.0.113.9'), version2('203.0.113.9', true)]
const rest = Buffer.from('\nwho am I?\n')

/** A header with one to three bytes changed, added, taken away or repeated. */
function mutated(dice: Dice): Buffer {
  let bytes = originals[dice.roll(originals.length)]!
  for (let changes = 1 + dice.roll(3); changes > 0; changes--) {
    const at = dice.roll(bytes.length)
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
    const any = Buffer.from([dice.roll(256)])
    const kinds = [
      () => [before, any, after.subarray(1)],
      () => [before, any, after],
      () => [before, after.subarray(1)],
      () => [before, after.subarray(0, 1), after],
      () => [before]
    ]
    bytes = Buffer.concat(kinds[dice.roll(kinds.length)]!())
  }
  return bytes
}

async function isAdmitted(at: { readonly port: number }, bytes: Buffer, bytewise: boolean): Promise<boolean> {
  const client = new Client(at)
  if (bytewise) {
    await client.until(() => !client.socket.connecting)
    for (const byte of bytes) {
      client.socket.write(Buffer.from([byte]))
      await sleep(0)
    }
    client.end()
  } else {
    client.socket.end(bytes)
  }
  await client.untilEnd(5)
  client.destroy()
  return client.receivedBytes > 0
}

/** PROXY headers with mistakes in them. */
export const proxyHeaders: Row = {
  name: 'proxy-headers',
  bar: '10,000 mutated PROXY headers: none admitted that the protocol forbids, none refused that it allows; bytewise too',
  beside: false,
  limit: 60,
  async measure(stage) {
    const count = stage.size(10_000, 1000)
    const subject = await stage.start('shiny', 'doors')
    const door = { proxyProtocol: { from: ['127.0.0.1'] } }
    const { ports } = await subject.ask<{ ports: [number] }>(`open ${JSON.stringify(door)}`)
    const at = { port: ports[0] }
    let valid = 0
    const wrong = { admitted: [] as string[], refused: [] as string[] }
    stage.step(`${count} headers`)
    for (let done = 0; done < count; done += 100) {
      const batch = Array.from({ length: 100 }, async (_, i) => {
        const bytes = Buffer.concat([i < 3 ? originals[i]! : mutated(stage.dice), rest])
        const length = headerLength(bytes)
        if (length !== null) valid++
        // A header whose length was changed may take all that follows with it: then there is nothing to answer.
        const expected = length !== null && bytes.includes('\n', length)
        const admitted = await isAdmitted(at, bytes, i < 10)
        if (admitted !== expected)
          wrong[admitted ? 'admitted' : 'refused'].push(JSON.stringify(bytes.toString('latin1')))
      })
      await Promise.all(batch)
    }
    const [first = ''] = [...wrong.admitted, ...wrong.refused]
    return {
      text:
        `${grouped(count)} headers, ${grouped(valid)} of them valid: ${wrong.admitted.length} wrongly admitted, ` +
        `${wrong.refused.length} wrongly refused ${first}`.trim(),
      passed: wrong.admitted.length + wrong.refused.length === 0,
      values: { count, valid, admitted: wrong.admitted.length, refused: wrong.refused.length }
    }
  }
}
