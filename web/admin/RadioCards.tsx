import { Radio } from '@mantine/core'
import classes from './RadioCards.module.css'

interface RadioCardsProps<Value extends string> {
  readonly name: string
  readonly hint: string
  readonly options: readonly { readonly value: Value; readonly name: string; readonly text: string }[]
  readonly value: Value
  readonly error?: string | undefined
  readonly onChange: (value: Value) => void
}

/** A radio group of cards, each with an explanation. */
export function RadioCards<Value extends string>({
  name,
  hint,
  options,
  value,
  error,
  onChange,
}: RadioCardsProps<Value>) {
  return (
    <Radio.Group
      label={name}
      description={hint}
      value={value}
      error={error}
      errorProps={{ role: 'alert' }}
      data-wrong={error !== undefined}
      onChange={(chosen) => {
        const option = options.find((one) => one.value === chosen)
        if (option) onChange(option.value)
      }}
    >
      <div className={classes.options}>
        {options.map((option) => (
          <Radio
            key={option.value}
            value={option.value}
            label={option.name}
            description={option.text}
            classNames={{
              root: classes.option,
              body: classes.body,
              inner: classes.inner,
              labelWrapper: classes.words,
              label: classes.label,
              description: classes.text,
            }}
          />
        ))}
      </div>
    </Radio.Group>
  )
}
