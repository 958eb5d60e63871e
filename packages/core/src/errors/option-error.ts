import { ShinyError } from './shiny-error.js'

/** Refuses an option. */
export function optionError(path: string, expected: string): ShinyError {
  return new ShinyError('ERR_OPTION', `option "${path}": ${expected}`, { path })
}
