//! Documents that at least so many of several queries match.
//!
//! Whoever matches `m` of `n` queries matches at least one of any `n - m + 1` of them: the rarest lead, and the others are
//! only asked about the documents those come upon, in blocks the engine can skip. The engine's own way visits every
//! document that anything matches, which for two common characters is half the index.
//!
//! Contract: the score is the sum of the scores of all that match, or the greatest of them and a part of the others
//! ([`AtLeast::readings`]). Deliberately absent: leaving out what cannot be among the best; what is left after the leads
//! is little.

use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

/// The query.
#[derive(Debug)]
pub(super) struct AtLeast {
    parts: Vec<Box<dyn Query>>,
    required: usize,
    /// How much what scores less than the greatest adds.
    others_add: f32,
}

impl AtLeast {
    /// At least so many of these, each of which counts; at least one in any case.
    pub(super) fn of(required: usize, parts: Vec<Box<dyn Query>>) -> Self {
        Self { parts, required: required.max(1), others_add: 1.0 }
    }

    /// Any of these, readings of one thing: the greatest counts, and so much of each other.
    pub(super) fn readings(parts: Vec<Box<dyn Query>>, others_add: f32) -> Self {
        Self { parts, required: 1, others_add }
    }
}

impl Clone for AtLeast {
    fn clone(&self) -> Self {
        Self { parts: self.parts.iter().map(|part| part.box_clone()).collect(), ..*self }
    }
}

impl Query for AtLeast {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let parts = self.parts.iter().map(|part| part.weight(scoring)).collect::<tantivy::Result<_>>()?;
        Ok(Box::new(AtLeastWeight { parts, required: self.required, others_add: self.others_add }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        for part in &self.parts {
            part.query_terms(visitor);
        }
    }
}

struct AtLeastWeight {
    parts: Vec<Box<dyn Weight>>,
    required: usize,
    others_add: f32,
}

impl Weight for AtLeastWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut parts = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let scorer = part.scorer(reader, boost)?;
            if scorer.doc() != TERMINATED {
                parts.push(scorer);
            }
        }
        if parts.len() < self.required {
            return Ok(Box::new(EmptyScorer));
        }
        parts.sort_by_key(|part| part.cost());
        let others = parts.split_off(parts.len() - self.required + 1);
        let (required, others_add) = (self.required, self.others_add);
        let mut scorer = AtLeastScorer { leads: parts, others, required, others_add, doc: 0 };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.seek(doc) == doc {
            Ok(Explanation::new("the sum of at least so many parts", scorer.score()))
        } else {
            Err(TantivyError::InvalidArgument(format!("document #({doc}) does not match")))
        }
    }
}

/// Every part stands at `doc` or beyond it, or has not been asked to go there yet.
struct AtLeastScorer {
    /// The rarest: at least one of them is in every match.
    leads: Vec<Box<dyn Scorer>>,
    /// The others, rarest first.
    others: Vec<Box<dyn Scorer>>,
    required: usize,
    others_add: f32,
    doc: DocId,
}

impl AtLeastScorer {
    /// Goes to the first match among the documents the leads stand at or come to.
    fn settle(&mut self) -> DocId {
        loop {
            let next = self.leads.iter().map(|lead| lead.doc()).min().unwrap_or(TERMINATED);
            self.doc = next;
            if next == TERMINATED || self.matches() {
                return next;
            }
            self.leave();
        }
    }

    /// Moves the leads beyond the document.
    fn leave(&mut self) {
        for lead in &mut self.leads {
            if lead.doc() == self.doc {
                lead.advance();
            }
        }
    }

    fn matches(&mut self) -> bool {
        let mut found = self.leads.iter().filter(|lead| lead.doc() == self.doc).count();
        let mut left = self.others.len();
        for other in &mut self.others {
            if found >= self.required {
                return true;
            }
            if found + left < self.required {
                return false;
            }
            left -= 1;
            if other.doc() < self.doc {
                other.seek(self.doc);
            }
            found += usize::from(other.doc() == self.doc);
        }
        found >= self.required
    }
}

impl DocSet for AtLeastScorer {
    fn advance(&mut self) -> DocId {
        self.leave();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc >= target {
            return self.doc;
        }
        for lead in &mut self.leads {
            if lead.doc() < target {
                lead.seek(target);
            }
        }
        self.settle()
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.leads.iter().map(|lead| lead.size_hint()).max().unwrap_or(0)
    }

    fn cost(&self) -> u64 {
        self.leads.iter().map(|lead| lead.cost()).sum()
    }
}

impl Scorer for AtLeastScorer {
    fn score(&mut self) -> Score {
        let (mut greatest, mut sum): (Score, Score) = (0.0, 0.0);
        for part in self.leads.iter_mut().chain(&mut self.others) {
            if part.doc() < self.doc {
                part.seek(self.doc);
            }
            if part.doc() == self.doc {
                let score = part.score();
                greatest = greatest.max(score);
                sum += score;
            }
        }
        greatest + (sum - greatest) * self.others_add
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tantivy::collector::TopDocs;
    use tantivy::query::{BooleanQuery, DisjunctionMaxQuery, Occur, TermQuery};
    use tantivy::schema::{IndexRecordOption, STRING, Schema, TEXT};
    use tantivy::{Index, TantivyDocument};

    /// Words by which numbers divide them: common ones and rare ones.
    const DIVISORS: [u64; 6] = [2, 3, 4, 7, 31, 150];

    #[test]
    fn the_same_documents_with_the_same_scores_as_the_engines_own_way() {
        let mut schema = Schema::builder();
        let number = schema.add_text_field("number", STRING);
        let words = schema.add_text_field("words", TEXT);
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 20_000_000).unwrap();
        for place in 0..3_000_u64 {
            let mut made = TantivyDocument::default();
            made.add_text(number, place.to_string());
            for divisor in DIVISORS.iter().filter(|divisor| place % **divisor == 0) {
                made.add_text(words, format!("w{divisor} ").repeat(1 + usize::try_from(place % 3).unwrap()));
            }
            writer.add_document(made).unwrap();
            if place == 1_000 {
                writer.commit().unwrap();
            }
        }
        writer.delete_term(Term::from_field_text(number, "84"));
        writer.commit().unwrap();
        let searcher = index.reader().unwrap().searcher();
        let part = |word: String| -> Box<dyn Query> {
            Box::new(TermQuery::new(Term::from_field_text(words, &word), IndexRecordOption::WithFreqs))
        };
        let all = |query: &dyn Query| {
            let mut found = searcher.search(query, &TopDocs::with_limit(4_000).order_by_score()).unwrap();
            found.sort_by_key(|(_, address)| *address);
            found
        };
        for chosen in 1_usize..1 << DIVISORS.len() {
            let asked = DIVISORS.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1);
            // One nobody has besides.
            let words: Vec<String> =
                asked.map(|(_, divisor)| format!("w{divisor}")).chain(["none".to_owned()]).collect();
            for required in 1..=words.len() {
                let ours = AtLeast::of(required, words.iter().cloned().map(part).collect());
                let clauses = words.iter().cloned().map(|word| (Occur::Should, part(word))).collect();
                let theirs = BooleanQuery::with_minimum_required_clauses(clauses, required);
                let (mine, other) = (all(&ours), all(&theirs));
                assert_eq!(mine.len(), other.len(), "{required} of {words:?}");
                for ((score, address), (expected, there)) in mine.into_iter().zip(other) {
                    assert_eq!(address, there, "{required} of {words:?}");
                    assert!((score - expected).abs() < 1e-3, "{score} {expected} {required} of {words:?}");
                }
                if required == 1 {
                    let ours = AtLeast::readings(words.iter().cloned().map(part).collect(), 0.3);
                    let theirs = DisjunctionMaxQuery::with_tie_breaker(words.iter().cloned().map(part).collect(), 0.3);
                    for ((score, address), (expected, there)) in all(&ours).into_iter().zip(all(&theirs)) {
                        assert_eq!(address, there, "any of {words:?}");
                        assert!((score - expected).abs() < 1e-3, "{score} {expected} any of {words:?}");
                    }
                }
                // And beside another query, which makes it seek.
                let joined = |query: Box<dyn Query>| {
                    BooleanQuery::new(vec![(Occur::Must, query), (Occur::Must, part("w3".into()))])
                };
                let ours = AtLeast::of(required, words.iter().cloned().map(part).collect());
                let clauses = words.iter().cloned().map(|word| (Occur::Should, part(word))).collect();
                let theirs = BooleanQuery::with_minimum_required_clauses(clauses, required);
                let places = |query: BooleanQuery| all(&query).into_iter().map(|(_, place)| place).collect::<Vec<_>>();
                assert_eq!(places(joined(Box::new(ours))), places(joined(Box::new(theirs))), "{required} of {words:?}");
            }
        }
    }
}
