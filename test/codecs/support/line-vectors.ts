import type { LineOptions } from '@shiny/codecs'
import type { Vector } from './vectors.js'

/** How the corpus writes a line down. */
export const showLine = (text: string) => text

const tooLong = (offset = 0): [string, string, number] => [
  'ERR_FRAME_TOO_LONG',
  'a line is longer than 5 bytes',
  offset
]

/** Corpora of line(), each for options of its own. */
export const lineVectors: readonly [name: string, options: LineOptions, vectors: readonly Vector[]][] = [
  [
    'any',
    { maxLength: 5 },
    [
      { name: 'nothing', bytes: '' },
      { name: 'lines', bytes: 'ab\ncd\r\n\r\n\nx', messages: ['ab', 'cd', '', ''], left: 1 },
      { name: 'CR in a line', bytes: 'a\rb\n\r\r\n', messages: ['a\rb', '\r'] },
      { name: 'the longest lines', bytes: '12345\n12345\r\n', messages: ['12345', '12345'] },
      { name: 'one byte more', bytes: 'ab\n123456\n', messages: ['ab'], refused: tooLong(3) },
      { name: 'one byte more, then CR LF', bytes: '123456\r\n', refused: tooLong() },
      { name: 'a CR that is no part of an ending', bytes: '12345\r6\n', refused: tooLong() },
      { name: 'a CR that may be one', bytes: '12345\r', left: 6 },
      { name: 'refused before its ending', bytes: '123456', refused: tooLong() },
      { name: 'UTF-8', bytes: '\xc3\xa9\n\xff\n', messages: ['é', '\ufffd'] },
      { name: 'NUL', bytes: '\0\n', messages: ['\0'] }
    ]
  ],
  [
    'lf',
    { maxLength: 5, newline: 'lf' },
    [
      { name: 'lines', bytes: 'ab\ncd\r\n\nx', messages: ['ab', 'cd\r', ''], left: 1 },
      { name: 'the longest lines', bytes: '12345\n1234\r\n', messages: ['12345', '1234\r'] },
      { name: 'a CR counts', bytes: '12345\r\n', refused: tooLong() },
      { name: 'and is not waited for', bytes: '12345\r', refused: tooLong() }
    ]
  ],
  [
    'crlf',
    { maxLength: 5, newline: 'crlf' },
    [
      { name: 'lines', bytes: 'ab\r\na\nb\r\n\n\r\n\r\r\n', messages: ['ab', 'a\nb', '\n', '\r'] },
      { name: 'LF alone ends nothing', bytes: 'a\n\n', left: 3 },
      { name: 'the longest lines', bytes: '12345\r\n1234\n\r\n', messages: ['12345', '1234\n'] },
      { name: 'one byte more', bytes: '12\n456\r\n', refused: tooLong() },
      { name: 'LF in place of CR', bytes: '12345\n\r\n', refused: tooLong() }
    ]
  ],
  ['latin1', { encoding: 'latin1', maxLength: 5 }, [{ name: 'bytes', bytes: '\xff\xe9\r\n', messages: ['\xff\xe9'] }]]
]
