export {
  choiceOption,
  InvalidOptions,
  integerOption,
  type OptionSpec,
  type OptionsOf,
  type OptionTable,
  optionalTextOption,
  portOption,
  readOptions,
  textOption,
} from './options.ts'
export type { Health, Service } from './service.ts'
