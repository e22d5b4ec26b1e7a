//! Dice that fall the same way each time.

/// Splitmix64.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).expect("small");
        usize::try_from(self.roll() % end).expect("small")
    }

    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// A text of anything that can meet in a document.
    pub fn text(&mut self, longest: usize) -> String {
        const PIECES: &[&str] = &[
            "人民",
            "法院",
            "检察院",
            "檢察院",
            "行政",
            "复议",
            "複議",
            "诉讼",
            "的",
            "应当",
            "第",
            "条",
            "一",
            "二",
            "十",
            "规定",
            "国",
            "國",
            "务院",
            "縣",
            "县",
            "龘",
            "𠀀",
            "a",
            "B",
            "Ａ",
            "pm2.5",
            "Wi-Fi",
            "0",
            "1",
            "2",
            "2024",
            "２０２４",
            "%",
            "㎡",
            "①",
            "㈠",
            "ﬁ",
            "，",
            "。",
            "、",
            "：",
            ":",
            "；",
            "！",
            "？",
            "《",
            "》",
            "（",
            "）",
            "(",
            ")",
            "〔",
            "〕",
            "[",
            "]",
            "【",
            "】",
            "-",
            "—",
            "…",
            "..",
            "/",
            "\\",
            "*",
            "+",
            "~",
            "^",
            "&",
            "|",
            " ",
            "\n",
            "\t",
            "\u{3000}",
            "\u{200B}",
            "OR",
            "AND",
            "NOT",
            "title:",
            "é",
            "Ω",
            "Я",
            "한",
            "カ",
            "ｶ",
            "😀",
            "\u{FEFF}",
            "某某",
            "123号",
        ];
        let pieces = self.below(longest + 1);
        (0..pieces).map(|_| *self.pick(PIECES)).collect()
    }
}
