//! How well a list of answers is ordered.

use std::collections::HashSet;

use super::{
    corpus::Sought,
    machine::float,
    report::{Line, Value},
};

/// So many of the best are judged.
pub(super) const BEST: usize = 10;

/// nDCG@10 and recall@10 over those questions that have an answer among the texts.
#[derive(Debug, PartialEq)]
pub(super) struct Quality {
    gain: f64,
    recall: f64,
    judged: usize,
}

impl Quality {
    pub(super) fn of(
        questions: &[Sought],
        relevant: fn(&Sought) -> &[String],
        names: &[&str],
        answers: &[Vec<usize>],
    ) -> Self {
        let known: HashSet<&str> = names.iter().copied().collect();
        let (mut gain, mut recall, mut judged) = (0.0, 0.0, 0);
        for (question, answer) in questions.iter().zip(answers) {
            let right: HashSet<&str> = relevant(question)
                .iter()
                .map(String::as_str)
                .filter(|name| known.contains(name))
                .collect();
            if right.is_empty() {
                continue;
            }
            let hits = answer.iter().map(|&at| right.contains(names[at]));
            let hits: Vec<bool> = hits.collect();
            let ranks = (0..hits.len()).filter(|&rank| hits[rank]);
            let gained: f64 = ranks.map(discount).sum();
            let ideal: f64 = (0..right.len().min(BEST)).map(discount).sum();
            gain += gained / ideal;
            recall += float(hits.iter().filter(|hit| **hit).count()) / float(right.len());
            judged += 1;
        }
        let all = float(judged.max(1));
        Self {
            gain: gain / all,
            recall: recall / all,
            judged,
        }
    }

    pub(super) fn line(self, name: String) -> Line {
        let values = vec![
            Value::new("nDCG@10", self.gain, ""),
            Value::new("recall@10", self.recall, ""),
        ];
        Line::new(name, values).noting(format!("{} 个有答案", self.judged))
    }
}

fn discount(rank: usize) -> f64 {
    1.0 / float(rank + 2).log2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quality_is_that_of_the_questions_that_can_be_answered() {
        let names = ["a", "b", "c"];
        let question = |laws: &[&str]| Sought {
            query: String::new(),
            kind: String::new(),
            relevant: Vec::new(),
            relevant_laws: laws.iter().map(|name| (*name).to_owned()).collect(),
            relevant_articles: Vec::new(),
        };
        let questions = [
            question(&["a", "gone"]),
            question(&["b", "c"]),
            question(&["gone"]),
        ];
        let answers = [vec![0, 1], vec![0, 2], vec![1]];
        let quality = Quality::of(&questions, |one| &one.relevant_laws, &names, &answers);
        assert_eq!(quality.judged, 2);
        assert!((quality.recall - 0.75).abs() < 1e-9);
        let second = discount(1) / (discount(0) + discount(1));
        assert!((quality.gain - f64::midpoint(1.0, second)).abs() < 1e-9);
    }
}
