//! Randomness that can be had again: the seed is printed, and `DRILL_SEED` sets it.

/// A stream of numbers that follows from its seed (splitmix64).
#[derive(Clone)]
pub struct Random(u64);

impl Random {
    /// A stream with a seed of its own, or that of `DRILL_SEED`.
    pub fn seeded(drill: &str) -> Self {
        let given = std::env::var("DRILL_SEED")
            .ok()
            .and_then(|text| text.parse().ok());
        let seed = given.unwrap_or_else(|| uuid::Uuid::new_v4().as_u64_pair().1 >> 8);
        eprintln!("{drill}: DRILL_SEED={seed}");
        Self(seed)
    }

    /// Another stream, for somebody else.
    pub fn split(&mut self) -> Self {
        Self(self.next())
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of `among` places.
    pub fn place(&mut self, among: usize) -> usize {
        usize::try_from(self.next() % among as u64).unwrap()
    }

    /// A number of `range`.
    pub fn within(&mut self, range: std::ops::Range<u64>) -> u64 {
        range.start + self.next() % (range.end - range.start)
    }
}
