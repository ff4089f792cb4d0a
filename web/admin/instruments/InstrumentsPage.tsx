import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AdminPage } from '../AdminPage.tsx'
import { ConfirmDialog } from '../ConfirmDialog.tsx'
import { Dialog } from '../Dialog.tsx'
import { EmptyList } from '../EmptyList.tsx'
import { ListRows } from '../ListRow.tsx'
import { useDialog } from '../use-dialog.ts'
import { type ListedInstrument, removeInstrument } from './api.ts'
import { InstrumentForm } from './InstrumentForm.tsx'
import { InstrumentRow } from './InstrumentRow.tsx'
import { useInstruments } from './use-instruments.ts'

/** `/app/instruments`: the instruments that the server reads, and how they are doing. */
export default function InstrumentsPage() {
  const { t } = useTranslation('instruments')
  const { t: admin } = useTranslation('admin')
  const { loaded, instruments } = useInstruments()
  const adding = useDialog<'instrument'>()
  const removing = useDialog<ListedInstrument>()
  const [done, setDone] = useState('')
  const finish = (text: string) => {
    setDone(text)
    loaded.reload()
  }
  const name = removing.subject?.name ?? ''
  const remove = async () => {
    await removeInstrument(name)
    finish(t('removed', { name }))
  }
  return (
    <AdminPage
      section="instruments"
      loaded={loaded}
      done={done}
      make={{ text: t('add'), onClick: () => adding.open('instrument') }}
    >
      {instruments.length === 0 ? (
        <EmptyList icon="pulse" text={t('none')} />
      ) : (
        <ListRows name={admin('instruments')}>
          {instruments.map((one) => (
            <InstrumentRow key={one.name} instrument={one} onRemove={() => removing.open(one)} />
          ))}
        </ListRows>
      )}
      <Dialog title={t('add')} isOpen={adding.isOpen} onClose={adding.close}>
        <InstrumentForm
          suggestedName={instruments.some((one) => one.name === FIRST_NAME) ? '' : FIRST_NAME}
          onCancel={adding.close}
          onAdded={(added) => {
            adding.close()
            finish(t('added', { name: added }))
          }}
        />
      </Dialog>
      <ConfirmDialog
        title={t('removeTitle', { name })}
        action={admin('remove')}
        isOpen={removing.isOpen}
        onYes={remove}
        onClose={removing.close}
      >
        <p>{t('removeText')}</p>
      </ConfirmDialog>
    </AdminPage>
  )
}

/** The name of the first instrument. */
const FIRST_NAME = 'beamline'
