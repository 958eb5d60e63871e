import { framer } from '@shiny/native'

/** Why the binary cannot be asked, or false. */
export function nativeUnavailable(): string | false {
  try {
    framer({ kind: 'bytes' })
    return false
  } catch (error) {
    return `the addon cannot be loaded: ${(error as Error).message.split('\n')[0]}`
  }
}
