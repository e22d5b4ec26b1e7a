//! How Word writes the number of a list item.

const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
const UNITS: [&str; 4] = ["", "十", "百", "千"];
const STEMS: &str = "甲乙丙丁戊己庚辛壬癸";
const BRANCHES: &str = "子丑寅卯辰巳午未申酉戌亥";
const FORMAL: &[(char, char)] = &[
    ('一', '壹'),
    ('二', '贰'),
    ('三', '叁'),
    ('四', '肆'),
    ('五', '伍'),
    ('六', '陆'),
    ('七', '柒'),
    ('八', '捌'),
    ('九', '玖'),
    ('十', '拾'),
    ('百', '佰'),
    ('千', '仟'),
];

/// `number` in the format that Word calls `format`; `None` for bullets and what is not known.
pub(super) fn written(number: u32, format: &str) -> Option<String> {
    Some(match format {
        "decimal" | "decimalFullWidth" | "decimalHalfWidth" => number.to_string(),
        "decimalZero" => format!("{number:02}"),
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => circled(number),
        "chineseCounting"
        | "chineseCountingThousand"
        | "taiwaneseCounting"
        | "taiwaneseCountingThousand"
        | "japaneseCounting" => counted(number),
        "chineseLegalSimplified" => counted(number).chars().map(formal).collect(),
        "ideographDigital" | "taiwaneseDigital" | "japaneseDigitalTenThousand" => spelled(number),
        "ideographTraditional" => cyclic(number, STEMS),
        "ideographZodiac" => cyclic(number, BRANCHES),
        "lowerLetter" => letters(number, b'a'),
        "upperLetter" => letters(number, b'A'),
        "lowerRoman" => roman(number).to_lowercase(),
        "upperRoman" => roman(number),
        _ => return None,
    })
}

/// 一, 十, 十一, 二十, 一百零一: as an article of a law is numbered.
fn counted(number: u32) -> String {
    if number == 0 || number > 9999 {
        return spelled(number);
    }
    let mut written = String::new();
    let mut gap = false;
    for power in (0..4_usize).rev() {
        let digit = number / 10_u32.pow(u32::try_from(power).unwrap_or(0)) % 10;
        if digit == 0 {
            gap = !written.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            written.push('零');
        }
        let ten_to_nineteen = power == 1 && digit == 1 && written.is_empty();
        if !ten_to_nineteen {
            written.push(DIGITS[digit as usize]);
        }
        written.push_str(UNITS[power]);
    }
    written
}

/// 二〇二六: digit by digit.
fn spelled(number: u32) -> String {
    let digit = |c: char| c.to_digit(10).map_or(c, |value| DIGITS[value as usize]);
    number.to_string().chars().map(digit).collect()
}

fn formal(c: char) -> char {
    FORMAL
        .iter()
        .find(|(plain, _)| *plain == c)
        .map_or(c, |(_, formal)| *formal)
}

fn cyclic(number: u32, signs: &str) -> String {
    let index = number
        .checked_sub(1)
        .and_then(|index| usize::try_from(index).ok());
    index
        .and_then(|index| signs.chars().nth(index))
        .map_or_else(|| number.to_string(), String::from)
}

fn circled(number: u32) -> String {
    let circle = (1..=20)
        .contains(&number)
        .then(|| char::from_u32('①' as u32 + number - 1));
    circle
        .flatten()
        .map_or_else(|| number.to_string(), String::from)
}

/// a to z, then aa to zz, as Word goes on.
fn letters(number: u32, first: u8) -> String {
    let Some(index) = number.checked_sub(1) else {
        return String::new();
    };
    let letter = char::from(first + u8::try_from(index % 26).unwrap_or(0));
    let times = usize::try_from(index / 26 + 1).unwrap_or(1).min(8);
    std::iter::repeat_n(letter, times).collect()
}

fn roman(number: u32) -> String {
    const SIGNS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if number > 3999 {
        return number.to_string();
    }
    let mut left = number;
    let mut written = String::new();
    for (value, sign) in SIGNS {
        while left >= value {
            written.push_str(sign);
            left -= value;
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_are_numbered_as_in_a_law() {
        let numbered = |n| written(n, "chineseCountingThousand").unwrap();
        let expected = [
            (1, "一"),
            (10, "十"),
            (11, "十一"),
            (20, "二十"),
            (100, "一百"),
            (101, "一百零一"),
            (110, "一百一十"),
            (1001, "一千零一"),
            (1020, "一千零二十"),
            (1260, "一千二百六十"),
        ];
        for (number, words) in expected {
            assert_eq!(numbered(number), words);
        }
    }

    #[test]
    fn other_ways_of_counting() {
        let cases = [
            (26, "ideographDigital", "二六"),
            (3, "chineseLegalSimplified", "叁"),
            (2, "ideographTraditional", "乙"),
            (3, "decimalEnclosedCircle", "③"),
            (27, "lowerLetter", "aa"),
            (14, "upperRoman", "XIV"),
        ];
        for (number, format, words) in cases {
            assert_eq!(written(number, format).as_deref(), Some(words));
        }
        assert_eq!(written(1, "bullet"), None);
    }
}
