//! Pieces of a shop order, as sellers and buyers name them.

use souk_domain::{
    Quantity, SkuId,
    delivery::{NotLeft, Pieces},
};
use souk_web::{Code, Deserr, FieldError, FieldErrors, JsonSchema, Problem};

/// Pieces of a variant in a shop order.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "PiecesOfVariant")]
pub(crate) struct PiecesInput {
    /// The id of the variant.
    sku: SkuId,
    /// The number of pieces.
    quantity: Quantity,
}

/// Checks the length of the list and refuses duplicates. Returns `None` if no list is given, which stands for everything. An
/// empty list does not, because a client could send it by mistake.
///
/// # Errors
/// `invalid_input` with one error for each mistake.
pub(crate) fn pieces(lines: Option<&[PiecesInput]>, most: usize) -> Result<Option<Pieces>, Problem> {
    let Some(lines) = lines else { return Ok(None) };
    let mut errors = FieldErrors::default();
    if lines.is_empty() || lines.len() > most {
        errors.0.push(FieldError::new("/lines", "wrong_length", format!("must have 1 to {most} elements")));
    }
    let mut pieces = Pieces::new();
    for (n, line) in lines.iter().enumerate() {
        if pieces.insert(line.sku, line.quantity).is_some() {
            errors.0.push(FieldError::new(format!("/lines/{n}/sku"), "duplicate", "must not occur duplicate"));
        }
    }
    if !errors.0.is_empty() {
        return Err(errors.into());
    }
    Ok(Some(pieces))
}

/// Returns the problem for pieces that cannot be shipped or cancelled.
pub(crate) fn not_left(wrong: &[NotLeft], lines: &[PiecesInput]) -> Problem {
    let place = |sku: &SkuId| lines.iter().position(|line| line.sku == *sku).unwrap_or_default();
    let unknown: Vec<FieldError> = wrong
        .iter()
        .filter_map(|wrong| match wrong {
            NotLeft::Unknown(sku) => {
                let pointer = format!("/lines/{}/sku", place(sku));
                Some(FieldError::new(pointer, "not_found", "must be a variant that the order has"))
            }
            _ => None,
        })
        .collect();
    if !unknown.is_empty() {
        return FieldErrors(unknown).into();
    }
    if wrong.contains(&NotLeft::TooManyParts) {
        return Code::ShipmentLimit.into();
    }
    if wrong.contains(&NotLeft::Packed) {
        return Problem::new(Code::OrderState).detail("the seller has packed the order already");
    }
    wrong.iter().fold(Problem::new(Code::NotLeft), |problem, wrong| match wrong {
        NotLeft::TooMany { sku, left } => {
            problem.field(format!("/lines/{}/quantity", place(sku)), "too_many", format!("must be at most {left}"))
        }
        _ => problem,
    })
}
