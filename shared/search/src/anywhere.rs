//! A stem in any of a product's fields, scored by its best match and half of the others.
//!
//! tantivy's `DisjunctionMaxQuery` finds the same. It looks ahead by thousands of documents, which pays in long lists and
//! costs twice the time where several words have to meet in a product.

use tantivy::{
    DocId, DocSet, Score, SegmentReader, TERMINATED, Term,
    query::{EnableScoring, Explanation, Query, Scorer, TermQuery, Weight},
    schema::{Field, IndexRecordOption},
};

/// How much of the lesser matches counts beside the best one.
const LESSER: Score = 0.5;

/// Fields with what a match in them counts, and a stem.
#[derive(Debug, Clone)]
pub(crate) struct Anywhere {
    terms: Vec<(Term, Score)>,
}

impl Anywhere {
    pub(crate) fn new(stem: &str, fields: &[(Field, Score)]) -> Self {
        Self { terms: fields.iter().map(|(field, counts)| (Term::from_field_text(*field, stem), *counts)).collect() }
    }
}

impl Query for Anywhere {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let weights = self.terms.iter().map(|(term, counts)| {
            Ok((TermQuery::new(term.clone(), IndexRecordOption::WithFreqs).weight(scoring)?, *counts))
        });
        Ok(Box::new(AnywhereWeight(weights.collect::<tantivy::Result<_>>()?)))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.terms.iter().for_each(|(term, _)| visitor(term, false));
    }
}

struct AnywhereWeight(Vec<(Box<dyn Weight>, Score)>);

impl Weight for AnywhereWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut fields = Vec::new();
        for (weight, counts) in &self.0 {
            let scorer = weight.scorer(reader, product(*counts, boost))?;
            if scorer.doc() != TERMINATED {
                fields.push(scorer);
            }
        }
        let doc = first(&fields);
        Ok(Box::new(AnywhereScorer { fields, doc }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        let score = if scorer.seek(doc) == doc { scorer.score() } else { 0.0 };
        Ok(Explanation::new("the best field and half of the others", score))
    }
}

struct AnywhereScorer {
    fields: Vec<Box<dyn Scorer>>,
    doc: DocId,
}

/// The first document that one of them is at.
fn first(fields: &[Box<dyn Scorer>]) -> DocId {
    fields.iter().map(|field| field.doc()).min().unwrap_or(TERMINATED)
}

impl DocSet for AnywhereScorer {
    fn advance(&mut self) -> DocId {
        for field in self.fields.iter_mut().filter(|field| field.doc() == self.doc) {
            field.advance();
        }
        self.doc = first(&self.fields);
        self.doc
    }

    fn seek(&mut self, target: DocId) -> DocId {
        for field in self.fields.iter_mut().filter(|field| field.doc() < target) {
            field.seek(target);
        }
        self.doc = first(&self.fields);
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.fields.iter().map(|field| field.size_hint()).fold(0, u32::saturating_add)
    }
}

impl Scorer for AnywhereScorer {
    fn score(&mut self) -> Score {
        let scores = self.fields.iter_mut().filter(|field| field.doc() == self.doc).map(|field| field.score());
        best_and_lesser(scores)
    }
}

#[expect(clippy::float_arithmetic, reason = "scores are tantivy's, and order what is found")]
fn best_and_lesser(scores: impl Iterator<Item = Score>) -> Score {
    let (best, sum) = scores.fold((0.0, 0.0), |(best, sum): (Score, Score), score| (best.max(score), sum + score));
    best + LESSER * (sum - best)
}

#[expect(clippy::float_arithmetic, reason = "scores are tantivy's, and order what is found")]
fn product(one: Score, other: Score) -> Score {
    one * other
}
