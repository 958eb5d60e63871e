import { NEED_MORE, type Stage } from '@shiny/core/codec'

export type Texts = Stage<string, string, string, string>

/** Sends messages as they are. */
export const plainly: Texts['encoder'] = () => ({ encode: (message, emit) => emit(message) })

/** Words of lines; what is sent is a line of one word. `keeps` is what it tells of the words that it has left; null: it does not tell. */
export function words(keeps: ((left: readonly string[]) => boolean) | null = (left) => left.length > 0): Texts {
  return {
    name: 'words',
    decoder: () => {
      const left: string[] = []
      return {
        decode: (next) => {
          while (left.length === 0) {
            const message = next()
            if (message === NEED_MORE) return NEED_MORE
            left.push(...message.split(' '))
          }
          return left.shift() as string
        },
        pending: () => left.length > 0,
        ...(keeps && { keeps: () => keeps(left) })
      }
    },
    encoder: plainly
  }
}

/** Two lines are one message. */
export const pairs: Texts = {
  name: 'pairs',
  decoder: () => {
    let first: string | null = null
    return {
      decode: (next) => {
        for (;;) {
          const message = next()
          if (message === NEED_MORE) return NEED_MORE
          if (first !== null) {
            const pair = `${first}+${message}`
            first = null
            return pair
          }
          first = message
        }
      },
      keeps: () => first !== null
    }
  },
  encoder: () => ({
    encode: (pair, emit) => {
      for (const message of pair.split('+')) emit(message)
    }
  })
}
