import { type ByteReader, NEED_MORE, type NeedMore } from '@shiny/core/codec'
import { HeadDecoder } from './head-decoder.js'
import type { HttpFields, HttpResponseHead } from './message.js'
import { HttpRefusal } from './refusal.js'

const FIRST = /^HTTP\/1\.[01] ([1-5]\d\d)(?: ([\t -~\x80-\xff]*))?$/

/** Reads the heads of responses; those that only announce another are passed over. */
export class ResponseDecoder extends HeadDecoder<HttpResponseHead> {
  #status = 0
  #reason = ''

  override decode(src: ByteReader): HttpResponseHead | NeedMore {
    for (;;) {
      const head = super.decode(src)
      if (head === NEED_MORE || head.status === 101 || head.status >= 200) return head
    }
  }

  protected override first(line: string): void {
    const [, status, reason] = FIRST.exec(line) ?? []
    if (status === undefined) throw new HttpRefusal(502, 'this is no response of HTTP/1.1')
    this.#status = Number(status)
    this.#reason = reason ?? ''
  }

  protected override complete(headers: HttpFields): HttpResponseHead {
    return { status: this.#status, reason: this.#reason, headers }
  }
}
