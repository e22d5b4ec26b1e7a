//! Dates as people write them in tables.

use jiff::{
    ToSpan as _,
    civil::{Date, date},
};

/// Reads a date in one of the usual notations: `2019-05-06`, `2019/5/6`, `2019.5.6`, `20190506`,
/// `2019年5月6日`, `二〇一九年五月六日`, with a time of day after it or not.
pub(super) fn parse(text: &str) -> Option<Date> {
    let text: String = text.trim().chars().map(half_width).collect();
    let day = text.split(['T', ' ']).next().unwrap_or_default();
    if day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit()) {
        return of([&day[..4], &day[4..6], &day[6..]]);
    }
    let digits = if day.contains('年') && !day.starts_with(|c: char| c.is_ascii_digit()) {
        chinese(day)?
    } else {
        day.to_owned()
    };
    let digits = digits.trim_end_matches(['日', '号']);
    let mut parts = digits.split(['-', '/', '.', '年', '月']);
    let three = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then(|| of(three))?
}

fn of([year, month, day]: [&str; 3]) -> Option<Date> {
    if year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn half_width(c: char) -> char {
    match c {
        '０'..='９' | '－' | '／' | '．' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// `二〇一九年十二月二十日` as `2019年12月20日`.
fn chinese(text: &str) -> Option<String> {
    let (year, rest) = text.split_once('年')?;
    let (month, day) = rest.split_once('月')?;
    let year: Option<String> = year.chars().map(|c| Some(digit(c)?.to_string())).collect();
    let day = day.trim_end_matches(['日', '号']);
    Some(format!("{}年{}月{}日", year?, number(month)?, number(day)?))
}

fn digit(c: char) -> Option<u32> {
    let digits = "〇一二三四五六七八九";
    let zero = ['零', 'Ｏ', 'O', '○'].contains(&c);
    let place = digits
        .chars()
        .position(|one| one == c || zero && one == '〇')?;
    u32::try_from(place).ok()
}

/// A number below a hundred: `三`, `十`, `十二`, `二十`, `三十一`.
fn number(text: &str) -> Option<u32> {
    match text.split_once('十') {
        None if text.chars().count() == 1 => digit(text.chars().next()?),
        None => None,
        Some((tens, ones)) => {
            let one = |text: &str, none| match text {
                "" => Some(none),
                _ if text.chars().count() == 1 => digit(text.chars().next()?),
                _ => None,
            };
            Some(one(tens, 1)? * 10 + one(ones, 0)?)
        }
    }
}

/// The day that a workbook counts from the end of 1899.
pub(super) fn of_serial(days: f64) -> Option<String> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the bounds are looked at before"
    )]
    let whole = (1.0..2_958_466.0).contains(&days).then_some(days as i64)?;
    let day = date(1899, 12, 30).checked_add(whole.days()).ok()?;
    Some(day.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_write_them() {
        let expected = Some(date(2019, 12, 6));
        for text in [
            "2019-12-06",
            " 2019-12-6 ",
            "2019/12/6",
            "2019.12.06",
            "20191206",
            "2019年12月6日",
            "２０１９年１２月６日",
            "二〇一九年十二月六日",
            "二○一九年十二月六日",
            "2019-12-06 00:00:00",
            "2019/12/6 8:30",
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
        assert_eq!(parse("二〇二〇年十月三十一日"), Some(date(2020, 10, 31)));
        assert_eq!(parse("二〇二〇年三月二十日"), Some(date(2020, 3, 20)));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "去年",
            "2019",
            "2019-13-01",
            "2019-02-30",
            "19-5-6",
            "6/5/2019",
            "20190230",
            "2019-5-6-7",
            "十年",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_days_of_a_workbook_are_counted_as_it_counts_them() {
        assert_eq!(of_serial(43_805.0).as_deref(), Some("2019-12-06"));
        assert_eq!(of_serial(43_805.75).as_deref(), Some("2019-12-06"));
        assert_eq!(of_serial(-3.0), None);
        assert_eq!(of_serial(f64::NAN), None);
    }
}
