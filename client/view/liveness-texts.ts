/**
 * What is said of a picture that is not live, by language: the same on the page and in pages that embed a stream.
 * `{{…}}` is replaced by a value.
 */
export const LIVENESS_TEXTS = {
  en: {
    stoppedSince: 'Stopped since {{moment}}',
    noneSince: 'No picture since {{moment}}',
    stoppedSinceFor: 'Stopped since {{moment}}: {{reason}}',
    offline: 'Offline: {{reason}}',
    notSeen: 'Not seen since the server started',
    notSeenButAt: 'Not seen since the server started. Last picture: {{moment}}',
    idle: 'Idle: starts when somebody watches',
    starting: 'Starting …',
    noConnection: 'Can’t reach the server. Retrying …',
    noConnectionSince: 'No connection since {{moment}}',
    late: 'Late: {{age}} old',
    undecodable: 'The pictures cannot be decoded',
    undecodableSince: 'The pictures since {{moment}} cannot be decoded',
    unchanged: 'Unchanged for {{age}}',
    clockStands: 'Capture time unchanged for {{age}}',
    waiting: 'Waiting for a picture',
    gone: 'No such stream',
  },
  'zh-TW': {
    stoppedSince: '自 {{moment}} 起停止更新',
    noneSince: '自 {{moment}} 起沒有新畫面',
    stoppedSinceFor: '自 {{moment}} 起停止更新：{{reason}}',
    offline: '離線：{{reason}}',
    notSeen: '伺服器啟動後尚未出現',
    notSeenButAt: '伺服器啟動後尚未出現，最後畫面：{{moment}}',
    idle: '閒置：有人觀看時啟動',
    starting: '啟動中…',
    noConnection: '連不上伺服器，重新連線中…',
    noConnectionSince: '自 {{moment}} 起斷線',
    late: '延遲：這是 {{age}}前的畫面',
    undecodable: '無法解碼畫面',
    undecodableSince: '自 {{moment}} 起的畫面無法解碼',
    unchanged: '畫面沒有變化，已 {{age}}',
    clockStands: '拍攝時間沒有變化，已 {{age}}',
    waiting: '等待畫面',
    gone: '沒有這個串流',
  },
} as const

/** The name of one of these texts. */
export type LivenessText = keyof (typeof LIVENESS_TEXTS)['en']
