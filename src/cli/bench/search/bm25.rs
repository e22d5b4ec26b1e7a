//! What ours is compared with: plain BM25 in memory, over whatever tokens it is given.

use std::collections::HashMap;

use super::machine::float;

const SATURATION: f64 = 1.2;
const LENGTH: f64 = 0.75;

/// One field of a collection.
pub(super) struct Bm25 {
    postings: HashMap<String, Vec<(usize, f64)>>,
    lengths: Vec<f64>,
    average: f64,
}

impl Bm25 {
    pub(super) fn new(texts: impl Iterator<Item = Vec<String>>) -> Self {
        let mut postings = HashMap::<_, Vec<_>>::new();
        let mut lengths = Vec::new();
        for (document, tokens) in texts.enumerate() {
            lengths.push(float(tokens.len()));
            let mut times = HashMap::<String, f64>::new();
            for token in tokens {
                *times.entry(token).or_default() += 1.0;
            }
            for (token, times) in times {
                postings.entry(token).or_default().push((document, times));
            }
        }
        let average = lengths.iter().sum::<f64>() / float(lengths.len().max(1));
        Self {
            postings,
            lengths,
            average,
        }
    }

    /// Adds the score of each document to `scores`, times `weight`.
    pub(super) fn add(&self, query: &[String], weight: f64, scores: &mut [f64]) {
        for token in query {
            let Some(found) = self.postings.get(token) else {
                continue;
            };
            let (all, having) = (float(self.lengths.len()), float(found.len()));
            let rarity = ((all - having + 0.5) / (having + 0.5)).ln_1p();
            for &(document, times) in found {
                let length = self.lengths[document] / self.average;
                let weighed = SATURATION * (1.0 - LENGTH + LENGTH * length);
                scores[document] +=
                    weight * rarity * times * (SATURATION + 1.0) / (times + weighed);
            }
        }
    }
}

/// The best first, without those in which nothing was found.
pub(super) fn ranked(scores: &[f64], limit: usize) -> Vec<usize> {
    let mut documents: Vec<_> = (0..scores.len()).filter(|&at| scores[at] > 0.0).collect();
    documents.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    documents.truncate(limit);
    documents
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn what_is_rare_short_and_frequent_comes_first() {
        let texts = ["a b c", "a a c c c c c c", "a d", "e"];
        let index = Bm25::new(texts.iter().map(|text| split(text)));
        let best = |query: &str| {
            let mut scores = vec![0.0; texts.len()];
            index.add(&split(query), 1.0, &mut scores);
            ranked(&scores, 10)
        };
        assert_eq!(best("d"), [2]);
        assert_eq!(best("a d"), [2, 0, 1]);
        assert_eq!(best("c"), [1, 0]);
        assert_eq!(best("x"), [0_usize; 0]);
    }
}
