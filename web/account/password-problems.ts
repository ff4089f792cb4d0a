import { isTooShort } from '../access/password-rule.ts'

/** What somebody entered to change a password. */
export interface PasswordEntries {
  readonly old: string
  readonly fresh: string
  readonly again: string
}

/** What is wrong with each entry, as a key of the namespace `account`; nothing, where it is right. */
export interface PasswordProblems {
  readonly old?: 'oldEmpty' | 'oldWrong'
  readonly fresh?: 'tooShort' | 'same'
  readonly again?: 'repeatWrong'
}

/** Looks at the entries before the server is asked. */
export function passwordProblemsOf({ old, fresh, again }: PasswordEntries): PasswordProblems {
  const freshProblem = isTooShort(fresh) ? 'tooShort' : fresh === old ? 'same' : undefined
  return {
    ...(old === '' && { old: 'oldEmpty' as const }),
    ...(freshProblem && { fresh: freshProblem }),
    ...(again !== fresh && { again: 'repeatWrong' as const }),
  }
}
