import type { HttpHeadOptions, HttpRequest, HttpRequestHead, HttpResponse } from '@shiny/codecs'
import type { CodecVectors } from '@shiny/core/testing'

/** What is shown of a request: the parts, and the fields in the order in which they came. */
export function showRequest({ method, path, query, version, headers, keepAlive }: HttpRequest): string {
  const fields = [...headers].map(([name, value]) => `${name}=${value}`).join('|')
  return `${method} ${path} ${query} ${version} ${keepAlive ? 'on' : 'once'} ${fields}`
}

const get = (fields = '', target = '/') => `GET ${target} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`

type Vectors = CodecVectors<string, HttpResponse>

const bad = (name: string, bytes: string, told: string, code = 'ERR_MALFORMED') => {
  const first = get()
  return { name, bytes: first + bytes, code, text: told, before: ['GET /  1.1 on host=a'], offset: first.length }
}

const noRequest = 'this is no request of HTTP/1.1'
const noName = 'a field has no name, or blanks around it'
const noCrlf = 'a line does not end in CR LF'
const control = 'a field has a control character in its value'

const valid: NonNullable<Vectors['valid']> = [
  { name: 'the least', bytes: get(), messages: ['GET /  1.1 on host=a'] },
  {
    name: 'fields',
    bytes: get('X-One:1\r\nx-two:  two words \t\r\nEmpty:\r\nX-Latin: caf\xe9\r\n'),
    messages: ['GET /  1.1 on host=a|x-one=1|x-two=two words|empty=|x-latin=caf\xe9']
  },
  {
    name: 'fields that come twice',
    bytes: get('Via: a\r\nCookie: a=1\r\nvia: b\r\nCookie: b=2\r\n'),
    messages: ['GET /  1.1 on host=a|via=a, b|cookie=a=1; b=2']
  },
  {
    name: 'targets',
    bytes: `${get('', '/chat?a=1?b')}${get('', 'http://b:8/c?d')}${get('', 'HTTP://b')}OPTIONS * HTTP/1.1\r\nhost: [::1]:80\r\n\r\n`,
    messages: [
      'GET /chat a=1?b 1.1 on host=a',
      'GET /c d 1.1 on host=a',
      'GET /  1.1 on host=a',
      'OPTIONS *  1.1 on host=[::1]:80'
    ]
  },
  {
    name: 'how long it stays',
    bytes: `${get('Connection: x, Close\r\n')}GET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n`,
    messages: ['GET /  1.1 once host=a|connection=x, Close', 'GET /  1.0 once ', 'GET /  1.0 on connection=Keep-Alive']
  },
  { name: 'an empty line before it', bytes: `\r\n${get()}`, messages: ['GET /  1.1 on host=a'] },
  { name: 'an empty body', bytes: get('Content-Length: 0\r\n'), messages: ['GET /  1.1 on host=a|content-length=0'] }
]

const invalid: NonNullable<Vectors['invalid']> = [
  bad('two empty lines before it', `\r\n\r\n${get()}`, noRequest),
  bad('no version', 'GET /\r\n\r\n', noRequest),
  bad('two blanks', 'GET  / HTTP/1.1\r\n\r\n', noRequest),
  bad('a blank behind it', 'GET / HTTP/1.1 \r\n\r\n', noRequest),
  bad('a method of other characters', 'G(T / HTTP/1.1\r\n\r\n', noRequest),
  bad('a target of other characters', 'GET /\xe9 HTTP/1.1\r\n\r\n', noRequest),
  bad('a version in lower case', 'GET / http/1.1\r\n\r\n', noRequest),
  bad('TLS', '\x16\x03\x01\x00\x05\x01\r\n', noRequest),
  bad('another version', 'PRI * HTTP/2.0\r\n\r\n', 'only HTTP/1.1 is spoken here'),
  bad('an authority', 'CONNECT a:80 HTTP/1.1\r\n\r\n', 'the target of a request is no path'),
  bad('a fragment', 'GET /#a HTTP/1.1\r\n\r\n', 'the target of a request is no path'),
  bad('a lone LF', 'GET / HTTP/1.1\nHost: a\r\n\r\n', noCrlf),
  bad('a lone LF at the end', 'GET / HTTP/1.1\r\nHost: a\r\n\n', noCrlf),
  bad('a lone LF before it', '\nGET', noCrlf),
  bad('a lone CR in a value', get('A: b\rc\r\n'), control),
  bad('a NUL in a value', get('A: \0\r\n'), control),
  bad('a blank before the colon', get('A : b\r\n'), noName),
  bad('a line that goes on', get('A: b\r\n c\r\n'), noName),
  bad('no colon', get('A\r\n'), noName),
  bad('no name', get(': b\r\n'), noName),
  bad('no host', 'GET / HTTP/1.1\r\n\r\n', 'a request needs one host'),
  bad('two hosts', get('HOST: a\r\n'), 'there are two fields host'),
  bad('a host of other characters', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', 'a request needs one host'),
  bad('two keys', get('Sec-WebSocket-Key: a\r\nSec-WebSocket-Key: a\r\n'), 'there are two fields sec-websocket-key'),
  bad('a body', get('Content-Length: 05\r\n'), 'requests with a body are not taken', 'ERR_FRAME_TOO_LONG'),
  bad('a length that is none', get('Content-Length: +1\r\n'), 'the length of a body is no number'),
  bad('two lengths', get('Content-Length: 0\r\nContent-Length: 0\r\n'), 'there are two fields content-length'),
  bad('a body in pieces', get('Transfer-Encoding: chunked\r\n'), 'requests with a body in pieces are not taken')
]

const tooLong = (name: string, bytes: string) => ({
  name,
  bytes,
  code: 'ERR_FRAME_TOO_LONG',
  text: 'a head is longer than 64 bytes',
  offset: 0
})

/** What a server receives, under which options. */
export const httpVectors: readonly [name: string, options: HttpHeadOptions, vectors: Vectors][] = [
  [
    'of requests',
    {},
    {
      valid,
      invalid,
      eof: [
        { name: 'nothing', bytes: '' },
        { name: 'a head cut off', bytes: get().slice(0, -1), code: 'ERR_TRUNCATED', offset: 0 },
        { name: 'what is behind it', bytes: `${get()}GE`, messages: ['GET /  1.1 on host=a'], code: 'ERR_TRUNCATED' }
      ],
      sends: [
        { message: { status: 204 }, bytes: 'HTTP/1.1 204 No Content\r\n\r\n' },
        { message: { status: 200, body: 'é' }, bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\xc3\xa9' },
        {
          message: { status: 200, body: 'four', headOnly: true },
          bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n'
        },
        {
          message: { status: 299, headers: { A: 'b', C: ['d', 'e'], F: undefined }, body: new Uint8Array([255]) },
          bytes: 'HTTP/1.1 299 \r\nA: b\r\nC: d\r\nC: e\r\nContent-Length: 1\r\n\r\n\xff'
        },
        {
          message: { status: 404, reason: 'Gone fishing' },
          bytes: 'HTTP/1.1 404 Gone fishing\r\nContent-Length: 0\r\n\r\n'
        }
      ],
      unsendable: [
        null,
        'HTTP/1.1 200 OK',
        {},
        { status: 99 },
        { status: 600 },
        { status: 200.5 },
        { status: 200, reason: 'O\nK' },
        { status: 200, headers: { 'a b': 'c' } },
        { status: 200, headers: { '': 'c' } },
        { status: 200, headers: { a: 'b\r\nc: d' } },
        { status: 200, headers: { a: '€' } },
        { status: 200, headers: { a: 1 } },
        { status: 200, headers: { 'content-length': '0' } },
        { status: 200, headers: { 'Transfer-Encoding': 'chunked' } },
        { status: 200, body: 1 },
        { status: 204, body: 'a' },
        { status: 101, body: 'a' }
      ]
    }
  ],
  [
    'with limits',
    { maxHead: 64, maxHeaders: 2 },
    {
      valid: [
        {
          name: 'just so',
          bytes: get(`A: ${'x'.repeat(64 - 32)}\r\n`),
          messages: [`GET /  1.1 on host=a|a=${'x'.repeat(32)}`]
        }
      ],
      invalid: [
        tooLong('a byte too many', get(`A: ${'x'.repeat(64 - 31)}\r\n`)),
        tooLong('a long line', 'x'.repeat(65)),
        tooLong('a long line that is no request', `${'x'.repeat(70)}\n`),
        {
          name: 'a field too many',
          bytes: get('A: b\r\nC: d\r\n'),
          code: 'ERR_TOO_MANY_ELEMENTS',
          text: 'a head has more than 2 fields',
          offset: 0
        }
      ]
    }
  ]
]

const head = (status: number) => ({ status, reason: 'OK', headers: new Map([['a', 'b']]) })

/** What a client receives. */
export const httpClientVectors: CodecVectors<unknown, HttpRequestHead> = {
  valid: [
    {
      name: 'heads',
      bytes: 'HTTP/1.1 200 OK\r\nA: b\r\n\r\nHTTP/1.0 101 OK\r\na: b\r\n\r\n',
      messages: [head(200), head(101)]
    },
    {
      name: 'no reason',
      bytes: 'HTTP/1.1 404\r\n\r\nHTTP/1.1 599 \r\n\r\n',
      messages: [404, 599].map((status) => ({ status, reason: '', headers: new Map() }))
    },
    {
      name: 'one that announces another',
      bytes: 'HTTP/1.1 103 Early\r\nA: c\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n',
      messages: [head(200)]
    }
  ],
  invalid: [
    ...['HTTP/2 200 OK', 'HTTP/1.1 20 OK', 'HTTP/1.1 600 OK', 'ICY 200 OK', 'HTTP/1.1 200\tOK', ''].map((line) => ({
      name: `the line ${line}`,
      bytes: `${line}\r\n\r\n`,
      code: 'ERR_MALFORMED',
      text: 'this is no response of HTTP/1.1',
      offset: 0
    })),
    { name: 'a bad field', bytes: 'HTTP/1.1 200 OK\r\nA\r\n\r\n', code: 'ERR_MALFORMED', text: noName, offset: 0 }
  ],
  eof: [{ name: 'a head cut off', bytes: 'HTTP/1.1 200 OK\r\n', code: 'ERR_TRUNCATED', offset: 0 }],
  sends: [
    { message: { target: '/' }, bytes: 'GET / HTTP/1.1\r\n\r\n' },
    {
      message: { method: 'HEAD', target: '/a?b', headers: { Host: 'c' } },
      bytes: 'HEAD /a?b HTTP/1.1\r\nHost: c\r\n\r\n'
    }
  ],
  unsendable: [
    null,
    {},
    { target: '/a b' },
    { target: '' },
    { target: '/', method: 'G T' },
    { target: '/', headers: { A: '\n' } },
    { target: '/', headers: { 'Content-Length': '1' } }
  ]
}
