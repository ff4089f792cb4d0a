import { isTooShort } from '../access/password-rule.ts'

/** The entries of the password form. */
export interface PasswordEntries {
  readonly old: string
  readonly fresh: string
  readonly again: string
}

/** The validation errors of each entry, as i18n keys of the namespace `account`. */
export interface PasswordProblems {
  readonly old?: 'oldEmpty' | 'oldWrong'
  readonly fresh?: 'tooShort' | 'same'
  readonly again?: 'repeatWrong'
}

/** Validates the entries in the browser. */
export function passwordProblemsOf({ old, fresh, again }: PasswordEntries): PasswordProblems {
  const freshProblem = isTooShort(fresh) ? 'tooShort' : fresh === old ? 'same' : undefined
  return {
    ...(old === '' && { old: 'oldEmpty' as const }),
    ...(freshProblem && { fresh: freshProblem }),
    ...(again !== fresh && { again: 'repeatWrong' as const }),
  }
}
