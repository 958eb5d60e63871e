export { optionError } from './option-error.js'
export { DecodeError, type ErrorDetails, type ErrorOrigin, ShinyError } from './shiny-error.js'
export { type ErrorCode, errorTable } from './table.js'
