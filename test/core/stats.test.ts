import { addStats, type ServerStats } from '@shiny/core'
import t from 'tap'

const one: ServerStats = {
  uptime: 1000,
  connections: { open: 2, accepted: 10, closed: { peer: 5, local: 1, error: 2, timeout: 0 } },
  refused: { handler: 1, EMFILE: 2 },
  messages: { received: 100, sent: 90 },
  bytes: { read: 1000, written: 900, queued: 7, largestQueue: 4 },
  errors: { ERR_MALFORMED: 2 },
  timeouts: {},
  turns: 20,
  messagesPerTurn: 5
}

t.test('statistics of several servers add up', async (t) => {
  const other: ServerStats = {
    uptime: 500,
    connections: { open: 1, accepted: 3, closed: { peer: 1, local: 0, error: 0, timeout: 1 } },
    refused: { EMFILE: 1, stopping: 4 },
    messages: { received: 20, sent: 30 },
    bytes: { read: 200, written: 300, queued: 9, largestQueue: 9 },
    errors: { ERR_MALFORMED: 1, handler: 3 },
    timeouts: { idle: 1 },
    turns: 20,
    messagesPerTurn: 1
  }
  t.strictSame(addStats(one, other), {
    uptime: 1000,
    connections: { open: 3, accepted: 13, closed: { peer: 6, local: 1, error: 2, timeout: 1 } },
    refused: { handler: 1, EMFILE: 3, stopping: 4 },
    messages: { received: 120, sent: 120 },
    bytes: { read: 1200, written: 1200, queued: 16, largestQueue: 9 },
    errors: { ERR_MALFORMED: 3, handler: 3 },
    timeouts: { idle: 1 },
    turns: 40,
    messagesPerTurn: 3
  })
})

t.test('one alone stays as it is, and none are nothing', async (t) => {
  t.strictSame(addStats(one), one)
  const none = addStats()
  t.strictSame(addStats(none, one), one)
  t.equal(none.messagesPerTurn, 0)
  t.equal(none.bytes.largestQueue, 0)
})
