import type { Trigger } from './guess.ts'

/** How a name is read of a value: `.name`, `['name']`, `|attr('name')`, `map(attribute='name')`, `'{0.name}'.format`. */
export type Access = 'dot' | 'item' | 'attr' | 'argument' | 'format'

/** Something that a template does, found without running it. `at`: characters from its start. */
export type Sight =
  | {
      readonly kind: 'access'
      readonly how: Access
      readonly name: string
      /** What it is read of, as far as that has a name. */
      readonly of: string
      /** The name does not stand in the template as it is: it is put together. */
      readonly isHidden: boolean
      readonly at: number
    }
  /** A name that could not be found out. `isBuilt`: it is put together from texts of the template. */
  | {
      readonly kind: 'blind-access'
      readonly how: Access
      readonly of: string
      readonly isBuilt: boolean
      readonly at: number
    }
  | { readonly kind: 'call'; readonly of: string; readonly words: readonly string[]; readonly at: number }
  | {
      readonly kind: 'inclusion'
      readonly tag: string
      readonly words: readonly string[]
      readonly at: number
    }
  | { readonly kind: 'huge'; readonly message: string; readonly at: number }
  /** Text that appears only when someone says certain words, or at a certain time. */
  | {
      readonly kind: 'triggered-text'
      readonly text: string
      readonly triggers: readonly Trigger[]
      readonly at: number
    }
  /** What people say is changed before the model reads it. */
  | { readonly kind: 'rewriting'; readonly from: string; readonly to: string; readonly at: number }
  /** A text of the template itself. */
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
