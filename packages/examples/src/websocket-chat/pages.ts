import { readFileSync } from 'node:fs'
import type { HttpRequest, HttpResponse } from '@shiny/codecs'

/** Nothing is loaded from elsewhere, and nothing in a message can become a program. */
const headers = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache'
}

function page(file: string, type: string): HttpResponse {
  // They stay where they were written: only programs are compiled.
  const body = readFileSync(new URL(`../../src/websocket-chat/public/${file}`, import.meta.url))
  return { status: 200, headers: { ...headers, 'Content-Type': `${type}; charset=utf-8` }, body }
}

const pages = new Map([
  ['/', page('index.html', 'text/html')],
  ['/chat.css', page('chat.css', 'text/css')],
  ['/chat.js', page('chat.js', 'text/javascript')]
])

/** What is at an address of the site; nothing where there is nothing. */
export function pageAt({ method, path }: HttpRequest): HttpResponse | undefined {
  if (method === 'GET' || method === 'HEAD') return pages.get(path)
  return { status: 405, headers: { Allow: 'GET, HEAD' } }
}
