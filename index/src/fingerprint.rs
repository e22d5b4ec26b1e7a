//! A number that says what an entry holds, so that an index can be compared with what it was fed
//! from and no text need be read back.

use sha2::{Digest as _, Sha256};

use crate::{Entry, Part};

impl Entry {
    /// Says what the entry holds: a difference in any field gives another number, but for chance.
    /// The order of the viewers does not count. It is the same in every process and version that
    /// knows the same fields.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        // Every field is named, so that a new one is not forgotten.
        let Self {
            id,
            visible_to,
            title,
            doc_number,
            case_number,
            kind,
            kind_label,
            issuer,
            state,
            state_label,
            units,
            sent_at,
            year,
            parts,
        } = self;
        let mut sum = Sum::default();
        sum.bytes(&id.to_le_bytes());
        let mut viewers = visible_to.clone();
        viewers.sort_unstable();
        viewers.dedup();
        sum.list(&viewers, |sum, unit| sum.bytes(&unit.to_le_bytes()));
        sum.text(title);
        sum.list(doc_number.as_slice(), |sum, text| sum.text(text));
        sum.list(case_number.as_slice(), |sum, text| sum.text(text));
        sum.text(kind);
        sum.text(kind_label);
        sum.bytes(&issuer.to_le_bytes());
        sum.text(state);
        sum.text(state_label);
        sum.list(units, |sum, text| sum.text(text));
        sum.bytes(&sent_at.to_le_bytes());
        sum.bytes(&year.to_le_bytes());
        sum.list(parts, |sum, Part { name, page, text }| {
            sum.text(name);
            sum.list(page.as_slice(), |sum, page| sum.bytes(&page.to_le_bytes()));
            sum.text(text);
        });
        sum.finish()
    }
}

/// Takes in what has a length with its length before it, so that nothing runs into what follows.
#[derive(Default)]
struct Sum(Sha256);

impl Sum {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(&(text.len() as u64).to_le_bytes());
        self.bytes(text.as_bytes());
    }

    fn list<T>(&mut self, items: &[T], mut each: impl FnMut(&mut Self, &T)) {
        self.bytes(&(items.len() as u64).to_le_bytes());
        for item in items {
            each(self, item);
        }
    }

    fn finish(self) -> u64 {
        let digest = self.0.finalize();
        digest
            .iter()
            .take(8)
            .fold(0, |number, byte| (number << 8) | u64::from(*byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Change = fn(&mut Entry);

    fn entry() -> Entry {
        Entry {
            id: 1,
            visible_to: vec![1, 2],
            title: "甲".into(),
            units: vec!["乙丙".into(), "丁".into()],
            parts: vec![Part::default()],
            ..Entry::default()
        }
    }

    #[test]
    fn whatever_differs_shows() {
        let changes: [Change; 19] = [
            |_| {},
            |entry| entry.id = 2,
            |entry| entry.visible_to = vec![1],
            |entry| entry.visible_to = vec![1, 3],
            |entry| entry.title = "乙".into(),
            |entry| entry.doc_number = Some(String::new()),
            |entry| entry.case_number = Some(String::new()),
            |entry| entry.kind = "令".into(),
            |entry| entry.kind_label = "令".into(),
            |entry| entry.issuer = 1,
            |entry| entry.state = "令".into(),
            |entry| entry.state_label = "令".into(),
            |entry| entry.units = vec!["乙".into(), "丙丁".into()],
            |entry| entry.sent_at = 1,
            |entry| entry.year = 1,
            |entry| entry.parts = Vec::new(),
            |entry| entry.parts[0].name = "文".into(),
            |entry| entry.parts[0].page = Some(0),
            |entry| entry.parts[0].text = "文".into(),
        ];
        let mut seen: Vec<_> = changes
            .iter()
            .map(|change| {
                let mut entry = entry();
                change(&mut entry);
                entry.fingerprint()
            })
            .collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), changes.len());
    }

    #[test]
    fn viewers_stand_in_no_order_and_it_stays_what_it_is() {
        let mut other = entry();
        other.visible_to = vec![2, 1, 2];
        assert_eq!(other.fingerprint(), entry().fingerprint());
        assert_eq!(Entry::default().fingerprint(), STAYS);
    }

    /// Kept in indexes on disks: another number needs another version of the schema.
    const STAYS: u64 = 8_903_274_367_076_226_639;
}
