//! A query for a stem in any of several fields. The score is that of the best field plus half of the others.
//!
//! tantivy's `DisjunctionMaxQuery` finds the same. It buffers thousands of documents ahead, which is faster for long
//! lists, but takes twice the time when a product must have several words.

use tantivy::{
    DocId, DocSet, Score, SegmentReader, TERMINATED, Term,
    query::{EnableScoring, Explanation, Query, Scorer, TermQuery, Weight},
    schema::{Field, IndexRecordOption},
};

/// How much the matches in other fields count beside the best one.
const OTHER_FIELDS: Score = 0.5;

/// A stem, and the fields with their boosts.
#[derive(Debug, Clone)]
pub(crate) struct AnyFieldQuery {
    terms: Vec<(Term, Score)>,
}

impl AnyFieldQuery {
    pub(crate) fn new(stem: &str, fields: &[(Field, Score)]) -> Self {
        Self {
            terms: fields
                .iter()
                .map(|(field, field_boost)| (Term::from_field_text(*field, stem), *field_boost))
                .collect(),
        }
    }
}

impl Query for AnyFieldQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let weights = self.terms.iter().map(|(term, field_boost)| {
            Ok((TermQuery::new(term.clone(), IndexRecordOption::WithFreqs).weight(scoring)?, *field_boost))
        });
        Ok(Box::new(AnyFieldWeight(weights.collect::<tantivy::Result<_>>()?)))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.terms.iter().for_each(|(term, _)| visitor(term, false));
    }
}

struct AnyFieldWeight(Vec<(Box<dyn Weight>, Score)>);

impl Weight for AnyFieldWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut fields = Vec::new();
        for (weight, field_boost) in &self.0 {
            let scorer = weight.scorer(reader, multiply(*field_boost, boost))?;
            if scorer.doc() != TERMINATED {
                fields.push(scorer);
            }
        }
        let doc = first(&fields);
        Ok(Box::new(AnyFieldScorer { fields, doc }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        let score = if scorer.seek(doc) == doc { scorer.score() } else { 0.0 };
        Ok(Explanation::new("the best field and half of the others", score))
    }
}

struct AnyFieldScorer {
    fields: Vec<Box<dyn Scorer>>,
    doc: DocId,
}

/// Returns the first document at which any of the fields is.
fn first(fields: &[Box<dyn Scorer>]) -> DocId {
    fields.iter().map(|field| field.doc()).min().unwrap_or(TERMINATED)
}

impl DocSet for AnyFieldScorer {
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

impl Scorer for AnyFieldScorer {
    fn score(&mut self) -> Score {
        let scores = self.fields.iter_mut().filter(|field| field.doc() == self.doc).map(|field| field.score());
        combine(scores)
    }
}

#[expect(clippy::float_arithmetic, reason = "scores are tantivy's, and order the results")]
fn combine(scores: impl Iterator<Item = Score>) -> Score {
    let (best, sum) = scores.fold((0.0, 0.0), |(best, sum): (Score, Score), score| (best.max(score), sum + score));
    best + OTHER_FIELDS * (sum - best)
}

#[expect(clippy::float_arithmetic, reason = "scores are tantivy's, and order the results")]
fn multiply(one: Score, other: Score) -> Score {
    one * other
}
