import { memo, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { type StreamName, streamId } from '../../src/core/stream-name.ts'
import { Icon } from '../icons.tsx'
import { toggleFavourite } from '../preferences/favourites.ts'
import classes from './FavouriteButton.module.css'

/** The id of the stream whose star was pressed last: its tile moves, and the focus must follow. */
let pressed: string | undefined

/** The star button that toggles a tile's stream as a favourite. */
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
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tile also moves when other tiles change
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
