import t from 'tap'
import type * as Addresses from '../../packages/core/dist/reactor/portable/addresses.js'
import type * as Input from '../../packages/core/dist/reactor/portable/input-buffer.js'
import type * as Queue from '../../packages/core/dist/reactor/portable/output-queue.js'
import type * as Slots from '../../packages/core/dist/reactor/portable/slot-table.js'
import type * as Tasks from '../../packages/core/dist/reactor/portable/task-queue.js'
import { internal } from './internals.js'

const { InputBuffer } = await internal<typeof Input>('reactor/portable/input-buffer.js')
const { OutputQueue } = await internal<typeof Queue>('reactor/portable/output-queue.js')
const { SlotTable } = await internal<typeof Slots>('reactor/portable/slot-table.js')
const { TaskQueue } = await internal<typeof Tasks>('reactor/portable/task-queue.js')
const { boundTo } = await internal<typeof Addresses>('reactor/portable/addresses.js')

t.test('InputBuffer', async (t) => {
  t.test('takes a chunk as it is while nothing is left over', async (t) => {
    const input = new InputBuffer()
    const chunk = Buffer.from('hello')
    input.append(chunk, 0)
    t.equal(input.bytes, chunk)
    input.start += 5
    input.trim()
    t.equal(input.length, 0)
    t.not(input.bytes, chunk, 'and lets it go')
  })

  t.test('copies a small remainder out of a large chunk', async (t) => {
    const input = new InputBuffer()
    input.append(Buffer.alloc(65536, 'x'), 0)
    input.start = 65530
    input.trim()
    t.ok(input.bytes.length < 1000, `${input.bytes.length} bytes are kept for 6`)
    t.equal(unread(input), 'xxxxxx')
  })

  t.test('copies no more than the frame needs that has begun, and rejoins the rest', async (t) => {
    const input = new InputBuffer()
    input.append(Buffer.from('abc'), 0)
    const chunk = Buffer.from('de'.padEnd(65536, 'x'))
    input.append(chunk, 5)
    t.equal(input.length, 65539, 'what stands aside counts')
    t.equal(unread(input), 'abcde')
    input.start += 5
    t.ok(input.rejoin())
    t.equal(input.bytes.buffer, chunk.buffer, 'what stood aside is taken as it is')
    t.equal(unread(input), 'x'.repeat(65534))
    t.notOk(input.rejoin(), 'once')

    input.append(chunk, 65540)
    input.start += 4
    t.ok(input.rejoin())
    t.equal(unread(input), `${'x'.repeat(65530)}de${'x'.repeat(65534)}`, 'also behind what is left over')

    input.clear()
    input.append(Buffer.from('abc'), 0)
    input.append(chunk, 5)
    input.clear()
    t.notOk(input.rejoin(), 'nothing stands aside of what was cleared')
    t.equal(input.length, 0)
  })

  t.test('puts pieces together, whatever is consumed between them', async (t) => {
    const input = new InputBuffer()
    let expected = ''
    for (let i = 0; i < 5000; i++) {
      const piece = `${i},`.repeat(1 + (i % 7))
      input.append(Buffer.from(piece), 0)
      expected += piece
      const consumed = (i * 37) % (input.length + 1)
      if (i % 3 === 0) {
        input.start += consumed
        expected = expected.slice(consumed)
        input.trim()
      }
      if (unread(input) !== expected) t.fail(`wrong after piece ${i}`)
    }
    t.equal(unread(input), expected)
  })
})

t.test('OutputQueue', async (t) => {
  const queue = new OutputQueue()
  queue.push(Buffer.alloc(0))
  t.equal(queue.length, 0)
  for (const piece of ['aaa', 'bbb', 'ccccccccccc', 'd']) queue.push(Buffer.from(piece))
  t.equal(queue.length, 18)
  t.equal(queue.take(7).toString(), 'aaabbb', 'whole pieces together')
  t.equal(queue.take(4).toString(), 'cccc', 'a part of a longer one')
  t.equal(queue.length, 8)
  t.equal(queue.take(100).toString(), 'cccccccd')
  t.equal(queue.length, 0)
  queue.push(Buffer.from('x'))
  queue.clear()
  t.equal(queue.length, 0)
})

t.test('SlotTable', async (t) => {
  const slots = new SlotTable<string>(3)
  t.strictSame([slots.take(), slots.take(), slots.take(), slots.take()], [0, 1, 2, -1])
  slots.set(1, 'one')
  t.equal(slots.get(1), 'one')
  slots.free(1)
  t.equal(slots.get(1), undefined)
  t.strictSame([slots.take(), slots.take()], [1, -1])
})

t.test('TaskQueue', async (t) => {
  t.test('a task of a task runs in the turn after, and each turn in one go', async (t) => {
    const log: string[] = []
    const queue = new TaskQueue((work) => {
      log.push('turn')
      work()
    })
    await new Promise<void>((resolve) => {
      queue.push(() => {
        log.push('a')
        queue.push(() => {
          log.push('c')
          resolve()
        })
      })
      queue.push(() => log.push('b'))
      log.push('pushed')
    })
    t.strictSame(log, ['pushed', 'turn', 'a', 'b', 'turn', 'c'])
  })

  t.test('a task that throws costs none of the others', async (t) => {
    const log: string[] = []
    const queue = new TaskQueue((work) => {
      try {
        work()
      } catch (error) {
        log.push(`caught ${(error as Error).message}`)
      }
    })
    await new Promise<void>((resolve) => {
      queue.push(() => {
        throw new Error('x')
      })
      queue.push(() => log.push('second'))
      queue.push(resolve)
    })
    t.strictSame(log, ['caught x', 'second'])
  })
})

t.test('what a listener is bound to', async (t) => {
  t.match(boundTo('/tmp/x'), { family: 'unix', path: '/tmp/x' })
  t.match(boundTo({ address: '::', family: 'IPv6', port: 7 }), { family: 'ipv6', host: '::', port: 7 })
  t.match(boundTo({ address: '0.0.0.0', family: 'IPv4', port: 7 }), { family: 'ipv4', host: '0.0.0.0', port: 7 })
  t.match(boundTo(null), { family: 'unknown' })
})

function unread(input: Input.InputBuffer): string {
  return input.bytes.toString('latin1', input.start, input.end)
}
