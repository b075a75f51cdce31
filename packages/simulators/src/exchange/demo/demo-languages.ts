import type { EmailAddress } from '../message-content.ts';

/** A charset and the transfer encodings that mail programs use with it. */
export interface DemoCharset {
  /** Name as the `charset` parameter has it. */
  readonly charset: string;
  /** Values of `Content-Transfer-Encoding`. */
  readonly encodings: readonly ('7bit' | '8bit' | 'base64' | 'quoted-printable')[];
}

/** What the demo mailbox writes in one language. Every text fits into every charset listed. */
export interface DemoLanguage {
  /** Charsets that mail in this language comes in. */
  readonly charsets: readonly DemoCharset[];
  /** People who write in it. */
  readonly people: readonly EmailAddress[];
  /** Subjects of new conversations. */
  readonly subjects: readonly string[];
  /** First line of a message. */
  readonly greeting: string;
  /** Sentences that make up the paragraphs. */
  readonly sentences: readonly string[];
  /** Last line before the name. */
  readonly closing: string;
}

const UTF8: DemoCharset = { charset: 'utf-8', encodings: ['quoted-printable', 'base64', '8bit'] };

const ENGLISH: DemoLanguage = {
  charsets: [{ charset: 'us-ascii', encodings: ['7bit', 'quoted-printable'] }, UTF8],
  people: [
    { name: 'Marion Hale', address: 'marion.hale@northwind.example' },
    { name: "Tom O'Leary", address: 'tom.oleary@northwind.example' },
    { name: 'Okafor, Ngozi', address: 'ngozi.okafor@contoso.example' },
    { name: 'Priya Raman', address: 'priya@raman-consulting.example' },
  ],
  subjects: [
    'Aurora: delivery plan for the second quarter',
    'Minutes of the Monday meeting',
    'Contract for the new warehouse',
    'Lunch on Thursday?',
    'Open questions about the invoice run',
    'Travel to the supplier in Leeds',
    'Access to the test system',
  ],
  greeting: 'Hello,',
  sentences: [
    'The plan is attached; the dates in the last column are still open.',
    'We can move the workshop to the week after, if that suits everybody.',
    'Please check the figures in section three before I send them on.',
    'The carrier confirmed that the pallets left the port this morning.',
    'I have asked finance for the purchase order and will forward it today.',
    'Nothing else has changed since the version you saw last week.',
    'Could you let me know by Wednesday whether two rooms are enough?',
    'The old server stays online until the end of the month.',
    'Our colleagues in Leeds would rather meet in person.',
  ],
  closing: 'Kind regards',
};

const GERMAN: DemoLanguage = {
  charsets: [
    { charset: 'iso-8859-1', encodings: ['quoted-printable', '8bit'] },
    { charset: 'iso-8859-15', encodings: ['quoted-printable', '8bit'] },
    { charset: 'windows-1252', encodings: ['quoted-printable'] },
    UTF8,
  ],
  people: [
    { name: 'Jürgen Großmann', address: 'j.grossmann@fabrikam.example' },
    { name: 'Müller, Änne', address: 'aenne.mueller@fabrikam.example' },
    { name: 'Søren Brückner', address: 'soeren@brueckner.example' },
  ],
  subjects: [
    'Angebot für die Kühlanlage in München',
    'Rückfrage zur Rechnung über Büromöbel',
    'Terminvorschläge für März',
    'Schlüsselübergabe am Freitag',
    'Übersicht der Außenstände',
  ],
  greeting: 'Guten Tag,',
  sentences: [
    'anbei erhalten Sie die überarbeitete Fassung mit allen Änderungen.',
    'Die Lieferung verzögert sich wegen der Straßensperrung um zwei Tage.',
    'Über die Höhe der Anzahlung müssten wir noch einmal sprechen.',
    'Bitte bestätigen Sie den Termin möglichst bis Ende der Woche.',
    'Die Prüfung hat ergeben, dass drei Geräte nachgerüstet werden müssen.',
    'Für Rückfragen stehe ich Ihnen gern zur Verfügung.',
    'Die Maße stehen in der Tabelle auf der zweiten Seite.',
  ],
  closing: 'Mit freundlichen Grüßen',
};

const FRENCH: DemoLanguage = {
  charsets: [
    { charset: 'iso-8859-15', encodings: ['quoted-printable', '8bit'] },
    { charset: 'windows-1252', encodings: ['quoted-printable', 'base64'] },
  ],
  people: [
    { name: 'Hélène Lefèvre', address: 'helene.lefevre@tailspin.example' },
    { name: 'François Cœur', address: 'f.coeur@tailspin.example' },
  ],
  subjects: [
    'Réunion décalée à mardi',
    "Devis pour l'été : 4 500 €",
    'Relevé des frais de déplacement',
    'Œuvres à expédier',
  ],
  greeting: 'Bonjour,',
  sentences: [
    'Le devis révisé est joint à ce message.',
    'La réunion aura lieu à Besançon, comme prévu.',
    "Le montant s'élève à 1 250 €, frais d'envoi compris.",
    'Nous avons reçu les pièces manquantes hier après-midi.',
    "Pourriez-vous vérifier l'adresse de livraison ?",
    'Le cœur du problème reste le délai de fabrication.',
  ],
  closing: 'Bien cordialement',
};

const RUSSIAN: DemoLanguage = {
  charsets: [
    { charset: 'koi8-r', encodings: ['8bit', 'base64'] },
    { charset: 'windows-1251', encodings: ['base64', '8bit', 'quoted-printable'] },
    UTF8,
  ],
  people: [
    { name: 'Ирина Соколова', address: 'sokolova@adatum.example' },
    { name: 'Павел Лебедев', address: 'p.lebedev@adatum.example' },
  ],
  subjects: ['Заказ на оборудование', 'Отчет за прошлый месяц', 'Вопрос по договору', 'Приглашение на выставку'],
  greeting: 'Добрый день,',
  sentences: [
    'отправляю вам исправленный вариант договора.',
    'Груз пришел на склад вчера вечером.',
    'Просим подтвердить получение этого письма.',
    'Счет нужно оплатить до конца недели.',
    'Все документы готовы, осталась только подпись.',
    'Новая версия чертежа лежит в общей папке.',
  ],
  closing: 'С уважением',
};

const JAPANESE: DemoLanguage = {
  charsets: [
    { charset: 'iso-2022-jp', encodings: ['7bit'] },
    { charset: 'shift_jis', encodings: ['8bit', 'base64'] },
    UTF8,
  ],
  people: [
    { name: '田中 美咲', address: 'tanaka@litware.example' },
    { name: '山本 健', address: 'yamamoto@litware.example' },
  ],
  subjects: ['見積書の送付について', '来週の会議の日程', '出張の報告', '部品の在庫確認'],
  greeting: 'お世話になっております。',
  sentences: [
    '見積書を添付いたしますので、ご確認ください。',
    '会議は水曜日の午後三時から始まります。',
    '部品の到着が二日ほど遅れる見込みです。',
    'ご不明な点がございましたら、お知らせください。',
    '新しい図面は共有フォルダにあります。',
  ],
  closing: 'よろしくお願いいたします。',
};

const CHINESE: DemoLanguage = {
  charsets: [{ charset: 'gb18030', encodings: ['base64', '8bit', 'quoted-printable'] }],
  people: [{ name: '王小明', address: 'wang@wingtip.example' }],
  subjects: ['关于合同的修改', '发货时间确认', '下周的行程安排'],
  greeting: '您好：',
  sentences: [
    '附件是修改后的合同，请查收。',
    '货物将于星期五上午发出。',
    '请在本周内确认数量和价格。',
    '工厂已经完成了第一批样品。',
    '如有问题，请随时与我联系。',
  ],
  closing: '此致敬礼',
};

const TAIWANESE: DemoLanguage = {
  charsets: [{ charset: 'big5', encodings: ['base64', '8bit'] }],
  people: [{ name: '陳怡君', address: 'chen@proseware.example' }],
  subjects: ['訂單數量的確認', '會議紀錄', '旅行計畫'],
  greeting: '您好：',
  sentences: [
    '附件是本次會議的紀錄，請參考。',
    '訂單的數量已經更新。',
    '我們下星期三會到台北拜訪。',
    '請確認發票上的地址是否正確。',
  ],
  closing: '敬祝商祺',
};

const KOREAN: DemoLanguage = {
  charsets: [{ charset: 'euc-kr', encodings: ['8bit', 'base64'] }],
  people: [{ name: '김지훈', address: 'kim@alpine.example' }],
  subjects: ['견적서 요청', '회의 일정 변경 안내', '출장 보고서'],
  greeting: '안녕하세요.',
  sentences: [
    '요청하신 견적서를 첨부합니다.',
    '회의 일정이 목요일로 변경되었습니다.',
    '부품은 다음 주에 도착할 예정입니다.',
    '궁금한 점이 있으면 연락해 주세요.',
  ],
  closing: '감사합니다.',
};

/** The languages of the demo mailbox; English and German come first because most conversations are in them. */
export const DEMO_LANGUAGES: readonly DemoLanguage[] = [
  ENGLISH,
  GERMAN,
  FRENCH,
  RUSSIAN,
  JAPANESE,
  CHINESE,
  TAIWANESE,
  KOREAN,
];
