// Goal: the examples on the pages of codecs are programs that do what they look like.
// Method: run each as it stands, on a port of the system's choice; say some bytes to it, and compare what it answers.

import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { snippetsOf } from './support/markdown.js'
import { Program } from './support/program.js'
import { filesIn } from './support/repository.js'

/** What is said to the example of a page, and what it answers; characters stand for bytes. */
const talks: Readonly<Record<string, readonly [said: string, heard: string]>> = {
  'binary.md': ['\0\0\0\0', '\0\0\0\x40e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  'bytes.md': ['hello', 'hello'],
  'cobs.md': ['\x05\x11\0\x02\x22\0', '\x02\x22\0'],
  'delimited.md': ['a,b;c;', 'b,a;c;'],
  'fixed-length.md': ['\0\x01\0\0\0\x05\0\x02\0\0\0\x03', '\0\x01\0\0\0\x05\0\x02\0\0\0\x05'],
  'http-head.md': [
    'GET /health HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno'
  ],
  'json.md': ['{"id":1,"add":[1,2]}\n{"id":2,"add":[]}\n', '{"id":1,"sum":3}\n{"id":2,"sum":0}\n'],
  'length-prefixed.md': ['\0\x16{"id":1,"text":"text"}', '\0\x13{"id":1,"length":4}'],
  'line.md': [`hi\n${'x'.repeat(2000)}\r\nho\r\n`, 'HI\n! a line is longer than 1000 bytes\nHO\n'],
  'msgpack.md': ['\0\0\0\x07\x82\xa1x\x03\xa1y\x04', '\0\0\0\x09\x81\xa6radius\x05'],
  'netstring.md': ['5:hello,', '5:olleh,'],
  'proxy-protocol.md': [
    'PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\nhello\nbye\n',
    'hello, 192.0.2.1:56324\nbye, 192.0.2.1:56324\n'
  ],
  'resp.md': ['SET k v\r\nGET k\r\nGET\r\n', "+OK\r\n$1\r\nv\r\n-ERR unknown command 'GET'\r\n"],
  'slip.md': ['\xc0a\xdb\xc0hi\xc0', '\xc0hi\xc0'],
  'text.md': ['\0\0\0\x02\xc3\xa9', '\0\0\0\x02\xc3\xa9']
}

/** Pages whose examples cannot be talked to. */
const silent: Readonly<Record<string, string>> = {
  'proxy-protocol.md': 'has tests of its own',
  'http-client-head.md': 'calls a server',
  'resp-client.md': 'calls a server of Redis',
  'varint-prefixed.md': 'stands on what a generator has made',
  'web-socket.md': 'has tests of its own'
}

t.test('each page has an example that is tried, or a reason', async (t) => {
  const pages = filesIn('docs/codecs', '.md').map((file) => file.slice(file.lastIndexOf('/') + 1))
  t.strictSame(
    pages.filter((page) => talks[page] === undefined && silent[page] === undefined),
    []
  )
})

for (const [page, [said, heard]] of Object.entries(talks)) {
  t.test(page, async (t) => {
    const example = snippetsOf(`docs/codecs/${page}`).find(({ language }) => language === 'ts')
    const code = `${example?.code}\nconsole.log((server.addresses[0] as { port: number }).port)`
    const program = new Program(`codec-${page}`, code)
    t.teardown(() => program.child.kill())
    t.equal(await answer(Number(await program.line()), said), heard)
  })
}

/** All that a server answers until it has answered everything. */
async function answer(port: number, said: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.end(Buffer.from(said, 'latin1'))
  await once(socket, 'end')
  return Buffer.concat(chunks).toString('latin1')
}
