import type { FileKind } from "./FileKind.ts"

/** Orders with names of places and goods. About 60 characters per row. */
const orders = (name: string, seed: number, text: string): FileKind => {
  const words = text.split(" ")
  return {
    name,
    seed,
    columns: ["id", "name", "place", "note", "ordered", "amount"],
    row: (random) =>
      `${random.below(100_000)},${random.pick(words)}${random.pick(words)},${random.pick(words)},` +
      `${random.pick(words)}${random.pick(words)} ${random.pick(words)},` +
      `2024-05-${10 + random.below(18)},${random.below(1000)}.${10 + random.below(90)}`,
  }
}

export const japanese = orders(
  "japanese",
  81,
  "東京都 大阪府 京都市 データ 表示 商品名 価格 カタカナ ひらがな 注文 配達 お客様",
)
export const simplifiedChinese = orders(
  "simplified-chinese",
  86,
  "北京市 上海市 广州 数据 表格 商品 价格 订单 客户 配送 地址",
)
export const traditionalChinese = orders(
  "traditional-chinese",
  88,
  "台北市 高雄市 數據 表格 商品 價格 訂單 客戶 配送 地址",
)
export const korean = orders("korean", 82, "서울시 부산시 자료 표시 상품 가격 주문 고객 배달 주소")
