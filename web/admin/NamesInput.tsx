import { TagsInput } from '@mantine/core'
import { useState } from 'react'
import classes from './NamesInput.module.css'

interface NamesInputProps {
  readonly label: string
  readonly hint: string
  readonly placeholder: string
  /** What is offered; anything else can be typed. */
  readonly known: readonly string[]
  readonly value: readonly string[]
  readonly error: string | undefined
  /** Nothing can be chosen: something else decides. */
  readonly isFixed?: boolean
  readonly onChange: (names: string[]) => void
}

/** Several names, chosen or typed. */
export function NamesInput({
  label,
  hint,
  placeholder,
  known,
  value,
  error,
  isFixed = false,
  onChange,
}: NamesInputProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <TagsInput
      label={label}
      description={hint}
      {...(value.length === 0 && { placeholder })}
      data={[...known]}
      value={[...value]}
      error={error}
      disabled={isFixed}
      errorProps={{ role: 'alert' }}
      // A name may have a comma in it, and two names may differ in case only.
      splitChars={[]}
      isDuplicate={(name, names) => names.includes(name)}
      // What it offers covers what comes next: it is there while one is about to choose, and gone once one has.
      openOnFocus={false}
      dropdownOpened={isOpen}
      onDropdownOpen={() => setOpen(true)}
      onDropdownClose={() => setOpen(false)}
      onClick={() => setOpen(true)}
      // In the dialog, so that it neither widens the page nor lies outside of what has the focus.
      comboboxProps={{ withinPortal: false }}
      maxDropdownHeight={200}
      classNames={{ input: classes.input, inputField: classes.field, pill: classes.pill, option: classes.option }}
      onChange={(names) => {
        setOpen(false)
        onChange(names.map((name) => name.trim()).filter(Boolean))
      }}
    />
  )
}
