//! One event, one line.

use std::{borrow::Cow, fmt::Write as _, io};

use tracing_subscriber::fmt::MakeWriter;

/// Keeps every event on one line, so that a text of a user can neither forge a second event nor
/// steer the terminal of whoever reads the log.
pub(super) struct OneLine<W>(pub(super) W);

impl<'w, W: MakeWriter<'w>> MakeWriter<'w> for OneLine<W> {
    type Writer = OneLine<W::Writer>;

    fn make_writer(&'w self) -> Self::Writer {
        OneLine(self.0.make_writer())
    }
}

impl<W: io::Write> io::Write for OneLine<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let body = text.strip_suffix('\n').unwrap_or(&text);
        self.0
            .write_all(format!("{}\n", escaped(body)).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Writes controls, line separators and marks of direction as `\u001b`, which is also how JSON
/// writes them.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_treacherous) {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_treacherous(character) {
            let _ = write!(plain, "\\u{:04x}", u32::from(character));
        } else {
            plain.push(character);
        }
    }
    plain.into()
}

pub(super) const fn is_treacherous(character: char) -> bool {
    matches!(character, '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
