// Goal: docs/errors.md and the table of errors say the same.
// Method: compare the codes with the headings, both ways, and with the codes that the sources use.

import { DecodeError, errorTable, ShinyError } from '@shiny/core'
import t from 'tap'
import { documents, headingsOf } from './support/markdown.js'
import { filesIn, read } from './support/repository.js'

const codes = Object.keys(errorTable)

t.test('docs/errors.md has a heading for each code, in the order of the table, and for no other', async (t) => {
  const headings = headingsOf('docs/errors.md').map(({ text }) => text)
  t.strictSame(
    headings.filter((text) => text.startsWith('ERR_')),
    codes
  )
})

t.test('each code has a cause and a cure', async (t) => {
  const sections = read('docs/errors.md').split(/^## /m).slice(1)
  for (const section of sections.filter((text) => text.startsWith('ERR_'))) {
    const [code, ...text] = section.split('\n')
    t.match(text.join('\n'), /^\n\S[\s\S]+\n\n\*Cure:\* \S/, code)
  }
})

t.test('the sources and the documents use no other code', async (t) => {
  const sources = ['core', 'codecs', 'examples'].flatMap((name) => filesIn(`packages/${name}/src`, '.ts'))
  const strangers = [...sources, ...documents()].flatMap((file) =>
    [...read(file).matchAll(/\bERR_[A-Z_]*[A-Z]\b/g)]
      .map(([code]) => `${file}: ${code}`)
      .filter((use) => !codes.some((code) => use.endsWith(` ${code}`)))
  )
  t.strictSame(strangers, [])
})

t.test('an error made of a code alone says what the table says', async (t) => {
  for (const [code, text] of Object.entries(errorTable)) {
    const error = new ShinyError(code as keyof typeof errorTable)
    t.equal(error.message, text)
    t.equal(error.code, code)
  }
  t.type(new DecodeError('ERR_MALFORMED'), ShinyError)
})
