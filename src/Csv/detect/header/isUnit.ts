/** Units that take a prefix of the SI: `km`, `hPa`, `µg`. */
const metric = new Set(
  "m g s A K mol cd Hz N Pa J W C V F Ω ohm S Wb T H lm lx Bq Gy Sv kat L l eV cal Wh VA Ah B bit b bar pc t M px psi".split(
    " ",
  ),
)
const prefix = /^(?:da|[QRYZEPTGMkhdcmuµμnpfazyrq])/

/** Other units, in lower case. */
const others = new Set(
  (
    "% ‰ ° ' \" °c °f °k °n °e degc degf deg degree degrees celsius fahrenheit kelvin min mins h hr hrs hour hours d day days " +
    "wk week weeks mo month months yr yrs y a year years sec secs second seconds minute minutes ms " +
    "meter meters metre metres feet foot ft in inch inches yd yard yards mi mile miles nmi nm kt kts kn knot knots mph kph " +
    "rpm gram grams kilogram kilograms ton tons tonne tonnes lb lbs oz gal ha acre acres rad sr db dba dbm ppm ppb ppt " +
    "psu ntu ph atm mmhg torr rh %rh volt volts amp amps watt watts byte bytes pixel pixels percent pct pp count counts " +
    "number no. no num # pcs units unit persons people index ratio unitless dimensionless none cfu iu u " +
    "dollar dollars euro euros $ € £ ¥ us$ usd eur gbp jpy chf cny inr cad aud nzd sek nok dkk pln czk huf rub brl mxn zar " +
    "krw sgd hkd try ils thb utc gmt local"
  ).split(" "),
)

const isBaseUnit = (text: string): boolean =>
  metric.has(text) || others.has(text.toLowerCase()) || metric.has(text.replace(prefix, ""))

/** A number in front: `1000 t`, `10^3`. */
const factor = /^(?:1[0 ,.']*|10\^?-?\d+|\d+(?:st|nd|rd|th)?|thousand|million|billion|mio\.?|tsd\.?)$/i
const exponent = /\^?[-−⁻+]?\d{1,2}$/
/** The format of a date or time. */
const pattern = /^[YMDHhms]{2,4}(?:[-./: T]+[YyMmDdHhSs]{2,4})+$/i

/** Whether the text is a unit of measurement or a currency: `°C`, `m/s`, `kg m^-2`, `1000 EUR`, `YYYY-MM-DD`. */
export const isUnit = (text: string): boolean => {
  if (text.length > 24) return false
  if (pattern.test(text)) return true
  const parts = text
    .normalize("NFKC")
    .split(/[\s/·⋅*×]+|(?<=[a-zA-Z])\.(?=[a-zA-Z])/)
    .filter((part) => part !== "" && part !== "per" && part !== "of")
  const units = parts.filter((part) => !factor.test(part))
  return units.length > 0 && units.every((part) => isBaseUnit(part) || isBaseUnit(part.replace(exponent, "")))
}

/** Whether the text is in brackets, as units are: `(kg)`, `[-]`. */
export const isBracketed = (text: string): boolean => /^(?:\(.*\)|\[.*\]|\{.*\})$/.test(text)
