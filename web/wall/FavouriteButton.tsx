import { memo, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { type StreamName, streamId } from '../../src/core/stream-name.ts'
import { Icon } from '../icons.tsx'
import { toggleFavourite } from '../preferences/favourites.ts'
import classes from './FavouriteButton.module.css'

/** The stream whose star was pressed last: its tile moves, and the focus with it. */
let pressed: string | undefined

/** Makes a tile's stream a favourite, or no favourite any more. */
export const FavouriteButton = memo(function FavouriteButton({
  stream,
  isFavourite,
}: {
  stream: StreamName
  isFavourite: boolean
}) {
  const { t } = useTranslation('wall')
  const button = useRef<HTMLButtonElement>(null)
  const id = streamId(stream)
  // biome-ignore lint/correctness/useExhaustiveDependencies: it also moves among the tiles around it
  useEffect(() => {
    if (pressed !== id) return
    pressed = undefined
    button.current?.focus()
  }, [id, isFavourite])
  const { label, key } = stream
  const name = t(isFavourite ? 'unfavour' : 'favour')
  return (
    <button
      ref={button}
      type="button"
      className={classes.star}
      aria-pressed={isFavourite}
      aria-label={t('favourite', { stream: `${label}, ${key}` })}
      title={name}
      onClick={() => {
        pressed = id
        toggleFavourite(stream)
      }}
    >
      <Icon name="star" size={16} />
    </button>
  )
})
