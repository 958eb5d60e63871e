export { optionError } from './option-error.js'
export { DecodeError, type ErrorDetails, type ErrorOrigin, ShinyError, type TimeoutKind } from './shiny-error.js'
export { type ErrorCode, errorTable } from './table.js'
