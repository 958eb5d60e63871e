// serve() gives its context, with its type, to each callback.

import { type ServeAnswer, serve } from '@shiny/core'

interface Context {
  count: number
}

void serve(
  'tcp',
  ':9999',
  (id, data, ctx) => {
    ctx.count += data.length
    return [data, id > 0]
  },
  (id, addr, wake, ctx) => {
    setTimeout(wake, 1)
    return [`${id} ${addr.length} ${ctx.count}`, true]
  },
  (id, err, ctx) => void [id.toFixed(), err?.message, ctx.count],
  (ctx) => ctx.count < 10,
  { count: 0 } as Context
)
void serve('unix', '/tmp/x', null, null, null, null, null)

const answer: ServeAnswer = [null, false]
void answer

// @ts-expect-error: Type 'number' is not assignable to type 'string | Uint8Array
void serve('tcp', ':1', () => [1, true], null, null, null, null)
// @ts-expect-error: Source has 1 element(s) but target requires 2
void serve('tcp', ':1', () => ['x'], null, null, null, null)
// @ts-expect-error: Argument of type '"udp"' is not assignable to parameter of type
void serve('udp', ':1', null, null, null, null, null)
// @ts-expect-error: Type 'void' is not assignable to type 'boolean'
void serve('tcp', ':1', null, null, null, () => {}, null)
// @ts-expect-error: Expected 7 arguments, but got 6
void serve('tcp', ':1', null, null, null, null)
// @ts-expect-error: Property 'total' does not exist on type 'Context'
void serve('tcp', ':1', null, null, null, (ctx) => ctx.total > 0, { count: 0 } as Context)
