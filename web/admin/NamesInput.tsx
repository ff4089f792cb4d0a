import { TagsInput } from '@mantine/core'
import { useState } from 'react'
import classes from './NamesInput.module.css'

interface NamesInputProps {
  readonly label: string
  readonly hint: string
  readonly placeholder: string
  /** The suggestions; anything else can be typed. */
  readonly known: readonly string[]
  readonly value: readonly string[]
  readonly error: string | undefined
  /** Read-only, because another field decides. */
  readonly isFixed?: boolean
  readonly onChange: (names: string[]) => void
}

/** An input for several names, selected or typed (tags input). */
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
      // Names may contain commas, and two may differ in case only.
      splitChars={[]}
      isDuplicate={(name, names) => names.includes(name)}
      // The suggestions cover the fields below: open only while typing, closed after a selection.
      openOnFocus={false}
      dropdownOpened={isOpen}
      onDropdownOpen={() => setOpen(true)}
      onDropdownClose={() => setOpen(false)}
      onClick={() => setOpen(true)}
      // Inside the dialog, so that it neither widens the page nor leaves the focus trap.
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
