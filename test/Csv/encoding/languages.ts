import type { Encoding } from "../../../src/Domain/load/Encoding.ts"

/** A list of places or the like in a language, and the encodings in which it must be recognised. */
interface Sample {
  readonly language: string
  readonly text: string
  readonly encodings: ReadonlyArray<Encoding>
}

const western: ReadonlyArray<Encoding> = ["windows-1252", "macintosh"]
const central: ReadonlyArray<Encoding> = ["windows-1250", "iso-8859-2"]
const baltic: ReadonlyArray<Encoding> = ["windows-1257", "iso-8859-4"]
const cyrillic: ReadonlyArray<Encoding> = ["windows-1251", "iso-8859-5", "x-mac-cyrillic", "ibm855"]

export const samples: ReadonlyArray<Sample> = [
  {
    language: "German",
    text: "München Köln Düsseldorf Nürnberg Gießen Straße Öhringen Jänner",
    encodings: western,
  },
  { language: "German in capitals", text: "MÜNCHEN KÖLN DÜSSELDORF NÜRNBERG LÜBECK", encodings: western },
  {
    language: "French",
    text: "Évreux Besançon Orléans Saint-Étienne Nîmes l’été forêt naïf œuvre",
    encodings: western,
  },
  {
    language: "Spanish",
    text: "Málaga Cádiz Córdoba León Jaén Almería niño ¿qué? pingüino",
    encodings: western,
  },
  {
    language: "Portuguese",
    text: "São Paulo Brasília Goiânia Belém Maceió Ceará ação irmãs põe",
    encodings: western,
  },
  {
    language: "Italian",
    text: "città perché più così Forlì Cantù università virtù L’Aquila",
    encodings: western,
  },
  {
    language: "Swedish",
    text: "Malmö Göteborg Västerås Örebro Jönköping Umeå Gävle Borås",
    encodings: western,
  },
  {
    language: "Danish",
    text: "København Århus Ålborg Næstved Køge Sønderborg Tårnby Ærø",
    encodings: western,
  },
  {
    language: "Icelandic",
    text: "Reykjavík Kópavogur Hafnarfjörður Garðabær Þorlákshöfn",
    encodings: ["windows-1252"],
  },
  {
    language: "names of many countries",
    text: "Zoë François Müller Søren José Ångström Peña João Renée",
    encodings: western,
  },
  {
    language: "English with typographer's signs",
    text: "don’t it’s “quoted” 20° £5 5€ 10 – 20 … and",
    encodings: western,
  },
  { language: "one name", text: "Zürich", encodings: western },
  {
    language: "Czech",
    text: "Plzeň Děčín Ústí nad Labem Třebíč Přerov Kroměříž kůň ďábel",
    encodings: ["windows-1250"],
  },
  {
    language: "Czech with its š, ž and ť",
    text: "Příliš žluťoučký kůň Plzeň Šumperk Žďár Děčín",
    encodings: central,
  },
  {
    language: "Polish",
    text: "Łódź Kraków Wrocław Poznań Gdańsk Częstochowa Białystok gęślą jaźń",
    encodings: central,
  },
  {
    language: "Slovak",
    text: "Žilina Košice Prešov Bystrica Ružomberok Ľubovňa Námestovo",
    encodings: central,
  },
  { language: "Croatian", text: "Šibenik Čakovec Požega Đakovo Križevci Šćitarjevo", encodings: central },
  {
    language: "Hungarian",
    text: "Győr Székesfehérvár Nyíregyháza Kőszeg Füzesabony tükörfúrógép",
    encodings: ["windows-1250"],
  },
  {
    language: "Romanian",
    text: "Bucureşti Iaşi Timişoara Constanţa Galaţi Târgu Mureş Bacău",
    encodings: ["windows-1250"],
  },
  {
    language: "Russian",
    text: "Москва Санкт-Петербург Новосибирск Казань Нижний Новгород",
    encodings: ["windows-1251", "koi8-r", "ibm866"],
  },
  {
    language: "Russian in capitals",
    text: "МОСКВА НОВОСИБИРСК ЕКАТЕРИНБУРГ КАЗАНЬ САМАРА",
    encodings: ["windows-1251", "koi8-r", "ibm866"],
  },
  {
    language: "Ukrainian",
    text: "Київ Харків Одеса Дніпро Запоріжжя Львів Кривий Ріг",
    encodings: ["windows-1251"],
  },
  {
    language: "Bulgarian",
    text: "София Пловдив Варна Бургас Русе Стара Загора Плевен",
    encodings: ["windows-1251"],
  },
  {
    language: "Greek",
    text: "Αθήνα Θεσσαλονίκη Πάτρα Ηράκλειο Λάρισα Ιωάννινα",
    encodings: ["windows-1253"],
  },
  {
    language: "Turkish",
    text: "İzmir Eskişehir Şanlıurfa Muğla Iğdır Kırşehir Ağrı",
    encodings: ["windows-1254"],
  },
  {
    language: "German for DOS",
    text: "Größe Stückzahl Müller Köln Übergang Währung Straße schön",
    encodings: ["ibm850"],
  },
  {
    language: "French for DOS",
    text: "Hélène Bernard été forêt garçon très théâtre où",
    encodings: ["ibm850"],
  },
  {
    language: "French with œ and the euro",
    text: "sœur bœuf cœur 12€ œuvre été",
    encodings: ["windows-1252", "iso-8859-15"],
  },
  {
    language: "Czech for DOS",
    text: "Plzeň Děčín Ústí Třebíč Přerov Kroměříž kůň",
    encodings: ["ibm852"],
  },
  {
    language: "Polish for DOS",
    text: "Łódź Kraków Wrocław Poznań Gdańsk Częstochowa",
    encodings: ["ibm852"],
  },
  {
    language: "Lithuanian",
    text: "Šiauliai Panevėžys Klaipėda Mažeikiai Utena Kėdainiai Tauragė Plungė žmogus ąžuolas",
    encodings: baltic,
  },
  {
    language: "Latvian",
    text: "Rīga Daugavpils Liepāja Jūrmala Rēzekne Valmiera Jēkabpils Cēsis Kuldīga šķirne",
    encodings: baltic,
  },
  {
    language: "Vietnamese, with tone marks after the vowels",
    text: "Ha\u0300 Nô\u0323i Đa\u0300 Nă\u0303ng Ha\u0309i Pho\u0300ng Câ\u0300n Thơ Huê\u0301",
    encodings: ["windows-1258"],
  },
  {
    language: "Maltese",
    text: "Għargħur Ħamrun Żebbuġ Ħaż-Żabbar Għajnsielem Ċirkewwa",
    encodings: ["iso-8859-3"],
  },
  {
    language: "Romanian with commas below",
    text: "„București” „Iași” „Timișoara” „Constanța” „Galați”",
    encodings: ["iso-8859-16"],
  },
  {
    language: "Northern Sami",
    text: "Guovdageaidnu Kárášjohka Deatnu čáhci Ráđđi oahppat Sápmi váŋga",
    encodings: ["iso-8859-10"],
  },
  {
    language: "Russian in other encodings",
    text: "Москва Санкт-Петербург Новосибирск Казань Нижний Новгород",
    encodings: cyrillic,
  },
  {
    language: "Serbian",
    text: "Београд Ниш Крагујевац Суботица Зрењанин Панчево Чачак Љубовија",
    encodings: cyrillic,
  },
  {
    language: "Ukrainian",
    text: "Київ Харків Одеса Дніпро Запоріжжя Львів Кривий Ріг Їжакевич",
    encodings: ["koi8-u", "iso-8859-5", "x-mac-cyrillic"],
  },
  {
    language: "Greek with the tonos",
    text: "Άργος Αθήνα Θεσσαλονίκη Πάτρα Ηράκλειο Λάρισα Ιωάννινα",
    encodings: ["windows-1253", "iso-8859-7"],
  },
  {
    language: "Hebrew",
    text: "ירושלים תל-אביב חיפה באר-שבע נתניה אשדוד שלום עולם",
    encodings: ["windows-1255"],
  },
  {
    language: "Arabic",
    text: "القاهرة الرياض بغداد دمشق الخرطوم بيروت عمان محمد علي",
    encodings: ["windows-1256", "iso-8859-6"],
  },
  {
    language: "Thai",
    text: "กรุงเทพมหานคร เชียงใหม่ ขอนแก่น ภูเก็ต สวัสดี",
    encodings: ["windows-874"],
  },
  {
    language: "Japanese, two names",
    text: "東京都 大阪府",
    encodings: ["shift_jis", "euc-jp"],
  },
  {
    language: "Korean, two names",
    text: "서울 부산",
    encodings: ["euc-kr"],
  },
  {
    language: "Chinese, two names",
    text: "北京 上海",
    encodings: ["gb18030"],
  },
  {
    language: "Chinese of Taiwan, two names",
    text: "臺北市 高雄市",
    encodings: ["big5"],
  },
  {
    language: "Japanese",
    text: "東京都 大阪府 これはテストです ひらがなとカタカナと漢字 データ",
    encodings: ["shift_jis", "euc-jp"],
  },
  {
    language: "Chinese",
    text: "北京市 上海市 广州市 深圳市 成都市 重庆市 这是一个测试 我们的数据",
    encodings: ["gb18030"],
  },
  {
    language: "Chinese of Taiwan",
    text: "臺北市 新北市 桃園市 臺中市 高雄市 這是一個測試 我們的資料",
    encodings: ["big5"],
  },
  {
    language: "Korean",
    text: "서울특별시 부산광역시 대구광역시 인천광역시 이것은 테스트입니다",
    encodings: ["euc-kr"],
  },
]

/** The words of a sample as a table: number and word. */
export const fileOfWords = (text: string): string =>
  `id;name\n${text
    .split(" ")
    .map((word, index) => `${index};${word}\n`)
    .join("")}`
